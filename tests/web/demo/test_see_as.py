# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
""" "See as …": one click on a demo home, nothing at all on a real one."""

import pytest
from django.test import Client

from datacity.kernel.actor import SYSTEM
from datacity.programme.people import actions
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from datacity.web.demo.cast import CAST
from tests.factories import people

pytestmark = pytest.mark.django_db
ADDRESS = "/fr/demonstration/see-as"


@pytest.fixture
def steward() -> Person:
    """The steward of the cast."""
    part = next(part for part in CAST if part.key == "steward")
    made = actions.register_person(part.email, part.name, by=SYSTEM, at=people.long_ago())
    actions.grant_role(made, Role.DATA_STEWARD, by=SYSTEM, at=people.long_ago())
    return made


@pytest.fixture
def browser(client: Client) -> Client:
    """A browser nobody is signed in to."""
    return client


def _who(browser: Client) -> str:
    return str(browser.session.get("_auth_user_id", ""))


@pytest.mark.usefixtures("demo_here")
def test_one_click_shows_the_site_as_somebody_and_leads_to_their_work(browser: Client, steward: Person) -> None:
    answer = browser.post(ADDRESS, {"person": "steward", "next": "/fr/"})

    assert (answer.status_code, answer["Location"], _who(browser)) == (302, "/fr/now/", str(steward.pk))
    page = browser.get("/fr/now/").content.decode()
    assert 'value="steward" aria-current="true"' in page
    assert "Nour Desbrières" in page


@pytest.mark.usefixtures("demo_here", "steward")
def test_the_page_stays_when_it_is_not_the_front_page(browser: Client) -> None:
    answer = browser.post(ADDRESS, {"person": "steward", "next": "/en/datasets/?q=bike"})

    assert answer["Location"] == "/en/datasets/?q=bike"


@pytest.mark.usefixtures("demo_here", "steward")
@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "/fr/account/sign-in", ADDRESS, ""]
)
def test_an_address_that_is_not_a_page_to_return_to_is_not_followed(browser: Client, target: str) -> None:
    assert browser.post(ADDRESS, {"person": "steward", "next": target})["Location"] == "/fr/now/"


@pytest.mark.usefixtures("demo_here", "steward")
def test_visitor_signs_out(browser: Client) -> None:
    browser.post(ADDRESS, {"person": "steward", "next": "/fr/"})
    assert _who(browser)

    answer = browser.post(ADDRESS, {"person": "visitor", "next": "/fr/"})

    assert (answer["Location"], _who(browser)) == ("/fr/", "")
    assert 'value="visitor" aria-current="true"' in browser.get("/fr/").content.decode()


@pytest.mark.usefixtures("demo_here", "steward")
@pytest.mark.parametrize("key", ["nobody", "", "officer", "nour.desbrieres@valmire.example"])
def test_only_persons_of_the_cast_who_are_there_can_be_seen_as(browser: Client, key: str) -> None:
    answer = browser.post(ADDRESS, {"person": key, "next": "/fr/"})

    assert (answer.status_code, _who(browser)) == (404, "")


@pytest.mark.usefixtures("demo_here")
def test_a_closed_account_cannot_be_seen_as(browser: Client, steward: Person) -> None:
    actions.deactivate(steward, by=SYSTEM, at=people.long_ago())

    assert (browser.post(ADDRESS, {"person": "steward"}).status_code, _who(browser)) == (404, "")


@pytest.mark.usefixtures("demo_here", "steward")
def test_a_click_from_another_site_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)

    assert (browser.post(ADDRESS, {"person": "steward"}).status_code, _who(browser)) == (403, "")


@pytest.mark.usefixtures("demo_here")
def test_seeing_as_is_no_link(browser: Client) -> None:
    assert browser.get(ADDRESS).status_code == 405


@pytest.mark.usefixtures("steward")
def test_a_real_home_shows_no_strip_and_switches_nobody(browser: Client) -> None:
    page = browser.get("/fr/").content.decode()
    answer = browser.post(ADDRESS, {"person": "steward", "next": "/fr/"})

    assert "see-as" not in page
    assert (answer.status_code, _who(browser)) == (404, "")


@pytest.mark.usefixtures("demo_here")
@pytest.mark.parametrize(("language", "word"), [("fr", "Voir comme\u00a0:"), ("en", "See as:")])
def test_strip_speaks_the_language_of_the_page(browser: Client, language: str, word: str) -> None:
    page = browser.get(f"/{language}/").content.decode()

    assert word in page
    assert page.count('name="person"') == len(CAST) + 1 + 5
