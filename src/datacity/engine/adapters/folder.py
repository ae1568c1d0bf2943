# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A store in a folder: atomic, on disk when it says so, closed against names and links that lead outside."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from datacity.engine.ports import check_name
from datacity.kernel.errors import Conflict, Forbidden, Missing

_WAITING = ".tmp"
_LOCK = ".lock"


class FolderStore:
    """Names are paths below `root`; hidden entries are the store's own (half-written files, a lock)."""

    def __init__(self, root: Path) -> None:
        """Use the folder; it is made at the first writing."""
        self.root = root.absolute()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FolderStore) and other.root == self.root

    def __hash__(self) -> int:
        return hash(self.root)

    def put(self, name: str, source: Path | bytes) -> None:
        """Keep the content under the name, in one step seen from outside: written aside, synced, renamed, folder synced."""
        target = self._path(name)
        with self._half_written() as (half, path):
            if isinstance(source, bytes):
                half.write(source)
            else:
                with source.open("rb") as data:
                    shutil.copyfileobj(data, half, 1 << 20)
            half.flush()
            os.fsync(half.fileno())
            self._take_place(path, target)

    def put_if(self, name: str, data: bytes, expected: bytes | None) -> bool:
        """Replace the content when it is `expected` (None: absent); a lock file makes this one step among processes."""
        check_name(name)
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self.get(name) if self.exists(name) else None
            if found != expected:
                return False
            self.put(name, data)
            return True

    def get(self, name: str) -> bytes:
        """Give the whole content. Raises Missing when there is none."""
        with self.open(name) as data:
            return data.read()

    def open(self, name: str) -> BinaryIO:
        """Open the content for reading. Raises Missing when there is none."""
        path = self._path(name)
        try:
            return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise _missing(name) from error

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        """Give the length in bytes. Raises Missing when there is none."""
        path = self._path(name)
        if not path.is_file():
            raise _missing(name)
        return path.stat().st_size

    def list(self, prefix: str = "") -> Iterator[str]:
        """Give the names that start with the prefix, in order; half-written files are never seen."""
        folder = prefix.rpartition("/")[0]
        start = self._path(folder) if folder else self.root
        names = (
            f"{where.relative_to(self.root).as_posix()}/{file}".removeprefix("./") for where, file in _files(start)
        )
        yield from sorted(name for name in names if name.startswith(prefix))

    def delete(self, name: str) -> None:
        """Remove the name for good, the empty folders above it too; does nothing when it is not there."""
        path = self._path(name)
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        _sync_folder(path.parent)
        for folder in path.parents:
            if folder == self.root or not _remove_if_empty(folder):
                break

    def local_path(self, name: str) -> Path | None:
        """Give the path of the file; None when there is none."""
        path = self._path(name)
        return path if path.is_file() else None

    def _path(self, name: str) -> Path:
        path = self.root / check_name(name)
        if path.resolve() != self.root.resolve() / name:
            raise Forbidden("store.link", "“{name}” goes through a link; a store follows none.", name=name)
        return path

    def _take_place(self, path: Path, target: Path) -> None:
        """Rename into place; again when a deletion removed the empty folder in between."""
        if target.is_dir():
            raise Conflict("store.folder", "“{name}” is the beginning of other names in the store.", name=target.name)
        for attempt in range(100):
            self._make_folder(target.parent)
            try:
                path.rename(target)
                _sync_folder(target.parent)
            except FileNotFoundError:
                if attempt == 99:
                    raise
            else:
                return

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)

    @contextmanager
    def _half_written(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Give a locked file outside all names; what a killed process left there is swept first."""
        waiting = self.root / _WAITING
        waiting.mkdir(parents=True, exist_ok=True)
        _sweep(waiting)
        half, path = _locked_file(waiting)
        with half:
            try:
                yield half, path
            finally:
                path.unlink(missing_ok=True)


def _locked_file(waiting: Path) -> tuple[BinaryIO, Path]:
    """Make a file and lock it; again when a sweeper met it before its lock."""
    while True:
        path = waiting / f"{os.getpid()}-{os.urandom(8).hex()}"
        half = path.open("xb")
        fcntl.flock(half, fcntl.LOCK_EX)
        if path.exists():
            return half, path
        half.close()


def _missing(name: str) -> Missing:
    return Missing("store.missing", "The store has nothing under the name “{name}”.", name=name)


def _files(start: Path) -> Iterator[tuple[Path, str]]:
    for folder, folders, files in os.walk(start):
        folders[:] = [each for each in folders if not each.startswith(".")]
        yield from ((Path(folder), file) for file in files if not file.startswith("."))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _sweep(waiting: Path) -> None:
    """Remove files that no living process holds a lock on."""
    for left in waiting.iterdir():
        try:
            with left.open("rb") as half:
                fcntl.flock(half, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink(missing_ok=True)
        except (FileNotFoundError, BlockingIOError):
            continue
