# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One writer at a time: a lock file that all processes and threads of a home share.

SQLite lets waiting writers poll, and an unlucky one starves for seconds; so does polling this file (measured with eight
writers: 4.9 s worst). Waiting asleep in the kernel is fairer (see `benchmarks/journal.py`). The lock is a courtesy: SQLite's own
locks stay what keeps the data right, so a process that ignores the file harms only the waiting times.
"""

import fcntl
import os
import threading
from pathlib import Path


class WriteLock:
    """The lock file as one connection sees it; taken and given back, never nested."""

    def __init__(self, path: Path) -> None:
        """Remember the path; the file is opened at the first taking, and again after a fork."""
        self.path = path
        self.held = False
        self._file = -1
        self._process = 0

    def take(self, *, timeout: float) -> bool:
        """Take the lock; False when it was not free within `timeout` seconds."""
        if self._process != os.getpid():
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.held = timeout > 0 and self._wait(timeout)
        else:
            self.held = True
        return self.held

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

    def _wait(self, timeout: float) -> bool:
        """Sleep in the kernel until the lock is ours; a thread does it, since `flock` knows no timeout."""
        waiting = _Waiting(self._file)
        if waiting.came(timeout):
            return True
        self._process = 0  # the thread still waits on this file and closes it; the next taking opens another
        return False

    def __del__(self) -> None:
        """Close the file with the connection that owned it, for instance when its thread is over."""
        self.close()


class _Waiting:
    """One blocking `flock`; whoever gives up first leaves the file to the thread."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._done = threading.Event()
        self._given_up = False
        threading.Thread(target=self._take, name="write-lock", daemon=True).start()

    def came(self, timeout: float) -> bool:
        """Wait for the lock; False when it did not come in time, and then it never will."""
        self._done.wait(timeout)
        with self._guard:
            self._given_up = not self._done.is_set()
        return not self._given_up

    def _take(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._guard:
            if not self._given_up:
                self._done.set()
                return
        os.close(self._file)
