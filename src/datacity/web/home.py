# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The home folder: everything one installation owns, closed to other users of the machine, with a note of its version.

`home.json` says which form the home has, which product last migrated it, and whether it is a demo. A demo home
stays one for ever; a home of a newer product is refused, an older one is backed up before it is migrated.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from datacity import __version__
from datacity.kernel.errors import Conflict, Invalid
from datacity.kernel.words import msg

FORM = 1
"""The number of the home's form; raised when folders or files move."""

PRODUCT = __version__
FOLDERS = ("vault", "scratch", "public", "spool", "outbox", "logs", "backups")
DATABASE = "control.sqlite3"


@dataclass(frozen=True)
class HomeNote:
    """What `home.json` says. home: number of the form; product: version that last migrated it; made_at: ISO 8601, UTC.

    database: `sqlite` or `postgresql`, where people's work is stored; "" in a home last used by a version that knew only SQLite.
    """

    home: int
    product: str
    demo: bool
    made_at: str
    database: str = ""


def note_path(home: Path) -> Path:
    """Give the path of the note."""
    return home / "home.json"


def read(home: Path) -> HomeNote | None:
    """Give the home's note, None when the folder is not a home yet.

    Raises Invalid when the note cannot be read, Conflict when the home belongs to a newer product.
    """
    try:
        found = json.loads(note_path(home).read_text(encoding="utf-8"))
        note = HomeNote(int(found["home"]), str(found["product"]), bool(found["demo"]), str(found["made_at"]))
        note = replace(note, database=str(found.get("database", "")))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            "home.note_unreadable",
            "The note home.json of this home cannot be read.",
            hint="Restore the home from a backup, or give another folder with --home.",
        ) from error
    if note.home > FORM:
        raise newer(note.product)
    return note


def is_demo(home: Path) -> bool:
    """Tell whether a folder is a demo home; one whose note is absent or cannot be read is none."""
    try:
        note = read(home)
    except (Conflict, Invalid):
        return False
    return note is not None and note.demo


def newer(product: str, *, change: str = "") -> Conflict:
    """Give the refusal for a home that a newer product has migrated. change: the migration that this product does not know."""
    hint = msg("Start it with the newer version, or restore the backup made before the change.")
    versions: dict[str, Any] = {"home_version": product, "product_version": PRODUCT}
    if change:
        return Conflict(
            "home.newer",
            "This home was last used by DataCity {home_version}, which made the change {change}; this is DataCity {product_version}, which does not know it.",
            hint=hint,
            change=change,
            **versions,
        )
    return Conflict(
        "home.newer",
        "This home was last used by DataCity {home_version}; this is DataCity {product_version}, which is older.",
        hint=hint,
        **versions,
    )


def write_note(home: Path, note: HomeNote) -> None:
    """Write the note whole or not at all, readable by its owner only."""
    draft = note_path(home).with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(note), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(note_path(home))


def make_folders(home: Path) -> None:
    """Make the home and its folders, closed to others; an existing home is closed again.

    Raises Invalid when the folder cannot be made, or holds files but is no home.
    """
    if home.is_dir() and note_path(home).exists() is False and _holds_foreign_files(home):
        raise Invalid(
            "home.not_empty",
            "The folder {folder} holds files but is no home of DataCity.",
            hint="Give an empty or new folder with --home.",
            folder=home.name,
        )
    try:
        for folder in (home, *(home / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise Invalid(
            "home.not_writable",
            "The folder {folder} cannot be made or written.",
            hint="Give another folder with --home, or make this one writable for the user who starts DataCity.",
            folder=home.name,
        ) from error


def _holds_foreign_files(home: Path) -> bool:
    """Tell whether the folder holds what no start of ours makes; a start cut short may leave some of ours."""
    ours = {
        *FOLDERS,
        "keys",
        "city",
        DATABASE,
        f"{DATABASE}-wal",
        f"{DATABASE}-shm",
        "write.lock",
        "up.lock",
        "home.draft",
    }
    return any(path.name not in ours for path in home.iterdir())


def require_same_database(note: HomeNote | None, engine: str, place: str) -> None:
    """Raise Conflict when the home's work is stored in another kind of database than the settings say. place: as it may be shown."""
    if note is None or (note.database or "sqlite") == engine:
        return
    if engine == "sqlite":
        raise Conflict(
            "home.works_elsewhere",
            "The work of this home is stored in PostgreSQL, and no address of it is given.",
            hint="Start it with --database URL, or set DATACITY_DATABASE_URL.",
        )
    raise Conflict(
        "home.works_on_sqlite",
        "The work of this home is stored in its own SQLite file, not in {place}.",
        hint="Move it first: ./dc move-database URL --home DIR.",
        place=place,
    )


def settle(home: Path, *, demo: bool, at: datetime, database: str = "sqlite") -> HomeNote:
    """Give the home's note after a migration; a new home becomes a demo or a real one here, for ever."""
    found = read(home)
    note = found or HomeNote(FORM, PRODUCT, demo=demo, made_at=at.isoformat())
    note = replace(note, product=PRODUCT, database=database)
    write_note(home, note)
    return note


def require_keys(home: Path, keys: Path, store: Path) -> None:
    """Raise Conflict when the keys with which this home has been at work are not there: new ones would open and continue nothing."""
    sealed = (store / "CURRENT").exists() or (store / "log" / "checkpoint.json").exists()
    if sealed and not (keys / "keys.json").exists():
        raise Conflict(
            "home.no_keys",
            "The keys of this home are not in {folder}.",
            hint="Put the old folder of keys there, or name it with --keys DIR. Only if they are lost for good, make new ones: datacity keys {folder}.",
            folder=str(keys),
        )
    if any((home / "vault").glob("*.key")) and not (keys / "vault.key").exists():
        raise Conflict(
            "home.no_vault_key",
            "The key of the vault, vault.key, is not in {folder}.",
            hint="Put it there. Only if it is lost for good, move the folder vault of the home away: what it holds stays closed.",
            folder=str(keys),
        )


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the home for one running server. Raises Conflict, naming the process, when another has it."""
    descriptor = os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                "home.running",
                "This home is already being served by process {process}.",
                hint="Stop that one first, or give another folder with --home.",
                process=file.read().strip() or "?",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
