# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Background work of the jobs themselves."""

from django.conf import settings

from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.programme.jobs import actions


def tidy(_context: JobContext) -> None:
    """Delete finished jobs after 30 days."""
    actions.tidy(at=settings.CLOCK.now())


JOBS = (Job("jobs.tidy", tidy, "Remove finished jobs after 30 days"),)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule("jobs.tidy", every_seconds=86_400),)
