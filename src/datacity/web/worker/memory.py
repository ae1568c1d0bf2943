# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How much memory a process and everything below it holds, and how it is limited."""

import contextlib
import os
import resource
import signal
from pathlib import Path

MEGABYTE = 1_048_576
_PROC = Path("/proc")
_ADDRESSES = 2
"""The address space may grow by so many times the limit: a single much too large request fails at once, with a MemoryError."""


def resident_mb(process: int) -> int:
    """Give the resident memory of a process and all below it, in MiB; 0 where the system does not tell, or it is over."""
    pages = 0
    for each in [process, *below(process)]:
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages += int((_PROC / str(each) / "statm").read_text().split()[1])
    return pages * resource.getpagesize() // MEGABYTE


def below(process: int) -> list[int]:
    """Give the processes below this one, at any depth."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in (_PROC / str(process) / "task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(child) for child in (task / "children").read_text().split()]
    return found + [each for child in found for each in below(child)]


def limit_addresses(megabytes: int) -> None:
    """Let the address space of this process grow by twice so many MiB beyond what the interpreter and its libraries take."""
    taken = 0
    with contextlib.suppress(FileNotFoundError):
        taken = int((_PROC / "self" / "statm").read_text().split()[0]) * resource.getpagesize()
    limit = taken + _ADDRESSES * megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def kill(process: int) -> None:
    """Kill a process with its whole group, where it leads one; nothing happens when it is over."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
