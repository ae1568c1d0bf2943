# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of acts: what everybody reads, and what managers, councillors and the city's representative do there."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.actor import SYSTEM
from datacity.kernel.words import Words
from datacity.programme.acts import actions, queries
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.panels import found, in_site_map, waiting
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from tests.factories.acts import OUTCOME, RAISED, TABLED, act, city, point
from tests.factories.people import long_ago, mandate, person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Person:
    who = person(Role.PROGRAMME_MANAGER)
    mandate(who, city(), capacity="directrice du programme")
    sign_in(client, who)
    return who


def text(client: Client, path: str) -> str:
    """Give a page without its hard spaces."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_act_goes_from_the_form_to_the_debate_and_to_its_answer(client: Client, manager: Person) -> None:
    tabled = client.post("/fr/acts/table/", TABLED)
    client.post(
        "/fr/acts/2026-sg-900/outcome/", {**OUTCOME, "votes_for": "98", "votes_against": "40", "abstentions": "12"}
    )
    raised = client.post("/fr/acts/2026-sg-900/raise/", RAISED)
    client.post("/fr/acts/2026-sg-900/points/1/answer/", {"clause": "convention 2026, article 6", "words_fr": "La licence passe avant les données.", "words_en": ""})  # fmt: skip

    page, one = text(Client(), "/fr/acts/2026-sg-900/"), text(Client(), "/fr/acts/2026-sg-900/points/1/")
    assert (tabled["Location"], raised["Location"]) == ("/fr/acts/2026-sg-900/", "/fr/acts/2026-sg-900/points/1/")
    assert "à main levée, 98 pour, 40 contre, 12 abstentions" in page
    assert "1 point soulevé" in page
    assert "Groupe B" in page
    assert "convention 2026, article 6" in page
    assert "La licence passe avant les données." in one
    assert "directrice du programme" in one


def test_refusal_stands_with_its_reasons_and_who_gave_them(client: Client, manager: Person) -> None:
    made = point()

    client.post(
        f"/fr/acts/{made.act.slug}/points/1/refuse/", {"words_fr": "Le droit ne le permet pas.", "words_en": ""}
    )

    one = text(Client(), f"/fr/acts/{made.act.slug}/points/1/")
    assert "Pourquoi il est refusé" in one
    assert "Le droit ne le permet pas." in one
    assert str(manager) in one


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"method": ""}, "Say how the council voted"),
        ({"votes_for": "10"}, "Give all three counts"),
        ({"votes_for": "many"}, "Enter a whole number"),
        ({"decided_on_year": "2025"}, "The day lies between"),
        ({"outcome": ""}, "This field is required"),
    ],
)
def test_wrong_outcome_comes_back_and_the_act_stays_before_the_council(
    client: Client, manager: Person, wrong: dict[str, str], message: str
) -> None:
    made = act()

    answer = client.post(f"/en/acts/{made.slug}/outcome/", {**OUTCOME, **wrong})

    assert (answer.status_code, Act.objects.get().state) == (422, "tabled")
    assert message in answer.content.decode()


def test_councillor_enters_points_and_nothing_else(client: Client) -> None:
    sign_in(client, person(Role.COUNCILLOR))
    made = act()

    assert client.post(f"/fr/acts/{made.slug}/raise/", RAISED).status_code == 302
    assert client.post("/fr/acts/table/", {**TABLED, "reference": "2026 SG 901"}).status_code == 403
    assert client.post(f"/fr/acts/{made.slug}/points/1/refuse/", {"words_fr": "Non"}).status_code == 403
    assert Point.objects.get().state == "open"


def test_gap_report_counts_filters_and_leaves_as_a_spreadsheet(client: Client) -> None:
    made = act()
    point(made, group="A", owner=city())
    point(made, group="A")
    point(made, group="B", late=True)

    page = text(client, "/en/acts/points/")
    late = text(client, "/en/acts/points/?state=late")
    found = client.get("/en/acts/points/?format=csv&group=A")

    rows = list(csv.reader(io.StringIO(b"".join(found).decode("utf-8-sig"))))
    assert "3 points raised" in page
    assert "3 still open" in page
    assert "1 point raised" in late
    assert [row[5] for row in rows[1:]] == ["still open", "still open, nobody in charge"]


@pytest.mark.parametrize("path", ["/fr/acts/", "/fr/acts/points/", "/fr/acts/2026-sg-77/"])
def test_lists_ask_the_database_as_often_for_one_point_as_for_four(client: Client, path: str) -> None:
    made = act(reference="2026 SG 77")
    point(made, owner=city())
    client.get(path)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
        for _again in range(3):
            act(), point(made, owner=city())

    assert counts[0] == counts[1]


def test_newest_act_stands_first() -> None:
    older = act()
    newer = actions.table(
        actions.Tabled("2026 SG 2", "motion", Words(fr="Vœu"), date(2026, 6, 1)), by=SYSTEM, at=long_ago()
    )

    assert list(queries.acts()) == [newer, older]


def test_empty_lists_say_so_and_what_is_not_there_is_missing(client: Client) -> None:
    assert "No act of the council is entered yet." in text(client, "/en/acts/")
    assert "No point is entered yet." in text(client, "/en/acts/points/")
    assert client.get("/fr/acts/2026-sg-0/").status_code == 404
    assert client.get(f"/fr/acts/{act().slug}/points/9/").status_code == 404


def test_manager_sees_what_waits_and_others_do_not(manager: Person) -> None:
    made = act(decided="adopted")
    act()
    late, unowned = point(made, owner=city(), late=True), point(made)
    owned = point(made, owner=city())

    seen = {item.url: item.group for item in waiting(manager, long_ago().replace(year=2027))}
    items = waiting(person(), long_ago())

    assert items == []
    assert {url.split("/", 2)[2] for url in seen} >= {
        f"acts/{made.slug}/points/{each.number}/" for each in (late, unowned, owned)
    }
    assert any(url.endswith("/outcome/") for url in seen)
    assert len(in_site_map()) == 4


def test_council_stands_on_the_page_of_decisions_and_in_the_search(client: Client) -> None:
    assert "The council" not in text(client, "/en/decisions/")
    made = act()
    point(made, group="A")

    page = text(client, "/en/decisions/")

    assert "Points raised in the debates: 1, of which 1 still open." in page
    assert [each.key for each in found()] == [f"act:{made.slug}"]
