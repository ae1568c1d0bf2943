# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A worker whose jobs take more and more memory: `python hungry.py JOB` queues one, works it and prints its row as JSON."""

import json
import subprocess
import sys
import time
from typing import Any

LIMIT_MB = 256


def swell(context: Any) -> None:
    """Take more memory, piece by piece."""
    held = []
    for step in range(100):
        held.append(b"x" * 10_000_000)
        context.progress(step, 100)
        time.sleep(0.05)


def breed(_context: Any) -> None:
    """Take little, and start a process that takes much."""
    subprocess.run([sys.executable, "-c", "import time; held = b'x' * 400_000_000; time.sleep(60)"], check=False)


def modest(context: Any) -> None:
    """Take what is allowed."""
    held = b"x" * 20_000_000
    time.sleep(0.5)
    context.progress(len(held), len(held), "held {done} bytes", done=len(held))


def main(name: str) -> None:
    """Queue the job, work until nothing is left, print what became of it."""
    import django

    django.setup()
    from datacity.kernel import bus
    from datacity.programme.jobs.actions import enqueue
    from datacity.programme.jobs.models import Job
    from datacity.programme.jobs.queries import progress
    from datacity.web.worker.loop import Worker

    works = {"swell": swell, "breed": breed, "modest": modest}
    bus.registry.add(
        jobs=[bus.Job(f"hungry.{each}", work, each, in_child=True, memory_mb=LIMIT_MB) for each, work in works.items()]
    )
    number = enqueue(f"hungry.{name}", arguments={}).pk
    Worker(until_idle=True).run()
    job = Job.objects.get(pk=number)
    told = {"state": job.state, "attempts": job.attempts, "error": json.loads(job.error or "{}")}
    print(json.dumps({**told, "note": progress(number).note, "words": progress(number, language="fr").error}))  # noqa: T201 -- read by the test


if __name__ == "__main__":
    main(sys.argv[1])
