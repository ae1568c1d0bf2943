# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What becomes of an act and of the points of its debate, and what the database refuses whoever asks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Forbidden, Invalid
from datacity.kernel.words import Words
from datacity.programme.acts import actions
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.rules import Vote
from datacity.programme.journal.models import Entry
from datacity.programme.people.rules import Role
from tests.factories.acts import SITTING, act, city, point
from tests.factories.people import mandate, person

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_act_is_tabled_and_adopted_and_both_are_in_the_journal() -> None:
    made = act(reference="2026 SG 41")

    actions.enter_outcome(made, Vote("adopted", SITTING, "roll_call", 98, 40, 12), by=SYSTEM, at=NOW)

    made.refresh_from_db()
    assert (made.slug, made.state, made.votes_for, made.votes_against, made.abstentions) == (
        "2026-sg-41",
        "adopted",
        98,
        40,
        12,
    )
    assert list(Entry.objects.filter(subject=made.ref).order_by("pk").values_list("verb", flat=True)) == [
        "act.tabled",
        "act.adopted",
    ]


def test_second_outcome_is_refused_and_the_database_refuses_it_too() -> None:
    made = act(decided="adopted")

    with pytest.raises(Conflict):
        actions.enter_outcome(made, Vote("rejected", SITTING, "show_of_hands"), by=SYSTEM, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Act.objects.filter(pk=made.pk).update(state="rejected")
    assert Act.objects.get().state == "adopted"


def test_reference_is_entered_once_and_must_make_an_address() -> None:
    act(reference="2026 SG 7")

    for reference, refusal in (("2026 sg 7", Conflict), ("points", Invalid), ("…", Invalid)):
        with pytest.raises(refusal) as refused:
            actions.table(actions.Tabled(reference, "motion", Words(fr="Vœu"), SITTING), by=SYSTEM, at=NOW)
        assert refused.value.field == "reference"


def test_points_are_numbered_in_their_debate_and_due_after_the_usual_delay() -> None:
    made = act(decided="adopted")

    first, second = (
        actions.raise_point(made, actions.Raised("conseiller", Words(fr=asked)), by=SYSTEM, at=NOW)
        for asked in ("Des clauses", "Des sanctions")
    )

    assert [(each.number, each.raised_on, each.due_on) for each in (first, second)] == [
        (1, SITTING, SITTING + timedelta(days=90)), (2, SITTING, SITTING + timedelta(days=90)),
    ]  # fmt: skip
    early = actions.Raised("conseiller", Words(fr="Hier"), due_on=SITTING - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        actions.raise_point(made, early, by=SYSTEM, at=NOW)
    assert refused.value.field == "due_on"


def test_answer_names_a_clause_a_person_and_a_capacity() -> None:
    manager, made = person(Role.PROGRAMME_MANAGER), point()
    mandate(manager, city(), capacity="directrice du programme")

    with pytest.raises(Invalid) as refused:
        actions.answer(made, " ", Words(fr="Oui"), by=manager, at=NOW)
    actions.answer(made, "convention, article 6", Words(fr="Oui"), by=manager, at=NOW)

    made.refresh_from_db()
    assert refused.value.field == "clause"
    assert (made.state, made.clause, made.settled_by, made.capacity) == (
        "answered", "convention, article 6", manager, "directrice du programme",
    )  # fmt: skip
    for deed in (
        lambda: actions.refuse(made, Words(fr="Non"), by=manager, at=NOW),
        lambda: actions.assign(made, city(), date(2026, 9, 1), by=SYSTEM, at=NOW),
    ):
        with pytest.raises(Conflict):
            deed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Point.objects.filter(pk=made.pk).update(state="open")


def test_who_holds_no_mandate_settles_nothing() -> None:
    manager, made = person(Role.PROGRAMME_MANAGER), point()

    with pytest.raises(Forbidden):
        actions.refuse(made, Words(fr="Trop cher"), by=manager, at=NOW)
    with pytest.raises(Forbidden):
        actions.refuse(made, Words(fr="Trop cher"), by=person(Role.COUNCILLOR), at=NOW)
    assert Point.objects.get().state == "open"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "refused"},
        {"state": "answered", "clause": "article 6"},
        {"state": "refused", "settled_at": NOW, "capacity": "directrice"},
        {"clause": "article 6"},
    ],
)
def test_database_keeps_no_end_without_a_person_a_capacity_and_words(changes: dict[str, object]) -> None:
    made = point()

    with pytest.raises(IntegrityError), transaction.atomic():
        Point.objects.filter(pk=made.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"state": "adopted"}, {"state": "adopted", "decided_on": SITTING}, {"votes_for": 3}, {"method": "ballot"}],
)
def test_database_keeps_no_half_outcome(changes: dict[str, object]) -> None:
    made = act()

    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=made.pk).update(**changes)
