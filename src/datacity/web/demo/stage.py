# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the demonstration is played: a clock set by hand, the people, and jobs worked on the spot."""

import os
import time as machine
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from datacity.kernel.errors import Conflict
from datacity.programme.jobs import actions as jobs
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import State
from datacity.programme.people.models import Organisation, Person
from datacity.web.clock import HandClock, hand_clock
from datacity.web.demo.cast import CAST
from datacity.web.worker.running import run

_LONGEST_SECONDS = 600
_LOOK_AGAIN_SECONDS = 0.2


@dataclass
class Stage:
    """start: when the demonstration was first started; every day of the story is counted back from it. scale: its size."""

    start: datetime
    scale: int
    clock: HandClock
    persons: dict[str, Person] = field(default_factory=dict)

    def on(self, days_ago: int, hour: str) -> datetime:
        """Go on to a working day before the start, at an hour of the city ("09:30"), and give the moment; never past the start."""
        return self.clock.move_to(min(self.moment(days_ago, hour), self.start))

    def moment(self, days_ago: int, hour: str) -> datetime:
        """Give that moment; on a week-end, the Friday before."""
        return self._at(working_day(self.today - timedelta(days=days_ago)), hour)

    def on_day(self, days_ago: int, hour: str) -> datetime:
        """Go on to a day, working or not, for what ends a whole number of days later."""
        return self.clock.move_to(min(self._at(self.today - timedelta(days=days_ago), hour), self.start))

    def _at(self, day: date, hour: str) -> datetime:
        zone = ZoneInfo(settings.TIME_ZONE)
        return datetime.combine(day, time.fromisoformat(hour), zone).astimezone(UTC)

    @property
    def today(self) -> date:
        """The day of the first start, in the city."""
        return self.start.astimezone(ZoneInfo(settings.TIME_ZONE)).date()

    def person(self, key: str) -> Person:
        """Give a person of the cast. Raises KeyError for a key nobody has."""
        if key not in self.persons:
            email = {part.key: part.email for part in CAST}[key]
            self.persons[key] = Person.objects.get(email=email)
        return self.persons[key]

    def organisation(self, slug: str) -> Organisation:
        """Give an organisation of the register."""
        return Organisation.objects.get(slug=slug)

    def settle(self, job: Job | None) -> None:
        """Work a queued job here and now, or wait until the worker that took it is done. Raises Conflict after ten minutes."""
        end = machine.monotonic() + _LONGEST_SECONDS
        while job is not None and Job.objects.filter(pk=job.pk, state__in=(State.QUEUED, State.RUNNING)).exists():
            lease = jobs.lease_job(job.pk, owner=f"demonstration-{os.getpid()}")
            if lease is not None:
                run(lease)
                continue
            if machine.monotonic() > end:
                raise Conflict("demo.late", "The job {job} of the demonstration is still not done.", job=job.pk)
            machine.sleep(_LOOK_AGAIN_SECONDS)


def working_day(day: date) -> date:
    """Give the day, or the Friday before when it falls on a week-end."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@contextmanager
def stage(start: datetime, scale: int, *, begins: datetime) -> Iterator[Stage]:
    """Give the stage with its clock at `begins`; the clock before comes back at the end."""
    with hand_clock(begins) as clock:
        yield Stage(start, scale, clock)
