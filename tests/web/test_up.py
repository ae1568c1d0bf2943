# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole start: prepare, answer, say where, stop without leaving anything behind."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.once]
START_SECONDS = 150


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("DATACITY_", "DJANGO_"))}


@contextmanager
def started(home: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running platform and what it said until it answered."""
    log = home.parent / f"up-{port}.log"
    with log.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "datacity.web.up", "--home", str(home), "--port", str(port), "--no-demo"]
        process = subprocess.Popen(command, env=environment(), stdout=file, stderr=subprocess.STDOUT, text=True)
    end = time.monotonic() + START_SECONDS
    while "Stop it with" not in log.read_text(encoding="utf-8") and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    try:
        yield process, log.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait()


def status(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_of(home: Path) -> list[int]:
    """The processes that were started for this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"DATACITY_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mine:
            found.append(int(folder.name))
    return found


def test_a_new_home_answers_both_planes_and_stops_clean(tmp_path: Path) -> None:
    home, port = tmp_path / "city", free_port()

    with started(home, port) as (process, said):
        answers = [status(port, path) for path in ("/fr/", "/en/", "/api/explore/v2.1/catalog/datasets", "/healthz")]
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)

    assert f"DataCity answers at http://127.0.0.1:{port}" in said
    assert "/invitation/" in said
    assert (answers, code) == ([200, 200, 200, 200], 0)
    assert (listens(port), processes_of(home)) == (False, [])
    assert json.loads((home / "home.json").read_text(encoding="utf-8"))["demo"] is False


@pytest.mark.kill
def test_killing_it_leaves_no_process_and_the_home_starts_again(tmp_path: Path) -> None:
    home = tmp_path / "city"
    with started(home, port := free_port()) as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait()
        end = time.monotonic() + 30
        while processes_of(home) and time.monotonic() < end:
            time.sleep(0.1)

    assert (processes_of(home), listens(port)) == ([], False)
    with started(home, port) as (process, _):
        assert status(port, "/fr/") == 200


@pytest.mark.kill
def test_a_killed_server_is_back_without_orphans(tmp_path: Path) -> None:
    home, port = tmp_path / "city", free_port()
    with started(home, port) as (process, _):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        servers = [int(pid) for pid in children if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()]

        os.kill(servers[0], signal.SIGKILL)
        end = time.monotonic() + START_SECONDS
        time.sleep(0.5)
        while not listens(port) and time.monotonic() < end:
            time.sleep(0.2)

        assert status(port, "/fr/") == 200
        assert len(servers) == 1


def test_a_taken_port_and_a_taken_home_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "city"
    with started(home, port := free_port()):
        refused = [
            subprocess.run([sys.executable, "-m", "datacity.web.up", "--home", folder, "--port", str(number), "--no-demo"], env=environment(), capture_output=True, text=True, check=False)
            for folder, number in ((tmp_path / "other", port), (home, free_port()))
        ]  # fmt: skip

    assert [done.returncode for done in refused] == [5, 5]
    assert f"Port {port} is taken" in refused[0].stderr
    assert "already being served by process" in refused[1].stderr
    assert not (tmp_path / "other").exists()
