# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home worth a backup, made once for all tests of a process."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories.killing import Mortal


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> "Mortal":
    """A home with a released version and a deposit; nobody changes it."""
    from tests.factories import backing  # this file is read before Django is ready

    return backing.released(tmp_path_factory.mktemp("backed"))


@pytest.fixture(scope="session")
def backup(city: "Mortal", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of that home, without keys."""
    target = tmp_path_factory.mktemp("archives") / "home.tar.zst"
    made = city.django("backup", str(target))
    assert made.returncode == 0, made.stderr
    return target
