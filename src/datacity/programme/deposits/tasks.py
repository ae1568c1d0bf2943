# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Let rows and vault agree again at the worker's start, after a stop in the middle of a destruction, or after a restore."""

from django.conf import settings

from datacity.kernel.actor import SYSTEM
from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.words import msg
from datacity.programme.deposits import actions

RECONCILE = "deposits.reconcile"


def reconcile(_context: JobContext) -> None:
    """Finish destructions that were begun, and note those that an older database does not know."""
    actions.reconcile(by=SYSTEM, at=settings.CLOCK.now())


JOBS = (Job(RECONCILE, reconcile, msg("Finish destructions of files that were interrupted")),)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule(RECONCILE, every_seconds=0),)
