# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The backups of this installation as its settings want them: made, checked at once, noted, the old ones removed."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from datacity.engine.adapters.vault import DESTROYED
from datacity.frame import scratch
from datacity.kernel.errors import Conflict, Invalid, Missing, Refusal
from datacity.web import database
from datacity.web.backup import archive, checking, databases, making, rules, state
from datacity.web.backup.archive import Progress
from datacity.web.backup.checking import Checked
from datacity.web.backup.making import Made, Source
from datacity.web.backup.state import LatestBackup

logger = logging.getLogger("datacity.backup")


def latest(at: datetime) -> LatestBackup:
    """Give the last backup of this home and how it stands with it now."""
    return state.latest_backup(settings.HOME, at=at, alarm_hours=settings.BACKUP_ALARM_HOURS)


def folder() -> Path:
    """Give the folder of the backups: the one of the settings, else `backups` in the home."""
    return Path(settings.BACKUP_FOLDER or settings.HOME / "backups")


def _made_folder(at: datetime) -> Path:
    """Give the folder of the backups, made when absent. Raises Invalid when it cannot be made."""
    where = folder()
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = Invalid(
            "backup.no_folder",
            "There is no folder {folder} to put the backup in.",
            hint="Correct DATACITY_BACKUP_FOLDER, or make the folder.",
            folder=str(where),
        )
        _note_failure(why, at)
        raise why from error
    return where


def is_scheduled() -> bool:
    """Tell whether a backup is made every day: when the settings name a folder."""
    return settings.BACKUP_FOLDER is not None


def stored() -> list[Path]:
    """Give the archives in the folder of the backups, the newest first."""
    found = folder()
    names = [path for path in found.glob(f"*{rules.SUFFIX}") if path.is_file()] if found.is_dir() else []
    return sorted(names, key=lambda path: path.stat().st_mtime, reverse=True)


def is_due(at: datetime) -> bool:
    """Tell whether the scheduled backup of the day is due."""
    made = (moment for path in stored() if (moment := rules.made_at(path.name)))
    return is_scheduled() and rules.is_due(
        max(made, default=None), at, hour=settings.BACKUP_HOUR, zone=settings.TIME_ZONE
    )


@contextmanager
def source() -> Iterator[Source]:
    """Give this home, to be read; what dead processes left in its scratch is wiped first."""
    scratch.wipe_dead()
    address = settings.DATABASE_OWNER or database.working(settings.CONFIGURATION.database_url, settings.KEYS)
    yield Source(
        settings.HOME,
        settings.KEYS,
        Path(settings.STORE),
        scratch.folder(),
        databases.database_at(address, settings.HOME),
    )


def make(target: Path, *, at: datetime, with_keys: bool = False, progress: Progress = lambda *_: None) -> Made:
    """Make a backup of this home and note it, or why there is none. Raises as `making.back_up`."""
    try:
        with source() as read:
            made = making.back_up(read, target, at=at, with_keys=with_keys, progress=progress)
    except Refusal as why:
        _note_failure(why, at)
        raise
    except OSError as error:
        refusal = Conflict("backup.disk", "The disk refused: {why}.", why=error.strerror or type(error).__name__)
        _note_failure(refusal, at)
        raise refusal from error
    state.note_made(settings.HOME, file=target.name, size=made.size, seconds=made.seconds, with_keys=with_keys, at=at)
    return made


def _note_failure(why: Refusal, at: datetime) -> None:
    if settings.HOME.is_dir():
        state.note_failed(settings.HOME, why=why, at=at)


def check(path: Path, *, at: datetime, progress: Progress = lambda *_: None) -> Checked:
    """Check a backup and note what came of it. Raises as `checking.check`, after the alarm in the log."""
    try:
        with TemporaryDirectory(dir=scratch.folder(), prefix="backup-") as name:
            checked = checking.check(path, scratch=Path(name), progress=progress)
    except Refusal as why:
        logger.error("alarm: the backup %s does not hold: %s", path.name, why)  # noqa: TRY400 -- a refusal needs no trace
        state.note_checked(settings.HOME, file=path.name, why=why, at=at)
        raise
    state.note_checked(settings.HOME, file=path.name, why=None, at=at)
    return checked


def make_and_check(*, at: datetime, progress: Progress = lambda *_: None) -> Made:
    """Make a backup in its folder, check it, lay the list of destroyed files beside it, and remove the ones beyond the number kept.

    One that does not hold keeps its bytes under another name and counts for nothing. Raises as `make` and `check`.
    """
    where = _made_folder(at)
    target = where / rules.name_at(at)
    made = make(target, at=at, progress=progress)
    try:
        check(target, at=at, progress=progress)
    except Refusal:
        target.rename(target.with_name(f"{target.name}.unsound"))
        raise
    _copy_destroyed(where)
    remove_old(where)
    return made


def _copy_destroyed(where: Path) -> None:
    """Lay the list of destroyed files beside the archives, so that an older one restored from there revives nothing."""
    log = settings.HOME / "vault" / DESTROYED
    if log.exists():
        draft = where / f".{DESTROYED}.draft"
        shutil.copyfile(log, draft)
        draft.chmod(0o600)
        draft.replace(where / DESTROYED)


def remove_old(where: Path) -> None:
    """Remove the archives beyond the number kept, and what killed backups left."""
    for name in rules.superfluous((path.name for path in where.iterdir()), keep=settings.BACKUP_KEEP):
        (where / name).unlink()
    archive.sweep(where)


def before_upgrade(*, at: datetime, progress: Progress = lambda *_: None) -> Made:
    """Make a backup before a migration. Raises as `make`: without it nothing is migrated."""
    where = _made_folder(at)
    made = make(where / rules.upgrade_name_at(at), at=at, progress=progress)
    remove_old(where)
    return made


def newest() -> Path:
    """Give the newest archive in the folder. Raises Missing when there is none."""
    found = stored()
    if not found:
        raise Missing("backup.none", "There is no backup in the folder of backups yet.")
    return found[0]
