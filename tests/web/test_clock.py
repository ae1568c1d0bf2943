# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The clock that is set by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.conf import settings

from datacity.web.clock import STEP, HandClock, hand_clock

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def test_clock_stands_where_it_was_set_in_utc() -> None:
    clock = HandClock(NOON.astimezone(timezone(timedelta(hours=2))))

    assert (clock.now(), clock.now().tzinfo) == (NOON, UTC)


def _fault_at(moment: datetime) -> float:
    with hand_clock(moment):
        return 1 / (settings.CLOCK.now() - moment).total_seconds()


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1)])
def test_clock_steps_on_when_it_is_asked_to_stand_or_go_back(back: timedelta) -> None:
    clock = HandClock(NOON)

    assert clock.move_to(NOON - back) == clock.now() == NOON + STEP


def test_the_clock_before_comes_back_even_after_a_fault() -> None:
    before = settings.CLOCK

    with pytest.raises(ZeroDivisionError):
        _fault_at(NOON)

    assert settings.CLOCK is before
