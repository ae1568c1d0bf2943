# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who asks for an opinion, gives one, and concludes a collective review."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.people.permissions import is_house
from datacity.programme.people.rules import Role

READING = (Role.DATA_STEWARD, Role.DATA_PROTECTION_OFFICER, Role.REPRESENTATIVE, Role.AUDITOR)
"""Roles that read opinions and reviews before they are public with the clearance."""


def may_ask(actor: Actor) -> Verdict:
    """Say whether the actor asks for an opinion."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.DATA_STEWARD),
        "privacy.not_asking",
        "An opinion is asked for by a data steward.",
    )


def may_give(actor: Actor) -> Verdict:
    """Say whether the actor gives opinions: only the data protection officer."""
    return yes_if(
        actor.has_role(Role.DATA_PROTECTION_OFFICER),
        "privacy.not_officer",
        "Only the data protection officer gives an opinion.",
    )


def may_review(actor: Actor) -> Verdict:
    """Say whether the actor concludes collective reviews."""
    return yes_if(
        actor.has_role(Role.DATA_STEWARD) or actor.has_role(Role.DATA_PROTECTION_OFFICER),
        "privacy.not_reviewer",
        "A collective review is concluded by a data steward or the data protection officer.",
    )


def visible_to(actor: Actor) -> Q:
    """Give the condition for the opinions and reviews the actor reads before they are public."""
    return Q() if is_house(actor) or any(actor.has_role(role) for role in READING) else Q(pk__in=())
