# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Computed exports kept as files, so that slow readers cost no memory and can resume.

A file is named by the hash of version and question, written under another name, then renamed: it is there whole or not
at all. The folder never holds more than its limit; what was not read for longest leaves first.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from datacity.engine.serve.refusals import SpoolFull

_UNTOUCHED_SECONDS = 30.0
_ABANDONED_SECONDS = 3_600.0
_KEEP_FREE_BYTES = 200_000_000


class Spool:
    """A folder of computed files, bounded in bytes."""

    def __init__(self, folder: Path, maximum_bytes: int) -> None:
        """Use the folder, made when missing; half-written files of a process that died are removed."""
        self.folder = folder
        self.maximum_bytes = maximum_bytes
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for each in folder.glob("*.part"):
            if time.time() - _modified(each) > _ABANDONED_SECONDS:
                each.unlink(missing_ok=True)
        for each in folder.glob("sheet-*"):
            if time.time() - _modified(each) > _ABANDONED_SECONDS:
                shutil.rmtree(each, ignore_errors=True)

    @property
    def maximum_file_bytes(self) -> int:
        """Give the size that one file may reach."""
        return self.maximum_bytes // 2

    def give(self, name: str, make: Callable[[Path], None]) -> Path:
        """Give the file of that name; `make(path)` writes it when it is not there. One thread writes, others wait.

        Raises SpoolFull when there is no room, and whatever `make` raises; then nothing is left behind.
        """
        path = self.folder / name
        with self._guard:
            lock = self._making.setdefault(name, threading.Lock())
        try:
            with lock:
                if not self._touch(path):
                    self._write(path, make)
        finally:
            with self._guard:
                self._making.pop(name, None)
        return path

    def own_folder(self) -> Path:
        """Give an empty folder of this process, for what must not meet another's; those of dead processes are removed."""
        place = self.folder / "processes"
        for each in place.glob("*"):
            if each.name.isdigit() and not _is_alive(int(each.name)):
                shutil.rmtree(each, ignore_errors=True)
        own = place / str(os.getpid())
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True, mode=0o700)
        return own

    def scratch(self, ending: str = "part") -> Path:
        """Give a name of a file to write and remove; nothing else has it."""
        return self.folder / f"{secrets.token_hex(12)}.{ending}"

    def _touch(self, path: Path) -> bool:
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _write(self, path: Path, make: Callable[[Path], None]) -> None:
        self._make_room()
        part = self.scratch()
        try:
            make(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self._make_room(keep=path)

    def _make_room(self, keep: Path | None = None) -> None:
        """Remove the files read longest ago until half is free before a write, the limit kept after it."""
        allowed = self.maximum_bytes if keep else self.maximum_bytes - self.maximum_file_bytes
        with self._guard:
            files = sorted(
                ((_modified(each), _bytes(each), each) for each in self.folder.iterdir() if each.is_file()),
                key=lambda each: each[:2],
            )
            held = sum(size for _, size, _ in files)
            for touched, size, each in files:
                if held <= allowed:
                    break
                if each != keep and each.suffix != ".part" and time.time() - touched > _UNTOUCHED_SECONDS:
                    each.unlink(missing_ok=True)
                    held -= size
        if keep is None and (
            held > self.maximum_bytes - self.maximum_file_bytes or _free_bytes(self.folder) < _KEEP_FREE_BYTES
        ):
            raise SpoolFull(
                "serve.spool_full",
                "There is no room to compute another export at this moment.",
                hint="Ask again in a minute, or download the whole file of the release.",
            )


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _modified(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0


def _bytes(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
