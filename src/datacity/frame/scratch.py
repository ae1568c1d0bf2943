# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Folders for temporary plain text: one a process, mode 0700, wiped when its process is dead.

The name holds the process number and when the process began, so that a number used again is not mistaken for the old one.
"""

import os
import shutil
from pathlib import Path

from django.conf import settings

_OVER = frozenset("ZXx")
"""States of a process that is over and that nobody has asked for yet (proc_pid_stat(5))."""


def root() -> Path:
    """Give the folder `scratch` of the home, made when absent."""
    return _made(Path(settings.HOME) / "scratch")


def folder() -> Path:
    """Give the folder of this process, made when absent."""
    return _made(root() / f"{os.getpid()}-{_began(os.getpid())}")


def wipe(path: Path) -> None:
    """Remove a folder of the scratch with all it holds; nothing happens when it is gone already."""
    shutil.rmtree(path, ignore_errors=True)


def wipe_dead() -> int:
    """Remove the folders whose process is over; give how many."""
    dead = [path for path in root().iterdir() if not _lives(path.name)]
    for path in dead:
        wipe(path)
    return len(dead)


def wipe_of(process: int) -> None:
    """Remove the folders of a process known to be over."""
    for path in root().glob(f"{process}-*"):
        wipe(path)


def _made(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _lives(name: str) -> bool:
    process, _, began = name.partition("-")
    return process.isdigit() and began == _began(int(process))


def _began(process: int) -> str:
    """Give when a process began in the machine's ticks, `x` where the system does not tell, `` when there is none or only its remains."""
    try:
        state, *numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return "" if state in _OVER else numbers[18]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return ""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "x"
    return "x"
