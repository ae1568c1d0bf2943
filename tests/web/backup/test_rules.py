# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a backup is due, when the last one is a worry, which ones go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.web.backup import rules
from datacity.web.backup.rules import Health

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        (None, "2026-03-10T00:10", True),
        ("2026-03-09T02:05", "2026-03-10T01:59", False),  # 2:59 in Paris: its hour has not come
        ("2026-03-09T02:05", "2026-03-10T02:00", True),
        ("2026-03-10T02:00", "2026-03-10T23:00", False),
        ("2026-03-08T02:00", "2026-03-10T01:00", True),  # the machine slept: one day was missed
    ],
)
def test_a_backup_is_due_once_a_day_after_its_hour(last: str | None, at: str, due: bool) -> None:
    made, now = (datetime.fromisoformat(f"{each}:00+00:00") if each else None for each in (last, at))
    assert now is not None

    assert rules.is_due(made, now, hour=3, zone="Europe/Paris") is due


@given(st.integers(0, 366 * 24 * 60), st.integers(0, 23))
def test_a_backup_made_now_is_due_again_within_the_next_day_and_not_at_once(minutes: int, hour: int) -> None:
    at = AT + timedelta(minutes=minutes)

    assert not rules.is_due(at, at, hour=hour, zone="Europe/Paris")
    assert rules.is_due(at, at + timedelta(hours=25), hour=hour, zone="Europe/Paris")


@pytest.mark.parametrize(
    ("hours", "failed", "sound", "health"),
    [
        (None, None, None, Health.NONE),
        (None, 1, None, Health.FAILED),
        (1, None, None, Health.FRESH),
        (1, None, True, Health.FRESH),
        (36, None, True, Health.FRESH),
        (37, None, True, Health.OLD),
        (1, None, False, Health.UNSOUND),
        (3, 1, True, Health.FAILED),
        (1, 3, True, Health.FRESH),
    ],
)
def test_health_says_the_worst_that_holds(hours: int | None, failed: int | None, sound: bool | None, health: Health) -> None:  # fmt: skip
    made, gone_wrong = (None if each is None else AT - timedelta(hours=each) for each in (hours, failed))

    assert rules.health(made, AT, failed=gone_wrong, sound=sound, alarm_hours=36) is health


def test_names_tell_the_moment_in_utc() -> None:
    name = rules.name_at(datetime.fromisoformat("2026-03-10T10:30:00+01:00"))

    assert name == "datacity-20260310T093000Z.tar.zst"
    assert rules.made_at(name) == AT
    assert [rules.made_at(each) for each in ("home.tar.zst", rules.upgrade_name_at(AT), f"{name}.unsound")] == [
        None
    ] * 3


def test_only_backups_of_ours_beyond_the_number_kept_go() -> None:
    days = [rules.name_at(AT + timedelta(days=day)) for day in range(4)]
    upgrades = [rules.upgrade_name_at(AT + timedelta(days=day)) for day in range(3)]
    others = ["by-hand.tar.zst", f"{days[0]}.unsound", "state.json"]

    gone = rules.superfluous([*upgrades, *others, *days], keep=2)

    assert sorted(gone) == sorted([days[0], days[1], upgrades[0]])
