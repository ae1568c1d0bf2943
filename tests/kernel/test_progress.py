# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Unequal steps told as one progress that never goes back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.progress import PARTS, Parts, Steps, between, scaled, silent


def test_steps_tell_how_far_the_whole_is_and_what_fills_the_note() -> None:
    told: list[Any] = []
    steps = Steps(lambda *parts, **values: told.append((*parts, values)), {"one": 1, "two: {done}": 3})

    steps.begin("one")
    steps.begin("two: {done}", 8)(2, 8)

    assert told == [
        (0, PARTS, "one", {"done": 0, "total": 0, "percent": 0}),
        (25, PARTS, "two: {done}", {"done": 0, "total": 8, "percent": 0}),
        (43, PARTS, "two: {done}", {"done": 2, "total": 8, "percent": 25}),
    ]


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 200)), min_size=1, max_size=6))
def test_progress_never_goes_back_nor_says_that_all_is_done(parts: list[tuple[int, int]]) -> None:
    told: list[int] = []
    steps = Steps(
        lambda done, /, *_, **__: told.append(done), {str(place): length for place, (length, _) in enumerate(parts)}
    )

    for place, (_, done) in enumerate(parts):
        steps.begin(str(place))(done, 100)

    assert told == sorted(told)
    assert all(0 <= each < PARTS for each in told)


def test_step_that_was_not_announced_is_refused() -> None:
    with pytest.raises(KeyError):
        Steps(silent, {"one": 1}).begin("two")


def test_part_goes_from_its_first_to_its_last_hundredth() -> None:
    told: list[tuple[int, int]] = []
    tell = between(lambda done, total: told.append((done, total)), 40, 90)

    for done in (0, 1, 2, 9):
        tell(done, 2)

    assert told == [(40, 100), (65, 100), (90, 100), (90, 100)]
    assert between(silent, 0, 50) is silent


def test_bytes_are_told_as_megabytes() -> None:
    told: list[tuple[int, int]] = []

    scaled(lambda done, total: told.append((done, total)), 1_000_000)(2_500_000, 10_000_000)

    assert told == [(2, 10)]


def test_equal_parts_are_counted() -> None:
    told: list[tuple[int, int]] = []
    parts = Parts(lambda done, total: told.append((done, total)), 3)

    for _ in range(3):
        parts.one()

    assert told == [(1, 3), (2, 3), (3, 3)]
