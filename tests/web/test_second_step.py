# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in with a second factor: the step after the password, and a passkey alone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from datacity.programme.journal.models import Entry
from datacity.programme.journal.queries import payload_of
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Person
from datacity.web.publishing.about import Facts
from datacity.web.publishing.way import Way
from tests.factories import data, decisions, people
from tests.factories.passkeys import Passkey
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN, STEP = "/en/account/sign-in", "/en/account/second-step"
CHALLENGE = "/en/account/factors/passkey/challenge"


@pytest.fixture(autouse=True)
def _no_attempts() -> None:
    """Forget the attempts of other tests."""
    cache.clear()


@pytest.fixture
def ana() -> Person:
    """Somebody with a password and an app."""
    who = people.person(password=PASSWORD, language="en")
    people.code_app(who)
    return who


def signed_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return client.get("/en/account").status_code == 200


def give_password(client: Client, who: Person, next_page: str = "") -> str:
    """Give the right password; gives where it leads."""
    data = {"login": who.email, "password": PASSWORD, **({"next": next_page} if next_page else {})}
    return str(client.post(SIGN_IN, data)["Location"])


def test_right_password_leads_to_the_second_step_and_opens_nothing(client: Client, ana: Person) -> None:
    assert give_password(client, ana) == STEP
    assert not signed_in(client)


def test_right_code_opens_the_account_and_leads_to_the_page_asked_for(client: Client, ana: Person) -> None:
    give_password(client, ana, "/en/account/password")

    answer = client.post(STEP, {"code": people.code()})

    assert (answer["Location"], signed_in(client)) == ("/en/account/password", True)
    session = ana.sessions.get()
    assert session.started_at is not None


def test_wrong_code_is_said_beside_its_field_and_opens_nothing(client: Client, ana: Person) -> None:
    give_password(client, ana)

    answer = client.post(STEP, {"code": "000000"})

    assert (answer.status_code, signed_in(client)) == (422, False)
    assert "This code is not right." in answer.content.decode()
    assert client.post(STEP, {"code": people.code()}).status_code == 302


def test_code_that_opened_one_browser_opens_no_other(client: Client, ana: Person) -> None:
    other, code = Client(), people.code()
    for browser in (client, other):
        give_password(browser, ana)

    client.post(STEP, {"code": code})
    answer = other.post(STEP, {"code": code})

    assert (signed_in(client), signed_in(other), answer.status_code) == (True, False, 422)
    assert "This code was used already." in answer.content.decode()


def test_recovery_code_opens_the_account_once(client: Client, ana: Person) -> None:
    actions.make_codes(ana, by=ana, at=people.long_ago())
    code = queries.codes_left(ana)[0]
    other = Client()
    for browser in (client, other):
        give_password(browser, ana)

    client.post(STEP, {"code": code})
    other.post(STEP, {"code": code})

    assert (signed_in(client), signed_in(other)) == (True, False)


def test_too_many_wrong_codes_close_the_door_even_to_the_right_one(client: Client, ana: Person) -> None:
    give_password(client, ana)
    for _ in range(5):
        client.post(STEP, {"code": "000000"})

    answer = client.post(STEP, {"code": people.code()})

    assert (answer.status_code, signed_in(client)) == (422, False)
    assert "Too many attempts." in answer.content.decode()


def test_second_step_without_a_first_leads_back(client: Client) -> None:
    assert [client.get(STEP)["Location"], client.post(STEP, {"code": people.code()})["Location"]] == [SIGN_IN] * 2


def test_reading_the_second_step_writes_no_session(client: Client, ana: Person) -> None:
    give_password(client, ana)
    before = client.session.items()

    client.get(STEP)

    assert list(client.session.items()) == list(before)


def make_passkey(who: Person) -> Passkey:
    """Give somebody a passkey, through the pages."""
    browser, passkey = Client(), Passkey()
    people.sign_in(browser, who)
    proof = {"password": PASSWORD, "code": people.code()}
    browser.post("/en/account/confirm", proof, secure=True)
    options = browser.post(CHALLENGE, {"for": "create"}, secure=True).json()
    browser.post("/en/account/factors/passkey", {"name": "key", "passkey": passkey.make(options)}, secure=True)
    assert Authenticator.objects.filter(user=who, type="webauthn").exists()
    return passkey


def test_passkey_is_the_second_step(client: Client, ana: Person) -> None:
    passkey = make_passkey(ana)
    give_password(client, ana)

    options = client.post(CHALLENGE, {"for": "get"}, secure=True).json()
    client.post(STEP, {"passkey": passkey.use(options)}, secure=True)

    assert signed_in(client)


def test_passkey_alone_signs_in_and_is_asked_for_nothing_more(client: Client, ana: Person) -> None:
    passkey = make_passkey(ana)

    answer = passkey.use(client.post(CHALLENGE, {"for": "get"}, secure=True).json())
    led = client.post("/en/account/passkey", {"passkey": answer, "next": "/en/account"}, secure=True)

    assert (led["Location"], signed_in(client)) == ("/en/account", True)


@pytest.mark.parametrize("fault", ["unknown key", "nonsense", "closed account"])
def test_passkey_that_fits_nobody_opens_nothing(client: Client, ana: Person, fault: str) -> None:
    passkey = make_passkey(ana)
    if fault == "closed account":
        people.person("administrator")
        actions.deactivate(ana, by=people.SYSTEM, at=people.long_ago())
    used = Passkey(user=passkey.user) if fault == "unknown key" else passkey
    answer = used.use(client.post(CHALLENGE, {"for": "get"}, secure=True).json())

    led = client.post("/en/account/passkey", {"passkey": "{}" if fault == "nonsense" else answer}, secure=True)

    assert led["Location"] == ("/en/account/closed" if fault == "closed account" else SIGN_IN)
    assert not signed_in(client)


def test_who_hosts_resets_factors_from_the_machine(client: Client, ana: Person) -> None:
    call_command("reset_factors", ana.email)

    assert give_password(client, ana) == "/en/now/"
    with pytest.raises(CommandError) as refusal:
        call_command("reset_factors", "nobody@valmire.example")
    assert refusal.value.returncode == 4


def test_clearance_from_the_shell_says_in_the_journal_how_identity_was_proven() -> None:
    way = Way(Path("comptages.csv"), Facts(), lambda *_arguments, **_values: None)
    data.ready_keys()

    release = way.clear(decisions.presented(), decisions.REASON, against="", by=decisions.representative(), at=datetime.now(UTC))  # fmt: skip

    assert release.version == 1
    assert payload_of(Entry.objects.get(verb="clearance.given"))["identity"] == "shell of who hosts"
