# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home with people, a release and a journal moves from SQLite to PostgreSQL whole, or not at all."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import tomli_w

from datacity.web import database, home
from tests.factories import databases
from tests.factories.broken import ABOUT
from tests.factories.originals import french_csv
from tests.factories.publishing import PERSONS
from tests.factories.starting import django, prepare

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on SQLite that has published a file and lost a job's number."""
    folder = tmp_path_factory.mktemp("lived")
    file, about = french_csv("utf-8")(folder), folder / "ABOUT.toml"
    about.write_text(tomli_w.dumps({**ABOUT, "title": "Comptages"}), encoding="utf-8")
    for arguments in (
        ("prepare", "--no-demo"),
        ("publish", str(file), *PERSONS, f"--about={about}", "--language=en"),
        ("worker", "--until-idle"),
    ):
        done = django(folder / "city", *arguments)
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(folder / "city" / home.DATABASE)) as file_, file_:
        file_.execute("DELETE FROM jobs_job WHERE id = (SELECT max(id) FROM jobs_job)")
    return folder / "city"


@pytest.fixture
def city(lived: Path, tmp_path: Path) -> Path:
    """A copy of that home."""
    return Path(shutil.copytree(lived, tmp_path / "city"))


def move(city: Path) -> CompletedProcess[str]:
    return django(city, "move_database", DATACITY_DATABASE_URL=database.text(databases.address_of(city)))


def on_target(city: Path, *arguments: str) -> CompletedProcess[str]:
    return django(city, *arguments, DATACITY_DATABASE_URL=database.text(databases.address_of(city)))


def in_file(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as opened, opened:
        return opened.execute(statement).fetchall()


@pytest.fixture(scope="module")
def moved(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CompletedProcess[str]]:
    """A copy of that home, moved, and what the command said."""
    copy = Path(shutil.copytree(lived, tmp_path_factory.mktemp("moved") / "city"))
    return copy, move(copy)


def test_the_journal_verifies_on_the_other_side_as_it_did_before(
    lived: Path, moved: tuple[Path, CompletedProcess[str]]
) -> None:
    city, told = moved
    before, after = django(lived, "verify_journal"), on_target(city, "verify_journal")

    assert told.returncode == 0, told.stderr
    assert (before.returncode, after.returncode, before.stdout) == (0, 0, after.stdout)
    assert "0 faults" in told.stdout
    assert "every row was compared" in told.stdout


@pytest.mark.parametrize(
    "question",
    [
        "SELECT id, verb, publicity, edition, actor, subject, payload_digest FROM journal_entry ORDER BY id",
        "SELECT entry_id, {nonce}, payload FROM journal_detail ORDER BY entry_id",
        "SELECT position, entry_id, leaf_hash, chain_hash FROM journal_position ORDER BY position",
        "SELECT id, email, name, password FROM people_person ORDER BY id",
        "SELECT id, version, state, manifest_sha256 FROM releases_release ORDER BY id",
        "SELECT id, name, state, attempts FROM jobs_job ORDER BY id",
        "SELECT id, app, name FROM django_migrations ORDER BY id",
    ],
)
def test_rows_are_the_same_to_the_byte(lived: Path, moved: tuple[Path, CompletedProcess[str]], question: str) -> None:
    before = in_file(lived / home.DATABASE, question.format(nonce="lower(hex(nonce))"))
    after = databases.run(question.format(nonce="encode(nonce, 'hex')"), databases.address_of(moved[0]))

    assert before == after
    assert before


def test_the_file_lies_aside_and_the_home_works_on_postgresql_alone(moved: tuple[Path, CompletedProcess[str]]) -> None:
    city, _ = moved
    (aside,) = (city / "backups").glob("control-moved-*.sqlite3")

    assert json.loads((city / "home.json").read_text())["database"] == "postgresql"
    assert not list(city.glob("control.sqlite3*"))
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert in_file(aside, "SELECT count(*) FROM journal_entry")[0][0] > 0
    assert on_target(city, "install_guards", "--check").returncode == 0
    assert databases.working_address(city)["user"].endswith("_work")


def test_the_home_goes_on_where_it_stopped_and_gives_no_number_twice(
    lived: Path, moved: tuple[Path, CompletedProcess[str]], tmp_path: Path
) -> None:
    city, _ = moved
    given = in_file(
        lived / home.DATABASE, "SELECT name, seq FROM sqlite_sequence WHERE name IN ('jobs_job', 'journal_entry')"
    )
    file = french_csv("utf-8")(tmp_path)
    about = tmp_path / "ABOUT.toml"
    about.write_text(
        tomli_w.dumps({**ABOUT, "title": "Comptages encore", "change_note": "De nouveau."}), encoding="utf-8"
    )

    again = on_target(
        city,
        "publish",
        str(file),
        *(each for each in PERSONS if each != "--create-people"),
        f"--about={about}",
        "--language=en",
    )
    checked = on_target(city, "verify_journal")

    assert again.returncode == 0, again.stderr
    assert checked.returncode == 0, checked.stderr
    for table, last in given:
        highest = databases.run(f"SELECT max(id) FROM {table}", databases.address_of(city))[0][0]
        first_new = databases.run(f"SELECT min(id) FROM {table} WHERE id > {last - 1}", databases.address_of(city))[0][
            0
        ]
        assert highest > last, table
        assert first_new in (last, last + 1), table
    assert databases.run(
        f"SELECT count(*) FROM jobs_job WHERE id = {dict(given)['jobs_job']}", databases.address_of(city)
    ) == [(0,)]


def stays(city: Path, told: CompletedProcess[str], code: int, words: str) -> None:
    """The move was refused with these words and the home is as it was."""
    assert (told.returncode, words in told.stderr, "Traceback" in told.stderr) == (code, True, False), told.stderr
    assert json.loads((city / "home.json").read_text())["database"] == "sqlite"
    assert (city / home.DATABASE).exists()
    assert django(city, "verify_journal").returncode == 0


def test_a_home_that_is_being_served_is_not_moved(city: Path) -> None:
    with home.held(city):
        told = move(city)

    stays(city, told, 5, "already being served")


def test_a_database_that_holds_something_is_not_written_over(city: Path) -> None:
    other = city.parent / "other"
    assert prepare(other, databases.address_of(other)).returncode == 0

    told = django(city, "move_database", DATACITY_DATABASE_URL=database.text(databases.address_of(other)))

    stays(city, told, 5, "holds rows already")


def test_a_row_that_postgresql_does_not_take_stops_everything(city: Path) -> None:
    in_file(city / home.DATABASE, f"UPDATE jobs_job SET note = '{'x' * 301}' WHERE id = (SELECT min(id) FROM jobs_job)")

    told = move(city)

    stays(city, told, 5, "does not take a row of jobs_job")
    assert databases.run("SELECT count(*) FROM journal_entry", databases.address_of(city)) == [(0,)]


def test_a_forged_journal_is_not_carried_over(city: Path) -> None:
    opened = city / home.DATABASE
    ((trigger,),) = in_file(opened, "SELECT sql FROM sqlite_master WHERE name = 'guard_journal_entry_update'")
    in_file(opened, "DROP TRIGGER guard_journal_entry_update")
    ((verb,),) = in_file(opened, "SELECT verb FROM journal_entry WHERE id = 1")
    in_file(opened, "UPDATE journal_entry SET verb = 'forged' WHERE id = 1")

    told = move(city)

    in_file(opened, f"UPDATE journal_entry SET verb = '{verb}' WHERE id = 1")
    in_file(opened, trigger)
    stays(city, told, 5, "does not verify after the move")
    assert databases.run("SELECT count(*) FROM journal_entry", databases.address_of(city)) == [(0,)]
