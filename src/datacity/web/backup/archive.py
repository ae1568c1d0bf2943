# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The archive: a tar compressed with zstd that says first what it is, and last what it holds, each file with its SHA-256.

`about.json` comes first, so that a wrong archive is refused early; `manifest.json` comes last, so that half an archive is never
taken for a whole one. In between lie `home.json`, `city/` (when the home has it), `database/`, `public/`, `vault/` and, when asked for, `keys/`.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyarrow as pa

from datacity import __version__
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Invalid
from datacity.kernel.words import msg

FORM = 1
"""The number of the archive's form; raised when its members move."""

ABOUT, MANIFEST = "about.json", "manifest.json"
Progress = Callable[[int, int, str], None]
"""Told (bytes done, bytes in all, what is at hand)."""

PARTS = {
    "database": msg("the database"),
    "public": msg("the publications"),
    "vault": msg("the vault"),
    "keys": msg("the keys"),
}
"""What each part is called while it is at hand."""
_PIECE = 1 << 20
_HALF = re.compile(r"^\.backup-[0-9a-f]{16}\.part$")
_MEMBER = re.compile(r"^(home\.json|about\.json|(database|public|vault|city|keys)(/(?!\.\.?(/|$))[^/\0]+)+)$")


@dataclass(frozen=True)
class Held:
    """One file of an archive: its size in bytes and its SHA-256, hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    about: form, product, home, demo, database, with_keys, migrations. facts: made_at, journal, current, keys and more.
    files: name → what it is. left_out: names written and then found destroyed or incomplete; nothing restores them.
    """

    about: Mapping[str, Any]
    facts: Mapping[str, Any]
    files: Mapping[str, Held]
    left_out: tuple[str, ...] = ()

    def as_bytes(self) -> bytes:
        """Give the canonical JSON that is the last member."""
        files = {name: {"size": each.size, "sha256": each.sha256} for name, each in self.files.items()}
        whole = {
            "about": dict(self.about),
            "facts": dict(self.facts),
            "files": files,
            "left_out": sorted(self.left_out),
        }
        return canonical_bytes(whole)

    @classmethod
    def read(cls, data: bytes) -> "Manifest":
        """Read the last member. Raises Conflict when it is none."""
        try:
            found = json.loads(data)
            files = {name: Held(int(each["size"]), str(each["sha256"])) for name, each in found["files"].items()}
            return cls(dict(found["about"]), dict(found["facts"]), files, tuple(map(str, found["left_out"])))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise altered(MANIFEST) from error


class _Sink:
    """A file being written, hashed as it grows."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self.closed = True


@dataclass
class Writer:
    """An archive being written. files: what is in it so far. total: bytes foreseen, for the progress. sha256, size: of the archive itself, once it is closed."""

    tar: tarfile.TarFile
    progress: Progress
    total: int = 0
    files: dict[str, Held] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    sha256: str = ""
    size: int = 0
    _done: int = 0

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a small file."""
        self._add(name, io.BytesIO(data), len(data), 0)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is when it is opened. Raises FileNotFoundError."""
        with path.open("rb") as source:
            self.add_open(name, source)

    def add_open(self, name: str, source: BinaryIO) -> None:
        """Add what an open file holds, as long as it was when this began. Raises Conflict when it got shorter meanwhile."""
        status = os.fstat(source.fileno())
        self._add(name, source, status.st_size, status.st_mtime)

    def leave_out(self, name: str) -> None:
        """Say that a member written before is void."""
        del self.files[name]
        self.left_out.append(name)

    def finish(self, about: Mapping[str, Any], facts: Mapping[str, Any]) -> Manifest:
        """Write the manifest; nothing may be added after it."""
        manifest = Manifest(about, facts, dict(self.files), tuple(self.left_out))
        self.add_bytes(MANIFEST, manifest.as_bytes())
        return manifest

    def _add(self, name: str, source: BinaryIO, size: int, modified: float) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, modified, 0o600
        reader = _Counted(source, self._tell(name))
        try:
            self.tar.addfile(member, reader)
        except OSError as error:
            if error.errno is None:  # tarfile's own: the source ended early
                raise Conflict("backup.shrank", "{name} got shorter while it was read.", name=name) from error
            raise
        self.files[name] = Held(size, reader.digest.hexdigest())

    def _tell(self, name: str) -> Callable[[int], None]:
        def tell(count: int) -> None:
            self._done += count
            self.progress(min(self._done, self.total - 1), self.total, _part(name))

        return tell


def _part(name: str) -> str:
    return PARTS.get(name.partition("/")[0], "")


class _Counted:
    """A reader that hashes what passes and tells how much it was."""

    def __init__(self, source: IO[bytes], tell: Callable[[int], None]) -> None:
        self._source = source
        self._tell = tell
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self._tell(len(data))
        return data


@contextmanager
def writing(target: Path, *, total: int, progress: Progress) -> Iterator[Writer]:
    """Give an archive to fill; it appears under its name, readable by its owner only, when the block ends well.

    Raises Conflict when something has that name already, or the disk has no room; Invalid when the folder is not there.
    """
    refuse_taken(target)
    _require_room(target.parent, total)
    with _half_written(target.parent) as (file, half):
        sink = _Sink(file)
        try:
            with pa.CompressedOutputStream(cast("io.IOBase", sink), "zstd") as compressed, _tar(compressed) as tar:
                writer = Writer(tar, progress, total)
                yield writer
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _no_room(target.parent, total) from error
            raise
        writer.sha256, writer.size = sink.digest.hexdigest(), sink.size
        _take_place(half, target)
    progress(max(total, 1), max(total, 1), "")


def refuse_taken(target: Path) -> None:
    """Raise Conflict when something has this name, Invalid when its folder is not there."""
    if not target.parent.is_dir():
        raise Invalid(
            "backup.no_folder",
            "There is no folder {folder} to put the backup in.",
            field="file",
            folder=str(target.parent),
        )
    if target.exists() or target.is_symlink():
        raise Conflict(
            "backup.taken", "There is a file {file} already; a backup never overwrites.", hint="Give another name.", file=target.name
        )  # fmt: skip


def _tar(stream: Any) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)


def _require_room(folder: Path, total: int) -> None:
    status = os.statvfs(folder)
    if status.f_bavail * status.f_frsize < total:
        raise _no_room(folder, total)


def _no_room(folder: Path, total: int) -> Conflict:
    return Conflict(
        "backup.no_room",
        "There is no room for the backup: up to {megabytes} MB are needed in {folder}.",
        hint="Make room, or give another folder.",
        megabytes=-(-total // 1_000_000),
        folder=str(folder),
    )


@contextmanager
def _half_written(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a locked file with a name that no archive has; what killed processes left in the folder is swept first."""
    sweep(folder)
    path = folder / f".backup-{os.urandom(8).hex()}.part"
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "r+b")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file, path
        finally:
            path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove half-written archives that no living process holds."""
    for left in folder.iterdir():
        if _HALF.match(left.name):
            with suppress(OSError), left.open("rb") as half:
                fcntl.flock(half, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()


def _take_place(half: Path, target: Path) -> None:
    """Give the file its name, unless something has it by now; the folder is synced."""
    try:
        os.link(half, target)
    except FileExistsError:
        refuse_taken(target)
        raise
    except OSError:  # a disk without hard links: the moment between looking and renaming is the only weakness
        refuse_taken(target)
        half.rename(target)
    handle = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unpack(
    path: Path, *, into: Path | None = None, wanted: Callable[[str], bool] = lambda _name: True,
    look: Callable[[Mapping[str, Any]], None] = lambda _about: None, progress: Progress = lambda *_: None,
) -> Manifest:  # fmt: skip
    """Read a whole archive, check every hash, and give its manifest.

    into: where wanted members are written (0600, folders 0700); void ones are removed again in the end. look: called with what
    the archive says of itself before anything is written; may raise. Raises Missing or Invalid when there is no such archive,
    Conflict when it is cut short, or a byte of it is not as it was written. What was written then is for the caller to remove.
    """
    seen: dict[str, Held] = {}
    manifest: Manifest | None = None
    about: dict[str, Any] | None = None
    with _told_as_not_whole(path):
        for name, content in _members(path, progress):
            if manifest is not None or name in seen or not _known(name):
                raise altered(name)
            if name == MANIFEST:
                manifest = Manifest.read(content.read())
            elif about is None:
                about = _about(name, content, seen)
                look(about)
            else:
                seen[name] = _keep(content, into / name if into is not None and wanted(name) else None)
    if manifest is None:
        raise _not_whole(path)
    _compare(manifest, seen, about)
    for name in manifest.left_out:
        if into is not None:
            (into / name).unlink(missing_ok=True)
    return manifest


def _about(name: str, content: IO[bytes], seen: dict[str, Held]) -> dict[str, Any]:
    data = content.read()
    try:
        found = json.loads(data)
        form = int(found["form"])
    except (ValueError, KeyError, TypeError) as error:
        raise altered(name) from error
    if name != ABOUT:
        raise altered(name)
    if form > FORM:
        raise Conflict(
            "backup.newer_form",
            "This backup was made by DataCity {made_by}, in a form that DataCity {product_version} does not know.",
            hint="Restore it with the version that made it, or a newer one.",
            made_by=str(found.get("product", "?")),
            product_version=__version__,
        )
    seen[name] = Held(len(data), hashlib.sha256(data).hexdigest())
    return dict(found)


def _known(name: str) -> bool:
    return name == MANIFEST or _MEMBER.match(name) is not None


def _members(path: Path, progress: Progress) -> Iterator[tuple[str, IO[bytes]]]:
    """Give each member with its content, in order. progress: told how much of the archive's own bytes were read."""
    total = path.stat().st_size
    with (
        path.open("rb") as file,
        pa.CompressedInputStream(file, "zstd") as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise altered(member.name)
            yield member.name, content
            progress(min(file.tell(), total - 1), total, _part(member.name))
    progress(total, total, "")


@contextmanager
def _told_as_not_whole(path: Path) -> Iterator[None]:
    """Turn what tar and decompression say of a broken stream into a refusal; faults of the disk stay what they are."""
    try:
        yield
    except (tarfile.TarError, EOFError, UnicodeDecodeError) as error:
        raise _not_whole(path) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _not_whole(path) from error


def _keep(content: IO[bytes], target: Path | None) -> Held:
    digest, size = hashlib.sha256(), 0
    sink = None
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sink = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while piece := content.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            if sink is not None:
                sink.write(piece)
    finally:
        if sink is not None:
            sink.close()
    return Held(size, digest.hexdigest())


def _compare(manifest: Manifest, seen: Mapping[str, Held], about: Mapping[str, Any] | None) -> None:
    """Raise Conflict for the first file that is not as the manifest says, is not there, or is there and not named."""
    if dict(manifest.about) != about:
        raise altered(ABOUT)
    void = set(manifest.left_out)
    for name in sorted({*manifest.files, *seen} - void):
        if manifest.files.get(name) != seen.get(name):
            raise altered(name)


def altered(name: str) -> Conflict:
    """Give the refusal of an archive in which this file is not as it was written."""
    return Conflict(
        "backup.altered",
        "The backup is not as it was made: {name} differs from what its list of hashes says.",
        hint="Use another backup; nothing of this one was restored.",
        name=name,
    )


def _not_whole(path: Path) -> Conflict:
    return Conflict(
        "backup.not_whole",
        "{file} is no whole backup: it is cut short, damaged, or something else.",
        hint="Use another backup; nothing of this one was restored.",
        file=path.name,
    )
