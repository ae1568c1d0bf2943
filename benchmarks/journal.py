# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The journal and the jobs on SQLite: deeds by one and by eight processes, places, publication, the start of a child.

A deed here is a transaction that reads, writes an entry with its detail and queues a job. Divide the count in the name of the
case by the seconds for a rate. Starting eight processes is part of the eight processes' time. `python benchmarks/journal.py waits`
prints the waits of eight writers, with a worker beside them, and the lag of the sequencer; with `--database URL` on a database
that is made for it on that PostgreSQL server, and dropped afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

WRITERS = 8


def home(folder: Path) -> None:
    """Make a migrated and guarded home in the folder and load Django on it; no log line below an error."""
    use(folder)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("install_guards", stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123 -- closed with the process

    from datacity.engine.proof import keys

    keys.make(folder / "keys", at=datetime.now(UTC))


def use(folder: Path) -> None:
    """Load Django on the home in this folder, with the verb and the jobs of this benchmark."""
    os.environ.update(
        DATACITY_HOME=str(folder), DJANGO_SETTINGS_MODULE="datacity.web.settings", DATACITY_LOG_LEVEL="error"
    )
    import django

    django.setup()
    from datacity.kernel import bus

    bus.registry.add(
        verbs=[bus.Verb("bench.done", bus.Publicity.PUBLIC, "Done")],
        jobs=[
            bus.Job("bench.light", lambda _context: None, "Light"),
            bus.Job("bench.heavy", lambda _context: None, "Heavy", in_child=True),
        ],
    )


def deeds(count: int, name: str) -> list[float]:
    """Do so many deeds; give the seconds of each."""
    from django.db import transaction

    from datacity.kernel.actor import SYSTEM
    from datacity.kernel.ref import Ref
    from datacity.programme.jobs.actions import enqueue
    from datacity.programme.journal.actions import record
    from datacity.programme.journal.models import Entry

    seconds = []
    for number in range(count):
        began = time.perf_counter()
        with transaction.atomic():
            Entry.objects.filter(subject=Ref("thing", name)).count()
            record(SYSTEM, "bench.done", Ref("thing", name), payload={"number": number}, at=datetime.now(UTC))
            enqueue("bench.light", arguments={}, run_at=datetime(2100, 1, 1, tzinfo=UTC))
        seconds.append(time.perf_counter() - began)
    return seconds


def one_process(folder: Path) -> Callable[[], object]:
    """Time 1,000 deeds one after another."""
    home(folder)
    return lambda: deeds(1000, "one")


def _writers(folder: Path, count: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, __file__, "write", str(folder), str(count)]
    return [
        subprocess.Popen([*command, f"writer-{number}"], stdout=subprocess.PIPE, text=True) for number in range(WRITERS)
    ]


def eight_processes(folder: Path) -> Callable[[], object]:
    """Time 1,000 deeds by eight processes at once."""
    home(folder)
    return lambda: [writer.communicate() for writer in _writers(folder, 125)]


def _entries(count: int) -> None:
    """Put entries in at once: only places and publication are timed with them."""
    from datacity.programme.journal.models import Detail, Entry

    now = datetime.now(UTC)
    Entry.objects.bulk_create(
        Entry(
            verb="bench.done",
            publicity="public",
            edition="city",
            actor="a" * 64,
            subject=f"thing:{n}",
            at=now,
            recorded_at=now,
            payload_digest="b" * 64,
        )
        for n in range(count)
    )
    numbers = Entry.objects.values_list("pk", flat=True)
    Detail.objects.bulk_create(Detail(entry_id=number, nonce=bytes(32), payload='{"n":1}') for number in numbers)


def places(folder: Path) -> Callable[[], object]:
    """Time the sequencer over 10,000 waiting entries."""
    home(folder)
    _entries(10_000)
    return _place


def _place() -> None:
    from datacity.programme.journal.actions import give_positions

    while give_positions(at=datetime.now(UTC)):
        pass


def publication(folder: Path) -> Callable[[], object]:
    """Time writing segments, sealed head and whole file of 10,000 placed entries."""
    home(folder)
    _entries(10_000)
    _place()
    from datacity.web.worker.publishing import Publisher

    return lambda: Publisher().publish(now=True)


def children(folder: Path) -> Callable[[], object]:
    """Time 20 children of the nursery, each from lease to end."""
    home(folder)
    from datacity.programme.jobs.actions import enqueue, lease
    from datacity.web.worker.nursery import Nursery

    for _ in range(21):
        enqueue("bench.heavy", arguments={})
    nursery = Nursery()

    def work() -> None:
        for _ in range(20):
            taken = lease(["bench.heavy"], owner="bench", at=datetime.now(UTC))
            if taken is None or nursery.run(taken, stop=lambda: False).code:
                raise RuntimeError("a child failed")

    first = lease(["bench.heavy"], owner="bench", at=datetime.now(UTC))
    if first is not None:
        nursery.run(first, stop=lambda: False)
    return work


def interpreters(folder: Path) -> Callable[[], object]:
    """Time 3 new interpreters that load what a child has loaded, the alternative to the nursery."""
    home(folder)
    code = "import django; django.setup(); import duckdb, pyarrow.parquet"
    return lambda: [subprocess.run([sys.executable, "-c", code], check=True) for _ in range(3)]


CASES = {
    "1,000 deeds, one process": one_process,
    "1,000 deeds, eight processes": eight_processes,
    "10,000 places": places,
    "10,000 entries published": publication,
    "20 children": children,
    "3 new interpreters": interpreters,
}


@contextmanager
def database(server: str) -> Iterator[None]:
    """Let every process work on a new database of this server, as a role that does not own it; on SQLite for ""."""
    if not server:
        yield
        return
    import psycopg

    name, parts = f"datacity_bench_{os.getpid()}", urlsplit(server)
    os.environ["DATACITY_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    with closing(psycopg.connect(server, autocommit=True)) as maker:
        maker.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield
        finally:
            maker.execute(f"DROP DATABASE {name} WITH (FORCE)")
            maker.execute(f"DROP ROLE IF EXISTS {name}_work")


def waits(server: str, count: int = 250) -> None:
    """Print, as JSON, the waits of eight writers beside a working worker and the lag of the sequencer, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder, database(server):
        home(Path(folder))
        from datacity.programme.journal.models import Position
        from datacity.web.worker.loop import Worker

        worker = Worker()
        began = time.perf_counter()
        writers = _writers(Path(folder), count)
        stopper = threading.Thread(target=_stop_after, args=(writers, worker))
        stopper.start()
        worker.run()
        stopper.join()
        seconds = time.perf_counter() - began
        found: list[float] = sorted(1000 * each for writer in writers for each in json.loads(writer.answer))  # type: ignore[attr-defined]  # set below
        lag = sorted(
            1000 * (given - recorded).total_seconds()
            for given, recorded in Position.objects.values_list("given_at", "entry__recorded_at")
        )
        failed = sum(writer.returncode != 0 for writer in writers)
        sys.stdout.write(
            json.dumps(
                {
                    "failed": failed,
                    "deeds": len(found),
                    "seconds": round(seconds, 1),
                    "wait": _told(found),
                    "lag": _told(lag),
                }
            )
        )


def _stop_after(writers: list[Any], worker: Any) -> None:
    for writer in writers:
        writer.answer = writer.communicate()[0]
    time.sleep(2)
    worker.stop()


def _told(values: list[float]) -> dict[str, float]:
    return {
        "median": round(values[len(values) // 2]),
        "p99": round(values[int(len(values) * 0.99)]),
        "worst": round(values[-1]),
    }


if __name__ == "__main__":
    if sys.argv[1] == "waits":
        waits(sys.argv[3] if sys.argv[2:3] == ["--database"] else "")
    else:
        use(Path(sys.argv[2]))
        sys.stdout.write(json.dumps(deeds(int(sys.argv[3]), sys.argv[4])))
