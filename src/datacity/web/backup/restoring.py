# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bring a backup back, into a folder where nothing is: unpacked aside, checked, cleared of what was destroyed since, then renamed.

Until the last step the folder is as it was; a restore that is refused or killed leaves nothing that could be taken for a home.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacity.engine.adapters import vault
from datacity.kernel.errors import Conflict, Invalid
from datacity.kernel.words import msg
from datacity.web.backup import archive, checking, databases, versions
from datacity.web.backup.archive import Manifest, Progress
from datacity.web.backup.databases import PostgreSQL

CONSEQUENCES = {
    "vault.key": msg("no raw file and no second factor can be read"),
    "seal-": msg("nothing can be released or withdrawn, and the public log stands still"),
    "clearance-": msg("nothing can be cleared"),
    "secret_key": msg("everybody signs in again, and links sent before are void"),
}
"""What cannot be done without a key, by the beginning of its file's name; the others can be made anew."""

_ASIDE = ".restoring-"


@dataclass(frozen=True)
class Target:
    """Where to. keys: the folder of the keys. database: PostgreSQL as the role that owns the tables; None for the file in the home."""

    home: Path
    keys: Path
    database: PostgreSQL | None = None


@dataclass(frozen=True)
class Restored:
    """A home that was restored. removed: destroyed files that the backup still held. missing: key files the home had and now lacks.

    foreign: the keys that are there belong to another home.
    """

    home: Path
    manifest: Manifest
    removed: tuple[str, ...]
    missing: tuple[str, ...]
    foreign: bool

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        about, facts = self.manifest.about, self.manifest.facts
        return {
            "home": str(self.home), "made_at": facts["made_at"], "product": about["product"], "database": about["database"],
            "files": len(self.manifest.files), "entries": facts["entries"], "current": facts["current"],
            "destroyed_since": list(self.removed), "missing_keys": list(self.missing), "foreign_keys": self.foreign,
        }  # fmt: skip


def restore(
    path: Path, target: Target, *, logs: Sequence[Path] = (), progress: Progress = lambda *_: None
) -> Restored:  # fmt: skip
    """Restore a backup. logs: further lists of destroyed files, newer than the backup's own.

    Raises Conflict when the home, the folder for the keys or the database is not empty, or the backup does not hold; Invalid
    when the database of the backup is of another kind, or a log is none. Nothing is left then.
    """
    require_empty(target.home)
    gone = [name for log in logs for name in vault.read_destroyed(log)]

    def look(about: Mapping[str, Any]) -> None:
        versions.refuse_newer(about)
        _require_fitting(about, target)

    with _aside(target.home) as folder:
        manifest = archive.unpack(path, into=folder, look=look, progress=progress)
        checking.require_complete(manifest, folder)
        removed = _replay(folder / "vault", gone)
        if not manifest.about["with_keys"]:
            _refuse_if(not target.keys.is_dir() and target.keys.exists(), target.keys)
        _place_database(folder, manifest, target)
        _place_keys(folder, target)
        missing, foreign = _compare_keys(folder, manifest, target)
        os.sync()
        _take_place(folder, target.home)
    return Restored(target.home, manifest, tuple(removed), tuple(missing), foreign)


def require_empty(home: Path) -> None:
    """Raise Conflict unless nothing is there, or an empty folder; what a killed restore left in it counts as nothing."""
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        _refuse_if(wrong=True, folder=home)
    if home.is_dir():
        _sweep(home)
        _refuse_if(any(home.iterdir()), home)


def _refuse_if(wrong: bool, folder: Path) -> None:  # noqa: FBT001 -- reads as a sentence
    if wrong:
        raise Conflict(
            "restore.not_empty",
            "{folder} is not empty; a backup is only restored where nothing is.",
            hint="Give another folder, or move this one away first.",
            folder=str(folder),
        )


def _require_fitting(about: Mapping[str, Any], target: Target) -> None:
    """Raise for a kind of database that does not fit the target, a database in use, or keys where keys are already."""
    kind = about.get("database")
    if kind == databases.POSTGRESQL and target.database is None:
        raise Invalid(
            "restore.needs_server",
            "The database of this backup is PostgreSQL; no address of one is given.",
            hint="Make an empty database and set DATACITY_DATABASE_URL, or DATACITY_DATABASE_OWNER_URL for the role that owns the tables.",
        )
    if kind == databases.SQLITE and target.database is not None:
        raise Invalid(
            "restore.needs_file",
            "The database of this backup is an SQLite file; an address of PostgreSQL is given.",
            hint="Restore without it, then move the home to PostgreSQL.",
        )
    if target.database is not None and not target.database.is_empty():
        raise Conflict(
            "restore.database_in_use",
            "The database {name} is not empty.",
            hint="Give an empty one.",
            name=target.database.address["name"],
        )
    if about.get("with_keys") and target.keys.is_dir():
        _refuse_if(any(target.keys.iterdir()), target.keys)


def _replay(folder: Path, gone: Sequence[str]) -> list[str]:
    """Remove from the unpacked vault what its own log or a newer one names, and files whose key was shredded; give what a newer log removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    own = vault.read_destroyed(folder / vault.DESTROYED)
    return vault.replay_destroyed(folder, list(dict.fromkeys([*own, *gone])))


def _place_database(folder: Path, manifest: Manifest, target: Target) -> None:
    """Put the unpacked database where the home expects it."""
    member = folder / databases.MEMBER[str(manifest.about["database"])]
    if target.database is None:
        member.rename(folder / member.name)
    else:
        target.database.restore(member)
        member.unlink()
    member.parent.rmdir()


def _place_keys(folder: Path, target: Target) -> None:
    """Put unpacked keys into a folder outside the home, when that is where they belong."""
    unpacked = folder / "keys"
    if unpacked.is_dir() and target.keys != target.home / "keys":
        target.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(unpacked.iterdir()):
            shutil.copyfile(path, target.keys / path.name, follow_symlinks=False)
            (target.keys / path.name).chmod(0o600)
        shutil.rmtree(unpacked)


def _compare_keys(folder: Path, manifest: Manifest, target: Target) -> tuple[list[str], bool]:
    """Give the key files that the home had and lacks now, and whether those that are there are another home's."""
    inside = target.keys == target.home / "keys"
    keys = folder / "keys" if inside else target.keys
    missing = [str(name) for name in manifest.facts["keys"] if not (keys / name).is_file()]
    foreign = (keys / "vault.key").is_file() and not vault.opens(folder / "vault", keys / "vault.key")
    return missing, foreign


@contextmanager
def _aside(home: Path) -> Iterator[Path]:
    """Give a locked folder to unpack into, on the disk where the home will be; removed at the end if it is still there."""
    inside = home.is_dir() and os.path.ismount(home)
    parent = home if inside else home.parent
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not inside:
            _sweep(parent)
        folder = parent / f"{_ASIDE}{os.urandom(8).hex()}"
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise Invalid(
            "restore.not_writable",
            "The folder {folder} cannot be written.",
            hint="Give another folder with --home.",
            folder=str(parent),
        ) from error
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove folders of restores that no living process holds."""
    for left in parent.glob(f"{_ASIDE}*"):
        handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def _take_place(folder: Path, home: Path) -> None:
    """Rename the finished folder to the home; where the home is a disk of its own, move its parts, the note that makes it a home last."""
    if folder.parent != home:
        folder.rename(home)
        _sync(home.parent)
        return
    for path in sorted(folder.iterdir(), key=lambda each: (each.name == "home.json", each.name)):
        path.rename(home / path.name)
    _sync(home)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def told(restored: Restored, say: Callable[..., str]) -> list[str]:
    """Give what the administrator must know, line by line. say: renders a message with its values."""
    about, facts = restored.manifest.about, restored.manifest.facts
    lines = [say(msg("Restored {home} as it was on {made_at}: {entries} journal entries, {files} files."),
                 home=restored.home, made_at=facts["made_at"], entries=facts["entries"], files=len(restored.manifest.files))]  # fmt: skip
    if restored.removed:
        lines.append(say(msg("Destroyed since, and not brought back: {count} files."), count=len(restored.removed)))
        lines += [f"  {name}" for name in restored.removed]
    lines += _about_keys(restored, say)
    lines.append(
        say(
            msg(
                "Decided after that moment, and to be decided again: withdrawals, destructions not in a list given here."
            )
        )
    )
    if about["database"] == databases.POSTGRESQL:
        lines.append(say(msg("Start it with the same address of the database.")))
    lines.append(say(msg("Start it: ./dc up --home {home}"), home=restored.home))
    return lines


def _about_keys(restored: Restored, say: Callable[..., str]) -> Iterator[str]:
    if restored.foreign:
        yield say(msg("The keys in the folder of keys belong to another home: they do not open this vault."))
    if not restored.missing:
        return
    yield say(msg("Keys that are not here, and what cannot be done without them:"))
    for name in restored.missing:
        why = next((text for beginning, text in CONSEQUENCES.items() if name.startswith(beginning)), "")
        if why and not name.endswith(".pem"):
            yield f"  {name}: {say(why)}"
    yield say(msg("Put the old folder of keys there before the first start (as keys in the home, or --keys DIR)."))
