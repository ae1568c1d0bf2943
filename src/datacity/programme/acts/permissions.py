# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who enters acts and points, and who ends a point; everybody reads all of it."""

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.people.permissions import is_house
from datacity.programme.people.rules import Role


def may_record(actor: Actor) -> Verdict:
    """Say whether the actor enters acts, their outcome, and who is in charge of a point."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.PROGRAMME_MANAGER),
        "acts.not_manager",
        "Acts of the council are entered by a programme manager.",
    )


def may_raise(actor: Actor) -> Verdict:
    """Say whether the actor enters points of a debate: a programme manager, or a councillor."""
    return yes_if(
        bool(may_record(actor)) or actor.has_role(Role.COUNCILLOR),
        "acts.not_councillor",
        "Points of a debate are entered by a councillor or a programme manager.",
    )


def may_settle(actor: Actor) -> Verdict:
    """Say whether the actor answers or refuses a point: somebody who speaks for the city; the mandate is checked by the action."""
    return yes_if(
        actor.has_role(Role.PROGRAMME_MANAGER) or actor.has_role(Role.REPRESENTATIVE),
        "acts.not_settling",
        "A point is answered or refused by a programme manager or the city's representative, in their own name.",
    )
