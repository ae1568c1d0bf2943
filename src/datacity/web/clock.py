# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A clock that is set by hand, for what must happen at another time than now: the making of a demonstration, and tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings

STEP = timedelta(seconds=7)
"""How far a hand-set clock moves on when it is asked to go back or to stand still."""


class HandClock:
    """Tells the moment it was set to; it never goes back."""

    def __init__(self, moment: datetime) -> None:
        """Start at this moment, aware."""
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Give the moment it stands at, aware, in UTC."""
        return self._moment

    def move_to(self, moment: datetime) -> datetime:
        """Go on to this moment, or a few seconds on when it is not later; give where it stands then."""
        self._moment = max(moment.astimezone(UTC), self._moment + STEP)
        return self._moment


@contextmanager
def hand_clock(moment: datetime) -> Iterator[HandClock]:
    """Let the whole process go by a clock set by hand; the clock before comes back at the end."""
    before = settings.CLOCK
    clock = HandClock(moment)
    settings.CLOCK = clock
    try:
        yield clock
    finally:
        settings.CLOCK = before
