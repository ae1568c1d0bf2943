# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of one's own second factors, and of who lost them."""

import re
from base64 import b64decode
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.programme.journal.models import Entry
from datacity.programme.people import queries
from datacity.programme.people.models import Person, Session
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.passkeys import Passkey
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
FACTORS = "/en/account/factors"
CHALLENGE = f"{FACTORS}/passkey/challenge"


@pytest.fixture(autouse=True)
def _no_attempts() -> None:
    """Forget the attempts of other tests: numbers of persons come again after a test."""
    cache.clear()


@pytest.fixture
def ana(client: Client) -> Person:
    """Somebody signed in, with a password and no second factor."""
    who = people.person(password=PASSWORD, language="en")
    people.sign_in(client, who)
    return who


def prove(client: Client, **more: Any) -> None:
    """Prove who it is, for five minutes."""
    assert client.post("/en/account/confirm", {"password": PASSWORD, **more}).status_code == 302


def shown_secret(page: str) -> str:
    """The secret a page shows as text, without its spaces."""
    found = re.search(r"<code>([A-Z2-7\s]+)</code>", page)
    assert found
    return "".join(found.group(1).split())


def whole_database() -> str:
    """Every cell of every table, sessions decoded."""
    cells = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(cells)


def set_up_passkey(client: Client, passkey: Passkey, name: str = "blue key") -> Any:
    """Make a passkey as the page's script does, and send the form."""
    options = client.post(CHALLENGE, {"for": "create"}, secure=True).json()
    return client.post(f"{FACTORS}/passkey", {"name": name, "passkey": passkey.make(options)}, secure=True)


def test_app_is_set_up_through_the_pages_and_recovery_codes_are_shown(
    client: Client, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client.get(f"{FACTORS}/app")
    prove(client)
    client.post(f"{FACTORS}/app", {"begin": "1"})
    monkeypatch.setattr(people, "SECRET", shown_secret(client.get(f"{FACTORS}/app").content.decode()))

    wrong = client.post(f"{FACTORS}/app", {"code": "000000"})
    right = client.post(f"{FACTORS}/app", {"code": people.code()})

    assert asked["Location"] == "/en/account/confirm?next=/en/account/factors/app"
    assert (wrong.status_code, "This code is not right." in wrong.content.decode()) == (422, True)
    assert right["Location"] == f"{FACTORS}/codes"
    codes = client.get(right["Location"]).content.decode()
    assert all(f"{code[:4]} {code[4:]}" in codes for code in queries.codes_left(ana))
    assert Entry.objects.filter(verb="person.factor_added", subject=ana.ref).count() == 1


def test_secret_and_seed_stand_nowhere_in_the_database_before_or_after(
    client: Client, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(client)
    client.post(f"{FACTORS}/app", {"begin": "1"})
    secret = shown_secret(client.get(f"{FACTORS}/app").content.decode())
    monkeypatch.setattr(people, "SECRET", secret)

    during = whole_database()
    client.post(f"{FACTORS}/app", {"code": people.code()})

    seed = decrypt(Authenticator.objects.get(user=ana, type="recovery_codes").data["seed"])
    after = whole_database()
    assert (ana.email in during, ana.email in after) == (True, True)
    assert [word in text for text in (during, after) for word in (secret, seed, *queries.codes_left(ana))] == [
        False
    ] * 24


def test_secret_being_set_up_lies_encrypted_in_the_session(client: Client, ana: Person) -> None:
    prove(client)
    client.post(f"{FACTORS}/app", {"begin": "1"})
    secret = shown_secret(client.get(f"{FACTORS}/app").content.decode())

    session = Session.objects.get(person=ana)

    assert secret not in str(session.get_decoded())
    assert session.get_decoded()["pending_code_app"]


def test_square_is_a_picture_nobody_keeps_and_there_is_none_when_nothing_is_set_up(client: Client, ana: Person) -> None:
    prove(client)
    before = client.get(f"{FACTORS}/app/picture.svg")
    client.post(f"{FACTORS}/app", {"begin": "1"})

    picture = client.get(f"{FACTORS}/app/picture.svg")

    assert before.status_code == 404
    assert (picture.status_code, picture["Content-Type"], "no-store" in picture["Cache-Control"]) == (200, "image/svg+xml", True)  # fmt: skip
    assert picture.content.startswith(b"<?xml")
    assert "script-src 'self'" in picture["Content-Security-Policy"]
    assert b"data:" not in client.get(f"{FACTORS}/app").content


@pytest.mark.parametrize("page", ["", "/app", "/passkey", "/codes", "/codes/file", "/codes/new", "/app/picture.svg"])
def test_reading_a_page_of_factors_writes_nothing_not_even_the_session(client: Client, ana: Person, page: str) -> None:
    prove(client)
    client.post(f"{FACTORS}/app", {"begin": "1"})

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(FACTORS + page)

    assert answer.status_code == 200
    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
    assert client.cookies["datacity_session"].value == client.session.session_key


@pytest.mark.parametrize("page", ["/app", "/passkey", "/codes", "/codes/file", "/codes/new"])
def test_pages_that_change_or_show_something_ask_first_who_it_is(client: Client, ana: Person, page: str) -> None:
    people.code_app(ana)

    answer = client.get(FACTORS + page)
    client.post("/en/account/confirm", {"password": PASSWORD})
    password_alone = client.get(FACTORS + page)
    prove(client, code=people.code())

    assert [each["Location"] for each in (answer, password_alone)] == [f"/en/account/confirm?next={FACTORS}{page}"] * 2
    assert client.get(FACTORS + page).status_code == 200


def test_recovery_codes_are_given_as_text_and_made_anew(client: Client, ana: Person) -> None:
    people.code_app(ana)
    prove(client, code=people.code())
    none = client.get(f"{FACTORS}/codes").content.decode()
    client.post(f"{FACTORS}/codes/new")

    file = client.get(f"{FACTORS}/codes/file")

    assert "None is left, or none was made." in none
    assert (file["Content-Type"], "attachment" in file["Content-Disposition"]) == ("text/plain; charset=utf-8", True)
    assert [line for line in file.content.decode().splitlines() if line.isdigit()] == queries.codes_left(ana)
    assert "no-store" in file["Cache-Control"]


def test_factor_is_removed_only_after_a_second_page_and_a_proof(client: Client, ana: Person) -> None:
    app = people.code_app(ana)
    address = f"{FACTORS}/{app.pk}/remove"
    unproven = client.post(address)
    prove(client, code=people.code())

    page = client.get(address).content.decode()
    still_there = Authenticator.objects.filter(pk=app.pk).exists()
    client.post(address)

    assert unproven["Location"].startswith("/en/account/confirm")
    assert ("It is your only second factor" in page, still_there) == (True, True)
    assert not Authenticator.objects.filter(user=ana).exists()


def test_factor_of_somebody_else_is_not_there(client: Client, ana: Person) -> None:
    other = people.code_app(people.person())
    prove(client)

    answers = [
        client.post(f"{FACTORS}/{other.pk}/{deed}", {"name": "mine"}).status_code for deed in ("remove", "rename")
    ]

    assert answers == [404, 404]
    assert Authenticator.objects.filter(pk=other.pk).exists()


def test_passkey_is_set_up_and_its_name_is_shown(client: Client, ana: Person) -> None:
    prove(client, secure=True)

    answer = set_up_passkey(client, Passkey())

    assert answer["Location"] == f"{FACTORS}/codes"
    assert "blue key" in client.get(FACTORS).content.decode()
    row = Authenticator.objects.get(type="webauthn", user=ana)
    client.post(f"{FACTORS}/{row.pk}/rename", {"name": "red key"})
    assert "red key" in client.get(FACTORS).content.decode()


@pytest.mark.parametrize("fault", ["other site", "unverified", "old challenge", "no answer", "no json"])
def test_passkey_that_does_not_fit_is_not_kept(client: Client, ana: Person, fault: str) -> None:
    prove(client)
    passkey = Passkey(
        origin="https://elsewhere.example" if fault == "other site" else "https://testserver",
        verified=fault != "unverified",
    )
    options = client.post(CHALLENGE, {"for": "create"}, secure=True).json()
    if fault == "old challenge":
        client.post(CHALLENGE, {"for": "create"}, secure=True)
    answer = {"no answer": "", "no json": "[1]"}.get(fault) if fault.startswith("no ") else passkey.make(options)

    page = client.post(f"{FACTORS}/passkey", {"name": "blue key", "passkey": answer}, secure=True)

    assert page.status_code == 422
    assert not Authenticator.objects.filter(user=ana).exists()


def test_passkey_alone_proves_who_it_is(client: Client, ana: Person) -> None:
    prove(client)
    passkey = Passkey()
    set_up_passkey(client, passkey)
    again = Client()
    people.sign_in(again, ana)

    answer = passkey.use(again.post(CHALLENGE, {"for": "get"}, secure=True).json())
    proved = again.post("/en/account/confirm", {"passkey": answer}, secure=True)
    replayed = again.post("/en/account/confirm", {"passkey": answer}, secure=True)

    assert (proved.status_code, replayed.status_code) == (302, 422)
    assert "This passkey was not accepted." in replayed.content.decode()
    assert again.get(f"{FACTORS}/codes").status_code == 200


def test_passkey_of_an_unchecked_person_proves_nothing(client: Client, ana: Person) -> None:
    prove(client)
    passkey = Passkey()
    set_up_passkey(client, passkey)
    passkey.verified = False
    again = Client()
    people.sign_in(again, ana)

    answer = passkey.use(again.post(CHALLENGE, {"for": "get"}, secure=True).json())

    assert again.post("/en/account/confirm", {"passkey": answer}, secure=True).status_code == 422


def test_challenge_for_a_new_passkey_is_given_only_to_who_proved(client: Client, ana: Person) -> None:
    before = client.post(CHALLENGE, {"for": "create"})
    visitor = Client().post(CHALLENGE, {"for": "create"})
    prove(client)

    given = client.post(CHALLENGE, {"for": "create"}).json()["publicKey"]

    assert (before.status_code, visitor.status_code) == (403, 403)
    assert b64decode(given["challenge"] + "==", altchars=b"-_")
    assert given["authenticatorSelection"]["userVerification"] == "required"


def test_administrator_without_a_factor_is_led_to_set_one_up_and_then_passes(client: Client, ana: Person) -> None:
    boss = people.person(Role.ADMINISTRATOR, password=PASSWORD, language="en")
    Authenticator.objects.all().delete()
    browser = people.sign_in(Client(), boss)

    led = [browser.get(page)["Location"] for page in ("/en/people", "/en/people/invite", "/en/jobs/", "/en/outbox/")]
    deed = browser.post("/en/people/invite", {"email": "eve@valmire.example", "language": "en"})
    now = browser.get("/en/now/").content.decode()
    people.code_app(boss)

    assert led == [FACTORS] * 4
    assert (deed["Location"], Person.objects.filter(email="eve@valmire.example").exists()) == (FACTORS, False)
    assert "Set up a second factor: your role asks for it" in now
    assert "Your role asks for a second factor" not in browser.get(FACTORS).content.decode()
    assert browser.get("/en/people").status_code == 200


def test_program_is_refused_in_words_and_not_led_anywhere(client: Client) -> None:
    boss = people.person(Role.ADMINISTRATOR)
    Authenticator.objects.all().delete()
    people.sign_in(client, boss)

    answer = client.get("/en/people", headers={"Accept": "application/json"})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_administrator_resets_factors_on_the_page_after_proving_who_they_are(client: Client, ana: Person) -> None:
    people.code_app(ana)
    boss = people.person(Role.ADMINISTRATOR, password=PASSWORD, language="en")
    browser, address = people.sign_in(Client(), boss), f"/en/people/{ana.pk}/factors"

    unproven = browser.post(address)
    prove(browser, code=people.code())
    page = browser.get(address).content.decode()
    done = browser.post(address)

    assert unproven["Location"] == f"/en/account/confirm?next={address}"
    assert "make sure that it is really this person" in page
    assert done["Location"] == f"/en/people/{ana.pk}"
    assert not Authenticator.objects.filter(user=ana).exists()
    assert "None is set up." in browser.get(done["Location"]).content.decode()
