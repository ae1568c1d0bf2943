# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How accounts begin, change and are proved."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.programme.journal.models import Entry
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Invitation, Person, Session
from datacity.programme.people.rules import VISITOR, InvitationState, PersonState, Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def everything_stored() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows.append(repr(cursor.fetchall()))
    return "".join(rows)


def test_invited_person_waits_without_password_and_joins_with_the_token() -> None:
    administrator = people.person(Role.ADMINISTRATOR)
    invitation = actions.invite("Dina.Okonjo@Valmire.example ", by=administrator, at=now(), role=Role.DATA_STEWARD)
    guest = Person.objects.get(pk=invitation.person_id)
    assert (guest.email, guest.state, guest.has_usable_password(), guest.has_role(Role.DATA_STEWARD)) == (
        "dina.okonjo@valmire.example", PersonState.INVITED, False, False,
    )  # fmt: skip

    joined = actions.accept_invitation(
        queries.token_of(invitation), name=" Dina  Okonjo ", password=PASSWORD, language="en", at=now()
    )

    stored = Person.objects.get(pk=guest.pk)
    assert (stored, stored.name, stored.language, stored.state) == (joined, "Dina Okonjo", "en", PersonState.ACTIVE)
    assert stored.has_role(Role.DATA_STEWARD)
    assert stored.check_password(PASSWORD)
    assert stored.password.startswith("argon2$argon2id$")
    verbs = list(Entry.objects.order_by("-pk").values_list("verb", flat=True)[:3])
    assert verbs == ["person.joined", "person.invited", "role.granted"]


def test_token_is_stored_nowhere() -> None:
    invitation = people.invitation()
    token = queries.token_of(invitation)

    assert token.partition("-")[2] not in everything_stored()
    assert str(invitation.nonce) in everything_stored()  # the search itself works


def test_invitation_works_once() -> None:
    token = queries.token_of(people.invitation())
    first = actions.accept_invitation(token, name="Dina", password=PASSWORD, language="fr", at=now())

    with pytest.raises(Missing) as refusal:
        actions.accept_invitation(token, name="Eve", password=PASSWORD + "!", language="fr", at=now())

    assert refusal.value.code == "people.no_invitation"
    assert (Person.objects.get(pk=first.pk).name, first.check_password(PASSWORD)) == ("Dina", True)


@pytest.mark.parametrize(
    "change", ["expired", "withdrawn", "invited again", "another number", "another hash", "not a token", "9" * 30]
)
def test_invitation_that_does_not_hold_opens_nothing(change: str) -> None:
    invitation, at = people.invitation(), now()
    token = queries.token_of(invitation)
    number, _dash, mac = token.partition("-")
    if change == "expired":
        at += timedelta(days=15)
    elif change == "withdrawn":
        actions.withdraw_invitation(invitation, by=SYSTEM, at=at)
    elif change == "invited again" and invitation.person:
        actions.invite_again(invitation.person, by=SYSTEM, at=at)
    else:
        other = people.invitation()
        token = {"another number": f"{other.pk}-{mac}", "another hash": f"{number}-{'0' * 64}"}.get(change, change)

    with pytest.raises(Missing):
        actions.accept_invitation(token, name="Eve", password=PASSWORD, language="fr", at=at)

    assert not Person.objects.filter(joined_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("  ", PASSWORD, "people.name"),
        ("x" * 151, PASSWORD, "people.name"),
        ("Ana", "court", "people.weak_password"),
        ("Ana", "passwordpassword", None),
    ],
)
def test_joining_with_wrong_input_leaves_the_invitation_open(name: str, password: str, code: str | None) -> None:
    invitation = people.invitation()
    if code is None:
        password = str(
            invitation.person.email if invitation.person else ""
        )  # as the account's own address: too similar
        code = "people.weak_password"

    with pytest.raises(Invalid) as refusal:
        actions.accept_invitation(queries.token_of(invitation), name=name, password=password, language="fr", at=now())

    assert refusal.value.code == code
    assert Invitation.objects.get(pk=invitation.pk).state(now()) is InvitationState.OPEN
    assert not Person.objects.filter(joined_at__isnull=False).exists()


@pytest.mark.parametrize("actor", [VISITOR, "agent"])
def test_only_an_administrator_invites(actor: object) -> None:
    by = people.person(Role.AGENT) if actor == "agent" else VISITOR
    before = Person.objects.count()

    with pytest.raises(Forbidden):
        actions.invite("eve@valmire.example", by=by, at=now())

    assert (Person.objects.count(), Invitation.objects.count()) == (before, 0)


def test_address_is_invited_once_whatever_its_case() -> None:
    people.person(email="ana@valmire.example")

    with pytest.raises(Conflict) as refusal:
        actions.invite("ANA@valmire.example", by=SYSTEM, at=now())

    assert (refusal.value.code, refusal.value.field) == ("people.email_taken", "email")
    assert Person.objects.count() == 1


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a b@valmire.example", "ana@valmire.example\nBcc: x@y.example"])
def test_wrong_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.invite(email, by=SYSTEM, at=now())

    assert (refusal.value.code, Person.objects.count()) == ("people.email_form", 0)


def test_first_link_makes_an_administrator_once_and_only_on_an_empty_home() -> None:
    old, new = actions.make_first_link(at=now()), actions.make_first_link(at=now())
    assert queries.home_is_empty(now())

    with pytest.raises(Missing):
        actions.accept_invitation(
            queries.token_of(old), name="Ana", password=PASSWORD, language="fr", at=now(), email="ana@valmire.example"
        )
    first = actions.accept_invitation(
        queries.token_of(new), name="Ana", password=PASSWORD, language="fr", at=now(), email="ana@valmire.example"
    )

    assert (first.holds_anywhere(Role.ADMINISTRATOR), first.has_role(Role.ADMINISTRATOR)) == (True, False)
    people.code_app(first)
    assert first.has_role(Role.ADMINISTRATOR)
    assert not queries.home_is_empty(now())
    with pytest.raises(Conflict) as refusal:
        actions.make_first_link(at=now())
    assert refusal.value.code == "people.has_administrator"


def test_first_link_is_worth_nothing_when_somebody_else_became_administrator_meanwhile() -> None:
    link = actions.make_first_link(at=now())
    people.person(Role.ADMINISTRATOR)

    with pytest.raises(Conflict):
        actions.accept_invitation(
            queries.token_of(link), name="Eve", password=PASSWORD, language="fr", at=now(), email="eve@valmire.example"
        )

    assert not Person.objects.filter(email="eve@valmire.example").exists()
    assert Invitation.objects.get(pk=link.pk).used_at is None


def test_first_link_expires_after_the_hours_of_the_policy() -> None:
    link = actions.make_first_link(at=now())

    assert link.expires_at - link.invited_at == timedelta(hours=48)


def test_changed_password_ends_every_other_session() -> None:
    person = people.person(password=PASSWORD)
    for key in ("here", "there"):
        Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(hours=1), person=person)

    actions.change_password(person, old=PASSWORD, new=PASSWORD + " neuf", by=person, at=now(), keep="here")

    assert list(Session.objects.values_list("session_key", flat=True)) == ["here"]
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD + " neuf")


@pytest.mark.parametrize(("old", "new", "field"), [("wrong", PASSWORD + "!", "old"), (PASSWORD, "court", "password")])
def test_password_change_with_wrong_input_keeps_the_old_one(old: str, new: str, field: str) -> None:
    person = people.person(password=PASSWORD)

    with pytest.raises(Invalid) as refusal:
        actions.change_password(person, old=old, new=new, by=person, at=now())

    assert refusal.value.field == field
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


def test_nobody_changes_the_account_of_another() -> None:
    person, administrator = people.person(name="Ana", password=PASSWORD), people.person(Role.ADMINISTRATOR)

    with pytest.raises(Forbidden):
        actions.change_profile(person, name="Eve", language="en", by=administrator)
    with pytest.raises(Forbidden):
        actions.change_password(person, old=PASSWORD, new=PASSWORD + "!", by=administrator, at=now())

    stored = Person.objects.get(pk=person.pk)
    assert (stored.name, stored.language, stored.check_password(PASSWORD)) == ("Ana", "fr", True)


def test_reset_is_asked_only_for_an_active_account_and_its_letter_holds_the_link() -> None:
    person, closed = people.person(password=PASSWORD, language="en"), people.person()
    people.person(Role.ADMINISTRATOR)
    actions.deactivate(closed, by=SYSTEM, at=now())
    for address in (person.email.upper(), closed.email, "nobody@valmire.example", str(people.invitation().person)):
        actions.ask_password_reset(address, at=now())

    asked = Entry.objects.filter(verb="person.reset_asked")
    letter = queries.letter("person.reset_asked", asked.get().subject, now())

    assert letter is not None
    assert (letter.to, letter.language, letter.subject) == (person.email, "en", "Choose a new password")
    key = letter.text.rpartition("/")[2].split()[0]
    actions.reset_password(person.pk, key, new=PASSWORD + " neuf", at=now())
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD + " neuf")
    with pytest.raises(Missing):
        actions.reset_password(person.pk, key, new=PASSWORD, at=now())


def test_invitation_letter_speaks_the_guests_language_and_stops_when_there_is_nothing_to_use() -> None:
    invitation = people.invitation()
    guest = Person.objects.get(pk=invitation.person_id)

    letter = queries.letter("person.invited", guest.ref, now())

    assert letter is not None
    assert (letter.to, letter.language) == (guest.email, "fr")
    assert queries.invitation_address(invitation, "fr") in letter.text
    actions.withdraw_invitation(invitation, by=SYSTEM, at=now())
    assert queries.letter("person.invited", guest.ref, now()) is None


def test_export_holds_what_is_stored_and_no_password_hash() -> None:
    person = people.person(Role.AGENT, name="Ana", password=PASSWORD)
    people.mandate(person)

    stored = queries.what_is_stored(person, now())

    assert set(stored) == {
        "datacity",
        "kind",
        "made_at",
        "person",
        "roles",
        "mandates",
        "invitations",
        "second_factors",
        "sessions",
    }
    assert [role["role"] for role in stored["roles"]] == ["agent"]
    assert [mandate["capacity"] for mandate in stored["mandates"]] == [{"fr": "directrice générale"}]
    assert person.password not in json.dumps(stored)


def test_sessions_that_are_over_are_cleared() -> None:
    for key, hours in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(hours=hours))

    assert actions.clear_sessions(at=now()) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
