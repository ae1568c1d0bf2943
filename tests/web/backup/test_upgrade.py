# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home of an older version is backed up before it is changed; one of a newer version is refused by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from datacity.web import home
from datacity.web.backup import checking
from tests.factories import databases
from tests.factories.killing import Mortal

pytestmark = pytest.mark.slow
TAKEN_BACK = """
from django.core.management import call_command
from datacity.web import owning
with owning.as_owner():
    call_command("migrate", "auth", "0011", verbosity=0)
"""


def migrations(city: Mortal) -> int:
    """Give how many migrations the database has."""
    return int(city.one("SELECT count(*) FROM django_migrations"))


def older(city: Mortal, folder: Path) -> Mortal:
    """Give a copy of a home as a version before left it: one migration is not there yet."""
    made = Mortal.copy_of(city, folder)
    made.run(TAKEN_BACK)
    return made


def prepared(city: Mortal) -> subprocess.CompletedProcess[str]:
    """Prepare a home under its further settings."""
    command = [sys.executable, "-m", "django", "prepare", "--no-demo"]
    return subprocess.run(command, env=city.environment, cwd=city.folder, capture_output=True, text=True, check=False)


def test_an_older_home_is_backed_up_whole_before_it_is_migrated(city: Mortal, tmp_path: Path) -> None:
    old = older(city, tmp_path)
    before = migrations(old)

    done = old.django("prepare", "--no-demo")

    assert (done.returncode, migrations(old)) == (0, before + 1)
    (archive,) = (old.home / "backups").glob("before-upgrade-*.tar.zst")
    assert f"Backed up in {archive}" in done.stderr
    checked = checking.check(archive, scratch=tmp_path)
    assert len(checked.manifest.about["migrations"]) == before
    assert [name for name in checked.manifest.files if name.startswith("keys/")] == []


def test_a_home_is_not_migrated_when_it_cannot_be_backed_up(city: Mortal, tmp_path: Path) -> None:
    old = older(city, tmp_path)
    before = migrations(old)
    (tmp_path / "file").touch()
    old.extra["DATACITY_BACKUP_FOLDER"] = str(tmp_path / "file" / "backups")

    done = prepared(old)

    assert (done.returncode, migrations(old)) == (2, before)
    assert "There is no folder" in done.stderr


def test_a_home_that_is_up_to_date_is_not_backed_up_at_its_start(city: Mortal, tmp_path: Path) -> None:
    same = Mortal.copy_of(city, tmp_path)

    assert same.django("prepare", "--no-demo").returncode == 0

    assert list((same.home / "backups").glob("*.tar.zst")) == []


def test_a_newer_home_is_refused_naming_both_versions_and_the_change(city: Mortal, tmp_path: Path) -> None:
    newer = Mortal.copy_of(city, tmp_path)
    databases.rows(
        newer.home, "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0099_later', '2026-01-01')"
    )
    note = home.read(newer.home)
    assert note is not None
    home.write_note(newer.home, home.HomeNote(note.home, "9.1.0", note.demo, note.made_at, note.database))

    done = newer.django("prepare", "--no-demo")

    assert done.returncode == 5
    assert f"This home was last used by DataCity 9.1.0, which made the change jobs.0099_later; this is DataCity {home.PRODUCT}" in done.stderr  # fmt: skip
