# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in through the city's own directory: a real OpenID Connect server, over loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client, override_settings

from datacity.kernel.errors import Invalid
from datacity.programme.journal.models import Entry
from datacity.programme.people import actions
from datacity.programme.people.models import Person
from datacity.web import configuration
from tests.factories import directories, people
from tests.factories.directories import CLIENT, SECRET, Directory, path_of

pytestmark = pytest.mark.django_db
START = "/account/directory/directory"


def settings_of(issuer: str) -> dict[str, str]:
    """The environment that names a directory."""
    return {
        "DATACITY_HOME": "/nowhere",
        "DATACITY_OIDC_ISSUER": issuer,
        "DATACITY_OIDC_NAME": "Annuaire de la ville",
        "DATACITY_OIDC_CLIENT_ID": CLIENT,
        "DATACITY_OIDC_CLIENT_SECRET": SECRET,
    }


@pytest.fixture
def directory() -> Iterator[Directory]:
    """A directory that the settings name."""
    cache.clear()
    with directories.serving() as served:
        apps = configuration.directories(configuration.load(settings_of(f"{served.address}/")))
        with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": apps}}):
            yield served


def claims(who: Person | None, **more: Any) -> dict[str, Any]:
    """What the directory says of somebody."""
    email = who.email if who else "eve@valmire.example"
    return {"sub": f"n-{email}", "email": email, "email_verified": True, "name": "Ana Dupuy", **more}


def come_in(client: Client, directory: Directory, said: dict[str, Any]) -> Any:
    """Go to the directory, say yes there, come back; gives the answer to the way back."""
    directory.claims = said
    address = client.post(START).headers["Refresh"].partition("url=")[2]
    back = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
    return client.get(path_of(back))


def signed_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return client.get("/en/account").status_code == 200


def test_invited_person_joins_through_the_directory(client: Client, directory: Directory) -> None:
    guest = people.invitation().person
    assert guest is not None

    answer = come_in(client, directory, claims(guest))

    guest.refresh_from_db()
    assert (answer.status_code, answer["Location"].endswith("/now/"), signed_in(client)) == (302, True, True)
    assert (guest.is_active, guest.name, guest.has_usable_password()) == (True, "Ana Dupuy", False)
    verbs = Entry.objects.filter(subject=guest.ref).order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["person.joined", "person.signed_in_elsewhere"]


def test_person_with_an_account_comes_in_again_and_again(client: Client, directory: Directory) -> None:
    ana = people.person()

    come_in(client, directory, claims(ana))
    other = Client()
    come_in(other, directory, claims(ana, email="other@valmire.example"))  # known by number, not by address

    assert (signed_in(client), signed_in(other)) == (True, True)
    assert Entry.objects.filter(verb="person.signed_in_elsewhere", subject=ana.ref).count() == 1


def test_nothing_of_what_the_directory_tells_is_kept_beyond_its_number(client: Client, directory: Directory) -> None:
    ana = people.person()

    for _ in range(2):
        come_in(Client(), directory, claims(ana, telephone="02 61 91 00 42"))

    row = SocialAccount.objects.get(user=ana)
    assert (row.uid, row.extra_data, SocialToken.objects.exists()) == (f"n-{ana.email}", {}, False)


@pytest.mark.parametrize("fault", ["unknown address", "address not verified", "verified as a word", "account closed", "invitation withdrawn", "no address"])  # fmt: skip
def test_who_was_not_invited_with_a_verified_address_stays_outside(client: Client, directory: Directory, fault: str) -> None:  # fmt: skip
    invitation = people.invitation()
    who = people.person() if fault == "account closed" else invitation.person
    assert who is not None
    if fault == "account closed":
        people.person("administrator")
        actions.deactivate(who, by=people.SYSTEM, at=people.long_ago())
    if fault == "invitation withdrawn":
        actions.withdraw_invitation(invitation, by=people.SYSTEM, at=people.long_ago())
    more = {"address not verified": {"email_verified": False}, "verified as a word": {"email_verified": "yes"}, "no address": {"email": ""}}  # fmt: skip
    before = Person.objects.count()

    answer = come_in(client, directory, claims(None if fault == "unknown address" else who, **more.get(fault, {})))

    assert (answer.status_code, signed_in(client)) == (403, False)
    assert (Person.objects.count(), SocialAccount.objects.exists()) == (before, False)


def test_second_factor_is_asked_for_all_the_same(client: Client, directory: Directory) -> None:
    ana = people.person()
    people.code_app(ana)

    answer = come_in(client, directory, claims(ana))
    before = signed_in(client)
    client.post("/en/account/second-step", {"code": people.code()})

    assert (answer["Location"].endswith("/account/second-step"), before, signed_in(client)) == (True, False, True)


def test_way_back_without_the_way_there_opens_nothing(client: Client, directory: Directory) -> None:
    directory.claims = claims(people.person())
    address = client.post(START).headers["Refresh"].partition("url=")[2]
    back = path_of(requests.get(address, allow_redirects=False, timeout=10).headers["Location"])

    stranger = Client()
    answers = [stranger.get(back).status_code, client.get(back).status_code, client.get(back).status_code]

    assert answers == [409, 302, 409]
    assert not signed_in(stranger)


def test_directory_that_does_not_answer_is_said_in_words(client: Client, directory: Directory) -> None:
    dead = configuration.load(settings_of("http://127.0.0.1:9"))
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": configuration.directories(dead)}}):
        answer = client.post(START)

    assert answer.status_code == 409
    assert "directory" in answer.content.decode().lower() or "annuaire" in answer.content.decode().lower()


def test_page_on_the_way_carries_the_strict_policy_and_asks_for_proof_of_the_way_back(client: Client, directory: Directory) -> None:  # fmt: skip
    answer = client.post(START)
    asked = parse_qs(urlsplit(answer.headers["Refresh"].partition("url=")[2]).query)

    assert "form-action 'self'" in answer["Content-Security-Policy"]
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == (["S256"], [f"http://testserver{START}/back"])
    assert asked["state"][0]


def test_without_the_setting_there_is_no_door(client: Client) -> None:
    assert client.post(START).status_code == 404
    assert "/account/directory" not in client.get("/en/account/sign-in").content.decode()


def test_sign_in_page_names_the_directory(client: Client, directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("datacity.web.accounts.SignInForm.directory", "Annuaire de la ville")

    page = client.get("/en/account/sign-in").content.decode()

    assert f'action="{START}"' in page
    assert "Sign in through Annuaire de la ville" in page


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://login.valmire.example/city", True),
        ("http://127.0.0.1:9000", True),
        ("http://login.valmire.example", False),
        ("ftp://login.valmire.example", False),
        ("login.valmire.example", False),
    ],
)
def test_issuer_is_https_or_this_machine(address: str, allowed: bool) -> None:
    if allowed:
        assert configuration.load(settings_of(address)).oidc_issuer == address
    else:
        with pytest.raises(Invalid):
            configuration.load(settings_of(address))


@pytest.mark.parametrize("missing", ["DATACITY_OIDC_CLIENT_ID", "DATACITY_OIDC_CLIENT_SECRET"])
def test_directory_without_client_or_secret_stops_the_start(missing: str) -> None:
    environment = settings_of("https://login.valmire.example")
    del environment[missing]

    with pytest.raises(Invalid) as refusal:
        configuration.load(environment)

    assert (refusal.value.code, missing in str(refusal.value)) == ("settings.directory", True)


def test_secret_of_the_client_comes_from_a_file_and_is_never_printed(tmp_path: Path) -> None:
    environment = settings_of("https://login.valmire.example")
    del environment["DATACITY_OIDC_CLIENT_SECRET"]
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")

    found = configuration.load({**environment, "DATACITY_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")})

    assert configuration.directories(found)[0]["secret"] == SECRET
    assert SECRET not in str(found.shown())
