# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Homes for tests with real processes: migrated once, copied for each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datacity.engine.proof import keys
from tests.factories import databases
from tests.web.worker.house import House


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and guarded home with keys that nobody works in."""
    house = House(tmp_path_factory.mktemp("migrated"))
    for command in ("migrate", "install_guards"):
        assert house.django(command, "-v0").returncode == 0, command
    keys.make(house.folder / "keys", at=datetime.now(UTC))
    return house.folder


@pytest.fixture
def house(migrated: Path, tmp_path: Path) -> Iterator[House]:
    """A fresh home of its own for this test; what still runs afterwards is ended."""
    fresh = House(databases.copied(migrated, tmp_path / "home"))
    yield fresh
    fresh.close()
