# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A test home that counts as a demo home, and one whole demonstration built as `./dc up` builds it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from datacity.web import demo, start
from tests.factories import databases

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")}


@pytest.fixture
def demo_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This home counts as a demo home: its verb and jobs are known."""
    monkeypatch.setattr(demo, "is_here", lambda: True)
    start.collect()
    yield
    monkeypatch.undo()
    start.collect()


@dataclass(frozen=True)
class Built:
    """A demonstration built in a home of its own. accounts: what the start printed. seconds: of both parts, wall clock."""

    home: Path
    accounts: str
    seconds: tuple[float, float]

    def django(self, *arguments: str) -> str:
        """Run a command of the home and give its standard output."""
        return run(self.home, *arguments)

    def ask(self, code: str) -> Any:
        """Run Python in the home; what it leaves in `answer` comes back."""
        shell = f"import json, django; django.setup()\n{code}\nprint(json.dumps(answer))"
        return json.loads(python(self.home, "-c", shell))


def run(home: Path, *arguments: str) -> str:
    """Run a Django command on a home."""
    return python(home, "-m", "django", *arguments)


def python(home: Path, *arguments: str) -> str:
    """Run Python with the settings of a home."""
    environment = {**ENVIRONMENT, "DATACITY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "datacity.web.settings"}
    environment |= databases.environment(home)
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def timed(work: Callable[[], str]) -> tuple[str, float]:
    """Give what the work gave, and its seconds."""
    began = time.monotonic()
    return work(), time.monotonic() - began


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole demonstration at its usual size."""
    home = tmp_path_factory.mktemp("valmire") / "home"
    accounts, first = timed(lambda: run(home, "prepare"))
    _, rest = timed(lambda: run(home, "worker", "--until-idle"))
    return Built(home, accounts, (first, rest))
