# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A job's child and everything below it together may hold so much; what passes it is killed and told in words."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datacity.web.worker import memory
from tests.web.worker import hungry
from tests.web.worker.house import House


def _work(house: House, name: str) -> dict[str, Any]:
    root = str(Path(__file__).resolve().parents[3])
    done = subprocess.run(
        [sys.executable, hungry.__file__, name],
        env={**house.environment, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])},
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "log": done.stderr}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["swell", "breed"])
def test_job_whose_processes_hold_too_much_together_is_killed_and_told_in_words(house: House, name: str) -> None:
    seen = _work(house, name)

    assert (seen["state"], seen["attempts"]) == ("dead", 1)
    assert (seen["error"]["code"], seen["error"]["values"]) == ("jobs.memory", {"memory": hungry.LIMIT_MB})
    assert f"{hungry.LIMIT_MB}\u00a0Mo" in seen["words"]
    assert list((house.folder / "scratch").iterdir()) == []


@pytest.mark.slow
def test_job_that_stays_within_is_done_and_its_memory_noted(house: House) -> None:
    seen = _work(house, "modest")

    assert (seen["state"], seen["note"]) == ("done", "held 20000000 bytes")
    assert "MB at most" in seen["log"]


def test_memory_of_a_process_counts_what_is_below_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; held = b'x' * 100_000_000; print('ready', flush=True); time.sleep(60)"],
                             stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in memory.below(os.getpid())
        assert 90 <= memory.resident_mb(child.pid) < memory.resident_mb(os.getpid())
    finally:
        child.kill()
        child.communicate()


def test_memory_of_a_process_that_is_over_is_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    memory.kill(child.pid)

    assert memory.resident_mb(child.pid) == 0
