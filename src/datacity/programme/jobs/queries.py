# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of the jobs: how far one is, what failed, whether a worker lives."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet

from datacity.kernel import bus
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.kernel.words import render, translate
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.permissions import visible_to
from datacity.programme.jobs.rules import FINISHED, State, note_of

WORKER_SIGN = "worker.alive"
"""The file in the home that the worker touches every few seconds."""


@dataclass(frozen=True)
class Progress:
    """How far a job is. share: 0 to 100, None when nobody knows. error: in the reader's language, "" when none."""

    job: int
    title: str
    state: State
    done: int
    total: int
    share: int | None
    note: str
    error: str
    over: bool


def progress(job_id: int, *, language: str = "en") -> Progress:
    """Give how far a job is, in this language. Raises Missing."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise Missing("jobs.missing", "There is no job {job}; finished ones are kept 30 days.", job=job_id)
    return progress_of(job, language=language)


def progress_of(job: Job, *, language: str = "en") -> Progress:
    """Give how far a job at hand is, in this language."""
    state = State(job.state)
    share = min(100, 100 * job.done // job.total) if job.total > 0 else None
    note, values = note_of(job.note)
    return Progress(
        job=job.pk, title=title(job.name, language=language), state=state, done=job.done, total=job.total,
        share=100 if state is State.DONE else share, note=render(note, language, values) if values else translate(note, language), error=error_text(job, language=language),
        over=state in FINISHED,
    )  # fmt: skip


def title(name: str, *, language: str) -> str:
    """Give what a job is called in this language; its bare name when its app is no longer there."""
    declared = bus.registry.jobs.get(name)
    return translate(declared.title, language) if declared else name


def error_text(job: Job, *, language: str) -> str:
    """Give why the last attempt failed, as a sentence in this language with its hint; "" when it did not."""
    if not job.error:
        return ""
    kept = json.loads(job.error)
    return " ".join(
        part
        for part in (render(kept["message"], language, kept["values"]), render(kept["hint"], language, kept["values"]))
        if part
    )


def counts() -> dict[State, int]:
    """Give how many jobs stand in each state."""
    found = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state.value, 0) for state in State}


def dead_letters() -> QuerySet[Job]:
    """Give the jobs somebody must look at, the newest first."""
    return Job.objects.filter(state=State.DEAD).order_by("-pk")


def unfinished(*, names: Collection[str], at: datetime) -> bool:
    """Tell whether a job of these names is due or running."""
    waiting = Job.objects.filter(name__in=names, state=State.QUEUED, run_at__lte=at)
    return waiting.exists() or Job.objects.filter(name__in=names, state=State.RUNNING).exists()


def another_waits(name: str, *, at: datetime) -> bool:
    """Tell whether a job of this name is due and not begun: it will see all that is committed now."""
    return Job.objects.filter(name=name, state=State.QUEUED, run_at__lte=at).exists()


def worker_seen() -> datetime | None:
    """Give when the worker last gave a sign of life, aware in UTC; None when never."""
    try:
        return datetime.fromtimestamp((Path(settings.HOME) / WORKER_SIGN).stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None


def all_jobs() -> QuerySet[Job]:
    """Give every job that is kept, the newest first; for administrators."""
    return Job.objects.order_by("-pk")


def readable_job(person: Actor, number: int) -> Job:
    """Give the job when this person may follow it. Raises Missing otherwise."""
    job = Job.objects.filter(visible_to(person), pk=number).first()
    if job is None:
        raise Missing("jobs.missing", "There is no job {job}; finished ones are kept 30 days.", job=number)
    return job
