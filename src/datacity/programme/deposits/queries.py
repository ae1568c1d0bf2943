# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of deposits, and the vault that keeps their bytes."""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from datacity.engine.adapters.vault import Vault
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.permissions import visible_to
from datacity.programme.deposits.rules import State
from datacity.programme.people.models import Organisation


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


def maximum_bytes(at: datetime) -> int:
    """Give the size of the largest file taken now: the policy's limit, or that of the server when it is smaller."""
    allowed = int(policy.in_force(at=at)["deposits.maximum_megabytes"]) * 1_000_000
    return min(allowed, int(settings.UPLOAD_MAXIMUM_BYTES))


def organisations() -> QuerySet[Organisation]:
    """Give the organisations a file can come from: those that have not left, by name."""
    return Organisation.objects.filter(left_at__isnull=True).order_by("slug")


def organisation_named(slug: str) -> Organisation | None:
    """Give the organisation of this slug among those a file can come from; None for ""."""
    return organisations().filter(slug=slug).first() if slug else None


def own_deposits(actor: Actor, *states: State) -> QuerySet[Deposit]:
    """Give the deposits this person made that are in one of the states, oldest first."""
    if actor.ref.kind != "person":
        return Deposit.objects.none()
    return Deposit.objects.filter(deposited_by__pk=int(actor.ref.id), state__in=states).order_by("received_at")
