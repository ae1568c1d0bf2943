# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home's database as it is at one moment, while others write: SQLite by its backup API, PostgreSQL by pg_dump.

Only plain SQL is used, never the models: a home of an older version is read as it is. Passwords travel in the environment
of the PostgreSQL programs, never among their arguments.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from datacity.kernel.errors import Conflict, Invalid, Missing

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MEMBER = {SQLITE: "database/control.sqlite3", POSTGRESQL: "database/control.pgdump"}
"""What the database is called in an archive."""

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""How PostgreSQL's programs are told where to connect."""

_PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/postgresql")
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"
_JOURNAL = "SELECT count(*) FROM journal_position"


class Fixed(Protocol):
    """A database at one moment."""

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Give the rows of a SELECT, as they were at that moment."""
        ...

    def copy_to(self, target: Path) -> None:
        """Write the whole database, as it was at that moment, into a file that is not there yet."""
        ...


class Database(Protocol):
    """A home's database."""

    @property
    def kind(self) -> str:
        """Either `sqlite` or `postgresql`."""
        ...

    def size(self) -> int:
        """Give about how many bytes a copy takes."""
        ...

    def fixed(self) -> Any:
        """Give a context manager with the database at the moment it is entered."""
        ...


def migrations(fixed: Fixed) -> list[list[str]]:
    """Give what was migrated, as [app, name] in the order it was done."""
    return [[str(app), str(name)] for app, name in fixed.rows(_MIGRATIONS)]


def journal_size(fixed: Fixed) -> int:
    """Give how many entries of the journal have a position."""
    return int(fixed.rows(_JOURNAL)[0][0])


def database_at(address: Mapping[str, str], home: Path) -> Database:
    """Give the database of an address as the settings read it; the empty one is the file of the home."""
    if address.get("engine") == POSTGRESQL:
        return PostgreSQL(address)
    return SQLite(Path(address.get("name") or home / "control.sqlite3"))


@dataclass(frozen=True)
class SQLite:
    """A database in one file."""

    path: Path

    @property
    def kind(self) -> str:
        """`sqlite`."""
        return SQLITE

    def size(self) -> int:
        """Give the bytes of the file and its log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    @contextmanager
    def fixed(self) -> Iterator["_FixedSQLite"]:
        """Give the database as it is now; writers go on. Raises Missing when the file is not there."""
        if not self.path.is_file():
            raise Missing("backup.no_database", "There is no database {file} in this home.", file=self.path.name)
        with closing(sqlite3.connect(self.path, timeout=20, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first reading fixes the moment
            yield _FixedSQLite(connection)


@dataclass(frozen=True)
class _FixedSQLite:
    """A connection inside a reading transaction: backup and questions see the same moment."""

    connection: sqlite3.Connection

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(question).fetchall()

    def copy_to(self, target: Path) -> None:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(target)) as copy:
            self.connection.backup(copy)


@dataclass(frozen=True)
class PostgreSQL:
    """A database on a PostgreSQL server. address: as `readers.database` gives it."""

    address: Mapping[str, str] = field(repr=False)

    @property
    def kind(self) -> str:
        """`postgresql`."""
        return POSTGRESQL

    def connect(self) -> Any:
        """Give a connection of its own, without a transaction. Raises Conflict when the server does not answer."""
        import psycopg  # only where PostgreSQL is used

        given: dict[str, Any] = {
            "user": self.address["user"],
            "password": self.address["password"],
            "dbname": self.address["name"],
        }
        more: dict[str, Any] = {name: self.address[name] for name in _VARIABLES if name in self.address}
        try:
            return psycopg.connect(**given, **more, connect_timeout=20, autocommit=True)
        except psycopg.OperationalError:
            raise Conflict(
                "backup.no_server",
                "The database server {host} does not answer, or refuses.",
                host=self.address["host"],
            ) from None  # the driver's own words may hold the role

    def size(self) -> int:
        """Give what the server says the database takes."""
        with self.connect() as connection:
            return int(connection.execute("SELECT pg_database_size(current_database())").fetchone()[0])

    @contextmanager
    def fixed(self) -> Iterator["_FixedPostgreSQL"]:
        """Give the database as it is now; writers go on."""
        with self.connect() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = str(connection.execute("SELECT pg_export_snapshot()").fetchone()[0])
            yield _FixedPostgreSQL(self, connection, snapshot)
            connection.execute("ROLLBACK")

    def run(self, program: str, *arguments: str) -> bytes:
        """Run one of PostgreSQL's programs on this database and give what it printed; where and as whom goes by the environment.

        Raises Missing when the program is not installed, Conflict when it fails.
        """
        who = {
            "PGUSER": self.address["user"],
            "PGPASSWORD": self.address["password"],
            "PGDATABASE": self.address["name"],
        }
        where = {variable: self.address[name] for name, variable in _VARIABLES.items() if name in self.address}
        return run(program, arguments, {**who, **where, "PGCONNECT_TIMEOUT": "20"})

    def is_empty(self) -> bool:
        """Tell whether the database has no table of its own yet."""
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        with self.connect() as connection:
            return not connection.execute(tables).fetchone()[0]

    def restore(self, dump: Path) -> None:
        """Bring a dump into this database, wholly or not at all. Raises Conflict when that fails."""
        self.run(
            "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
            f"--dbname={self.address['name']}", str(dump),
        )  # fmt: skip


@dataclass(frozen=True)
class _FixedPostgreSQL:
    """A connection inside a reading transaction whose snapshot it lends to pg_dump."""

    database: PostgreSQL
    connection: Any
    snapshot: str

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.execute(question).fetchall()]

    def copy_to(self, target: Path) -> None:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self.database.run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={self.snapshot}",
            f"--file={target}",
        )


def run(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Run one of PostgreSQL's programs and give what it printed. Raises Missing when it is not installed, Conflict when it fails."""
    path = found(program)
    if path is None:
        raise Missing(
            "backup.no_program",
            "The program {program} is not installed; backups of PostgreSQL need it.",
            hint="Install the package postgresql-client, in the version of the server or newer.",
            program=program,
        )
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATACITY_"))}
    done = subprocess.run(
        [path, *arguments], env={**quiet, **environment}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["?"]
        raise Conflict("backup.program", "{program} failed: {why}", program=program, why=said[0][:300])
    return done.stdout


def found(program: str) -> str | None:
    """Give the path of one of PostgreSQL's programs, the newest version first; None when it is nowhere."""
    versions = [path for place in _PLACES for path in Path(place).glob(f"*/bin/{program}") if os.access(path, os.X_OK)]
    newest = max(versions, key=lambda path: _version(path.parts[-3]), default=None)
    return str(newest) if newest is not None else shutil.which(program)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))


def check_sqlite(path: Path) -> None:
    """Raise Conflict when SQLite itself finds the file damaged, Invalid when it is no database."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Invalid("backup.no_sqlite", "The database in the backup is no SQLite database.") from error
    if told != "ok":
        raise Conflict("backup.damaged", "The database in the backup is damaged.")
