# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Queue a job, lease it, end it, bring a dead one back. Every write of a lease is one statement that names its token."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from datacity.kernel import bus
from datacity.kernel.actor import Actor
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Missing, Refusal, require
from datacity.kernel.words import msg
from datacity.programme.jobs import permissions, rules
from datacity.programme.jobs.errors import TooMuchMemory
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import State
from datacity.programme.journal.actions import record


def enqueue(
    name: str, *, arguments: Mapping[str, Any], at: datetime | None = None, run_at: datetime | None = None,
    key: str | None = None, by: Actor | None = None,
) -> Job:  # fmt: skip
    """Queue a job in the caller's transaction: it exists when, and only when, the deed is committed.

    arguments: identifiers as JSON values. run_at: not before; now when None. by: who asked and may follow the progress.
    key: with a key the same job is made once and never again; the job made first is given back, whatever its state.
    Raises Missing for a name no app declares, Invalid for arguments that are not JSON.
    """
    if name not in bus.registry.jobs:
        raise Missing(
            "jobs.unknown", "No app declares the job {name}.", hint="Name it in JOBS of the app's tasks.py.", name=name
        )
    canonical_bytes(dict(arguments))
    now = at or settings.CLOCK.now()
    values = {
        "arguments": dict(arguments),
        "created_at": now,
        "run_at": run_at or now,
        "asked_by": str(by.ref) if by else "",
    }
    if key is None:
        return Job.objects.create(name=name, **values)
    job, _ = Job.objects.get_or_create(name=name, key=key, defaults=values)
    return job


@dataclass(frozen=True)
class Lease:
    """The right to run one job for a while. token: who holds an older one may no longer write. attempt: from 1."""

    job: int
    name: str
    arguments: Mapping[str, Any]
    token: int
    attempt: int

    @property
    def declared(self) -> bus.Job:
        """The job as its app declares it."""
        return bus.registry.jobs[self.name]


class LeaseLost(Conflict):
    """The lease went to another worker: whatever was not committed is void."""


def lease(names: Collection[str], *, owner: str, at: datetime) -> Lease | None:
    """Take the next job of these names that is due, or whose lease ran out; None when there is none.

    at: what counts as due. A job that ran out of attempts because its workers died goes to the dead letters instead.
    """
    now = timezone.now()
    due = Q(state=State.QUEUED, run_at__lte=at) | Q(state=State.RUNNING, lease_until__lt=now)
    while names and Job.objects.filter(due, name__in=names).exists():
        number = _take_one(names, owner=owner, at=at, now=now)
        if number is None:
            return None
        job = Job.objects.get(pk=number)
        taken = Lease(job=job.pk, name=job.name, arguments=job.arguments, token=job.token, attempt=job.attempts)
        if job.attempts <= taken.declared.attempts:
            return taken
        fail(
            taken,
            Conflict(
                "jobs.workers_died",
                "The job's process died at each of its {attempts} attempts.",
                attempts=job.attempts - 1,
            ),
            at=now,
        )
    return None


def _take_one(names: Collection[str], *, owner: str, at: datetime, now: datetime) -> int | None:
    """Lease one row in one statement and give its number. PostgreSQL steps over rows that others are leasing."""
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    marks = ", ".join(["%s"] * len(names))
    ends = " ".join(["WHEN %s THEN %s"] * len(names))
    adapt = connection.ops.adapt_datetimefield_value
    spans = [
        value for name in names for value in (name, adapt(rules.lease_end(now, bus.registry.jobs[name].lease_seconds)))
    ]
    if connection.vendor == "postgresql":
        ends = ends.replace("THEN %s", "THEN %s::timestamptz")
    statement = f"""
        UPDATE jobs_job SET state = 'running', token = token + 1, attempts = attempts + 1, owner = %s, started_at = %s,
               lease_until = CASE name {ends} END
        WHERE id = (SELECT id FROM jobs_job
                    WHERE name IN ({marks}) AND ((state = 'queued' AND run_at <= %s) OR (state = 'running' AND lease_until < %s))
                    ORDER BY run_at, id LIMIT 1 {skip})
        RETURNING id"""  # noqa: S608 -- only counts of places and keywords are put in; every value is bound
    with connection.cursor() as cursor:
        cursor.execute(statement, [owner, adapt(now), *spans, *names, adapt(at), adapt(now)])
        rows = cursor.fetchall()
    return rows[0][0] if rows else None


def lease_job(number: int, *, owner: str) -> Lease | None:
    """Take this very job, due or not, for who works it on the spot; None when it is over or somebody holds it."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=now)
    job = Job.objects.filter(free, pk=number).first()
    if job is None:
        return None
    values = {"state": State.RUNNING, "owner": owner, "started_at": settings.CLOCK.now()}
    until = rules.lease_end(now, bus.registry.jobs[job.name].lease_seconds)
    counts = {"token": F("token") + 1, "attempts": F("attempts") + 1, "lease_until": until}
    if not Job.objects.filter(free, pk=number, token=job.token).update(**values, **counts):
        return None
    return Lease(job.pk, job.name, job.arguments, token=job.token + 1, attempt=job.attempts + 1)


def _held(taken: Lease) -> Any:
    return Job.objects.filter(pk=taken.job, token=taken.token, state=State.RUNNING)


def _lost(taken: Lease) -> LeaseLost:
    return LeaseLost("jobs.lease_lost", "The job {job} went to another worker.", job=taken.job)


def renew(taken: Lease) -> bool:
    """Prolong the lease from now on; False when it went to another worker."""
    return bool(_held(taken).update(lease_until=rules.lease_end(timezone.now(), taken.declared.lease_seconds)))


def still_mine(taken: Lease) -> None:
    """Raise LeaseLost when the lease went to another worker; in a transaction it also keeps it from going until the end."""
    rows = _held(taken)
    if connection.in_atomic_block:
        rows = rows.select_for_update()
    if not rows.exists():
        raise _lost(taken)


def tell(taken: Lease, done: int, total: int, *, note: str = "", values: Mapping[str, int] | None = None) -> None:
    """Write how far the job is. values: fill the places of the note in whatever language it is read. Raises LeaseLost."""
    kept = rules.note_kept(note, values or {})
    if not _held(taken).update(done=done, total=total, note=kept):
        raise _lost(taken)


def finish(taken: Lease, *, at: datetime) -> None:
    """Mark the job done. Raises LeaseLost."""
    if not _held(taken).update(state=State.DONE, finished_at=at, lease_until=None, error=""):
        raise _lost(taken)


def fail(taken: Lease, error: BaseException, *, at: datetime) -> State | None:
    """End a failed attempt: the job rests and is tried again, or goes to the dead letters. None when the lease was lost.

    Kept are code, sentence and values of a refusal, else only the kind of the error: its text may hold data.
    """
    if isinstance(error, MemoryError):
        error = TooMuchMemory(taken.declared.memory_mb)
    state = rules.after_failure(taken.attempt, taken.declared.attempts, error)
    values: dict[str, Any] = {
        "state": state,
        "error": _told(error),
        "lease_until": None,
        "finished_at": at if state is State.DEAD else None,
    }
    if state is State.QUEUED:
        values["run_at"] = at + timedelta(seconds=rules.rest_seconds(taken.attempt))
    return state if _held(taken).update(**values) else None


def _told(error: BaseException) -> str:
    if isinstance(error, Refusal):
        values = {name: value if isinstance(value, int) else str(value) for name, value in error.values.items()}
        return json.dumps({"code": error.code, "message": error.message, "hint": error.hint, "values": values})
    return json.dumps(
        {
            "code": "jobs.fault",
            "message": msg("A fault of ours ({kind}); the log has its trace."),
            "hint": "",
            "values": {"kind": type(error).__name__},
        }
    )


def give_back(taken: Lease) -> None:
    """Put a job back that was interrupted by a stop of the worker; the attempt does not count."""
    _held(taken).update(state=State.QUEUED, lease_until=None, attempts=F("attempts") - 1)


def retry(job: Job, *, by: Actor, at: datetime) -> None:
    """Put a dead job back in the queue with all its attempts. Raises Forbidden, or Conflict when it is not dead."""
    _revive(job, State.QUEUED, by=by, at=at)


def dismiss(job: Job, *, by: Actor, at: datetime) -> None:
    """Take a dead job off the list of what must be looked at. Raises Forbidden, or Conflict when it is not dead."""
    _revive(job, State.DISMISSED, by=by, at=at)


def _revive(job: Job, state: State, *, by: Actor, at: datetime) -> None:
    require(permissions.may_manage(by))
    rules.check_revivable(job.state)
    verb = "job.retried" if state is State.QUEUED else "job.dismissed"
    with transaction.atomic():
        values = {"attempts": 0, "run_at": at, "finished_at": None} if state is State.QUEUED else {}
        if not Job.objects.filter(pk=job.pk, state=State.DEAD).update(state=state, **values):
            rules.check_revivable("changed")
        record(by, verb, rules.job_ref(job.pk), payload={"job": job.name}, at=at)


def tidy(*, at: datetime) -> int:
    """Delete the jobs that ended well, or were dismissed, more than 30 days ago; give how many."""
    ended = Job.objects.filter(
        state__in=[State.DONE, State.DISMISSED], created_at__lt=at - timedelta(days=rules.KEPT_DAYS)
    )
    return ended.delete()[0]


def make_scheduled(schedule: bus.Schedule, *, at: datetime, start: str) -> Job | None:
    """Queue the job of a schedule for the span that `at` falls in; once a span, and not while the one before still runs.

    start: names this start of the worker; a schedule of 0 seconds is queued once for each.
    """
    if schedule.every_seconds == 0:
        return enqueue(schedule.job, arguments={}, at=at, key=f"start {start}")
    if Job.objects.filter(name=schedule.job, key__startswith="span ", state__in=[State.QUEUED, State.RUNNING]).exists():
        return None
    return enqueue(schedule.job, arguments={}, at=at, key=f"span {schedule.every_seconds} {rules.slot(schedule, at)}")
