# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The made-up telephone of a demonstration: its code stands in the strip, and every rule of a real one holds."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from datacity.kernel.actor import SYSTEM
from datacity.programme.people import actions
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from datacity.web.demo import factor
from datacity.web.demo.cast import CAST, PASSWORD
from tests.factories import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_here")]
SEE_AS = "/fr/demonstration/see-as"


@pytest.fixture(autouse=True)
def _no_attempts() -> None:
    """Forget the attempts of other tests."""
    cache.clear()


def part(key: str, role: Role) -> Person:
    """Somebody of the cast, with a role."""
    found = next(part for part in CAST if part.key == key)
    made = actions.register_person(found.email, found.name, by=SYSTEM, at=people.long_ago(), password=PASSWORD)
    actions.grant_role(made, role, by=SYSTEM, at=people.long_ago())
    return made


def shown(page: str) -> str:
    """The code in the strip, "" when there is none."""
    found = re.search(r'city-seats-proof">.*?<code>[^<]+</code>.*?<code>(\d{6})</code>', page, re.DOTALL)
    return found.group(1) if found else ""


def test_administrator_proves_who_they_are_with_the_code_of_the_strip(client: Client) -> None:
    part("administrator", Role.ADMINISTRATOR)
    client.post(SEE_AS, {"person": "administrator", "next": "/fr/"})
    code = shown(client.get("/fr/people").content.decode())

    wrong = client.post("/fr/account/confirm", {"password": PASSWORD, "code": f"{(int(code) + 1) % 1_000_000:06d}"})
    right = client.post("/fr/account/confirm", {"password": PASSWORD, "code": code})
    next_code = shown(client.get("/fr/people").content.decode())
    again = client.post("/fr/account/confirm", {"password": PASSWORD, "code": code})

    assert [answer.status_code for answer in (wrong, right, again)] == [422, 302, 422]
    assert next_code != code


def test_strip_shows_a_code_at_the_second_step_and_none_to_who_needs_none(client: Client) -> None:
    part("representative", Role.REPRESENTATIVE)
    factor.give(Person.objects.get(), at=people.long_ago())
    part("steward", Role.DATA_STEWARD)
    email = next(part.email for part in CAST if part.key == "representative")

    client.post("/fr/account/sign-in", {"login": email, "password": PASSWORD})
    page = client.get("/fr/account/second-step").content.decode()
    client.post("/fr/account/second-step", {"code": shown(page)})
    steward = Client()
    steward.post(SEE_AS, {"person": "steward", "next": "/fr/"})

    assert client.get("/fr/account").status_code == 200
    assert shown(steward.get("/fr/account/factors").content.decode()) == ""
    assert not Authenticator.objects.exclude(user__email=email).exists()


def test_telephone_that_a_visitor_changed_is_put_back_by_see_as(client: Client) -> None:
    boss = part("administrator", Role.ADMINISTRATOR)
    people.code_app(boss)
    client.post(SEE_AS, {"person": "administrator", "next": "/fr/"})

    code = shown(client.get("/fr/people").content.decode())

    assert client.post("/fr/account/confirm", {"password": PASSWORD, "code": code}).status_code == 302


def test_real_home_shows_no_code_and_knows_no_made_up_telephone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = part("administrator", Role.ADMINISTRATOR)
    monkeypatch.setattr("datacity.web.demo.is_here", lambda: False)
    people.sign_in(client, boss)

    page = client.get("/fr/account/factors").content.decode()

    assert ("city-seats-proof" in page, shown(page)) == (False, "")
    assert client.post(SEE_AS, {"person": "administrator"}).status_code == 404
    assert not Authenticator.objects.exists()
