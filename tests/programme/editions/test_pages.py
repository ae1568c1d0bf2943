# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of editions: what is public, and what a programme manager does there."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.errors import Invalid
from datacity.kernel.policy import declared, default_policy
from datacity.programme.editions.models import Edition
from datacity.programme.editions.panels import open_now
from datacity.programme.editions.rules import check_slug
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from tests.factories import data
from tests.factories.acts import act
from tests.factories.editions import FORM, edition, policy_data
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Person:
    who = person(Role.PROGRAMME_MANAGER)
    sign_in(client, who)
    return who


def test_edition_prepared_on_the_page_is_a_draft_nobody_else_sees(client: Client, manager: Person) -> None:
    answer = client.post("/fr/editions/draft/", {**FORM, "slug": "2027"})

    made = Edition.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/fr/editions/2027/")
    assert (made.state, made.starts_on, made.title.within("en")) == ("draft", date(2026, 9, 1), "New edition")
    assert "Édition neuve" in client.get("/fr/editions/").content.decode()
    assert Client().get("/fr/editions/2027/").status_code == 404
    assert "Édition neuve" not in Client().get("/fr/editions/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"slug": "Année 2027"}, "lower-case letters"),
        ({"slug": "draft"}, "taken by a page"),
        ({"ends_on_year": "2025"}, "The last day comes before the first."),
        ({"starts_on_day": "31"}, "This day does not exist"),
        ({"title_fr": "", "title_en": ""}, "This field is required."),
    ],
)
def test_wrong_edition_comes_back_and_nothing_is_kept(
    client: Client, manager: Person, wrong: dict[str, str], message: str
) -> None:
    answer = client.post("/en/editions/draft/", {**FORM, "slug": "2027", **wrong})

    assert (answer.status_code, Edition.objects.exists()) == (422, False)
    assert message in answer.content.decode()


def test_address_of_an_edition_is_taken_once(client: Client, manager: Person) -> None:
    made = edition()

    answer = client.post("/en/editions/draft/", {**FORM, "slug": made.slug})

    assert (answer.status_code, Edition.objects.count()) == (422, 1)
    assert "An edition with the address" in answer.content.decode()


def test_draft_is_corrected_and_an_open_edition_is_not(client: Client, manager: Person) -> None:
    made = edition()

    first = client.post(f"/en/editions/{made.slug}/correct/", FORM)
    client.post(f"/en/editions/{made.slug}/open/")
    second = client.post(f"/en/editions/{made.slug}/correct/", {**FORM, "title_fr": "Trop tard"})

    made.refresh_from_db()
    assert (first.status_code, second.status_code, made.title.fr) == (302, 409, "Édition neuve")


def test_policy_set_on_the_page_is_frozen_when_the_edition_opens(client: Client, manager: Person) -> None:
    made = edition()

    answer = client.post(
        f"/fr/editions/{made.slug}/policy/",
        policy_data(datasets__k="25", datasets__suppression_limit="0,02", privacy__opinion="always"),
    )
    drafted = Edition.objects.get().policy
    client.post(f"/fr/editions/{made.slug}/open/")

    changes = {"datasets.k": 25, "datasets.suppression_limit": 0.02, "privacy.opinion": "always"}
    opened = Edition.objects.get()
    assert (answer.status_code, drafted) == (302, changes)
    assert opened.policy == default_policy(changes).as_dict()
    assert opened.policy_fingerprint == default_policy(changes).fingerprint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("datasets.k", "1"),
        ("datasets.k", "onze"),
        ("datasets.suppression_limit", "1,5"),
        ("privacy.opinion", "never"),
        ("editions.months", ""),
    ],
)
def test_value_out_of_bounds_is_said_beside_its_field_and_nothing_is_kept(
    client: Client, manager: Person, name: str, value: str
) -> None:
    made = edition()
    address = f"/fr/editions/{made.slug}/policy/"

    answer = client.post(address, {**policy_data(), name: value})

    assert (answer.status_code, Edition.objects.get().policy) == (422, {})
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') >= 1
    assert f'id="id_{name}' in page


def test_form_of_the_policy_has_one_input_for_every_declared_parameter(client: Client, manager: Person) -> None:
    page = client.get(f"/en/editions/{edition().slug}/policy/").content.decode()

    assert [each.name for each in declared() if f'name="{each.name}"' not in page] == []
    assert len(declared()) > 5


def test_open_edition_shows_every_value_with_unit_source_and_fingerprint(client: Client) -> None:
    made = edition("open")

    page = client.get(f"/en/editions/{made.slug}/").content.decode()

    missing = [each.name for each in declared() if f'<code class="city-quiet">{each.name}</code>' not in page]
    assert missing == []
    assert "unless all four questions on sensitivity are answered no" in page
    assert made.policy_fingerprint == page.replace("<wbr>", "").split('class="city-hash">')[1][:64]


def test_edition_opens_only_after_a_second_page(client: Client, manager: Person) -> None:
    made = edition()
    address = f"/fr/editions/{made.slug}/open/"

    looked = client.get(address)
    still = Edition.objects.get().state
    answer = client.post(address)

    assert (looked.status_code, still, answer.status_code, Edition.objects.get().state) == (200, "draft", 302, "open")


def test_second_edition_does_not_open_beside_an_open_one(client: Client, manager: Person) -> None:
    edition("open")
    made = edition()

    page = client.get(f"/en/editions/{made.slug}/open/").content.decode()
    answer = client.post(f"/en/editions/{made.slug}/open/")

    made.refresh_from_db()
    assert "Another edition is open" in page
    assert (answer.status_code, made.state) == (409, "draft")


def test_edition_is_closed_then_archived_and_never_the_other_way(client: Client, manager: Person) -> None:
    made = edition("open")
    steps = ("archive", "close", "close", "archive", "open")

    answers = [client.post(f"/fr/editions/{made.slug}/{step}/").status_code for step in steps]

    made.refresh_from_db()
    assert (answers, made.state) == ([409, 302, 409, 302, 409], "archived")


@pytest.mark.parametrize("page", ["draft/", "{slug}/correct/", "{slug}/policy/", "{slug}/open/"])
def test_steward_manages_no_edition(client: Client, page: str) -> None:
    made = edition()
    sign_in(client, person(Role.DATA_STEWARD))

    answer = client.post(f"/fr/editions/{page.format(slug=made.slug)}", {**FORM, "slug": "2099"})

    assert (answer.status_code, Edition.objects.get().state) == (403, "draft")


@pytest.mark.parametrize("address", ["/fr/editions/", "/en/editions/?format=csv", "/fr/now/"])
def test_list_asks_as_many_queries_for_three_editions_as_for_one(client: Client, manager: Person, address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    edition("archived")
    edition()
    one = queries()
    edition("closed")
    edition("open")

    assert queries() == one


def test_policy_page_says_whose_policy_holds(client: Client) -> None:
    usual = client.get("/en/policy/").content.decode()
    made = edition("open", title="Édition ouverte")
    then = client.get("/en/policy/").content.decode()

    assert "No edition is open" in usual
    assert (f"/en/editions/{made.slug}/" in then, "Édition ouverte" in then) == (True, True)


def test_home_page_shows_the_open_edition_with_its_last_day() -> None:
    assert open_now(data.NOW) == []

    made = edition("open")

    found = open_now(made.opened_at)  # type: ignore[arg-type]  # it is open
    assert [(item.title, item.when) for item in found] == [(made.title.fr, made.ends_on)]


def test_manager_is_told_what_to_open_and_what_to_close(client: Client, manager: Person) -> None:
    nothing = client.get("/en/now/").content.decode()
    edition(title="À ouvrir", starts_on=date(2026, 1, 1))
    edition("open", title="À fermer", ends_on=date(2026, 10, 1))
    page = client.get("/en/now/").content.decode()

    assert "Prepare an edition" in nothing
    assert ("Open the edition À ouvrir" in page, "Close the edition À fermer" in page) == (True, True)


def test_address_with_letters_outside_ascii_is_refused() -> None:
    check_slug("2027-printemps")

    with pytest.raises(Invalid) as refusal:
        check_slug("été")

    assert (refusal.value.code, refusal.value.field) == ("editions.slug", "slug")


def test_edition_is_subject_to_the_vote_until_it_rests_on_an_adopted_act(client: Client, manager: Person) -> None:
    over = edition("archived")
    made, tabled, adopted = edition("open"), act(), act(decided="adopted")
    act(decided="rejected")
    before = Client().get(f"/en/editions/{made.slug}/").content.decode()
    offered = client.get(f"/en/editions/{made.slug}/act/").content.decode()

    client.post(f"/en/editions/{made.slug}/act/", {"act": tabled.slug})
    between = Client().get(f"/en/editions/{made.slug}/").content.decode()
    client.post(f"/en/editions/{made.slug}/act/", {"act": adopted.slug})
    after = Client().get(f"/en/editions/{made.slug}/").content.decode()

    assert offered.count("<option") == 3
    assert "subject to the council’s vote" in before
    assert "subject to the council’s vote" in between
    assert tabled.reference in between
    assert "subject to the council’s vote" not in after
    assert adopted.reference in after
    assert client.post(f"/en/editions/{made.slug}/act/", {"act": tabled.slug}).status_code == 409
    assert client.post(f"/en/editions/{over.slug}/act/", {"act": adopted.slug}).status_code == 409
