# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The vault: raw files kept encrypted, one key a file, each key wrapped by the home's key.

A vault file `NAME.age` is encrypted to a key of its own; `NAME.key` is that key encrypted to the home's
key (`vault.key` in the keys folder). Destroying a file shreds its key first, so that copies of the `.age`
file in old backups stay closed, and notes the name in `destroyed.log`, which a restore replays.
Source: age file format, version 1 (X25519 recipients, ChaCha20-Poly1305 stream).
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pyrage import DecryptError, EncryptError, decrypt, decrypt_io, encrypt, encrypt_io, x25519

from datacity.kernel.errors import Conflict, Invalid, Missing

DESTROYED = "destroyed.log"
"""The file in the vault's folder that names what was destroyed, a name a line."""

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,80}$")


@dataclass(frozen=True)
class VaultFile:
    """What the vault holds under a name: the SHA-256 (hex) and the size in bytes of the plain content."""

    name: str
    sha256: str
    size: int


class _Measured:
    """A reader that hashes and counts what passes."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data


class Vault:
    """Encrypted custody of files in one folder, opened with the home's key."""

    def __init__(self, folder: Path, key_file: Path) -> None:
        """Open the vault; make the folder (0700) and the home's key (0600) when they do not exist yet."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._identity = home_identity(key_file)

    def put(self, name: str, source: BinaryIO) -> VaultFile:
        """Encrypt everything `source` gives under `name`, streaming.

        Raises Invalid for a name with other characters than a-z, 0-9 and "-"; Conflict when the name is taken.
        OSError when reading or writing fails; nothing is left behind then.
        """
        path, key_path = self._paths(name)
        with self._locked(fcntl.LOCK_SH):
            return self._put(name, source, path, key_path)

    def _put(self, name: str, source: BinaryIO, path: Path, key_path: Path) -> VaultFile:
        """Write key and file; a key without its file is what a killed process left, and is replaced."""
        if path.exists():
            raise Conflict("vault.taken", "The vault already holds a file named {name}.", name=name)
        identity = x25519.Identity.generate()
        measured = _Measured(source)
        part = path.with_suffix(".part")
        try:
            with open(part, "wb", opener=_private) as sink:
                encrypt_io(measured, sink, [identity.to_public()])
                sink.flush()
                os.fsync(sink.fileno())
            _write_private(key_path, encrypt(str(identity).encode(), [self._identity.to_public()]))
            part.rename(path)
        except BaseException as error:
            part.unlink(missing_ok=True)
            key_path.unlink(missing_ok=True)
            if isinstance(error, EncryptError):
                raise OSError(str(error)) from error
            raise
        _sync_folder(self._folder)
        return VaultFile(name, measured.digest.hexdigest(), measured.size)

    def put_file(self, name: str, path: Path) -> VaultFile:
        """Encrypt a file under `name`; errors as `put`."""
        with path.open("rb") as source:
            return self.put(name, source)

    def take_out(self, name: str, destination: Path) -> None:
        """Decrypt into `destination` (0600), which appears only when the whole stream was verified.

        Raises Missing when the vault holds no such file, Conflict when it was altered or its key is gone.
        """
        path, key_path = self._paths(name)
        if not path.exists():
            raise Missing("vault.missing", "The vault holds no file named {name}.", name=name)
        if not key_path.exists():
            raise Conflict(
                "vault.no_key", "The key of the vault file {name} is gone; its content cannot be read.", name=name
            )
        part = destination.with_name(destination.name + ".part")
        try:
            secret = decrypt(key_path.read_bytes(), [self._identity]).decode()
            with path.open("rb") as source, open(part, "wb", opener=_private) as sink:
                decrypt_io(source, sink, [x25519.Identity.from_str(secret)])
        except (DecryptError, OSError) as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's fault; a broken stream carries no errno
            raise Conflict(
                "vault.altered", "The vault file {name} was altered or belongs to another home.", name=name
            ) from error
        part.rename(destination)

    @contextmanager
    def opened(self, name: str, *, scratch: Path, suffix: str = "") -> Iterator[Path]:
        """Give a decrypted copy in a private folder under `scratch`, wiped at the end; errors as `take_out`."""
        with TemporaryDirectory(dir=scratch, prefix="vault-") as folder:
            path = Path(folder) / f"{name}{suffix}"
            self.take_out(name, path)
            yield path

    def holds(self, name: str) -> bool:
        """Tell whether the vault can give this file."""
        path, key_path = self._paths(name)
        return path.exists() and key_path.exists()

    def has(self, name: str) -> bool:
        """Tell whether anything of this file is left: the file or its key."""
        return any(path.exists() for path in self._paths(name))

    def destroyed(self) -> list[str]:
        """Give the names of what was destroyed, the first one first, each once."""
        return read_destroyed(self._folder / DESTROYED)

    def destroy(self, name: str) -> None:
        """Note the name in `destroyed.log`, shred the file's key, remove both files; again is harmless.

        The note comes first: killed in between, a file is destroyed at the next call, and no backup revives it.
        """
        path, key_path = self._paths(name)
        if path.exists():
            with open(self._folder / DESTROYED, "a", encoding="ascii", opener=_private) as log:
                log.write(f"{name}\n")
                log.flush()
                os.fsync(log.fileno())
        if key_path.exists():
            with key_path.open("r+b") as key:
                fcntl.flock(key, fcntl.LOCK_EX)  # whoever copies the key meanwhile gets it whole, or not at all
                key.write(os.urandom(key_path.stat().st_size))
                key.flush()
                os.fsync(key.fileno())
                key_path.unlink()
        path.unlink(missing_ok=True)
        _sync_folder(self._folder)

    def tidy(self, known: Collection[str], *, before: float) -> list[str]:
        """Remove what killed processes left, and give the names: half-written files, keys without file, files nobody knows.

        known: names that are in use, whatever their age. before: seconds since 1970; a whole file touched later is left, since
        who put it may not have noted its name yet. Nothing happens while something is being put.
        """
        try:
            with self._locked(fcntl.LOCK_EX | fcntl.LOCK_NB):
                left = [path for path in self._folder.iterdir() if path.suffix in (".part", ".new")]
                left += [key for key in self._folder.glob("*.key") if not key.with_suffix(".age").exists()]
                for path in left:
                    path.unlink()
                unknown = [
                    path.stem
                    for path in self._folder.glob("*.age")
                    if path.stem not in known and path.stat().st_mtime < before
                ]
                for name in unknown:
                    self.destroy(name)
        except BlockingIOError:
            return []
        return sorted([*(path.name for path in left), *unknown])

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Hold a lock on the folder itself. Raises BlockingIOError where `how` says not to wait."""
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _paths(self, name: str) -> tuple[Path, Path]:
        if not _NAME.match(name):
            raise Invalid("vault.name", "“{name}” is not a name for a vault file.", name=name)
        return self._folder / f"{name}.age", self._folder / f"{name}.key"


def names(folder: Path) -> list[str]:
    """Give the names of the whole files in a vault's folder, in order; no key is needed."""
    return sorted(path.stem for path in folder.glob("*.age"))


def wrapped_key(folder: Path, name: str) -> bytes | None:
    """Give the wrapped key of a file as it lies in the folder; None when it was destroyed, also in this very moment."""
    try:
        with (folder / f"{name}.key").open("rb") as key:
            fcntl.flock(key, fcntl.LOCK_SH)
            return key.read() if os.fstat(key.fileno()).st_nlink else None
    except FileNotFoundError:
        return None


def read_destroyed(log: Path) -> list[str]:
    """Give the names in a `destroyed.log`, the first one first, each once; none when there is no such file.

    Raises Invalid for a line that is no name.
    """
    if not log.exists():
        return []
    lines = log.read_text(encoding="ascii", errors="replace").splitlines()
    if wrong := [line for line in lines if not _NAME.match(line)]:
        raise Invalid(
            "vault.log",
            "{file} is no list of destroyed files: “{line}” is not the name of one.",
            file=log.name,
            line=wrong[0][:40],
        )
    return list(dict.fromkeys(lines))


def replay_destroyed(folder: Path, gone: Collection[str]) -> list[str]:
    """Remove what was destroyed elsewhere from a vault's folder, note all of it in its log, and give what was removed.

    For a restored copy that nobody uses yet: the keys in it are removed, not shredded.
    """
    removed = set()
    for name in gone:
        for path in (folder / f"{name}.key", folder / f"{name}.age"):
            if path.exists():
                path.unlink()
                removed.add(name)
    _write_private(folder / DESTROYED, "".join(f"{name}\n" for name in gone).encode("ascii"))
    _sync_folder(folder)
    return sorted(removed)


def opens(folder: Path, key_file: Path) -> bool:
    """Tell whether this home's key opens the keys in a vault's folder: the first of them is tried; True for an empty one."""
    first = next(iter(sorted(folder.glob("*.key"))), None)
    if first is None:
        return True
    try:
        decrypt(first.read_bytes(), [x25519.Identity.from_str(key_file.read_text(encoding="ascii").strip())])
    except (DecryptError, ValueError):
        return False
    return True


def home_identity(key_file: Path) -> x25519.Identity:
    """Give the home's key, made (0600) on the first call."""
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_private(key_file, str(x25519.Identity.generate()).encode())
    return x25519.Identity.from_str(key_file.read_text(encoding="ascii").strip())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write_private(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".new")
    with open(part, "wb", opener=_private) as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())
    part.rename(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
