# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Killed with signal 9 while a backup is made, or restored: half of one never passes for a whole one, and the server does not notice."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacity.kernel.errors import Refusal
from datacity.web.backup import archive, checking, restoring
from tests.factories import backing
from tests.factories.killing import Mortal, kill, wait_for
from tests.factories.rounds import ROUNDS

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("backup")]
LARGE = """
import os
from datetime import UTC, datetime
from tests.factories import data
data.NOW = datetime.now(UTC)
for _ in range(3):
    data.deposit(content=os.urandom(30_000_000))
"""


@pytest.fixture(scope="module")
def served(city: Mortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """A home of 90 MB that is being served."""
    large = Mortal.copy_of(city, tmp_path_factory.mktemp("served"))
    large.run(LARGE)
    with large.server():
        yield large


@pytest.fixture(scope="module")
def archived(served: Mortal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole backup of it."""
    target = tmp_path_factory.mktemp("large") / "home.tar.zst"
    assert served.django("backup", str(target)).returncode == 0
    return target


def halves(folder: Path) -> list[Path]:
    """Give the half-written archives in a folder."""
    return sorted(folder.glob(".backup-*.part"))


@pytest.mark.parametrize("round_", ROUNDS)
def test_half_a_backup_never_passes_for_a_whole_one(served: Mortal, tmp_path: Path, round_: int) -> None:
    target = tmp_path / "home.tar.zst"
    with served.started("-m", "django", "backup", str(target)) as process:
        wait_for(lambda: halves(tmp_path) or process.poll() is not None)
        time.sleep(random.Random(round_).uniform(0, 0.8))
        kill(process)

    if target.exists():
        checking.check(target, scratch=tmp_path)
    for half in halves(tmp_path):
        try:
            archive.unpack(half)
        except Refusal:
            continue
        assert not target.exists(), "a whole archive that had not been given its name yet"
    assert (served.status("/fr/"), served.status("/files/passages-de-velos/1/manifest.json")) == (200, 200)
    assert served.django("backup", str(tmp_path / "next.tar.zst")).returncode == 0
    assert halves(tmp_path) == []
    assert served.django("backup", "--check", str(tmp_path / "next.tar.zst")).returncode == 0


@pytest.mark.parametrize("round_", ROUNDS)
def test_half_a_restored_home_never_passes_for_a_home(served: Mortal, archived: Path, tmp_path: Path, round_: int) -> None:  # fmt: skip
    home = tmp_path / "city" / "home"
    home.parent.mkdir()
    with served.started("-m", "datacity.web.backup.restore", str(archived), "--home", str(home)) as process:
        wait_for(lambda: list(home.parent.iterdir()) or process.poll() is not None)
        time.sleep(random.Random(round_).uniform(0, 0.6))
        kill(process)

    whole = home.exists()
    if not whole:
        restoring.restore(archived, backing.target_of(home))
    assert [path.name for path in home.parent.iterdir()] == ["home"]
    assert (home / "home.json").is_file()
    assert len(list((home / "vault").glob("*.age"))) == len(list((served.home / "vault").glob("*.age")))
