# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of deposits, and the vault that keeps their bytes."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from datacity.engine.adapters.vault import Vault
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.permissions import visible_to


def vault() -> Vault:
    """Give the vault of this home."""
    return _vault(Path(settings.HOME), Path(settings.KEYS))


@cache
def _vault(home: Path, keys: Path) -> Vault:
    return Vault(home / "vault", keys / "vault.key")


def visible_deposits(actor: Actor) -> QuerySet[Deposit]:
    """Give the deposits the actor sees, newest first, with who made them."""
    return Deposit.objects.filter(visible_to(actor)).select_related("deposited_by", "organisation")


def visible_deposit(actor: Actor, reference: str) -> Deposit:
    """Give one deposit. Raises Missing when there is none of that reference that the actor sees."""
    found = visible_deposits(actor).filter(reference=reference).first()
    if found is None:
        raise Missing("deposits.missing", "There is no deposit {reference} that you can see.", reference=reference)
    return found
