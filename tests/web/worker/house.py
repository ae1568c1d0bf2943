# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home in a folder of its own, worked on by real processes; this file is also what those processes run.

`python house.py write COUNT NAME` writes entries, `python house.py work [--until-idle]` is a worker that knows the jobs below.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tests.factories import databases  # noqa: E402 -- this file is a program too, which does not know the checkout


class House:
    """A home that other processes share with the test."""

    def __init__(self, folder: Path) -> None:
        """Take a migrated home."""
        self.folder = folder
        self._started: list[subprocess.Popen[str]] = []
        self.environment = {
            **os.environ,
            "DATACITY_HOME": str(folder),
            "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
            **databases.environment(folder),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a process of this house."""
        process = subprocess.Popen(
            [sys.executable, __file__, *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        """End the processes of this house that still run."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def run(self, *arguments: str) -> str:
        """Run a process to its end and give what it printed."""
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
        return out

    def django(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the site."""
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def told(self, *arguments: str) -> Any:
        """Run a process and read the JSON it printed last."""
        return json.loads(self.run(*arguments).splitlines()[-1])


def _light(context: Any, *, n: int) -> None:
    time.sleep(0.01)
    _effect(context, n)


def _heavy(context: Any, *, n: int) -> None:
    (context.scratch / "plain.txt").write_text("plain text that must not stay")
    for step in range(10):
        time.sleep(0.02)
        context.progress(step + 1, 10)
    _effect(context, n)


def _hog(context: Any) -> None:
    held = bytearray(3_000_000_000)
    context.progress(len(held), len(held))


def _sleep(context: Any) -> None:
    (context.scratch / "plain.txt").write_text("plain text that must not stay")
    context.progress(1, 2, "asleep")
    time.sleep(300)


def _die(context: Any) -> None:
    os.kill(os.getpid(), 9)


def _effect(context: Any, n: int) -> None:
    from django.db import transaction

    from datacity.kernel.actor import SYSTEM
    from datacity.kernel.ref import Ref
    from datacity.programme.journal.actions import record

    with transaction.atomic():
        record(SYSTEM, "house.worked", Ref("thing", str(n)), payload={"n": n}, at=_now())
        context.finish()


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _set_up() -> None:
    import django

    django.setup()
    from datacity.kernel import bus

    bus.registry.add(
        verbs=[
            bus.Verb("house.worked", bus.Publicity.PUBLIC, "Worked"),
            bus.Verb("house.kept", bus.Publicity.RESTRICTED, "Kept"),
        ],
        jobs=[
            bus.Job("house.light", _light, "Light", lease_seconds=2, attempts=50),
            bus.Job("house.long", _light, "Long", lease_seconds=3600),
            bus.Job("house.heavy", _heavy, "Heavy", in_child=True, lease_seconds=2, attempts=50),
            bus.Job("house.hog", _hog, "Hog", in_child=True, memory_mb=256),
            bus.Job("house.sleep", _sleep, "Sleep", in_child=True, lease_seconds=2),
            bus.Job("house.die", _die, "Die", in_child=True, attempts=1),
        ],
    )


def _write(count: int, name: str) -> None:
    """Write entries in transactions that read first, and autocommit rows between; print waits in milliseconds."""
    from django.db import transaction

    from datacity.kernel.actor import SYSTEM
    from datacity.kernel.ref import Ref
    from datacity.programme.jobs.actions import enqueue
    from datacity.programme.jobs.models import Job
    from datacity.programme.journal.actions import record
    from datacity.programme.journal.models import Entry

    waits = []
    for n in range(count):
        began = time.perf_counter()
        with transaction.atomic():
            Entry.objects.filter(subject=Ref("thing", name)).count()
            record(SYSTEM, "house.worked", Ref("thing", name), payload={"n": n}, at=_now())
        waits.append(time.perf_counter() - began)
        began = time.perf_counter()
        job = enqueue("house.light", arguments={"n": n}, run_at=_now().replace(year=2100))
        Job.objects.filter(pk=job.pk).update(note="seen")
        waits.append((time.perf_counter() - began) / 2)
    milliseconds = sorted(1000 * wait for wait in waits)
    sys.stdout.write(
        json.dumps(
            {
                "worst": milliseconds[-1],
                "p99": milliseconds[int(len(milliseconds) * 0.99)],
                "median": milliseconds[len(waits) // 2],
            }
        )
    )


def _enqueue(light: int, heavy: int) -> None:
    from django.db import transaction

    from datacity.programme.jobs.actions import enqueue

    with transaction.atomic():
        for n in range(light):
            enqueue("house.light", arguments={"n": n})
        for n in range(heavy):
            enqueue("house.heavy", arguments={"n": 100_000 + n})


def _queue(count: int) -> None:
    """Queue jobs whose leases outlast a test."""
    from datacity.programme.jobs.actions import enqueue

    for n in range(count):
        enqueue("house.long", arguments={"n": n})


def _lease(owner: str) -> None:
    """Lease every long job there is, run none, and print their numbers."""
    from datacity.programme.jobs.actions import lease

    numbers = []
    while (taken := lease(["house.long"], owner=owner, at=_now())) is not None:
        numbers.append(taken.job)
    sys.stdout.write(json.dumps(numbers))


def _sequence(seconds: int) -> None:
    """Be the sequencer for so many seconds, if nobody else is, and print whether."""
    from datacity.programme.journal.actions import only_sequencer

    with only_sequencer() as mine:
        sys.stdout.write(f"{json.dumps(mine)}\n")
        sys.stdout.flush()
        time.sleep(seconds if mine else 0)


def _one(name: str) -> None:
    from datacity.programme.jobs.actions import enqueue

    sys.stdout.write(json.dumps(enqueue(f"house.{name}", arguments={}).pk))


def _look() -> None:
    """Print what stands in the house."""
    from datacity.programme.jobs.models import Job
    from datacity.programme.journal.models import Entry
    from datacity.programme.journal.queries import check_all

    done = Counter(
        str(subject) for subject in Entry.objects.filter(verb="house.worked").values_list("subject", flat=True)
    )
    states = Counter(
        f"{name} {state}" for name, state in Job.objects.filter(name__startswith="house.").values_list("name", "state")
    )
    rows = list(
        Job.objects.filter(name__startswith="house.").values(
            "pk", "state", "attempts", "done", "total", "note", "error"
        )
    )
    checked = check_all()
    sys.stdout.write(
        json.dumps(
            {
                "done": done,
                "states": states,
                "entries": checked.entries,
                "positions": checked.positions,
                "faults": checked.faults,
                "jobs": rows,
            }
        )
    )


def _lag() -> None:
    """Print how long entries waited for their position, in milliseconds."""
    from datacity.programme.journal.models import Position

    waits = sorted(
        (given - recorded).total_seconds() * 1000
        for given, recorded in Position.objects.values_list("given_at", "entry__recorded_at")
    )
    sys.stdout.write(json.dumps({"median": waits[len(waits) // 2], "worst": waits[-1], "count": len(waits)}))


def _work(until_idle: str = "") -> None:
    from django.core.management import call_command

    call_command("worker", until_idle=bool(until_idle))


if __name__ == "__main__":
    _set_up()
    verb, *rest = sys.argv[1:]
    numbers = [int(each) if each.isdigit() else each for each in rest]
    verbs: dict[str, Any] = {
        "write": _write,
        "enqueue": _enqueue,
        "one": _one,
        "look": _look,
        "lag": _lag,
        "work": _work,
    }
    {**verbs, "queue": _queue, "lease": _lease, "sequence": _sequence}[verb](*numbers)
