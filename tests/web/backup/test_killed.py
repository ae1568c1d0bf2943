# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Killed with signal 9 while a backup is made, or restored: half of one never passes for a whole one, and the server does not notice."""

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from datacity.kernel.errors import Refusal
from datacity.web.backup import archive, checking, restoring
from tests.factories import backing
from tests.factories.killing import Mortal, kill, wait_for
from tests.factories.rounds import ROUNDS

pytestmark = pytest.mark.kill
LARGE = """
import os
from datetime import UTC, datetime
from datacity.programme.deposits.models import Deposit
from tests.factories import data
data.NOW = datetime.now(UTC)
for _ in range(4):
    data.deposit(content=os.urandom(10_000_000), by=Deposit.objects.order_by("pk")[0].deposited_by)
"""


@pytest.fixture(scope="module")
def served(city: Mortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """A home of 40 MB that is being served."""
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


def size(folder: Path) -> int:
    """Give how many bytes are in the files below a folder, while they come and go."""
    found = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found += path.stat().st_size if path.is_file() else 0
    return found


def kill_at(process: subprocess.Popen[bytes], folder: Path, share: float, whole: int) -> None:
    """Kill the process once it has written this share of the bytes it will write; above 1, in the last steps or after them."""
    wait_for(lambda: process.poll() is not None or size(folder) > share * whole, seconds=300)
    time.sleep(max(0.0, share - 1))
    kill(process)


@pytest.mark.parametrize("round_", ROUNDS)
def test_half_a_backup_never_passes_for_a_whole_one(served: Mortal, archived: Path, tmp_path: Path, round_: int) -> None:  # fmt: skip
    target = tmp_path / "home.tar.zst"
    with served.started("-m", "django", "backup", str(target)) as process:
        kill_at(process, tmp_path, random.Random(round_).uniform(0, 1.1), archived.stat().st_size)

    for path in (target, *halves(tmp_path)):
        if path == target and path.exists():
            archive.unpack(path)
        elif path != target:
            refused = refusal_of(path)
            assert refused or not target.exists() or path.samefile(target), "two whole archives, one of them without its name"  # fmt: skip
    assert (served.status("/fr/"), served.status("/files/passages-de-velos/1/manifest.json")) == (200, 200)
    if round_ % 5 == 0:
        after = tmp_path / "after.tar.zst"
        assert served.django("backup", str(after)).returncode == 0
        assert halves(tmp_path) == []
        checking.check(after, scratch=tmp_path)


def refusal_of(path: Path) -> str:
    """Give the code with which a file is refused as an archive; "" when it is a whole one."""
    try:
        archive.unpack(path)
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("round_", ROUNDS)
def test_half_a_restored_home_never_passes_for_a_home(served: Mortal, archived: Path, tmp_path: Path, round_: int) -> None:  # fmt: skip
    home = tmp_path / "city" / "home"
    home.parent.mkdir()
    with served.started("-m", "datacity.web.backup.restore", str(archived), "--home", str(home)) as process:
        kill_at(process, home.parent, random.Random(round_).uniform(0, 1.1), archived.stat().st_size)

    if not home.exists():
        restoring.restore(archived, backing.target_of(home))
    assert [path.name for path in home.parent.iterdir()] == ["home"]
    assert (home / "home.json").is_file()
    assert len(list((home / "vault").glob("*.age"))) == len(list((served.home / "vault").glob("*.age")))
