# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who does the three deeds: found by name or address, or made on a demo home or an empty one."""

from dataclasses import dataclass
from datetime import datetime

from datacity.frame.city import here
from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Missing
from datacity.kernel.words import Words
from datacity.programme.datasets.rules import slug_of
from datacity.programme.people import actions
from datacity.programme.people.models import Organisation, Person
from datacity.programme.people.rules import OrganisationKind, Role

CAPACITY = Words(fr="représentante ou représentant du responsable de traitement", en="controller's representative")


@dataclass(frozen=True)
class Wanted:
    """A name, what the person does, and the roles they get when they are made here."""

    name: str
    deed: str
    roles: tuple[Role, ...]
    speaks_for_the_city: bool = False


def depositor(name: str) -> Wanted:
    """Say who deposits and describes."""
    return Wanted(name, "deposits", (Role.AGENT, Role.DATA_STEWARD))


def officer(name: str) -> Wanted:
    """Say who gives the opinion."""
    return Wanted(name, "gives the opinion", (Role.DATA_PROTECTION_OFFICER,))


def representative(name: str) -> Wanted:
    """Say who clears."""
    return Wanted(name, "clears", (Role.REPRESENTATIVE,), speaks_for_the_city=True)


def find(wanted: Wanted, *, create: bool, at: datetime) -> Person:
    """Give the person of this name or address; made with their roles when `create`.

    Raises Missing when there is none and none may be made, Conflict when several persons have the name.
    """
    field = "email" if "@" in wanted.name else "name"
    found = list(Person.objects.filter(**{f"{field}__iexact": wanted.name.strip()})[:2])
    if len(found) > 1:
        raise Conflict(
            "publish.two_persons", "Two persons are called {name}; give the e-mail address.", name=wanted.name
        )
    if found:
        return found[0]
    if not create:
        raise Missing(
            "publish.no_person",
            "Nobody here is called {name}.",
            hint="Invite the person and grant the role, or use --create-people on a home that has no person yet.",
            name=wanted.name,
        )
    return _make(wanted, at)


def _make(wanted: Wanted, at: datetime) -> Person:
    email = wanted.name if "@" in wanted.name else f"{slug_of(wanted.name)}@publish.example"
    made = actions.register_person(email, wanted.name, by=SYSTEM, at=at)
    for role in wanted.roles:
        actions.grant_role(made, role, by=SYSTEM, at=at)
    if wanted.speaks_for_the_city:
        city = Organisation.objects.filter(kind=OrganisationKind.CITY).first()
        title = here().names.title
        city = city or actions.register_organisation(title, OrganisationKind.CITY, by=SYSTEM, at=at)
        actions.give_mandate(made, city, CAPACITY, by=SYSTEM, at=at)
    made.forget_roles()
    return made
