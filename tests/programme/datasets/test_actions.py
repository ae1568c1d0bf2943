# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A deposit becomes a dataset, and a dataset a protected table."""

import pytest

from datacity.kernel.errors import Conflict, Forbidden, Invalid
from datacity.programme.datasets import actions
from datacity.programme.datasets.models import Dataset, Protection
from datacity.programme.datasets.queries import proposed_plan
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.queries import vault
from datacity.programme.jobs.models import Job
from datacity.programme.journal.models import Entry
from datacity.programme.people.rules import Role
from datacity.programme.privacy.models import Opinion
from tests.factories import data
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_file_is_read_typed_and_described_by_the_job() -> None:
    description = data.description()

    columns = [(each["name"], each["type"]) for each in description.description["columns"]]
    assert (description.state, description.reading["rows"]) == ("read", 112)
    assert columns == [("compteur", "text"), ("jour", "date"), ("passages", "integer")]
    assert all(vault().holds(name) for name in (description.text_file, description.typed_file, description.sample_file))


def test_file_that_cannot_be_read_keeps_its_refusal() -> None:
    description = data.description(content=b"%PDF-1.7 not a table")

    assert description.state == "refused"
    assert description.refusal["code"].startswith("sources.")
    assert description.typed_file == ""


def test_presented_table_was_attacked_and_needs_no_opinion_when_nothing_is_sensitive() -> None:
    protection = data.protection()

    assert (protection.state, protection.result["rows_out"]) == ("reviewed", 112)
    assert protection.attacks["attempts"]
    assert vault().holds(protection.table_file)
    assert not Opinion.objects.exists()
    assert list(Entry.objects.filter(verb__startswith="protection.").order_by("pk").values_list("verb", flat=True)) == [
        "protection.planned",
        "protection.attacked",
        "protection.reviewed",
    ]


def test_opinion_is_asked_for_when_an_axis_is_possible() -> None:
    protection = data.protection(axes=data.POSSIBLE_AXES)

    assert [(str(each.subject), each.outcome) for each in Opinion.objects.all()] == [(str(protection.ref), "")]


def test_plan_is_refused_while_the_axes_are_open() -> None:
    steward = person(Role.DATA_STEWARD)
    description = data.description(steward=steward)

    with pytest.raises(Conflict) as refusal:
        actions.plan(description, proposed_plan(description), by=steward, at=data.NOW)

    assert [reason.code for reason in refusal.value.reasons] == ["datasets.axes_open"]
    assert not Protection.objects.exists()


def test_agent_describes_nothing() -> None:
    agent = person(Role.AGENT)
    deposit = data.deposit(by=agent)

    with pytest.raises(Forbidden):
        actions.describe(deposit, data.ABOUT, by=agent, at=data.NOW)

    assert not Dataset.objects.exists()


def test_decision_on_a_column_is_kept_for_the_next_version() -> None:
    steward = person(Role.DATA_STEWARD)
    first = data.description(steward=steward)

    actions.decide_columns(first, {"passages": {"type": "number", "unit": "vélos"}}, by=steward, at=data.NOW)
    second = actions.describe_version(
        first.dataset, data.deposit(), change_note="Octobre complet", by=steward, at=data.NOW
    )
    data.run_due()

    second.refresh_from_db()
    column = second.description["columns"][2]
    assert (second.number, column["type"], column["unit"]) == (2, "number", "vélos")


def test_saying_something_of_a_column_holds_at_once_and_reads_nothing() -> None:
    steward = person(Role.DATA_STEWARD)
    made = data.description(steward=steward)
    before = (made.text_file, made.typed_file, Job.objects.count())

    told = {"passages": {"unit": "vélos", "label": "Vélos passés", "meaning": "Dans les deux sens."}}
    actions.decide_columns(made, told, by=steward, at=data.NOW)

    made.refresh_from_db()
    column = made.description["columns"][2]
    assert (made.state, column["unit"], column["label"], column["meaning"]) == (
        "read",
        "vélos",
        "Vélos passés",
        "Dans les deux sens.",
    )
    assert (made.text_file, made.typed_file, Job.objects.count()) == before


def test_changing_the_kind_of_a_column_looks_at_the_table_that_was_read_not_at_the_file() -> None:
    steward = person(Role.DATA_STEWARD)
    made = data.description(steward=steward)
    before = (made.text_file, made.typed_file)
    vault().destroy(made.deposit.vault_name)

    waiting = actions.decide_columns(made, {"passages": {"type": "text"}}, by=steward, at=data.NOW)
    data.run_due()

    made.refresh_from_db()
    assert (waiting.state, made.state, made.description["columns"][2]["type"]) == ("waiting", "read", "text")
    assert (made.text_file, made.typed_file == before[1]) == (before[0], False)
    assert list(Job.objects.filter(name__startswith="datasets.").order_by("pk").values_list("name", "state")) == [
        ("datasets.read", "done"), ("datasets.look", "done")
    ]  # fmt: skip


def test_kind_that_does_not_fit_is_refused_and_the_table_stays() -> None:
    steward = person(Role.DATA_STEWARD)
    made = data.description(steward=steward)
    before = made.typed_file

    actions.decide_columns(made, {"compteur": {"type": "number"}}, by=steward, at=data.NOW)
    data.run_due()

    made.refresh_from_db()
    assert (made.state, made.refusal["code"], made.typed_file) == ("refused", "catalogue.type_unfit", before)


def test_version_without_a_change_note_is_refused() -> None:
    steward = person(Role.DATA_STEWARD)
    first = data.description(steward=steward)

    with pytest.raises(Invalid) as refusal:
        actions.describe_version(first.dataset, data.deposit(), change_note=" ", by=steward, at=data.NOW)

    assert refusal.value.field == "change_note"
    assert first.dataset.descriptions.count() == 1


def test_destroying_a_deposit_shreds_what_was_read_of_it() -> None:
    description = data.description()
    names = [description.text_file, description.typed_file, description.sample_file]

    deposits.destroy(description.deposit, reason="Demandé par le déposant.", by=person(Role.DATA_STEWARD), at=data.NOW)
    data.run_due()

    description.refresh_from_db()
    assert [vault().holds(name) for name in names] == [False, False, False]
    assert (description.typed_file, description.reading["rows"]) == ("", 112)


def test_tables_of_a_kept_deposit_are_not_shredded() -> None:
    description = data.description()

    with pytest.raises(Conflict):
        actions.destroy_tables(description.deposit, by=person(Role.DATA_STEWARD), at=data.NOW)

    assert vault().holds(description.typed_file)
