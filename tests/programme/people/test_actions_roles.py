# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Giving and ending roles, closing and reopening accounts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Refusal
from datacity.kernel.ref import CITY, Ref
from datacity.programme.journal.models import Entry
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Person, RoleGrant, Session
from datacity.programme.people.rules import VISITOR, PersonState, Role
from tests.factories import people

pytestmark = pytest.mark.django_db
EDITION = Ref("edition", "2027")


def now() -> datetime:
    return datetime.now(UTC)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> tuple[str, list[str]]:
    return refusal.value.code, [reason.code for reason in refusal.value.reasons]


def test_granted_role_holds_in_its_scope_and_is_journaled() -> None:
    administrator, agent = people.person(Role.ADMINISTRATOR), people.person()

    grant = actions.grant_role(agent, Role.AGENT, EDITION, by=administrator, at=now())

    assert [agent.has_role("agent", scope) for scope in (EDITION, CITY, Ref("edition", "2028"))] == [True, False, False]
    entry = Entry.objects.latest("pk")
    assert (entry.verb, entry.subject, grant.granted_by) == ("role.granted", agent.ref, administrator.ref)


def test_city_wide_role_holds_in_every_scope() -> None:
    steward = people.person(Role.DATA_STEWARD)

    assert steward.has_role("data_steward", EDITION)
    assert steward.holds_anywhere("data_steward")


@pytest.mark.parametrize("role", [None, Role.AGENT, Role.AUDITOR, Role.DATA_PROTECTION_OFFICER, Role.PROGRAMME_MANAGER])
def test_grant_by_somebody_who_is_no_administrator_changes_nothing(role: Role | None) -> None:
    other, target, before = people.person(role), people.person(), RoleGrant.objects.count()

    with pytest.raises(Forbidden) as refusal:
        actions.grant_role(target, Role.JUROR, by=other, at=now())

    assert codes(refusal) == ("permission.refused", ["people.not_administrator"])
    assert (RoleGrant.objects.count(), target.has_role(Role.JUROR)) == (before, False)
    assert actions.grant_role(target, Role.JUROR, by=people.person(Role.ADMINISTRATOR), at=now()).pk


@pytest.mark.parametrize("actor", [VISITOR])
def test_grant_by_a_visitor_is_refused(actor: Actor) -> None:
    target = people.person()

    with pytest.raises(Forbidden):
        actions.grant_role(target, Role.AGENT, by=actor, at=now())

    assert not RoleGrant.objects.filter(person=target).exists()


def test_administrator_cannot_give_themselves_a_role() -> None:
    administrator = people.person(Role.ADMINISTRATOR)

    with pytest.raises(Forbidden) as refusal:
        actions.grant_role(administrator, Role.REPRESENTATIVE, by=administrator, at=now())

    assert codes(refusal) == ("permission.refused", ["people.own_role"])
    assert not Person.objects.get(pk=administrator.pk).has_role(Role.REPRESENTATIVE)


def test_officer_does_not_become_representative() -> None:
    officer, before = people.person(Role.DATA_PROTECTION_OFFICER), Entry.objects.count()

    with pytest.raises(Conflict) as refusal:
        actions.grant_role(officer, Role.REPRESENTATIVE, EDITION, by=SYSTEM, at=now())

    assert codes(refusal) == ("people.role_impossible", ["people.incompatible_roles"])
    assert officer.grants.count() == 1
    assert Entry.objects.count() == before


def test_officer_whose_role_ended_may_become_representative() -> None:
    officer = people.person(Role.DATA_PROTECTION_OFFICER)
    actions.end_role(officer.grants.get(), by=SYSTEM, at=now())

    actions.grant_role(officer, Role.REPRESENTATIVE, by=SYSTEM, at=now())

    assert officer.has_role(Role.REPRESENTATIVE)


def test_role_that_begins_later_counts_against_an_incompatible_one() -> None:
    person = people.person()
    actions.grant_role(person, Role.REPRESENTATIVE, by=SYSTEM, at=now(), start=now() + timedelta(days=10))

    with pytest.raises(Conflict):
        actions.grant_role(person, Role.DATA_PROTECTION_OFFICER, by=SYSTEM, at=now())

    assert person.grants.count() == 1


@pytest.mark.parametrize(
    ("role", "days", "code"),
    [
        ("mayor", None, "people.unknown_role"),
        (Role.AGENT, -1, "people.grant_dates"),
        (Role.AGENT, 0, "people.grant_dates"),
    ],
)
def test_grant_with_a_wrong_input_writes_nothing(role: str, days: int | None, code: str) -> None:
    person, at = people.person(), now()

    with pytest.raises(Invalid) as refusal:
        actions.grant_role(person, role, by=SYSTEM, at=at, end=None if days is None else at + timedelta(days=days))

    assert refusal.value.code == code
    assert person.grants.count() == 0


def test_role_ends_by_its_date_without_anybody_doing_anything() -> None:
    person, at = people.person(), now()
    actions.grant_role(person, Role.JUROR, by=SYSTEM, at=at, end=at + timedelta(days=1))

    assert [person.has_role(Role.JUROR, at=at + timedelta(hours=hours)) for hours in (-1, 0, 23, 24)] == [
        False,
        True,
        True,
        False,
    ]


def test_ended_role_gives_nothing_and_ending_it_again_is_refused() -> None:
    person, administrator = people.person(Role.AGENT), people.person(Role.ADMINISTRATOR)
    grant = person.grants.get()

    ended = actions.end_role(grant, by=administrator, at=now())

    assert not Person.objects.get(pk=person.pk).has_role(Role.AGENT)
    with pytest.raises(Conflict) as refusal:
        actions.end_role(grant, by=administrator, at=now() + timedelta(seconds=1))
    assert refusal.value.code == "people.role_ended"
    assert RoleGrant.objects.get(pk=grant.pk).end == ended.end


def test_last_administrator_keeps_the_role_and_the_account() -> None:
    only = people.person(Role.ADMINISTRATOR)

    for deed in (
        lambda: actions.end_role(only.grants.get(), by=SYSTEM, at=now()),
        lambda: actions.deactivate(only, by=SYSTEM, at=now()),
    ):
        with pytest.raises(Conflict) as refusal:
            deed()
        assert refusal.value.code == "people.last_administrator"

    assert Person.objects.get(pk=only.pk).has_role(Role.ADMINISTRATOR)
    people.person(Role.ADMINISTRATOR)
    assert actions.deactivate(only, by=SYSTEM, at=now()).state is PersonState.DEACTIVATED


def test_closed_account_loses_sessions_roles_and_holders(client: Client) -> None:
    administrator, agent = people.person(Role.ADMINISTRATOR), people.person(Role.AGENT)
    people.sign_in(client, agent)
    assert Session.objects.filter(person=agent).count() == 1

    actions.deactivate(agent, by=administrator, at=now())

    assert not Session.objects.filter(person=agent).exists()
    assert not Person.objects.get(pk=agent.pk).has_role(Role.AGENT)
    assert list(queries.holders(Role.AGENT)) == []
    assert client.get("/fr/account").status_code == 302
    actions.reactivate(agent, by=administrator, at=now())
    assert list(queries.holders(Role.AGENT)) == [agent]


def test_reopening_an_open_account_is_refused() -> None:
    with pytest.raises(Conflict) as refusal:
        actions.reactivate(people.person(), by=people.person(Role.ADMINISTRATOR), at=now())

    assert refusal.value.code == "people.not_deactivated"


def test_database_itself_refuses_a_second_open_grant_and_an_unknown_role() -> None:
    person = people.person(Role.AGENT)
    row = {"person": person, "scope": CITY, "start": now(), "granted_by": SYSTEM.ref, "granted_at": now()}

    for role in ("agent", "mayor"):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(role=role, **row)

    assert person.grants.count() == 1


def test_holders_are_those_of_the_scope_and_of_the_city_by_name() -> None:
    everywhere = people.person(Role.AUDITOR, name="Bea")
    here, elsewhere = (
        people.person(Role.AUDITOR, EDITION, name="Ana"),
        people.person(Role.AUDITOR, Ref("edition", "2028"), name="Cem"),
    )

    assert list(queries.holders(Role.AUDITOR, EDITION)) == [here, everywhere]
    assert list(queries.holders(Role.AUDITOR)) == [everywhere]
    assert elsewhere not in queries.holders(Role.AUDITOR, EDITION)
