# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The backups the worker makes: every day when its hour has come, and when an administrator asks."""

from django.conf import settings

from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.words import msg
from datacity.web.backup import keeping
from datacity.web.backup.actions import CHECK, DAILY, MAKE


def daily(context: JobContext) -> None:
    """Make and check the day's backup once its hour has come; nothing before, and nothing where no folder is set."""
    if keeping.is_due(settings.CLOCK.now()):
        make(context)


def make(context: JobContext) -> None:
    """Make a backup now, and check it."""
    keeping.make_and_check(at=settings.CLOCK.now(), progress=context.progress)


def check(context: JobContext) -> None:
    """Check the newest backup again: disks forget."""
    keeping.check(keeping.newest(), at=settings.CLOCK.now(), progress=context.progress)


JOBS = (
    Job(DAILY, daily, msg("Make the day's backup"), in_child=True, memory_mb=1000, attempts=3, lease_seconds=120),
    Job(MAKE, make, msg("Make a backup"), in_child=True, memory_mb=1000, attempts=1, lease_seconds=120),
    Job(CHECK, check, msg("Check the newest backup"), in_child=True, memory_mb=1000, attempts=1, lease_seconds=120),
)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule(DAILY, every_seconds=3_600),)
