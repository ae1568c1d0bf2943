# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home of its own for each test that publishes."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

if importlib.util.find_spec("django") is None:
    collect_ignore = ["test_city_files.py", "test_broken_files.py"]


@pytest.fixture
def home(tmp_path: Path, settings: Any, transactional_db: None) -> Path:
    """An empty home with keys, which the settings point at."""
    from datacity.engine.proof import keys  # below, so that this file loads where Django is not

    folder = tmp_path / "home"
    settings.HOME, settings.KEYS, settings.STORE = folder, folder / "keys", folder / "public"
    folder.mkdir()
    keys.make(settings.KEYS, at=datetime.now(UTC))
    return folder
