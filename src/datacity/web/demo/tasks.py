# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The chapters of the demonstration as jobs, one after the other, so that other jobs find a turn in between."""

from django.conf import settings
from django.db import transaction

from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.words import msg
from datacity.programme.jobs.actions import enqueue
from datacity.web import demo
from datacity.web.demo import story

CHAPTER = "demo.chapter"


def chapter(context: JobContext, *, chapter: int) -> None:
    """Play one chapter, then queue the next in the same commit as the end of this one; nothing on a home that is no demo."""
    begun = story.begun()
    if begun is None or not demo.is_here():
        return
    total = len(story.chapters(begun))
    story.play(begun, chapter, lambda note: context.progress(chapter, total, note))
    with transaction.atomic():
        queue(chapter + 1, begun)
        if chapter + 1 == total:
            story.complete(at=settings.CLOCK.now())
        context.finish()


def queue(chapter: int, begun: story.Begun) -> None:
    """Queue a chapter once; nothing after the last, and nothing any more when the story was completed."""
    if chapter < len(story.chapters(begun)) and not story.completed():
        enqueue(CHAPTER, arguments={"chapter": chapter}, at=settings.CLOCK.now(), key=f"chapter {chapter}")


JOBS = (
    Job(
        CHAPTER,
        chapter,
        msg("Go on with the demonstration"),
        in_child=True,
        memory_mb=1000,
        attempts=3,
        lease_seconds=600,
    ),
)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE: tuple[Schedule, ...] = ()
