# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How far a long work is: a bar on a terminal, a line now and then elsewhere; never silence."""

import io
import time

import pytest

from datacity.engine.cli.console import Console


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that go on only when told."""
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_terminal_shows_a_bar_with_note_and_percent_and_ends_its_line(clock: list[float]) -> None:
    console = Console("fr", err=(err := Terminal()))

    for done in (1, 2, 4):
        clock[0] += 1
        console.progress(done, 4, "reading every line: {done} of {total} MB", done=done, total=4)

    shown = err.getvalue().split("\r")
    assert [" 25%" in shown[1], " 50%" in shown[2], "100%" in shown[3]] == [True] * 3
    assert "2 Mo sur 4" in shown[2]
    assert err.getvalue().endswith("\n")


def test_terminal_is_not_written_more_often_than_five_times_a_second(clock: list[float]) -> None:
    console = Console("en", err=(err := Terminal()))

    for done in range(100):
        clock[0] += 0.01
        console.progress(done, 100, "x")

    assert 4 <= err.getvalue().count("\r") <= 5


def test_elsewhere_a_line_comes_every_half_minute(clock: list[float]) -> None:
    console = Console("en", err=(err := io.StringIO()))

    for done in range(100):
        clock[0] += 1
        console.progress(done, 100, "protecting: {percent} %", percent=done)

    assert err.getvalue().splitlines() == ["29% protecting: 29 %", "59% protecting: 59 %", "89% protecting: 89 %"]


def test_short_work_elsewhere_says_nothing(clock: list[float]) -> None:
    console = Console("en", err=(err := io.StringIO()))

    console.progress(1, 1, "done")

    assert err.getvalue() == ""
