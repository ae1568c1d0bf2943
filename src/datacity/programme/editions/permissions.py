# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who prepares and opens an edition; everybody sees those that are not drafts."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.editions.models import Edition
from datacity.programme.editions.rules import State
from datacity.programme.people.permissions import is_house
from datacity.programme.people.rules import Role


def may_manage(actor: Actor) -> Verdict:
    """Say whether the actor drafts, opens, closes and archives editions."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.PROGRAMME_MANAGER),
        "editions.not_manager",
        "Editions are prepared and opened by a programme manager.",
    )


def may_see(actor: Actor, edition: Edition) -> Verdict:
    """Say whether the actor sees this edition: everybody, but for drafts."""
    return yes_if(
        edition.state != State.DRAFT or bool(may_manage(actor)),
        "editions.draft",
        "This edition is being prepared.",
    )


def visible_to(actor: Actor) -> Q:
    """Give the condition for the editions the actor sees; the same answer as `may_see`."""
    return Q() if may_manage(actor) else ~Q(state=State.DRAFT)
