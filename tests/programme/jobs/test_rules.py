# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long a failed job rests, when it is dead, which span a moment falls in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.bus import Schedule
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.programme.jobs import rules
from datacity.programme.jobs.rules import State


@given(st.integers(1, 1_000))
def test_a_rest_doubles_and_never_exceeds_an_hour(attempts: int) -> None:
    rest, longer = rules.rest_seconds(attempts), rules.rest_seconds(attempts + 1)

    assert rules.rest_seconds(1) == 5
    assert longer == min(2 * rest, 3600)


@pytest.mark.parametrize(
    ("attempts", "error", "state"),
    [
        (1, OSError(), State.QUEUED),
        (4, Conflict("x", "x"), State.QUEUED),
        (5, OSError(), State.DEAD),
        (1, Invalid("x", "x"), State.DEAD),
        (1, Forbidden("x", "x"), State.DEAD),
        (1, Missing("x", "x"), State.DEAD),
        (1, MemoryError(), State.DEAD),
    ],
)
def test_a_failed_attempt_is_followed_by_a_rest_or_by_death(attempts: int, error: Exception, state: State) -> None:
    assert rules.after_failure(attempts, 5, error) is state


@given(
    st.integers(31_536_000, 7_258_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.integers(1, 10**7),
)
def test_a_moment_lies_in_its_span(at: datetime, seconds: int) -> None:
    schedule = Schedule("x", every_seconds=seconds)
    start = rules.slot_start(schedule, rules.slot(schedule, at))

    assert start <= at < start + timedelta(seconds=seconds)


@given(st.dictionaries(st.sampled_from(["done", "total", "percent"]), st.integers(0, 10**12)))
def test_note_keeps_the_values_of_its_places(values: dict[str, int]) -> None:
    note = "reading: {done} of {total}"

    assert rules.note_of(rules.note_kept(note, values)) == (note, values)
    assert rules.note_of(rules.note_kept("sealing", values)) == ("sealing", {})


def test_note_that_does_not_fit_is_left_out() -> None:
    assert rules.note_kept("{done}" * 100, {"done": 1}) == ""
    assert len(rules.note_kept("x" * 1_000, {})) == rules.LONGEST_NOTE
