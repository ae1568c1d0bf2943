# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of editions, and the policy in force."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.kernel.policy import Policy
from datacity.programme.editions.models import Edition
from datacity.programme.editions.permissions import visible_to
from datacity.programme.editions.rules import State


def policy_in_force(at: datetime | None = None) -> Policy:
    """Give the policy of the edition open at this time (now when None), or the default one.

    Parameters that came after the edition opened take their default; those no app declares any more are left out.
    """
    edition = edition_open(at)
    return policy_of(edition) if edition else policy.default_policy()


def policy_of(edition: Edition) -> Policy:
    """Give the policy of an edition: frozen when it opened, or what its draft would open with now.

    Parameters that came later take their default; those no app declares any more are left out.
    """
    known = {parameter.name for parameter in policy.declared()}
    return policy.default_policy({name: value for name, value in edition.policy.items() if name in known})


def usual_values() -> dict[str, Any]:
    """Give the values of a home without an open edition."""
    return policy.default_policy().as_dict()


def edition_open(at: datetime | None = None) -> Edition | None:
    """Give the edition open at this time (now when None)."""
    if at is None:
        return Edition.objects.filter(state=State.OPEN).first()
    then = Q(opened_at__lte=at) & (Q(closed_at__isnull=True) | Q(closed_at__gt=at))
    return Edition.objects.filter(then).order_by("-opened_at").first()


def visible_editions(actor: Actor) -> QuerySet[Edition]:
    """Give the editions the actor sees, newest first."""
    return Edition.objects.filter(visible_to(actor)).select_related("act")


def visible_edition(actor: Actor, slug: str) -> Edition:
    """Give one edition. Raises Missing when there is none of that slug that the actor sees."""
    found = visible_editions(actor).filter(slug=slug).first()
    if found is None:
        raise Missing("editions.missing", "There is no edition {slug}.", slug=slug)
    return found
