# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Make a backup while the home is at work; the order in which things are read is what makes it hold together.

1. The public log, so that it is never ahead of the journal in the database.
2. Database and `CURRENT` at one moment: `CURRENT` is the same just before and just after the database is fixed. A version
   is noted in the database before it becomes public, so the database knows all that this `CURRENT` shows; what it lacks,
   the worker finishes at its start.
3. What that `CURRENT` names. A withdrawal in between takes bytes away: then both are fixed anew, and nothing is public in
   the backup that was no longer public when it was made.
4. The vault, file before key, and last of all `destroyed.log`: what was destroyed meanwhile has no key in the backup, or is
   named in its log, which a restore replays.

No lock is taken: server and worker never wait for a backup.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datacity.engine.adapters import vault
from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.public import moment
from datacity.engine.release import holdings
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Missing
from datacity.programme.journal.queries import CHECKPOINT
from datacity.web import home as homes
from datacity.web.backup import archive
from datacity.web.backup.archive import Progress, Writer
from datacity.web.backup.databases import MEMBER, Database, Fixed, journal_size, migrations

CURRENT = "public/CURRENT"
_TRIES = 10
"""How often database and `CURRENT` are fixed anew when withdrawals come in between."""


@dataclass(frozen=True)
class Source:
    """Where the parts of a home lie. scratch: a private folder, on a disk with room for a copy of the database."""

    home: Path
    keys: Path
    store: Path
    scratch: Path
    database: Database

    @property
    def vault(self) -> Path:
        """The folder of the vault."""
        return self.home / "vault"


@dataclass(frozen=True)
class Made:
    """A backup that was made. file: its path. size: bytes. seconds: how long it took. entries: of the journal, with a position."""

    file: Path
    made_at: str
    sha256: str
    size: int
    seconds: float
    files: int
    entries: int
    database: str
    with_keys: bool

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**asdict(self), "file": str(self.file)}


@dataclass(frozen=True)
class _Moment:
    """The one moment of database and `CURRENT`."""

    current: bytes
    migrations: list[list[str]]
    entries: int


def back_up(
    source: Source, target: Path, *, at: datetime, with_keys: bool = False, progress: Progress = lambda *_: None
) -> Made:
    """Write a backup of the home into a new file, which appears when it is whole.

    Raises Missing when there is no home; Conflict when the file exists, the disk has no room, or withdrawals never end; Invalid
    when the folder is not there.
    """
    began = time.monotonic()
    note = homes.read(source.home)
    if note is None:
        raise Missing(
            "backup.no_home", "There is no home in {folder}.", hint="Name it with --home DIR.", folder=str(source.home)
        )
    with source.database.fixed() as fixed:
        about = _about(note, source, migrations(fixed), with_keys=with_keys)
    with archive.writing(target, total=_total(source), progress=progress) as writer:
        writer.add_bytes(archive.ABOUT, canonical_bytes(about))
        writer.add_file("home.json", homes.note_path(source.home))
        for path in sorted(_files(source.home / "city")):
            writer.add_file(path.relative_to(source.home).as_posix(), path)
        _add_log(writer, source.store)
        fixed_at = _add_database_and_public(writer, source)
        _add_vault(writer, source.vault)
        keys = _key_files(source.keys)
        for name in keys if with_keys else ():
            writer.add_file(f"keys/{name}", source.keys / name)
        facts: dict[str, Any] = {
            "made_at": moment(at),
            "entries": fixed_at.entries,
            "current": fixed_at.current.decode().strip(),
            "keys": keys,
        }
        if fixed_at.migrations != about["migrations"]:
            raise Conflict("backup.migrated", "The home was migrated while it was read.", hint="Make the backup again.")
        manifest = writer.finish(about, facts)
    return Made(
        file=target, made_at=facts["made_at"], sha256=writer.sha256, size=writer.size, seconds=round(time.monotonic() - began, 2),
        files=len(manifest.files), entries=fixed_at.entries, database=source.database.kind, with_keys=with_keys,
    )  # fmt: skip


def _about(note: homes.HomeNote, source: Source, migrated: list[list[str]], *, with_keys: bool) -> dict[str, Any]:
    return {
        "kind": "backup",
        "form": archive.FORM,
        "product": homes.PRODUCT,
        "home": note.home,
        "home_product": note.product,
        "demo": note.demo,
        "database": source.database.kind,
        "with_keys": with_keys,
        "migrations": migrated,
    }


def _total(source: Source) -> int:
    """Give about how many bytes there are to write."""
    found = source.database.size()
    for folder in (source.store, source.vault):
        found += sum(path.stat().st_size for path in _files(folder))
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield path
        except FileNotFoundError:  # a file on its way
            continue


def _key_files(folder: Path) -> list[str]:
    """Give the names of the files in the folder of keys; hidden ones are on their way."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _add_log(writer: Writer, store: Path) -> None:
    """Add the public log: the sealed head first, since the segments it counts were written before it."""
    public = FolderStore(store)
    names = [name for name in public.list("log/") if name != CHECKPOINT]
    for name in (CHECKPOINT, *names):
        if public.exists(name):
            _add_public(writer, public, name)


def _add_public(writer: Writer, public: FolderStore, name: str) -> None:
    """Add a file of the store. Raises Missing when it is gone."""
    with public.open(name) as source:
        writer.add_open(f"public/{name}", source)


def _add_database_and_public(writer: Writer, source: Source) -> _Moment:
    """Fix database and `CURRENT`, copy the one and what the other names; again when a part is gone meanwhile."""
    public = FolderStore(source.store)
    for _ in range(_TRIES):
        with TemporaryDirectory(dir=source.scratch, prefix="backup-") as folder:
            copy = Path(folder) / "database"
            fixed_at = _fix(source.database, public, copy)
            try:
                named = _add_named(writer, public, fixed_at.current)
            except Missing:
                continue
            writer.add_file(MEMBER[source.database.kind], copy)
        if fixed_at.current:
            writer.add_bytes(CURRENT, fixed_at.current)
        _leave_out_unnamed(writer, named)
        return fixed_at
    raise Conflict(
        "backup.crowded",
        "Withdrawals followed one another {tries} times while the publications were read.",
        hint="Make the backup again later.",
        tries=_TRIES,
    )


def _fix(database: Database, public: FolderStore, copy: Path) -> _Moment:
    """Copy the database as it is while `CURRENT` stands still, and give the moment."""
    while True:
        before = holdings.mark(public)
        with database.fixed() as fixed:
            if holdings.mark(public) == before:
                return _copied(fixed, before, copy)


def _copied(fixed: Fixed, current: bytes, copy: Path) -> _Moment:
    fixed.copy_to(copy)
    return _Moment(current, migrations(fixed), journal_size(fixed))


def _add_named(writer: Writer, public: FolderStore, current: bytes) -> set[str]:
    """Add what the mark names and is not in the archive yet, and give all these members. Raises Missing when a needed file is gone."""
    named = holdings.holdings(public, current)
    for name in named.needed:
        if f"public/{name}" not in writer.files:
            _add_public(writer, public, name)
    kept = {f"public/{name}" for name in named.needed}
    for name in filter(public.exists, named.useful):
        try:
            if f"public/{name}" not in writer.files:
                _add_public(writer, public, name)
            kept.add(f"public/{name}")
        except Missing:  # old search indexes go, and withdrawn bytes move to the vault, which is read later
            continue
    return kept


def _leave_out_unnamed(writer: Writer, named: set[str]) -> None:
    """Declare void what an earlier try added and the last `CURRENT` no longer names: bytes withdrawn meanwhile."""
    kept = {*named, CURRENT}
    for name in [each for each in writer.files if each.startswith("public/") and not each.startswith("public/log/")]:
        if name not in kept:
            writer.leave_out(name)


def _add_vault(writer: Writer, folder: Path) -> None:
    """Add every file of the vault, then its key; a file whose key was shredded meanwhile is void."""
    for name in vault.names(folder):
        try:
            writer.add_file(f"vault/{name}.age", folder / f"{name}.age")
        except FileNotFoundError:
            continue
        key = vault.wrapped_key(folder, name)
        if key is None:
            writer.leave_out(f"vault/{name}.age")
        else:
            writer.add_bytes(f"vault/{name}.key", key)
    log = folder / vault.DESTROYED
    if log.exists():
        writer.add_bytes(f"vault/{vault.DESTROYED}", log.read_bytes())
