# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is known of the last backup of a home: `backups/state.json`, beside the database so that it is there when that is not.

`latest_backup` is what pages, `/readyz`, `/metrics` and alerts ask.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from datacity.kernel.errors import Refusal
from datacity.web.backup import rules
from datacity.web.backup.rules import Health

FILE = "state.json"


@dataclass(frozen=True)
class LatestBackup:
    """The last backup. file: its name. size: bytes. seconds: how long it took. with_keys: whether keys are in it.

    checked_at, sound: when it was last checked and what came of it; None when never. failed_at, failure: the last attempt that
    failed, {} when none did since: code, message, hint, values. health: as of the moment asked for.
    """

    health: Health
    made_at: datetime | None = None
    file: str = ""
    size: int = 0
    seconds: float = 0.0
    with_keys: bool = False
    checked_at: datetime | None = None
    sound: bool | None = None
    failed_at: datetime | None = None
    failure: Mapping[str, Any] | None = None

    def age_seconds(self, at: datetime) -> float | None:
        """Give the age at this moment; None when there is no backup."""
        return None if self.made_at is None else (at - self.made_at).total_seconds()

    def figures(self, at: datetime) -> dict[str, float]:
        """Give what a monitor wants to know: age in seconds (infinite without a backup), size in bytes, 1 or 0 for sound and for healthy."""
        age = self.age_seconds(at)
        return {
            "age_seconds": float("inf") if age is None else age,
            "bytes": float(self.size),
            "seconds": self.seconds,
            "sound": float(self.sound is True),
            "healthy": float(self.health is Health.FRESH),
        }


def latest_backup(home: Path, *, at: datetime, alarm_hours: int) -> LatestBackup:
    """Give the last backup of a home and how it stands with it now; a state that cannot be read counts as none."""
    kept = _read(home)
    made, checked, failed = kept.get("made", {}), kept.get("checked", {}), kept.get("failed", {})
    same = bool(checked) and checked.get("file") == made.get("file")
    made_at, failed_at = _moment(made), _moment(failed)
    sound = bool(checked["sound"]) if same else None
    return LatestBackup(
        health=rules.health(made_at, at, failed=failed_at, sound=sound, alarm_hours=alarm_hours),
        made_at=made_at,
        file=str(made.get("file", "")),
        size=int(made.get("size", 0)),
        seconds=float(made.get("seconds", 0)),
        with_keys=bool(made.get("with_keys")),
        checked_at=_moment(checked) if same else None,
        sound=sound,
        failed_at=failed_at,
        failure=failed.get("why"),
    )


def note_made(home: Path, *, file: str, size: int, seconds: float, with_keys: bool, at: datetime) -> None:
    """Note that a backup was made; an earlier failure is over."""
    made = {"file": file, "size": size, "seconds": seconds, "with_keys": with_keys, "at": at.isoformat()}
    _write(home, {**_read(home), "made": made, "failed": {}})


def note_checked(home: Path, *, file: str, why: Refusal | None, at: datetime) -> None:
    """Note what the check of a backup said. why: what does not hold; None when it is sound."""
    checked = {"file": file, "sound": why is None, "why": as_dict(why) if why else None, "at": at.isoformat()}
    _write(home, {**_read(home), "checked": checked})


def note_failed(home: Path, *, why: Refusal, at: datetime) -> None:
    """Note that no backup could be made."""
    _write(home, {**_read(home), "failed": {"why": as_dict(why), "at": at.isoformat()}})


def as_dict(refusal: Refusal) -> dict[str, Any]:
    """Give a refusal as JSON values, to be rendered in the reader's language later."""
    values = {name: value if isinstance(value, int) else str(value) for name, value in refusal.values.items()}
    return {"code": refusal.code, "message": refusal.message, "hint": refusal.hint, "values": values}


def _moment(part: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(str(part["at"])) if part.get("at") else None


def _read(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / "backups" / FILE).read_text(encoding="utf-8"))
        _ = [_moment(found.get(part) or {}) for part in ("made", "checked", "failed")]
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
    return {name: found.get(name) or {} for name in ("made", "checked", "failed")}


def _write(home: Path, kept: Mapping[str, Any]) -> None:
    """Write the state whole or not at all, readable by its owner only."""
    folder = home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".{FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(kept), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / FILE)
