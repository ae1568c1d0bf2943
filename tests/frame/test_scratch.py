# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Folders for temporary plain text."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datacity.frame import scratch


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """A home of its own."""
    settings.HOME = tmp_path
    return tmp_path


def test_the_folder_of_this_process_is_for_its_owner_alone() -> None:
    made = scratch.folder()

    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert scratch.folder() == made


def test_folders_of_dead_processes_are_wiped_and_those_of_living_ones_kept(home: Path) -> None:
    mine = scratch.folder()
    (mine / "plain.txt").write_text("mine")
    for name in ("999999999-1", f"{mine.name.partition('-')[0]}-1", "not-a-process"):
        (home / "scratch" / name).mkdir()
        (home / "scratch" / name / "plain.txt").write_text("left behind")

    count = scratch.wipe_dead()

    assert count == 3
    assert [path.relative_to(home / "scratch") for path in sorted((home / "scratch").rglob("*"))] == [
        Path(mine.name),
        Path(mine.name) / "plain.txt",
    ]


def test_folder_of_a_process_that_is_over_goes_although_nobody_asked_how_it_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        (scratch.root() / f"{process.pid}-{scratch._began(process.pid)}").mkdir()
        kept = scratch.wipe_dead()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        wiped = scratch.wipe_dead()

    assert (kept, wiped, list(scratch.root().iterdir())) == (0, 1, [])
