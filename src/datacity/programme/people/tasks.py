# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people does by itself: deletes the sessions that are over."""

from django.conf import settings

from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.words import msg
from datacity.programme.people import actions


def clear_sessions(_context: JobContext) -> None:
    """Delete the sessions whose time is over."""
    actions.clear_sessions(at=settings.CLOCK.now())


JOBS = (Job("people.clear_sessions", clear_sessions, msg("Delete sessions that are over")),)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule("people.clear_sessions", every_seconds=86_400),)
