# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The workshop's pages: each deed rightly and wrongly, what is shown, how often the database is asked."""

import tomllib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Invalid
from datacity.programme.datasets import actions
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.panels import now
from datacity.programme.jobs.models import Job
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from tests.factories import data, workshop
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> Person:
    """A data steward."""
    return person(Role.DATA_STEWARD)


@pytest.fixture
def client(steward: Person) -> Client:
    """The browser of the steward."""
    return sign_in(Client(), steward)


def _at(made: Description, part: str = "") -> str:
    return f"/en/workshop/datasets/{made.dataset.slug}/{made.number}{part}"


def _plan_form(client: Client, made: Description) -> dict[str, str]:
    values = {bound.html_name: bound.value() for bound in client.get(_at(made, "/plan")).context["form"]}
    return {
        name: "on" if value is True else str(value) for name, value in values.items() if value not in (None, "", False)
    }


def _ready(steward: Person) -> Description:
    made = workshop.read_description(steward=steward)
    return actions.answer_axes(made, data.NO_AXES, by=steward, at=data.NOW)


def test_dataset_of_a_deposit_is_read_by_a_job(client: Client) -> None:
    deposit = data.deposit()
    form = {**workshop.ABOUT_FORM, "title_fr": "Vélos", "keywords": "vélo, , comptage, vélo"}

    answer = client.post(f"/en/workshop/deposits/{deposit.reference}/describe", form)

    made = Dataset.objects.get()
    assert (answer["Location"], made.keywords, made.licence) == (
        "/en/workshop/datasets/velos/1",
        ["vélo", "comptage"],
        "lov2",
    )
    assert Job.objects.filter(name="datasets.read").count() == 1


@pytest.mark.parametrize(("field", "value"), [("title_fr", ""), ("producer", " "), ("licence", "cc-by-nc")])
def test_dataset_that_lacks_something_is_not_made(client: Client, field: str, value: str) -> None:
    deposit = data.deposit()

    answer = client.post(f"/en/workshop/deposits/{deposit.reference}/describe", {**workshop.ABOUT_FORM, field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field.removesuffix("_fr")])
    assert not Dataset.objects.exists()


def test_period_that_ends_before_it_begins_is_refused(client: Client) -> None:
    deposit = data.deposit()
    days = {"period_start_day": "2", "period_start_month": "3", "period_start_year": "2026"}
    days |= {"period_end_day": "1", "period_end_month": "3", "period_end_year": "2026"}

    answer = client.post(f"/en/workshop/deposits/{deposit.reference}/describe", {**workshop.ABOUT_FORM, **days})

    assert (answer.status_code, Dataset.objects.count()) == (422, 0)


def test_new_version_keeps_its_change_note(client: Client, steward: Person) -> None:
    first = workshop.read_description(steward=steward)
    form = {"dataset": first.dataset.slug, "change_note": "Octobre est complet."}

    answer = client.post(f"/en/workshop/deposits/{data.deposit().reference}/version", form)

    made = Description.objects.get(number=2)
    assert (answer["Location"], made.change_note) == (_at(made), "Octobre est complet.")


def test_new_version_without_a_note_is_refused_at_its_field(client: Client, steward: Person) -> None:
    first = workshop.read_description(steward=steward)

    answer = client.post(
        f"/en/workshop/deposits/{data.deposit().reference}/version",
        {"dataset": first.dataset.slug, "change_note": "new"},
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["change_note"])
    assert Description.objects.count() == 1


def test_what_readers_are_told_is_changed(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward).dataset

    client.post(f"/en/workshop/datasets/{made.slug}/about", {**workshop.ABOUT_FORM, "producer": "Voirie"})

    made.refresh_from_db()
    assert (made.producer, made.title.fr) == ("Voirie", "Passages de vélos")


def test_what_readers_are_told_stays_when_the_form_is_wrong(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward).dataset

    answer = client.post(f"/en/workshop/datasets/{made.slug}/about", {**workshop.ABOUT_FORM, "producer": ""})

    found = Dataset.objects.get()
    assert (answer.status_code, found.producer, found.title) == (422, made.producer, made.title)


def test_retired_dataset_gets_no_new_version(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward).dataset

    client.post(f"/en/workshop/datasets/{made.slug}/retire")
    again = client.post(f"/en/workshop/datasets/{made.slug}/retire")

    made.refresh_from_db()
    assert (made.state, again.status_code) == ("retired", 409)


def test_version_shows_its_columns_and_the_next_step(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    page = client.get(_at(made))

    assert [each.column.label for each in page.context["columns"]] == ["Compteur", "Jour", "Passages"]
    assert [(step.title, step.state) for step in page.context["steps"]] == [
        ("Read the file", "done"),
        ("Say what is sensitive", "current"),
        ("Protect and attack", "todo"),
        ("Present for decision", "todo"),
    ]
    assert _at(made, "/axes") in page.text


def test_progress_is_asked_until_the_file_is_read(client: Client, steward: Person) -> None:
    made = actions.describe(data.deposit(), data.ABOUT, by=steward, at=data.NOW)
    waiting = client.get(_at(made, "/progress"))

    actions.finish_reading(made.pk, workshop.read_result(3), by=SYSTEM, at=data.NOW, finish=lambda: None)
    over = client.get(_at(made, "/progress"))

    assert ("hx-get" in waiting.text, "HX-Refresh" in waiting, over["HX-Refresh"]) == (True, False, "true")


def test_refusal_is_told_in_the_readers_language_and_offers_the_renames(client: Client, steward: Person) -> None:
    made = actions.describe(data.deposit(), data.ABOUT, by=steward, at=data.NOW)
    refusal = Invalid(
        "sources.duplicate_headers", "Several columns have exactly the same header: {headers}.",
        hint="Rename them, for instance: {proposal}.", headers="Jour", proposal="#2 → Jour 2", renames={"#2": "Jour 2"},
    )  # fmt: skip
    actions.refuse_reading(made.pk, refusal, by=SYSTEM, at=data.NOW, finish=lambda: None)

    english, french = client.get(_at(made)), client.get(_at(made).replace("/en/", "/fr/"))
    form = client.get(_at(made, "/read-again")).context["form"]

    assert english.context["refusal"]["message"] == "Several columns have exactly the same header: Jour."
    assert french.context["refusal"]["message"] != english.context["refusal"]["message"]
    assert form["rename_0"].value() == "Jour 2"


def test_file_is_read_again_as_the_steward_says(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    client.post(_at(made, "/read-again"), {"delimiter": ";", "encoding": "cp1252", "header_row": "2"})

    made.refresh_from_db()
    assert (made.state, made.options) == ("waiting", {"delimiter": ";", "encoding": "cp1252", "header_row": 2})


def test_file_is_not_read_again_with_a_strange_encoding(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    answer = client.post(_at(made, "/read-again"), {"encoding": "klingon"})

    made.refresh_from_db()
    assert (answer.status_code, made.state, made.options) == (422, "read", {})


def _columns(made: Description) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, column in enumerate(made.description["columns"]):
        found |= {f"c{place}_{name}": column[name] for name in ("label", "type", "role")}
    return found


def test_only_what_was_changed_about_columns_is_kept(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    client.post(_at(made, "/columns"), {**_columns(made), "c2_unit": "vélos", "c2_missing": "NC, -"})

    made.dataset.refresh_from_db()
    assert made.dataset.decisions == {"passages": {"unit": "vélos", "missing": ["NC", "-"]}}


def test_unknown_type_of_a_column_is_refused(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    answer = client.post(_at(made, "/columns"), {**_columns(made), "c2_type": "money"})

    made.dataset.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors), made.dataset.decisions) == (422, ["c2_type"], {})


def test_no_axis_is_answered_beforehand(client: Client, steward: Person) -> None:
    page = client.get(_at(workshop.read_description(steward=steward), "/axes"))

    assert ("checked" in page.text, len(page.context["groups"])) == (False, 4)
    assert all(group.evidence for group in page.context["groups"])


def test_axes_are_kept_with_their_reasons(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    answer = client.post(_at(made, "/axes"), workshop.AXES_FORM)

    made.refresh_from_db()
    assert (answer["Location"], made.axes) == (_at(made, "/plan"), data.NO_AXES)


@pytest.mark.parametrize(("field", "value"), [("axis_business", ""), ("reason_security", "non")])
def test_axes_are_not_kept_when_one_is_open(client: Client, steward: Person, field: str, value: str) -> None:
    made = workshop.read_description(steward=steward)

    answer = client.post(_at(made, "/axes"), {**workshop.AXES_FORM, field: value})

    made.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors), made.axes) == (422, [field], {})


def test_plan_page_shows_what_the_table_would_look_like(client: Client, steward: Person) -> None:
    page = client.get(_at(_ready(steward), "/plan"))

    shown = page.context["preview"]
    assert (shown.heads, len(shown.found.after)) == (["Compteur", "Jour", "Passages"], 3)


def test_preview_follows_the_form_and_keeps_nothing(client: Client, steward: Person) -> None:
    made = _ready(steward)

    answer = client.post(
        _at(made, "/plan/preview"), {**_plan_form(client, made), "c0_done": "drop", "c1_done": "date:year"}
    )

    assert (answer.context["preview"].heads, answer.context["preview"].found.after[0][0]) == (
        ["Jour", "Passages"],
        "2026",
    )
    assert not Protection.objects.exists()


def test_preview_of_a_plan_that_does_not_fit_says_where(client: Client, steward: Person) -> None:
    made = _ready(steward)

    answer = client.post(
        _at(made, "/plan/preview"), {**_plan_form(client, made), "c0_role": "identifier", "c0_done": "keep"}
    )

    assert (answer.status_code, answer.context["preview"], list(answer.context["form"].errors)) == (
        422,
        None,
        ["c0_done"],
    )


def test_plan_of_the_form_is_kept_and_protected_by_a_job(client: Client, steward: Person) -> None:
    made = _ready(steward)
    wanted = {**_plan_form(client, made), "k": "3", "c1_role": "quasi_identifier", "c1_done": "date:month"}
    wanted |= {"c2_role": "quasi_identifier", "c2_done": "interval:1", "c2_width": "50"}

    answer = client.post(_at(made, "/plan"), wanted)

    kept = Protection.objects.get()
    assert answer["Location"] == f"/en/workshop/protections/{kept.pk}"
    assert kept.plan["privacy"]["k"] == 3
    assert {name: kept.plan["columns"][name].get("level") for name in ("jour", "passages")} == {
        "jour": "month",
        "passages": 1,
    }
    assert Job.objects.filter(name="datasets.protect").count() == 1


def test_plan_that_counts_cells_is_kept(client: Client, steward: Person) -> None:
    made = _ready(steward)
    wanted = {**_plan_form(client, made), "mode": "cells", "c0_by": "on", "m0_function": "sum", "m0_column": "passages"}

    client.post(_at(made, "/plan"), {**wanted, "profile": "household-11"})

    plan = Protection.objects.get().plan
    assert plan["aggregate"] == {
        "by": ["compteur"],
        "measures": [{"name": "sum_passages", "function": "sum", "column": "passages"}],
    }
    assert plan["cells"] == {"profile": "household-11", "minimum_contributors": 11}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"k": "0"}, "k"),
        ({"suppression": "101"}, "suppression"),
        ({"c2_role": "quasi_identifier", "c2_done": "interval:1", "c2_width": ""}, "c2_width"),
        ({"c1_role": "quasi_identifier", "c1_done": ""}, "c1_done"),
        ({"c1_done": "h3:resolution_8"}, "c1_done"),
        ({"mode": "cells", "profile": "person-k", "c0_by": "on"}, "m0_function"),
    ],
)
def test_plan_that_cannot_be_carried_out_is_refused_at_its_field(
    client: Client, steward: Person, changes: dict[str, str], field: str
) -> None:
    made = _ready(steward)

    answer = client.post(_at(made, "/plan"), {**_plan_form(client, made), **changes})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Protection.objects.exists()


def test_plan_waits_for_the_axes(client: Client, steward: Person) -> None:
    made = workshop.read_description(steward=steward)

    answer = client.post(_at(made, "/plan"), _plan_form(client, made))

    assert (answer.status_code, answer.context["form"].errors.as_data()["__all__"][0].code) == (422, "state.refused")
    assert not Protection.objects.exists()


def test_plan_written_as_text_is_kept(client: Client, steward: Person) -> None:
    made = _ready(steward)
    text = client.get(_at(made, "/plan/text")).context["form"]["text"].value()

    client.post(_at(made, "/plan/text"), {"text": text.replace("k = 11", "k = 7")})

    assert Protection.objects.get().plan["privacy"]["k"] == 7


@pytest.mark.parametrize(
    "text", ["plan = 1\n[privacy]\nkk = 3\n", "plan = [", 'plan = 1\n[columns.jour]\nmethod = "seek"\n']
)
def test_plan_text_that_is_wrong_is_refused_beside_it(client: Client, steward: Person, text: str) -> None:
    made = _ready(steward)

    answer = client.post(_at(made, "/plan/text"), {"text": text})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["text"])
    assert not Protection.objects.exists()


def test_what_only_the_text_can_say_survives_the_form(client: Client, steward: Person) -> None:
    made = _ready(steward)
    text = client.get(_at(made, "/plan/text")).context["form"]["text"].value()
    section = '[columns.passages]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "interval"\nlevel = 1\nbounds = [0.0, 100.0, 1000.0]\n'
    changed = text[: text.index("[columns.passages]")] + section
    client.post(_at(made, "/plan/text"), {"text": changed})

    client.post(_at(made, "/plan"), _plan_form(client, made))

    first, second = Protection.objects.order_by("number").values_list("plan", flat=True)
    assert first["columns"]["passages"]["bounds"] == [0.0, 100.0, 1000.0]
    assert second == first


def test_protection_shows_its_report_and_gives_its_plan(client: Client, steward: Person) -> None:
    made = workshop.attacked_protection(steward=steward)

    page = client.get(f"/en/workshop/protections/{made.pk}")
    file = client.get(f"/en/workshop/protections/{made.pk}/plan.toml")

    assert (page.context["report"]["sentences"], page.context["may_present"]) == (["Une phrase."], True)
    assert tomllib.loads(file.content.decode()) == made.plan


def test_protection_is_presented_once(client: Client, steward: Person) -> None:
    made = workshop.attacked_protection(steward=steward)

    client.post(f"/en/workshop/protections/{made.pk}/present")

    made.refresh_from_db()
    assert made.state == "reviewed"


def test_protection_that_was_not_attacked_is_not_presented(client: Client, steward: Person) -> None:
    ready = _ready(steward)
    client.post(_at(ready, "/plan"), _plan_form(client, ready))
    made = Protection.objects.get()

    answer = client.post(f"/en/workshop/protections/{made.pk}/present")

    made.refresh_from_db()
    assert (answer.status_code, made.state) == (409, "planned")


def test_protection_is_set_aside_with_its_reason(client: Client, steward: Person) -> None:
    made = workshop.attacked_protection(steward=steward)

    client.post(f"/en/workshop/protections/{made.pk}/reject", {"reason": "Trop de lignes retirées."})

    page = client.get(f"/en/workshop/protections/{made.pk}")
    assert (page.context["set_aside"], page.context["failure"]["message"]) == (True, "Trop de lignes retirées.")


def test_protection_is_not_set_aside_without_a_reason(client: Client, steward: Person) -> None:
    made = workshop.attacked_protection(steward=steward)

    answer = client.post(f"/en/workshop/protections/{made.pk}/reject", {"reason": "non"})

    made.refresh_from_db()
    assert (answer.status_code, made.state) == (422, "attacked")


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_others_change_nothing_in_the_workshop(role: Role) -> None:
    made = workshop.read_description()
    other = sign_in(Client(), person(role))

    answers = [
        other.post(_at(made, part), workshop.AXES_FORM).status_code
        for part in ("/axes", "/plan", "/columns", "/read-again")
    ]

    made.refresh_from_db()
    assert (answers, made.axes) == ([403] * 4, {})


@pytest.mark.parametrize("page", ["/en/workshop/datasets", "/en/now/"])
def test_lists_ask_the_database_as_often_for_one_row_as_for_three(client: Client, steward: Person, page: str) -> None:
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            workshop.attacked_protection(steward=steward)
            data.deposit()
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_steward_is_told_the_next_step_of_each_file(steward: Person) -> None:
    deposit = data.deposit()
    read, answered = workshop.read_description(steward=steward), _ready(steward)
    attacked = workshop.attacked_protection(steward=steward)
    waiting = actions.describe(data.deposit(), data.ABOUT, by=steward, at=data.NOW)

    found: dict[str, Any] = {item.url: str(item.group) for item in now(steward, data.NOW)}

    addresses = [
        f"deposits/{deposit.reference}",
        *(f"workshop/datasets/{each.dataset.slug}/1" for each in (read, answered, waiting)),
    ]
    assert {url.split("/", 2)[2]: group for url, group in found.items()} == dict(
        zip([*addresses, f"workshop/protections/{attacked.pk}"], ["now", "now", "now", "waiting", "now"], strict=True)
    )
    assert now(person(Role.AGENT), data.NOW) == []


@pytest.mark.parametrize(("role", "shown"), [(Role.DATA_STEWARD, True), (Role.AUDITOR, True), (Role.AGENT, False)])
def test_way_to_the_workshop_stands_on_the_page_of_who_sees_it(role: Role, shown: bool) -> None:
    page = sign_in(Client(), person(role)).get("/en/now/")

    assert ('href="/en/workshop/datasets"' in page.text) is shown
