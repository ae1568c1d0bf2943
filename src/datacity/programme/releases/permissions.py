# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who decides that a table may leave, and who takes a release back."""

from datetime import datetime

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.datasets.models import Dataset
from datacity.programme.people.models import Person
from datacity.programme.people.queries import mandate_for_city
from datacity.programme.people.rules import Role


def has_mandate(person: Person, at: datetime) -> Verdict:
    """Say whether this person holds a running mandate to speak for the city: it gives the capacity of a decision."""
    return yes_if(
        mandate_for_city(person, at) is not None,
        "releases.no_running_mandate",
        "You hold no running mandate to speak for the city; ask an administrator to enter it with its dates.",
    )


def may_clear(person: Actor, dataset: Dataset) -> Verdict:
    """Say whether the actor is the controller's representative for this dataset; the mandate is checked by the action."""
    return yes_if(
        person.has_role(Role.REPRESENTATIVE, dataset.ref),
        "releases.not_representative",
        "Only the controller's named representative clears or refuses.",
    )


def may_withdraw(person: Actor, dataset: Dataset) -> Verdict:
    """Say whether the actor takes a release back: the controller's representative."""
    return yes_if(
        person.has_role(Role.REPRESENTATIVE, dataset.ref),
        "releases.not_withdrawing",
        "Only the controller's named representative withdraws, on a stated legal ground.",
    )


def may_see_queue(person: Actor) -> Verdict:
    """Say whether the actor sees what waits for opinion and clearance."""
    roles = (Role.REPRESENTATIVE, Role.DATA_PROTECTION_OFFICER, Role.DATA_STEWARD, Role.AUDITOR)
    return yes_if(
        any(person.has_role(role) for role in roles),
        "releases.no_queue",
        "What waits for a decision is seen by stewards, the data protection officer, representatives and auditors.",
    )
