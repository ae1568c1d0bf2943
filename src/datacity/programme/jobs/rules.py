# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""States of a job, how long a failed one rests, which slot of a schedule a moment falls in."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from datacity.kernel.bus import Publicity, Schedule, Verb
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.kernel.ref import Ref
from datacity.programme.jobs.errors import TooMuchMemory

VERBS = (
    Verb("job.retried", Publicity.RESTRICTED, "Failed job put back in the queue"),
    Verb("job.dismissed", Publicity.RESTRICTED, "Failed job dismissed"),
)

FIRST_REST_SECONDS = 5
LONGEST_REST_SECONDS = 3600
LONGEST_NOTE = 300
KEPT_DAYS = 30
"""Days that a finished job stays in the list."""


class State(StrEnum):
    """Where a job stands. Dead: all attempts failed; somebody must look."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    DISMISSED = "dismissed"


FINISHED = (State.DONE, State.DEAD, State.DISMISSED)


def rest_seconds(attempts: int) -> int:
    """Give how long a job rests after its n-th failed attempt (n >= 1): 5 s, doubled each time, at most one hour."""
    return int(min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2 ** min(attempts - 1, 30)))


def worth_another_try(error: BaseException) -> bool:
    """Tell whether trying again can help: not when the input is wrong, the way forbidden, the thing gone or the memory too small."""
    return not isinstance(error, Invalid | Forbidden | Missing | MemoryError | TooMuchMemory)


def after_failure(attempts: int, allowed: int, error: BaseException) -> State:
    """Give the next state after a failed attempt: back in the queue, or dead."""
    return State.QUEUED if worth_another_try(error) and attempts < allowed else State.DEAD


def check_revivable(state: str) -> None:
    """Raise Conflict unless a job in this state may be retried or dismissed: only a dead one."""
    if state != State.DEAD:
        raise Conflict(
            "jobs.not_dead",
            "Only a job whose attempts all failed can be retried or dismissed; this one is {state}.",
            state=state,
        )


def note_kept(note: str, values: Mapping[str, int]) -> str:
    """Give a note as the row keeps it: bare, or as JSON with the values of its places."""
    if "{" not in note:
        return note[:LONGEST_NOTE]
    kept = json.dumps({"note": note, "values": dict(values)}, ensure_ascii=False)
    return kept if len(kept) <= LONGEST_NOTE else ""


def note_of(kept: str) -> tuple[str, dict[str, int]]:
    """Give the note and the values of its places from what `note_kept` gave."""
    if not kept.startswith("{"):
        return kept, {}
    found = json.loads(kept)
    return found["note"], found["values"]


def slot(schedule: Schedule, at: datetime) -> int:
    """Give the number of the schedule's span that a moment falls in, counted from 1970 (UTC). every_seconds > 0."""
    return int(at.astimezone(UTC).timestamp()) // schedule.every_seconds


def slot_start(schedule: Schedule, number: int) -> datetime:
    """Give when a span begins, aware in UTC."""
    return datetime.fromtimestamp(number * schedule.every_seconds, tz=UTC)


def lease_end(at: datetime, lease_seconds: int) -> datetime:
    """Give when a lease taken or renewed now ends."""
    return at + timedelta(seconds=lease_seconds)


def job_ref(number: int) -> Ref:
    """Give the reference of a job."""
    return Ref("job", str(number))
