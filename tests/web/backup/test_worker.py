# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The worker makes the day's backup in a child of its own, checks it, and removes old ones; on PostgreSQL as the role that works."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datacity.web import database
from datacity.web.backup import checking, rules, state
from tests.factories import databases
from tests.factories.killing import Mortal

pytestmark = pytest.mark.slow


def as_a_service(city: Mortal, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the environment of server and worker: the owner's password is not in it."""
    environment = database.for_services(city.environment, city.home)
    return subprocess.run([sys.executable, "-m", "django", *command], env=environment, cwd=city.folder, capture_output=True, text=True, check=False)  # fmt: skip


def rested(city: Mortal, folder: Path) -> Mortal:
    """Give a copy of a home in which the job of this hour has not run yet."""
    busy = Mortal.copy_of(city, folder)
    databases.rows(busy.home, "DELETE FROM jobs_job WHERE name = 'backup.daily'")
    return busy


def test_the_worker_makes_checks_and_keeps_backups(city: Mortal, tmp_path: Path) -> None:
    busy, folder = rested(city, tmp_path), tmp_path / "elsewhere"
    folder.mkdir()
    old = [folder / f"datacity-2026010{day}T020000Z.tar.zst" for day in range(1, 4)]
    for path in (*old, folder / "by-hand.tar.zst", folder / f".backup-{'0' * 16}.part"):
        path.touch()
    busy.extra |= {"DATACITY_BACKUP_FOLDER": str(folder), "DATACITY_BACKUP_HOUR": "0", "DATACITY_BACKUP_KEEP": "2"}

    done = as_a_service(busy, "worker", "--until-idle")

    assert done.returncode == 0, done.stderr[-2000:]
    newest = max(path for path in folder.glob("datacity-*.tar.zst"))
    assert sorted(folder.iterdir()) == sorted([folder / "by-hand.tar.zst", old[-1], newest])
    assert checking.check(newest, scratch=tmp_path).manifest.about["with_keys"] is False
    latest = state.latest_backup(busy.home, at=datetime.now(UTC), alarm_hours=36)
    assert (latest.health, latest.sound, latest.file) == (rules.Health.FRESH, True, newest.name)
    assert busy.one("SELECT count(*) FROM jobs_job WHERE name = 'backup.daily' AND state = 'done'") == 1


def test_a_backup_that_fails_is_an_alarm_and_goes_to_the_dead_letters(city: Mortal, tmp_path: Path) -> None:
    busy = rested(city, tmp_path)
    (tmp_path / "file").touch()
    busy.extra |= {"DATACITY_BACKUP_FOLDER": str(tmp_path / "file" / "folder"), "DATACITY_BACKUP_HOUR": "0"}

    done = as_a_service(busy, "worker", "--until-idle")

    assert done.returncode == 0, done.stderr[-2000:]
    assert busy.one("SELECT state FROM jobs_job WHERE name = 'backup.daily'") == "dead"
    assert state.latest_backup(busy.home, at=datetime.now(UTC), alarm_hours=36).health is rules.Health.FAILED


@pytest.mark.skipif(not databases.on_postgresql(), reason="needs PostgreSQL (DATACITY_TEST_POSTGRES)")
def test_the_role_that_works_makes_a_backup_and_its_password_is_nowhere_in_it(city: Mortal, tmp_path: Path) -> None:
    target = tmp_path / "home.tar.zst"

    done = as_a_service(city, "backup", str(target))

    assert done.returncode == 0, done.stderr
    password = database.working(databases.address_of(city.home), city.home / "keys")["password"]
    assert password not in done.stdout + done.stderr
    assert password.encode() not in target.read_bytes()
    checking.check(target, scratch=tmp_path)
