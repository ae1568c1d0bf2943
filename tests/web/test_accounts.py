# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in and out, and proving again who one is."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from datacity.kernel.actor import SYSTEM
from datacity.programme.journal.models import Entry
from datacity.programme.people import actions
from datacity.programme.people.models import Person, Session
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN, FIREFOX = "/en/account/sign-in", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, person: Person, password: str = PASSWORD, query: str = "") -> int:
    return client.post(
        SIGN_IN + query, {"login": person.email, "password": password}, headers={"User-Agent": FIREFOX}
    ).status_code


def test_right_password_begins_a_session_that_knows_its_person_start_and_browser(client: Client) -> None:
    person = people.person(password=PASSWORD)

    assert sign_in(client, person) == 302

    session = Session.objects.get(person=person)
    assert (session.browser, session.started_at is not None) == ("Firefox, Linux", True)
    assert client.get("/en/account").status_code == 200


def test_address_is_recognised_whatever_its_case(client: Client) -> None:
    people.person(email="ana@valmire.example", password=PASSWORD)

    assert client.post(SIGN_IN, {"login": " ANA@Valmire.Example ", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("case", ["wrong password", "no such address", "only invited"])
def test_refused_sign_in_says_the_same_whatever_the_reason(client: Client, case: str) -> None:
    guest = people.invitation().person
    person = {"wrong password": people.person(password=PASSWORD), "only invited": guest}.get(case)
    address = person.email if person else "nobody@valmire.example"

    answer = client.post(SIGN_IN, {"login": address, "password": "something else"})

    page = answer.content.decode()
    assert "The address or the password is not right." in page
    assert not Session.objects.filter(person__isnull=False).exists()


def test_closed_account_is_told_so_only_with_the_right_password(client: Client) -> None:
    person = people.person(password=PASSWORD)
    people.person(Role.ADMINISTRATOR)
    actions.deactivate(person, by=SYSTEM, at=people.long_ago())

    right = client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})
    wrong = client.post(SIGN_IN, {"login": person.email, "password": "something else"})

    assert (right.status_code, right["Location"]) == (302, "/en/account/closed")
    assert "is not right" in wrong.content.decode()
    assert client.get("/en/account").status_code == 302


def test_too_many_wrong_passwords_close_the_door_for_a_while_even_to_the_right_one(client: Client) -> None:
    person = people.person(password=PASSWORD)
    for _ in range(12):
        sign_in(client, person, "something else")

    sign_in(client, person)

    assert client.get("/en/account").status_code == 302


def test_sign_out_needs_a_sent_form(client: Client) -> None:
    people.sign_in(client, people.person())

    asked = client.get("/en/account/sign-out")
    assert (asked.status_code, client.get("/en/account").status_code) == (200, 200)
    assert client.post("/en/account/sign-out").status_code == 302
    assert client.get("/en/account").status_code == 302
    assert not Session.objects.filter(person__isnull=False).exists()


def test_page_that_needs_a_person_comes_back_after_signing_in(client: Client) -> None:
    person = people.person(password=PASSWORD)
    asked = client.get("/en/account/password")
    assert asked["Location"] == SIGN_IN + "?next=/en/account/password"

    answer = client.post(asked["Location"], {"login": person.email, "password": PASSWORD})

    assert answer["Location"] == "/en/account/password"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_next_page_is_never_elsewhere(client: Client, target: str) -> None:
    person = people.person(password=PASSWORD)

    answer = client.post(SIGN_IN, {"login": person.email, "password": PASSWORD, "next": target})

    assert answer["Location"] == "/en/now/"


def test_reset_answers_the_same_for_an_address_without_account(client: Client) -> None:
    person = people.person(password=PASSWORD)

    answers = [client.post("/en/account/reset", {"email": email}) for email in (person.email, "nobody@valmire.example")]

    assert [(answer.status_code, answer["Location"], answer.content) for answer in answers] == [
        (302, "/en/account/reset/asked", b"")
    ] * 2
    assert list(Entry.objects.filter(verb="person.reset_asked").values_list("subject", flat=True)) == [person.ref]


def test_wrong_form_token_changes_nothing() -> None:
    person, client = people.person(password=PASSWORD), Client(enforce_csrf_checks=True)

    answer = client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})

    assert answer.status_code == 403
    assert not Session.objects.filter(person__isnull=False).exists()


def test_password_given_again_counts_and_a_wrong_one_does_not(client: Client) -> None:
    person = people.person(password=PASSWORD)
    people.sign_in(client, person)

    wrong = client.post("/en/account/confirm?next=/en/account", {"password": "something else"})
    right = client.post("/en/account/confirm?next=/en/account", {"password": PASSWORD})

    assert (wrong.status_code, "This is not your password." in wrong.content.decode()) == (422, True)
    assert (right.status_code, right["Location"]) == (302, "/en/account")


def test_nobody_signs_up_alone(client: Client) -> None:
    for path in ("account/signup", "accounts/signup", "account/sign-up"):
        assert client.get(f"/en/{path}/").status_code == 404
