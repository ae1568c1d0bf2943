# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One writer at a time: a lock file that all processes and threads of a home share.

SQLite lets waiting writers poll, and an unlucky one starves for seconds. Waiting on an `flock` costs
less and is fairer (measured: see `benchmarks/journal.py`). The lock is a courtesy: SQLite's own locks stay
what keeps the data right, so a process that ignores the file harms only the waiting times.
"""

import fcntl
import os
import random
import time
from pathlib import Path

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.004


class WriteLock:
    """The lock file as one connection sees it; taken and given back, never nested."""

    def __init__(self, path: Path) -> None:
        """Remember the path; the file is opened at the first taking, and again after a fork."""
        self.path = path
        self.held = False
        self._file = -1
        self._process = 0

    def take(self, *, timeout: float) -> bool:
        """Take the lock; False when it was not free within `timeout` seconds.

        The pauses are short and vary, so that nobody is always last.
        """
        if self._process != os.getpid():
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
        limit = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > limit:
                    return False
                time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads the waiting, keeps no secret
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self.held = True
                return True

    def give_back(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        if self.held:
            self.held = False
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the lock back and close the file."""
        self.give_back()
        if self._process == os.getpid():
            os.close(self._file)
        self._process = 0

    def __del__(self) -> None:
        """Close the file with the connection that owned it, for instance when its thread is over."""
        self.close()
