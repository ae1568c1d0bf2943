# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The job that keeps the search current: after every public deed, and once at each start of the worker."""

from collections.abc import Iterable

from django.conf import settings

from datacity.kernel.bus import Job, JobContext, Listener, Publicity, Schedule, Verb
from datacity.kernel.words import msg
from datacity.programme.jobs.queries import another_waits
from datacity.web.search import index

REFRESH = "search.refresh"


def refresh(_context: JobContext, *, entry: int = 0) -> None:  # noqa: ARG001 -- the deed that asked; everything public is read again
    """Bring the index up to date; left to the next one when another such job waits, so that many deeds cost one reading."""
    if not another_waits(REFRESH, at=settings.CLOCK.now()):
        index.refresh()


def listeners(verbs: Iterable[Verb]) -> tuple[Listener, ...]:
    """Give a listener for every public verb: what everybody may read changes by a public deed only."""
    return tuple(Listener(each.name, job=REFRESH) for each in verbs if each.publicity is Publicity.PUBLIC)


JOBS = (Job(REFRESH, refresh, msg("Bring the search up to date"), lease_seconds=300),)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule(REFRESH, every_seconds=0),)
