# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Counts of answers, shared by the processes of a server."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datacity.engine.serve.counting import Counts, exposition, read
from datacity.engine.serve.requests import FORWARDING, is_from_this_machine

ADD = "import sys; from pathlib import Path; from datacity.engine.serve.counting import Counts\nc = Counts(Path(sys.argv[1]))\nfor _ in range(500): c.add('data', 200)"


def counted(folder: Path) -> dict[tuple[str, str], int]:
    return {key: number for key, number in read(folder).items() if number}


def test_answers_are_counted_by_plane_and_class_and_outlive_the_process(tmp_path: Path) -> None:
    counts = Counts(tmp_path / "spool")
    for plane, status in (("pages", 200), ("pages", 304), ("data", 206), ("data", 503), ("static", 999)):
        counts.add(plane, status)

    Counts(tmp_path / "spool").add("data", 500)

    assert counted(tmp_path / "spool") == {
        ("pages", "2xx"): 1,
        ("pages", "3xx"): 1,
        ("data", "2xx"): 1,
        ("data", "5xx"): 2,
    }


def test_no_count_is_lost_between_processes_and_threads(tmp_path: Path) -> None:
    others = [subprocess.Popen([sys.executable, "-c", ADD, str(tmp_path)]) for _ in range(2)]
    counts = Counts(tmp_path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: counts.add("data", 200), range(500)))

    assert [each.wait(60) for each in others] == [0, 0]
    assert counted(tmp_path) == {("data", "2xx"): 1500}


def test_a_folder_that_cannot_be_made_stops_only_the_counting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")

    Counts(tmp_path / "file" / "spool").add("pages", 200)

    assert "Requests are not counted" in caplog.text
    assert counted(tmp_path / "file" / "spool") == {}


def test_exposition_has_a_line_for_every_plane_and_class(tmp_path: Path) -> None:
    Counts(tmp_path).add("data", 200)

    lines = exposition(read(tmp_path)).splitlines()

    assert len(lines) == 2 + 15
    assert 'datacity_requests_total{plane="data",status="2xx"} 1' in lines


@pytest.mark.parametrize(
    ("peer", "headers", "here"),
    [
        ("127.0.0.1", {}, True),
        ("[::1]", {"host": "city.example"}, True),
        ("203.0.113.9", {}, False),
        ("unix", {}, False),
        *(("127.0.0.1", {name: "127.0.0.1"}, False) for name in FORWARDING),
    ],
)
def test_only_a_direct_program_of_this_machine_is_from_here(peer: str, headers: dict[str, str], here: bool) -> None:
    assert is_from_this_machine(peer, headers) is here
