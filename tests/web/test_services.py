# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Processes of a server: started, started again, stopped with all their children."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from datacity.kernel.errors import Conflict
from datacity.web import services
from datacity.web.services import RAPID_DEATHS, RAPID_SECONDS, Service

SLEEPER = "import time; time.sleep(60)"
PARENT = "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(child.pid, file=open(sys.argv[1], 'w'), flush=True); time.sleep(60)"
OWNER = """
import sys, time
from datacity.web.services import Service
service = Service("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
service.start()
print(service.process.pid, flush=True, file=open(sys.argv[1], "w"))
time.sleep(60)
"""


def service(code: str, *arguments: str, essential: bool = True) -> Service:
    return Service("sleeper", [sys.executable, "-c", code, *arguments], dict(os.environ), essential=essential)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def test_service_starts_again_when_it_is_killed() -> None:
    sleeper = service(SLEEPER)
    sleeper.start()
    first = sleeper.process.pid

    os.kill(first, signal.SIGKILL)
    revived = wait_for(lambda: (sleeper.revive(), sleeper.process.pid != first)[1])

    assert revived
    assert is_alive(sleeper.process.pid)
    sleeper.stop()


def test_service_is_left_alone_while_it_runs() -> None:
    sleeper = service(SLEEPER)
    sleeper.start()
    first = sleeper.process.pid

    sleeper.revive()

    assert (sleeper.process.pid, sleeper.deaths) == (first, [])
    sleeper.stop()


def test_stopping_ends_the_children_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = service(PARENT, str(note))
    parent.start()
    assert wait_for(lambda: note.exists() and note.read_text(encoding="ascii").strip())
    child = int(note.read_text(encoding="ascii"))

    parent.stop()

    assert wait_for(lambda: not is_alive(child))
    assert parent.process.returncode == -signal.SIGTERM


def test_a_service_that_ignores_the_request_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "STOP_SECONDS", 0.3)
    note = tmp_path / "ready"
    deaf = service(
        f"import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path({str(note)!r}).touch(); time.sleep(60)"
    )
    deaf.start()
    assert wait_for(note.exists)

    deaf.stop()

    assert deaf.process.returncode == -signal.SIGKILL


def test_an_essential_service_that_keeps_ending_is_refused_naming_it() -> None:
    broken = service("")
    broken.deaths = [1000.0] * (RAPID_DEATHS - 1)

    with pytest.raises(Conflict) as caught:
        broken.pause(1001.0)

    assert (caught.value.code, caught.value.values["service"]) == ("up.keeps_ending", "sleeper")


@pytest.mark.parametrize(
    ("earlier", "essential", "expected"),
    [
        ([], True, 0),
        ([1000.0, 1000.5], True, 2),
        ([1000.0 - RAPID_SECONDS] * 8, True, 0),
        ([1000.0] * 8, False, RAPID_SECONDS),
    ],
)
def test_pause_grows_with_recent_ends_only(earlier: list[float], essential: bool, expected: float) -> None:
    broken = service("", essential=essential)
    broken.deaths = earlier

    assert broken.pause(1001.0) == expected


def test_service_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    owner = service(OWNER, str(note))
    owner.start()
    assert wait_for(lambda: note.exists() and note.read_text(encoding="ascii").strip())
    child = int(note.read_text(encoding="ascii"))

    os.kill(owner.process.pid, signal.SIGKILL)

    assert wait_for(lambda: not is_alive(child))
    owner.stop()
