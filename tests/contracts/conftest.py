# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The source tree as the contracts read it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

SOURCE = Path(__file__).resolve().parents[2] / "src" / "datacity"
PROGRAMME = SOURCE / "programme"


@dataclass(frozen=True)
class Flow:
    """The apps in flow order: an app may name itself and those before it."""

    apps: tuple[str, ...]

    def of(self, path: Path) -> str:
        """The app a file belongs to; "" outside the programme."""
        return path.relative_to(PROGRAMME).parts[0] if path.is_relative_to(PROGRAMME) else ""

    def allows(self, reader: str, named: str) -> bool:
        """Whether `reader` may name `named`; the site may name every app, the frame none."""
        if named not in self.apps:
            return True
        return reader in self.apps and self.apps.index(named) <= self.apps.index(reader)


@pytest.fixture(scope="session")
def flow() -> Flow:
    """The order that import-linter keeps, upstream first."""
    text = (SOURCE.parents[1] / ".importlinter").read_text(encoding="utf-8")
    section = text.split("[importlinter:contract:programme-flow]")[1].split("[importlinter:")[0]
    return Flow(tuple(reversed(re.findall(r"^\s+\((\w+)\)$", section, re.MULTILINE))))


@pytest.fixture(scope="session")
def trees() -> dict[Path, ast.Module]:
    """Every Python file of the product, parsed; migrations left out."""
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
    return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}


@pytest.fixture(scope="session")
def page_files() -> list[Path]:
    """Every template of the product."""
    return sorted(path for path in SOURCE.rglob("*") if "templates" in path.parts and path.suffix in {".html", ".txt"})


def programme_apps() -> Iterator[str]:
    """Names of the installed programme apps, in the order of the settings."""
    yield from settings.PROGRAMME_APPS
