# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city of its own for every test."""

from pathlib import Path

import pytest

from tests.factories.sealed import City


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)
