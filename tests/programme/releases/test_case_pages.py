# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The queue, the page of a presented table, and the forms for opinion and review."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.actor import SYSTEM
from datacity.programme.people.actions import grant_role
from datacity.programme.people.rules import Role
from datacity.programme.privacy.models import CollectiveReview, Opinion
from tests.factories import data, decisions
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
RIGHT = {"outcome": "conditions", "text": decisions.OPINION, "conditions": "Regrouper les nuits."}


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/fr/decisions/waiting/", "/en/decisions/waiting/?format=csv", "/fr/now/"])
def test_queue_asks_as_many_queries_for_three_tables_as_for_one(client: Client, address: str) -> None:
    sign_in(client, decisions.officer())
    decisions.presented(axes=decisions.BOTH_AXES)
    one = queries_of(client, address)
    decisions.presented(axes=decisions.BOTH_AXES)
    decisions.reviewed(decisions.presented(axes=decisions.BOTH_AXES))

    assert queries_of(client, address) == one


def test_queue_says_for_whom_each_table_waits(client: Client) -> None:
    sign_in(client, person(Role.AUDITOR))
    decisions.presented(axes=decisions.BOTH_AXES)
    decisions.presented()

    both = client.get("/en/decisions/waiting/").content.decode()
    ready = client.get("/en/decisions/waiting/?stage=decision").content.decode()

    assert "waits for the opinion, waits for the collective review" in both
    assert ("2 results" in both, "1 result" in ready) == (True, True)


def test_case_page_says_risk_first_then_every_column_with_what_leaves(client: Client) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES, content=decisions.MEMBERS)
    sign_in(client, decisions.officer())

    page = client.get(f"/en/decisions/{made.pk}/").content.decode()

    order = ["The risk in three sentences", "Column by column", "How we tried to break it", "How sensitive it is", "Three different persons", "What readers would see"]  # fmt: skip
    assert [page.index(f">{title}</h2>") for title in order] == sorted(page.index(f">{title}</h2>") for title in order)
    assert "None left: it does not leave." in page
    assert "High: it names somebody." in page
    assert "membre1@valmire.example" not in page
    assert "Give the opinion" in page
    assert "checked" not in page


def test_case_page_offers_each_person_only_their_own_deed(client: Client) -> None:
    made = decisions.presented(axes=decisions.BOTH_AXES)
    seen = {}

    for role in (Role.DATA_PROTECTION_OFFICER, Role.DATA_STEWARD, Role.REPRESENTATIVE, Role.AUDITOR):
        page = sign_in(client, person(role)).get(f"/en/decisions/{made.pk}/").content.decode()
        deeds = ("Give the opinion", "Conclude the collective review", "Decide: clear or refuse")
        seen[role] = [deed for deed in deeds if f">{deed}<" in page]

    assert seen == {
        Role.DATA_PROTECTION_OFFICER: ["Give the opinion", "Conclude the collective review"],
        Role.DATA_STEWARD: ["Conclude the collective review"],
        Role.REPRESENTATIVE: ["Decide: clear or refuse"],
        Role.AUDITOR: [],
    }


def test_visitor_sees_nothing_of_a_table_until_it_is_decided_on(client: Client) -> None:
    made = decisions.presented(axes=decisions.COLLECTIVE_AXES)
    decisions.reviewed(made)
    public = ("decision/", "review/outcome/")

    before = [client.get(f"/fr/decisions/{made.pk}/{page}").status_code for page in public]
    decisions.opined(made)
    decisions.decided(protection=made)
    after = [client.get(f"/fr/decisions/{made.pk}/{page}").status_code for page in public]

    assert (before, after) == ([404, 404], [200, 200])
    assert client.get(f"/fr/decisions/{made.pk}/").status_code == 302


def test_opinion_given_on_the_page_leads_to_what_happens_next(client: Client) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    officer = decisions.officer()
    sign_in(client, officer)

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    opinion = Opinion.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/en/decisions/{made.pk}/opinion/given/")
    assert (opinion.outcome, opinion.conditions, opinion.given_by) == ("conditions", "Regrouper les nuits.", officer)
    assert "Your opinion becomes public with the decision" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"outcome": ""}, "This field is required."),
        ({"text": "Non."}, "Give your reasons in one or two sentences"),
        ({"conditions": ""}, "Write the conditions"),
    ],
)
def test_opinion_without_words_comes_back_beside_its_field(client: Client, wrong: dict[str, Any], message: str) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", {**RIGHT, **wrong})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert Opinion.objects.get().outcome == ""


def test_opinion_is_given_once(client: Client) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    decisions.opined(made)
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    assert (answer.status_code, Opinion.objects.get().outcome) == (409, "favourable")


def test_opinion_nobody_asked_for_is_refused(client: Client) -> None:
    made = decisions.presented()
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    assert (answer.status_code, Opinion.objects.exists()) == (409, False)
    assert "No opinion was asked for" in answer.content.decode()


def test_officer_gives_no_opinion_on_a_file_they_deposited(client: Client) -> None:
    officer = decisions.officer()
    grant_role(officer, Role.AGENT, by=SYSTEM, at=data.NOW.replace(year=2020))
    officer.forget_roles()
    made = decisions.presented(axes=data.POSSIBLE_AXES, depositor=officer)
    sign_in(client, officer)

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    assert (answer.status_code, Opinion.objects.get().outcome) == (409, "")
    assert "another person must give it" in answer.content.decode()


def test_steward_gives_no_opinion(client: Client) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    sign_in(client, person(Role.DATA_STEWARD))

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    assert (answer.status_code, Opinion.objects.get().outcome) == (403, "")


def test_review_concluded_on_the_page_leads_to_what_happens_next(client: Client) -> None:
    made = decisions.presented(axes=decisions.BOTH_AXES)
    sign_in(client, person(Role.DATA_STEWARD))

    answer = client.post(f"/en/decisions/{made.pk}/review/", {**decisions.REVIEW, "outcome": "must_stay"})

    review = CollectiveReview.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert (answer.status_code, review.outcome, review.groups) == (302, "must_stay", decisions.REVIEW["groups"])
    assert "The table can now only be refused." in page
    assert "still has to give an opinion" in page


@pytest.mark.parametrize("lacking", ["groups", "harms", "safeguards", "hearing", "outcome"])
def test_review_with_a_blank_part_comes_back_and_keeps_nothing(client: Client, lacking: str) -> None:
    made = decisions.presented(axes=decisions.COLLECTIVE_AXES)
    sign_in(client, decisions.officer())
    right = {**decisions.REVIEW, "outcome": "may_leave"}

    answer = client.post(f"/en/decisions/{made.pk}/review/", {**right, lacking: " "})

    assert (answer.status_code, CollectiveReview.objects.exists()) == (422, False)
    assert client.post(f"/en/decisions/{made.pk}/review/", right).status_code == 302


def test_review_is_concluded_once(client: Client) -> None:
    made = decisions.presented(axes=decisions.COLLECTIVE_AXES)
    decisions.reviewed(made)
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/review/", {**decisions.REVIEW, "outcome": "must_stay"})

    assert (answer.status_code, CollectiveReview.objects.get().outcome) == (409, "with_safeguards")


def test_confirmation_pages_are_missing_before_the_deed(client: Client) -> None:
    made = decisions.presented(axes=decisions.BOTH_AXES)
    sign_in(client, decisions.officer())

    pages = [f"/en/decisions/{made.pk}/{page}" for page in ("opinion/given/", "review/concluded/", "taken/")]

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]


def test_table_set_aside_after_it_was_presented_can_no_longer_be_opined_on(client: Client) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    data.datasets.reject(made, reason="Le plan était faux.", by=person(Role.DATA_STEWARD), at=data.NOW)
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/opinion/", RIGHT)

    assert (answer.status_code, Opinion.objects.get().outcome) == (404, "")
