# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may hand over bytes, see what was handed over, and end its custody."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.deposits.models import Deposit
from datacity.programme.people.permissions import is_house
from datacity.programme.people.rules import Role

DEPOSITING = (
    Role.AGENT,
    Role.DATA_STEWARD,
    Role.DIRECTORATE_LEAD,
    Role.PROGRAMME_MANAGER,
    Role.PARTNER_DELEGATE,
)
"""Roles that hand over files."""
READING = (Role.DATA_STEWARD, Role.DATA_PROTECTION_OFFICER, Role.REPRESENTATIVE, Role.AUDITOR)
"""Roles that see every deposit (its description, never its bytes)."""


def may_deposit(actor: Actor) -> Verdict:
    """Say whether the actor hands over files."""
    return yes_if(
        any(actor.has_role(role) for role in DEPOSITING),
        "deposits.not_depositor",
        "Files are deposited by agents, stewards, leads of directorates, programme managers and partners' delegates.",
    )


def may_see(actor: Actor, deposit: Deposit) -> Verdict:
    """Say whether the actor sees this deposit and its receipt: who made it, and who prepares or controls releases."""
    return yes_if(
        str(actor.ref) == f"person:{deposit.deposited_by_id}" or _reads_all(actor),
        "deposits.not_yours",
        "A deposit is seen by who made it, by stewards, the data protection officer, representatives and auditors.",
    )


def visible_to(actor: Actor) -> Q:
    """Give the condition for the deposits the actor sees; the same answer as `may_see`."""
    if _reads_all(actor):
        return Q()
    return (
        Q(deposited_by__pk=int(actor.ref.id)) if actor.ref.kind == "person" and actor.ref.id.isdigit() else Q(pk__in=())
    )


def may_check(actor: Actor) -> Verdict:
    """Say whether the actor notes what became of a deposit: a steward, or the house that read it."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.DATA_STEWARD),
        "deposits.not_steward",
        "Deposits are checked, refused, returned and destroyed by a data steward.",
    )


def _reads_all(actor: Actor) -> bool:
    return is_house(actor) or any(actor.has_role(role) for role in READING)
