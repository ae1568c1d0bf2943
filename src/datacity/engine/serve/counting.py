# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many requests were answered, and how: one small file of counters that the processes of a server share.

Kept by plane and class of status alone, never by address, path or person. The file outlives the processes, so that counts only
grow; a count costs a few microseconds.
"""

import fcntl
import logging
import mmap
import os
import struct
import threading
from collections.abc import Mapping
from pathlib import Path

PLANES = ("pages", "data", "static")
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
NAME = "requests.counts"
_WIDTH = 8
_SIZE = _WIDTH * len(PLANES) * len(CLASSES)
_log = logging.getLogger(__name__)


class Counts:
    """The counters of one server in a folder; a folder that cannot be written only stops the counting."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; the file is opened at the first count, in the process that counts."""
        self._path = folder / NAME
        self._lock = threading.Lock()
        self._process = 0
        self._descriptor = -1
        self._cells: mmap.mmap | None = None

    def add(self, plane: str, status: int) -> None:
        """Count an answer of this plane; a status outside 100 to 599 is none."""
        if not 100 <= status <= 599:
            return
        place = _WIDTH * (PLANES.index(plane) * len(CLASSES) + status // 100 - 1)
        with self._lock:
            cells = self._open()
            if cells is None:
                return
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            try:
                (now,) = struct.unpack_from("<Q", cells, place)
                struct.pack_into("<Q", cells, place, now + 1)
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let the file go; a later count opens it again."""
        with self._lock:
            if self._cells is not None and self._process == os.getpid():
                self._cells.close()
                os.close(self._descriptor)
            self._process, self._cells = 0, None

    def _open(self) -> mmap.mmap | None:
        if self._process == os.getpid():
            return self._cells
        self._process, self._cells = os.getpid(), None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.fstat(self._descriptor).st_size < _SIZE:
                os.ftruncate(self._descriptor, _SIZE)
            self._cells = mmap.mmap(self._descriptor, _SIZE)
        except OSError as error:
            _log.warning("Requests are not counted: %s", type(error).__name__)
        return self._cells


def read(folder: Path) -> Mapping[tuple[str, str], int]:
    """Give how many answers each plane gave of each class of status; all 0 before the first."""
    try:
        content = (folder / NAME).read_bytes()
    except OSError:
        content = b""
    numbers = struct.unpack(f"<{_SIZE // _WIDTH}Q", content[:_SIZE].ljust(_SIZE, b"\0"))
    keys = [(plane, each) for plane in PLANES for each in CLASSES]
    return dict(zip(keys, numbers, strict=True))


def exposition(counted: Mapping[tuple[str, str], int]) -> str:
    """Give the counts as a monitor reads them. Source: Prometheus text format 0.0.4."""
    lines = [
        "# HELP datacity_requests_total Requests answered, by plane and class of status.",
        "# TYPE datacity_requests_total counter",
    ]
    lines += [
        f'datacity_requests_total{{plane="{plane}",status="{each}"}} {number}'
        for (plane, each), number in counted.items()
    ]
    return "\n".join([*lines, ""])
