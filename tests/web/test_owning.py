# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A start on PostgreSQL: who owns, who works, what is refused in words, and that no password is told."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datacity.web import database
from tests.factories import databases
from tests.factories.killing import free_port, wait_for
from tests.factories.starting import django, environment, prepare, role

pytestmark = pytest.mark.postgres
PLAIN = "datacity_t_plain"
"""A role that may make neither databases nor roles."""


def test_the_first_start_makes_the_working_role_and_later_ones_keep_it(tmp_path: Path) -> None:
    home = tmp_path / "city"
    address = databases.address_of(home)

    first = prepare(home, address)
    kept = (home / "keys" / database.ROLE_FILE).read_text(encoding="utf-8")
    second = prepare(home, address)

    works = database.working(address, home / "keys")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert works["user"] == f"{address['name']}_work"
    assert works["password"] not in first.stdout + first.stderr + second.stdout + second.stderr
    assert (home / "keys" / database.ROLE_FILE).read_text(encoding="utf-8") == kept
    owners = databases.run("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", address)
    assert owners == [(address["user"],)]
    assert json.loads((home / "home.json").read_text())["database"] == "postgresql"


def test_two_roles_that_were_made_beforehand_share_the_work(tmp_path: Path) -> None:
    home = tmp_path / "city"
    owner = databases.address_of(home)
    with role(PLAIN) as password:
        works = {**owner, "user": PLAIN, "password": password}

        told = prepare(home, works, DATACITY_DATABASE_OWNER_URL=database.text(owner))
        worked = django(home, "worker", "--until-idle", DATACITY_DATABASE_URL=database.text(works))
        rights = databases.run(
            "SELECT has_table_privilege('journal_entry', 'INSERT'), has_table_privilege('journal_entry', 'UPDATE')",
            works,
        )

        assert (told.returncode, worked.returncode) == (0, 0), told.stderr + worked.stderr
        assert "Warning" not in told.stderr
        assert not (home / "keys" / database.ROLE_FILE).exists()
        assert rights == [(True, False)]


def test_one_role_that_owns_what_it_works_with_is_warned_of_at_every_start(tmp_path: Path) -> None:
    home = tmp_path / "city"
    with role(PLAIN) as password:
        address = {**databases.address_of(home), "user": PLAIN, "password": password}
        databases.run(f'ALTER DATABASE "{address["name"]}" OWNER TO {PLAIN}')

        told = [prepare(home, address), prepare(home, address)]

        assert [each.returncode for each in told] == [0, 0], told[0].stderr
        assert all(f"Warning: the role {PLAIN} owns the tables" in each.stderr for each in told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wr0ng-s3cret", "user": PLAIN}, "authentication failed"),
        ({"name": "datacity_t_nowhere"}, "does not exist"),
        ({"port": "1"}, "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_words_without_the_password(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    with role(PLAIN) as password:
        address = {**databases.address_of(tmp_path / "city"), **change}

        told = prepare(tmp_path / "city", address)

    said = told.stdout + told.stderr
    if words == "authentication failed" and told.returncode == 1:
        pytest.skip("this server lets everybody in without asking for a password")
    assert (told.returncode, words in said, "Traceback" in said) == (4, True, False), said
    assert "The database postgresql://" in said
    for secret in (password, "wr0ng-s3cret", databases.server()["password"]):
        assert not secret or secret not in said


def test_a_database_whose_texts_are_not_utf8_is_refused(tmp_path: Path) -> None:
    address = databases.address_of(tmp_path / "city")
    name = f"{address['name']}_ascii"
    databases.run(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    databases.made_too(name)

    told = prepare(tmp_path / "city", {**address, "name": name})

    assert (told.returncode, "SQL_ASCII" in told.stderr) == (2, True)


def test_a_home_works_with_one_database_and_a_database_for_one_home(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    address = databases.address_of(first)
    assert prepare(first, address).returncode == 0
    assert django(first, "worker", "--until-idle", DATACITY_DATABASE_URL=database.text(address)).returncode == 0

    taken = prepare(second, address)
    empty = prepare(first, databases.address_of(second))
    forgotten = django(first, "prepare", "--no-demo")

    assert [each.returncode for each in (taken, empty, forgotten)] == [5, 5, 5]
    assert "holds the work of another home" in taken.stderr
    assert "is empty" in empty.stderr
    assert "stored in PostgreSQL" in forgotten.stderr
    assert not (first / "control.sqlite3").exists()


@pytest.mark.slow
def test_up_serves_from_postgresql_and_neither_command_line_nor_services_hold_the_owners_password(
    tmp_path: Path,
) -> None:
    home, port = tmp_path / "city", free_port()
    with role("datacity_t_maker", "CREATEROLE") as password:
        address = {**databases.address_of(home), "user": "datacity_t_maker", "password": password}
        databases.run(f'ALTER DATABASE "{address["name"]}" OWNER TO datacity_t_maker')
        command = [sys.executable, "-m", "datacity.web.up", "--home", str(home), "--port", str(port), "--no-demo"]
        log = tmp_path / "up.log"
        with log.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [*command, "--database", database.text(address)],
                env=environment(home),
                stdout=file,
                stderr=file,
                text=True,
            )
        try:
            wait_for(
                lambda: "Stop it with" in log.read_text(encoding="utf-8") or process.poll() is not None, seconds=300
            )
            shown = processes(home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)

        said = log.read_text(encoding="utf-8")
        assert "DataCity answers at" in said, said
        assert "Warning" not in said
        assert password not in said
        assert len(shown) >= 4
        assert all(password not in line for line, _ in shown.values())
        assert {number for number, (_, known) in shown.items() if password in known} == {process.pid}
        assert database.working(address, home / "keys")["password"] not in said


def processes(home: Path) -> dict[int, tuple[str, str]]:
    """Give command line and environment of every process of this home."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "environ").read_bytes().decode(errors="replace")
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"DATACITY_HOME={home}\0" in known:
            found[int(folder.name)] = (line, known)
    return found


@pytest.mark.slow
def test_up_refuses_an_address_that_is_none_and_makes_no_home(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "datacity.web.up",
        "--home",
        str(tmp_path / "city"),
        "--database",
        "postgresql://ana:s3cret@/",
    ]

    told = subprocess.run(command, env=environment(tmp_path / "city"), capture_output=True, text=True, check=False)

    assert (told.returncode, "DATACITY_DATABASE_URL" in told.stderr, "s3cret" in told.stderr) == (2, True, False)
    assert not (tmp_path / "city").exists()
