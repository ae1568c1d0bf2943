# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the role that works may do on PostgreSQL, and what neither it nor the owner may."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import databases
from tests.factories.publishing import City

pytestmark = pytest.mark.postgres

GUARDED = ("journal_entry", "journal_detail", "journal_secret", "journal_position", "releases_clearance")
ONE_LEFT = "WHERE ctid = (SELECT min(ctid) FROM {table})"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as the first start makes it, with an entry and its place."""
    city = City(tmp_path_factory.mktemp("rights")).prepare()
    assert city.django("worker", "--until-idle").returncode == 0
    return city.home


@pytest.fixture
def working(home: Path) -> Iterator[Any]:
    """A connection as the role that works."""
    with databases.connect(databases.working_address(home)) as connection:
        yield connection


@pytest.fixture
def owning(home: Path) -> Iterator[Any]:
    """A connection as the owner."""
    with databases.connect(databases.address_of(home)) as connection:
        yield connection


def count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize(
    "statement",
    [
        *(f"DELETE FROM {table}" for table in GUARDED),
        *(f"TRUNCATE {table} CASCADE" for table in (*GUARDED, "jobs_job", "people_person")),
        "UPDATE journal_entry SET verb = 'forged'",
        "UPDATE journal_position SET position = position + 1",
        "UPDATE journal_detail SET entry_id = entry_id + 1",
        "UPDATE journal_secret SET ref = 'person:2'",
        "UPDATE django_migrations SET name = '0000'",
        "DELETE FROM django_migrations",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "ALTER TABLE journal_entry ADD COLUMN more text",
        "ALTER TABLE jobs_job RENAME TO jobs_gone",
        "DROP TRIGGER guard_journal_entry_update ON journal_entry",
        "DROP TABLE journal_entry CASCADE",
        "CREATE TRIGGER quiet BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION datacity_guard()",
        "CREATE OR REPLACE FUNCTION datacity_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TABLE beside (number int)",
        "CREATE TEMPORARY TABLE journal_entry (number int)",
        "CREATE SCHEMA beside",
        "SET session_replication_role = 'replica'",
        "SET ROLE the_owner",
        "COMMENT ON TRIGGER guard_journal_entry_update ON journal_entry IS 'forged'",
    ],
)
def test_the_working_role_is_refused_what_takes_back_or_unguards(working: Any, statement: str) -> None:
    import psycopg  # only where these tests run

    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)):
        working.execute(statement.replace("the_owner", databases.server()["user"]))


def test_grant_of_a_right_the_role_has_not_gives_nothing(working: Any) -> None:
    rights = working.execute(
        "SELECT has_table_privilege('journal_entry', 'DELETE, TRUNCATE, TRIGGER, REFERENCES')"
    ).fetchone()

    assert rights == (False,)


def test_the_working_role_owns_nothing_and_is_nobody_elses_member(working: Any) -> None:
    owned = working.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user").fetchone()
    rights = working.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    member = working.execute("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole").fetchone()

    assert (owned, rights, member) == ((0,), (False,) * 5, (0,))


def test_the_working_role_reads_adds_and_changes_what_no_guard_keeps(working: Any) -> None:
    working.execute("BEGIN")
    working.execute("UPDATE jobs_job SET note = 'seen'")
    working.execute("DELETE FROM jobs_job")
    emptied = working.execute("UPDATE journal_detail SET nonce = '', payload = ''").rowcount
    left = count(working, "jobs_job")
    working.execute("ROLLBACK")

    assert emptied == count(working, "journal_detail") > 0
    assert left == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {field} = upper({field})", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
@pytest.mark.parametrize(("table", "field"), [("journal_entry", "verb"), ("journal_position", "leaf_hash")])
def test_the_owner_too_is_stopped_by_the_triggers(owning: Any, statement: str, table: str, field: str) -> None:
    import psycopg  # only where these tests run

    before = count(owning, table)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="keeps its rows as they are"):
        owning.execute(statement.format(table=table, field=field))

    assert count(owning, table) == before > 0


@pytest.mark.parametrize(
    "hurt",
    [
        "DROP TRIGGER guard_journal_entry_truncate ON journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER guard_journal_entry_truncate",
        "ALTER TABLE journal_entry ENABLE REPLICA TRIGGER guard_journal_entry_truncate",
        "COMMENT ON TRIGGER guard_journal_entry_truncate ON journal_entry IS NULL",
        "CREATE OR REPLACE FUNCTION datacity_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE OR REPLACE TRIGGER guard_journal_entry_truncate BEFORE TRUNCATE ON journal_entry WHEN (false) EXECUTE FUNCTION datacity_guard()",
    ],
)
def test_a_guard_that_the_owner_weakened_stops_the_worker_and_the_next_start_mends_it(
    home: Path, owning: Any, hurt: str
) -> None:
    city = City(home.parent)
    owning.execute(hurt)

    work = city.django("worker", "--until-idle")
    mended = city.django("prepare", "--no-demo")
    after = city.django("install_guards", "--check")

    assert (work.returncode, "guard_journal_entry_truncate" in work.stderr) == (1, True)
    assert (mended.returncode, after.returncode) == (0, 0), mended.stderr + after.stderr
