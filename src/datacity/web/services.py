# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Keep the processes of one server running: start, start again when one dies, stop in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datacity.kernel.errors import Conflict

STOP_SECONDS = 15
"""Time a process gets to end its work before it is killed."""

RAPID_DEATHS = 5
RAPID_SECONDS = 30
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    """Ask Linux to end this new process when its parent dies, even by signal 9."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Service:
    """A program that must run as long as the server does, in a process group of its own.

    essential: without it nothing is worth keeping, so that too many ends stop everything; another one is tried again
    after a pause. deaths: times of its recent ends; not_before: when it may start again; both monotonic seconds.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path | None = None
    essential: bool = True
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    not_before: float | None = None

    def start(self) -> None:
        """Start it; a terminal's Ctrl-C reaches only us, who stop it in order."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 -- this process has one thread
        )

    def revive(self) -> None:
        """Start it again after an unwanted end, its orphans killed first; nothing happens while it runs.

        Raises Conflict when an essential one ended too often in too short a time: a start does not mend that.
        """
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self.not_before is None:
            self.not_before = now + self.pause(now)
            self.send(signal.SIGKILL)
        if now >= self.not_before:
            self.not_before = None
            self.start()

    def pause(self, now: float) -> float:
        """Note an end and give the seconds to wait before the next start: none at first, then ever more.

        Raises Conflict as `revive` does.
        """
        self.deaths = [moment for moment in [*self.deaths, now] if now - moment < RAPID_SECONDS]
        if len(self.deaths) < RAPID_DEATHS:
            return float(len(self.deaths) - 1)
        if not self.essential:
            return RAPID_SECONDS
        raise Conflict(
            "up.keeps_ending",
            "The {service} ended {times} times within {seconds} seconds.",
            hint="Its last lines above say why.",
            service=self.name,
            times=len(self.deaths),
            seconds=RAPID_SECONDS,
        )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its whole group; nothing happens when the group is gone."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def stop(self) -> None:
        """End it: politely, then for good."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.send(signal.SIGKILL)
        self.process.wait()
