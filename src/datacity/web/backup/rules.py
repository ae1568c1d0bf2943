# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a backup is due, when the last one is a worry, what backups are called, which of them go."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from datacity.kernel.bus import Publicity, Verb

ASKED = "backup.asked"
VERBS = (Verb(ASKED, Publicity.RESTRICTED, "A backup, or the check of one, was asked for"),)

SUFFIX = ".tar.zst"
_NAME = re.compile(r"^datacity-(\d{8}T\d{6}Z)\.tar\.zst$")
_BEFORE = re.compile(r"^before-upgrade-(\d{8}T\d{6}Z)\.tar\.zst$")
_MOMENT = "%Y%m%dT%H%M%SZ"


class Health(StrEnum):
    """How it stands with the backups. Only `fresh` is good."""

    FRESH = "fresh"
    NONE = "none"
    OLD = "old"
    FAILED = "failed"
    UNSOUND = "unsound"


def name_at(at: datetime) -> str:
    """Give the name of a scheduled backup made now."""
    return f"datacity-{at.astimezone(UTC):{_MOMENT}}{SUFFIX}"


def upgrade_name_at(at: datetime) -> str:
    """Give the name of a backup made now, before a migration."""
    return f"before-upgrade-{at.astimezone(UTC):{_MOMENT}}{SUFFIX}"


def made_at(name: str) -> datetime | None:
    """Give when a scheduled backup of this name was made, aware in UTC; None for other names."""
    found = _NAME.match(name)
    return datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC) if found else None


def superfluous(names: Iterable[str], *, keep: int) -> list[str]:
    """Give the names beyond the newest `keep` of each kind, scheduled and before an upgrade; other names are nobody's business here."""
    found = list(names)
    gone: list[str] = []
    for kind in (_NAME, _BEFORE):
        newest_first = sorted((name for name in found if kind.match(name)), reverse=True)
        gone += newest_first[keep:]
    return gone


def is_due(last: datetime | None, at: datetime, *, hour: int, zone: str) -> bool:
    """Tell whether the day's backup is due: the last one was made before the latest `hour` o'clock in this time zone."""
    local = at.astimezone(ZoneInfo(zone))
    latest = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if latest > local:
        latest -= timedelta(days=1)
    return last is None or last < latest


def health(
    made: datetime | None, at: datetime, *, failed: datetime | None, sound: bool | None, alarm_hours: int
) -> Health:
    """Give how it stands. made: when the last backup was made. failed: when the last attempt failed. sound: what its check said, None unchecked."""
    if failed is not None and (made is None or failed > made):
        return Health.FAILED
    if made is None:
        return Health.NONE
    if sound is False:
        return Health.UNSOUND
    return Health.OLD if at - made > timedelta(hours=alarm_hours) else Health.FRESH
