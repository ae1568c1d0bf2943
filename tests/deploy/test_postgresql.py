# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The settings and roles that `deploy/` gives to PostgreSQL, on a server made for the test and thrown away."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

import postgres
from tests.factories.deployed import DEPLOY
from tests.factories.publishing import ROOT

pytestmark = pytest.mark.slow
CONF = DEPLOY / "postgresql" / "datacity.conf"


@pytest.fixture(scope="module")
def binaries() -> Path:
    """The folder of the server's programs; the test is skipped where they are not installed."""
    found = postgres.binaries(may_install=False)
    if found is None or not shutil.which("psql"):
        pytest.skip("PostgreSQL is not installed (./dc doctor --install)")
    return found


@pytest.fixture(scope="module")
def address(binaries: Path) -> Iterator[str]:
    """The address of a server with the roles and the database of `roles.sql`, without user and name."""
    with postgres.own(binaries) as superuser:
        parts = urlsplit(superuser)
        command = ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-v", "owner_password=o'wn", "-v", "work_password=work", "-f", DEPLOY / "postgresql" / "roles.sql", superuser]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        yield f"{parts.hostname}:{parts.port}"


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder of the user who runs the server: as root that is `postgres`, who may not enter pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="datacity-postgresql-"))
    if not os.geteuid():
        shutil.chown(folder, "postgres", "postgres")
    yield folder
    shutil.rmtree(folder)


def test_every_setting_is_one_of_postgresql(binaries: Path, place: Path) -> None:
    as_user = [] if os.geteuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = place / "data"
    subprocess.run([*as_user, binaries / "initdb", "-D", data, "--no-sync"], cwd="/", check=True, capture_output=True)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONF.read_text(encoding="utf-8"))

    names = [line.partition("=")[0].strip() for line in CONF.read_text().splitlines() if line and line[0] not in "# "]
    found = {name: subprocess.run([*as_user, binaries / "postgres", "-D", data, "-C", name], cwd="/", capture_output=True, text=True, check=False) for name in names}  # fmt: skip

    assert len(found) > 12
    assert {name: done.stderr for name, done in found.items() if done.returncode} == {}
    assert [found[name].stdout.strip() for name in ("fsync", "synchronous_commit")] == ["on", "on"]


def test_the_owner_makes_the_tables_and_the_role_that_works_cannot_take_the_guards_away(address: str, tmp_path: Path) -> None:  # fmt: skip
    given = {
        "DATACITY_HOME": str(tmp_path / "home"),
        "DATACITY_DATABASE_URL": f"postgresql://datacity_work:work@{address}/datacity",
        "DATACITY_DATABASE_OWNER_URL": f"postgresql://datacity_owner:o%27wn@{address}/datacity",
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")}

    done = subprocess.run([sys.executable, "-m", "django", "prepare", "--no-demo"], env={**kept, **given}, capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stdout + done.stderr
    with psycopg.connect(given["DATACITY_DATABASE_URL"], autocommit=True) as working:
        assert working.execute("SELECT count(*) FROM journal_entry").fetchone() is not None
        for forbidden in ("TRUNCATE journal_entry", "DELETE FROM journal_entry", "DROP TABLE journal_entry", "CREATE TABLE mine (x int)", "ALTER TABLE journal_entry DISABLE TRIGGER ALL"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                working.execute(forbidden)
