# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Queue, lease, fence, retry: what holds whoever runs the job."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from datacity.engine.adapters.clock import SystemClock
from datacity.kernel import bus
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.programme.jobs import actions, queries
from datacity.programme.jobs.actions import LeaseLost
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import State
from datacity.programme.journal.models import Entry
from datacity.web.worker.loop import run_due
from datacity.web.worker.running import Running, run
from tests.factories.deeds import AT, Somebody, offered

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Somebody(9, ("administrator",))
NAMES = ("test.do", "test.fail")
seen: list[Any] = []


def _do(context: bus.JobContext, **arguments: Any) -> None:
    (context.scratch / "plain.txt").write_text("plain")
    context.progress(1, 2, "half")
    seen.append(arguments)


def _fail(_context: bus.JobContext, *, how: str) -> None:
    raise {
        "invalid": Invalid("test.no", "The {thing} is wrong.", hint="Mend it.", thing="table"),
        "fault": ValueError("name of a person"),
    }[how]


@pytest.fixture(autouse=True)
def jobs(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Two jobs, and a home of their own."""
    settings.HOME = settings.KEYS = tmp_path
    settings.CLOCK = SystemClock()
    seen.clear()
    with offered(
        jobs=[
            bus.Job("test.do", _do, "Do", lease_seconds=60, attempts=2),
            bus.Job("test.fail", _fail, "Fail", attempts=2),
        ]
    ):
        yield


def _lease(*, at: datetime | None = None, owner: str = "one") -> actions.Lease | None:
    return actions.lease(NAMES, owner=owner, at=at or timezone.now())


def _leased() -> actions.Lease:
    found = _lease()
    assert found is not None
    return found


def _run_out(lease: actions.Lease) -> None:
    Job.objects.filter(pk=lease.job).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_queued_job_holds_what_was_asked() -> None:
    job = actions.enqueue("test.do", arguments={"n": 1}, at=AT, by=Somebody(7))

    assert (job.state, job.arguments, job.created_at, job.run_at, job.asked_by, job.attempts) == (
        "queued",
        {"n": 1},
        AT,
        AT,
        "person:7",
        0,
    )


@pytest.mark.parametrize(
    ("name", "arguments", "refusal"), [("test.unknown", {}, Missing), ("test.do", {"x": object()}, Invalid)]
)
def test_a_job_that_cannot_run_is_not_queued(name: str, arguments: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        actions.enqueue(name, arguments=arguments)

    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_when_its_deed_is_rolled_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- the whole transaction fails
        actions.enqueue("test.do", arguments={})
        raise RuntimeError

    assert Job.objects.count() == 0


def test_a_key_makes_a_job_once_for_ever() -> None:
    first = actions.enqueue("test.do", arguments={"n": 1}, key="only")
    run_due()

    again = actions.enqueue("test.do", arguments={"n": 2}, key="only")

    assert (again.pk, again.state, Job.objects.count()) == (first.pk, "done", 1)


def test_the_job_due_first_is_leased_first_and_none_twice() -> None:
    later = actions.enqueue("test.do", arguments={}, run_at=AT + timedelta(minutes=2))
    sooner = actions.enqueue("test.do", arguments={}, run_at=AT)
    actions.enqueue("test.do", arguments={}, run_at=AT + timedelta(days=1))

    leases = [_lease(at=AT + timedelta(hours=1)) for _ in range(3)]

    assert [lease.job if lease else None for lease in leases] == [sooner.pk, later.pk, None]


def test_a_lease_that_ran_out_goes_to_another_worker_with_a_higher_token() -> None:
    actions.enqueue("test.do", arguments={})
    first = _leased()
    assert _lease() is None
    _run_out(first)

    second = _leased()

    assert (second.job, second.token, second.attempt) == (first.job, first.token + 1, 2)


def test_who_lost_the_lease_can_write_nothing_more() -> None:
    actions.enqueue("test.do", arguments={})
    old = _leased()
    _run_out(old)
    new = _leased()
    row = Job.objects.values().get()

    for write in (
        lambda: actions.still_mine(old),
        lambda: actions.tell(old, 1, 2),
        lambda: actions.finish(old, at=AT),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert (actions.renew(old), actions.fail(old, OSError(), at=AT)) == (False, None)
    actions.give_back(old)

    assert Job.objects.values().get() == row
    actions.still_mine(new)


def test_a_renewed_lease_lasts_longer() -> None:
    actions.enqueue("test.do", arguments={})
    lease = _leased()
    _run_out(lease)

    assert actions.renew(lease)

    assert _lease() is None


def test_the_effect_of_a_job_goes_when_its_end_cannot_be_written() -> None:
    actions.enqueue("test.do", arguments={})
    old = _leased()
    _run_out(old)
    _leased()

    with pytest.raises(LeaseLost), transaction.atomic():  # noqa: PT012 -- the whole transaction fails
        Job.objects.create(name="effect", created_at=AT, run_at=AT)
        Running(old).finish()

    assert not Job.objects.filter(name="effect").exists()


def test_a_job_that_runs_through_is_done_and_leaves_no_file(tmp_path: Path) -> None:
    job = actions.enqueue("test.do", arguments={"n": 1})

    count = run_due()

    job.refresh_from_db()
    assert (count, seen, job.state, job.done, job.total, job.note) == (1, [{"n": 1}], "done", 1, 2, "half")
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


def test_a_refused_job_is_dead_at_once_and_says_why() -> None:
    job = actions.enqueue("test.fail", arguments={"how": "invalid"})

    run_due()

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("dead", 1)
    assert queries.error_text(job, language="en") == "The table is wrong. Mend it."


def test_what_failed_is_told_in_the_readers_language() -> None:
    job = Job(
        name="jobs.tidy",
        error=json.dumps(
            {"code": "x", "message": "The job {job} went to another worker.", "hint": "", "values": {"job": 7}}
        ),
    )

    assert queries.error_text(job, language="fr") == "La tâche 7 est passée à un autre exécutant."
    assert queries.title("jobs.tidy", language="fr") == "Ôter les tâches finies après 30 jours"


def test_a_fault_is_tried_again_after_a_rest_and_its_text_is_not_kept() -> None:
    job = actions.enqueue("test.fail", arguments={"how": "fault"})

    run_due()

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)
    assert 3 < (job.run_at - timezone.now()).total_seconds() <= 5
    assert json.loads(job.error)["values"] == {"kind": "ValueError"}
    assert "person" not in job.error


def test_a_job_whose_workers_died_every_time_is_dead() -> None:
    job = actions.enqueue("test.do", arguments={})
    for _ in range(2):
        _run_out(_leased())

    assert _lease() is None

    job.refresh_from_db()
    assert (job.state, json.loads(job.error)["code"]) == ("dead", "jobs.workers_died")


def test_an_interrupted_attempt_does_not_count() -> None:
    job = actions.enqueue("test.do", arguments={})

    actions.give_back(_leased())

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def _dead() -> Job:
    job = actions.enqueue("test.fail", arguments={"how": "invalid"})
    run_due()
    job.refresh_from_db()
    return job


def test_a_dead_job_is_retried_by_an_administrator_and_the_journal_says_so() -> None:
    job = _dead()

    actions.retry(job, by=ADMINISTRATOR, at=AT)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.run_at) == ("queued", 0, AT)
    assert [(entry.verb, str(entry.subject)) for entry in Entry.objects.all()] == [("job.retried", f"job:{job.pk}")]


def test_a_dismissed_job_waits_for_nobody() -> None:
    job = _dead()

    actions.dismiss(job, by=ADMINISTRATOR, at=AT)

    job.refresh_from_db()
    assert (job.state, list(queries.dead_letters())) == ("dismissed", [])


def test_nobody_else_revives_a_job() -> None:
    job = _dead()

    with pytest.raises(Forbidden):
        actions.retry(job, by=Somebody(), at=AT)

    job.refresh_from_db()
    assert (job.state, Entry.objects.count()) == ("dead", 0)


def test_a_job_that_is_not_dead_is_not_revived() -> None:
    job = actions.enqueue("test.do", arguments={})

    with pytest.raises(Conflict, match="attempts all failed"):
        actions.retry(job, by=ADMINISTRATOR, at=AT)

    assert Entry.objects.count() == 0


def test_finished_jobs_go_after_thirty_days_and_dead_ones_stay() -> None:
    for state, age in ((State.DONE, 31), (State.DONE, 29), (State.DEAD, 31), (State.DISMISSED, 31), (State.QUEUED, 31)):
        Job.objects.create(name="test.do", state=state, created_at=AT - timedelta(days=age), run_at=AT)

    assert actions.tidy(at=AT) == 2

    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["done", "dead", "queued"]


def test_a_schedule_makes_its_job_once_a_span_and_not_while_one_is_waiting() -> None:
    schedule = bus.Schedule("test.do", every_seconds=3600)

    made = [
        actions.make_scheduled(schedule, at=AT, start="s"),
        actions.make_scheduled(schedule, at=AT + timedelta(hours=1), start="s"),
    ]
    Job.objects.update(state=State.DONE)
    made += [actions.make_scheduled(schedule, at=AT + timedelta(hours=n), start="s") for n in (1, 1.4)]

    assert [bool(job) for job in made] == [True, False, True, False]
    assert Job.objects.count() == 2


def test_a_schedule_at_start_makes_its_job_once_a_start() -> None:
    schedule = bus.Schedule("test.do", every_seconds=0)

    for start in ("one", "one", "two"):
        actions.make_scheduled(schedule, at=AT, start=start)

    assert Job.objects.count() == 2


def test_progress_is_told_in_words_and_share() -> None:
    job = actions.enqueue("test.do", arguments={})
    lease = _leased()
    actions.tell(lease, 30, 40, note="typing")

    found = queries.progress(job.pk, language="en")

    assert (found.title, found.state, found.share, found.note, found.over) == ("Do", State.RUNNING, 75, "typing", False)


def test_the_progress_of_a_missing_job_is_refused() -> None:
    with pytest.raises(Missing, match="no job 99"):
        queries.progress(99)


def test_running_a_job_whose_lease_was_lost_changes_nothing() -> None:
    actions.enqueue("test.do", arguments={})
    old = _leased()
    _run_out(old)
    _leased()
    row = Job.objects.values().get()

    assert run(old) is False

    assert Job.objects.values().get() == row
