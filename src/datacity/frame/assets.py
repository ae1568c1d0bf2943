# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the built files are: a manifest written by the front-end build gives each name its fingerprinted file."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

BUILT = "built/"


def folder() -> Path:
    """Give the folder of the built files."""
    return Path(__file__).parent.parent / "web" / "static" / "built"


def url(name: str) -> str:
    """Give the address of a built file, for instance of "city.css"; the plain name when nothing was built."""
    found = _fresh() if settings.DEBUG else _kept()
    return static(BUILT + found.get(name, name))


def _fresh() -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((folder() / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return names


@lru_cache(maxsize=1)
def _kept() -> dict[str, str]:
    return _fresh()
