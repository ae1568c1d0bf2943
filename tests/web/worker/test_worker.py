# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The worker as a real process: what it does with jobs, children, memory, signals."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.factories import databases
from tests.factories.rounds import ROUNDS
from tests.web.worker.house import House

pytestmark = pytest.mark.slow


def _children_of(process: int) -> list[int]:
    """Give the processes below this one, at any depth."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split()
    parents = dict(zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True))
    below = [child for child, parent in parents.items() if parent == process]
    return below + [each for child in below for each in _children_of(child)]


def _wait_for(what: str, test: object, *, seconds: float = 120) -> None:
    limit = time.monotonic() + seconds
    while not test():  # type: ignore[operator]
        assert time.monotonic() < limit, f"waited too long for {what}"
        time.sleep(0.05)


def _gone(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_every_job_is_done_once_and_every_entry_placed_when_the_worker_runs_until_idle(house: House) -> None:
    house.run("enqueue", "40", "3")

    house.run("work", "--until-idle")

    seen = house.told("look")
    assert seen["states"] == {"house.light done": 40, "house.heavy done": 3}
    assert (set(seen["done"].values()), len(seen["done"])) == ({1}, 43)
    assert (seen["positions"], seen["faults"]) == (seen["entries"], [])
    assert list((house.folder / "scratch").iterdir()) == []


def test_a_job_that_needs_too_much_memory_goes_to_the_dead_letters_and_harms_nobody(house: House) -> None:
    house.told("one", "hog")
    house.run("enqueue", "1", "1")

    house.run("work", "--until-idle")

    seen = house.told("look")
    assert seen["states"] == {"house.hog dead": 1, "house.light done": 1, "house.heavy done": 1}
    assert "jobs.memory" in next(job["error"] for job in seen["jobs"] if job["state"] == "dead")


def test_a_child_that_is_killed_is_a_failed_attempt(house: House) -> None:
    house.told("one", "die")

    house.run("work", "--until-idle")

    (job,) = house.told("look")["jobs"]
    assert (job["state"], job["attempts"]) == ("dead", 1)
    assert "jobs.child_died" in job["error"]


def test_an_interrupted_job_goes_back_without_losing_an_attempt_when_the_worker_is_asked_to_stop(house: House) -> None:
    house.told("one", "sleep")
    worker = house.start("work")
    _wait_for("the job to run", lambda: house.told("look")["jobs"][0]["note"] == "asleep")

    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=120)

    (job,) = house.told("look")["jobs"]
    assert (worker.returncode, job["state"], job["attempts"]) == (0, "queued", 0)
    assert [path for path in (house.folder / "scratch").rglob("*") if path.is_file()] == []


def test_the_worker_refuses_to_start_when_a_trigger_is_missing(house: House) -> None:
    place = " ON journal_entry" if databases.on_postgresql() else ""
    databases.rows(house.folder, f"DROP TRIGGER guard_journal_entry_update{place}")

    answer = house.django("worker", "--until-idle")

    assert answer.returncode == 1
    assert "guard_journal_entry_update" in answer.stderr


@pytest.mark.kill
def test_children_die_and_scratch_is_wiped_when_the_worker_is_killed(house: House) -> None:
    house.told("one", "sleep")
    worker = house.start("work")
    _wait_for("the job to run", lambda: house.told("look")["jobs"][0]["note"] == "asleep")
    below = _children_of(worker.pid)

    worker.kill()
    worker.communicate()

    assert len(below) >= 2
    _wait_for("its children to end", lambda: all(_gone(process) for process in below), seconds=10)
    assert [path for path in (house.folder / "scratch").rglob("*") if path.is_file()] == []


@pytest.mark.kill
@pytest.mark.parametrize("round_", ROUNDS)
def test_no_job_is_lost_or_done_twice_when_workers_are_killed(house: House, round_: int) -> None:
    house.run("enqueue", "120", "8")
    for step in range(5):
        sign = house.folder / "worker.alive"
        sign.unlink(missing_ok=True)
        worker = house.start("work")
        _wait_for("the worker to work", sign.exists)
        time.sleep(0.05 + 0.11 * step + 0.03 * (round_ % 5) + 0.003 * (round_ // 5))
        worker.kill()
        worker.communicate()

    house.run("work", "--until-idle")

    seen = house.told("look")
    assert max(job["attempts"] for job in seen["jobs"]) > 1, "no kill met a running job"
    assert seen["states"] == {"house.light done": 120, "house.heavy done": 8}
    assert (set(seen["done"].values()), len(seen["done"])) == ({1}, 128)
    assert (seen["positions"], seen["faults"]) == (seen["entries"], [])
    assert house.django("verify_journal").returncode == 0
    assert list((house.folder / "scratch").iterdir()) == []


def test_eight_processes_write_without_a_failure(house: House) -> None:
    writers = [house.start("write", "40", f"writer-{number}") for number in range(8)]

    answers = [writer.communicate(timeout=600) for writer in writers]

    assert [writer.returncode for writer in writers] == [0] * 8, [errors for _, errors in answers]
    house.run("work", "--until-idle")
    seen = house.told("look")
    assert seen["done"] == {f"thing:writer-{number}": 40 for number in range(8)}
    assert (seen["positions"], seen["faults"]) == (320, [])
