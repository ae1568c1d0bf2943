# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Commands of the site on a home whose database each test names itself, and roles of a PostgreSQL server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datacity.web import database
from tests.factories import databases
from tests.factories.publishing import ROOT


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a process on this home knows; of a database only what is given here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")}
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return {
        **kept,
        "DATACITY_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
        "PYTHONPATH": paths,
        **more,
    }


def django(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the site."""
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.run(command, env=environment(home, **more), capture_output=True, text=True, check=False)


def prepare(home: Path, address: database.Address, **more: str) -> subprocess.CompletedProcess[str]:
    """Start a home on a database, as `./dc up` does, as far as the first server."""
    return django(home, "prepare", "--no-demo", DATACITY_DATABASE_URL=database.text(address), **more)


@contextmanager
def role(name: str, rights: str = "") -> Iterator[str]:
    """A login role for the block, and its password; what it owns is dropped with it."""
    databases.run(f"DROP ROLE IF EXISTS {name}")
    databases.run(f"CREATE ROLE {name} LOGIN {rights} PASSWORD 'pl4in-s3cret'")
    try:
        yield "pl4in-s3cret"
    finally:
        databases.drop_all(os.getpid())
        databases.run(f"DROP ROLE {name}")
