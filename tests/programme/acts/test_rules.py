# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of acts and points."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.errors import Invalid
from datacity.programme.acts.rules import (
    Method,
    PointState,
    Standing,
    State,
    Vote,
    check_due,
    check_vote,
    due_after,
    gap,
    next_state,
    standing,
    still_open,
)

TABLED, TODAY = date(2026, 2, 4), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("vote", "field"),
    [
        (Vote("postponed", TABLED, "show_of_hands"), "outcome"),
        (Vote("adopted", TABLED), "method"),
        (Vote("withdrawn", TABLED, "show_of_hands"), "method"),
        (Vote("adopted", TABLED - timedelta(days=1), "show_of_hands"), "decided_on"),
        (Vote("adopted", TODAY + timedelta(days=1), "show_of_hands"), "decided_on"),
        (Vote("adopted", TABLED, "roll_call", 80), "votes_for"),
        (Vote("withdrawn", TABLED, "", 80, 2, 1), "votes_for"),
        (Vote("rejected", TABLED, "roll_call", -1, 2, 1), "votes_for"),
        (Vote("adopted", TABLED, "roll_call", 40, 40, 1), "votes_against"),
    ],
)
def test_outcome_that_cannot_be_is_refused_at_its_field(vote: Vote, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_vote(vote, TABLED, TODAY)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "vote",
    [
        Vote("adopted", TABLED, "show_of_hands"),
        Vote("adopted", TODAY, "roll_call", 98, 40, 12),
        Vote("rejected", TODAY, "ballot", 40, 98, 0),
        Vote("withdrawn", TODAY),
    ],
)
def test_outcome_the_council_can_reach_passes(vote: Vote) -> None:
    check_vote(vote, TABLED, TODAY)


def test_council_decides_once() -> None:
    assert {state: bool(next_state(state)) for state in State} == {
        State.TABLED: True, State.ADOPTED: False, State.REJECTED: False, State.WITHDRAWN: False,
    }  # fmt: skip


def test_point_ends_once() -> None:
    assert {state: bool(still_open(state)) for state in PointState} == {
        PointState.OPEN: True, PointState.ANSWERED: False, PointState.REFUSED: False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "due_on", "owned", "expected"),
    [
        ("open", TODAY, True, Standing.OPEN),
        ("open", TODAY, False, Standing.UNOWNED),
        ("open", TODAY - timedelta(days=1), True, Standing.LATE),
        ("open", TODAY - timedelta(days=1), False, Standing.LATE),
        ("answered", TODAY - timedelta(days=99), True, Standing.ANSWERED),
        ("refused", TODAY - timedelta(days=99), False, Standing.REFUSED),
    ],
)
def test_standing_tells_who_must_act_and_whether_it_is_late(
    state: str, due_on: date, owned: bool, expected: Standing
) -> None:
    assert standing(state, due_on, TODAY, owned=owned) is expected


@given(st.lists(st.sampled_from(Standing)))
def test_gap_is_what_has_no_end(standings: Iterable[Standing]) -> None:
    rows = list(standings)

    found = gap(rows)

    assert (found.asked, found.settled + found.open) == (len(rows), len(rows))
    assert found.open == sum(each in (Standing.OPEN, Standing.LATE, Standing.UNOWNED) for each in rows)
    assert set(found.standings) == set(Standing)


def test_point_is_due_after_the_usual_delay_and_never_before_the_debate() -> None:
    assert due_after(TABLED, 90) == date(2026, 5, 5)
    with pytest.raises(Invalid) as refused:
        check_due(TABLED - timedelta(days=1), TABLED)
    assert refused.value.field == "due_on"


def test_methods_are_those_of_the_law() -> None:
    assert [each.value for each in Method] == ["show_of_hands", "roll_call", "ballot"]
