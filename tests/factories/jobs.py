# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Jobs for the permission matrix."""

from datetime import UTC, datetime

from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import State
from datacity.programme.people.models import Person
from tests.factories.things import Thing, thing


def _job(actor: Person | None, state: State) -> Thing:
    now = datetime.now(UTC)
    made = Job.objects.create(
        name="jobs.tidy", state=state, created_at=now, run_at=now, asked_by=str(actor.ref) if actor else ""
    )
    return Thing({"number": made.pk})


@thing("job")
def job(actor: Person | None, _case: str) -> Thing:
    """A waiting job; the actor asked for it when it is their own."""
    return _job(actor, State.QUEUED)


@thing("failed job")
def failed_job(_actor: Person | None, _case: str) -> Thing:
    """A job whose attempts all failed and that nobody asked for."""
    return _job(None, State.DEAD)
