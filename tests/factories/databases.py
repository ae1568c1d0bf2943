# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""On which database the tests work: an SQLite file in each home, or with `DATACITY_TEST_POSTGRES` a database of that server.

The variable holds the address of a role that may make databases and roles, for instance
`postgresql://datacity:datacity@127.0.0.1:5432/postgres`. Each home of a test gets a database of its own, named after its folder; all
are dropped at the end. Nothing here imports Django.
"""

import atexit
import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from datacity.web import database, readers

VARIABLE = "DATACITY_TEST_POSTGRES"
_made: set[str] = set()


def server() -> database.Address:
    """Give the server the tests work on; {} when they work on SQLite."""
    return readers.postgresql(os.environ.get(VARIABLE, ""))


def on_postgresql() -> bool:
    """Tell whether the tests work on PostgreSQL."""
    return bool(os.environ.get(VARIABLE))


def connect(address: Mapping[str, str]) -> Any:
    """Give a connection past Django, each statement its own transaction."""
    import psycopg  # not there on a machine that only knows SQLite

    return closing(
        psycopg.connect(
            dbname=address["name"],
            user=address["user"],
            password=address["password"],
            host=address["host"],
            port=address["port"],
            autocommit=True,
        )
    )


def run(statement: str, address: Mapping[str, str] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement on the server, as the role that made everything, and give its rows."""
    with connect(address or server()) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def name_of(home: Path) -> str:
    """Give the name of a home's database: one for each folder."""
    return f"datacity_t_{sha256(str(home).encode()).hexdigest()[:16]}"


def address_of(home: Path) -> database.Address:
    """Give the address of a home's database as its owner; the database is made when it is first asked for."""
    address = {**server(), "name": name_of(home)}
    if address["name"] not in _made:
        _make(address["name"], "template0")
    return address


def _make(name: str, template: str) -> None:
    if not _made:
        atexit.register(drop_all, os.getpid())
    run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _made.add(name)


def made_too(name: str) -> None:
    """Let a database that a test made or renamed be dropped at the end too."""
    _made.add(name)


def working_address(home: Path) -> database.Address:
    """Give the address with which server and worker of this home work."""
    return database.working(address_of(home), home / "keys")


def environment(home: Path) -> dict[str, str]:
    """Give what a process must know to work on the database of this home; nothing on SQLite."""
    return {"DATACITY_DATABASE_URL": database.text(address_of(home))} if on_postgresql() else {}


def copied(home: Path, folder: Path) -> Path:
    """Copy a home that nobody works in, with its database; give the copy's folder."""
    shutil.copytree(home, folder)
    if on_postgresql():
        _make(name_of(folder), name_of(home))
        role = database.working(address_of(home), home / "keys")
        database.keep_role(folder / "keys", {**role, "name": name_of(folder)})
    return folder


def rows(home: Path, question: str) -> list[tuple[Any, ...]]:
    """Ask the database of a home, or change it, past Django."""
    if on_postgresql():
        return run(question, address_of(home))
    import sqlite3  # so that both ways stand beside each other

    with closing(sqlite3.connect(home / "control.sqlite3", timeout=20)) as connection, connection:
        return connection.execute(question).fetchall()


def drop_all(process: int) -> None:
    """Drop the databases and working roles of this process; a fork of it drops nothing."""
    if process != os.getpid():
        return
    for name in sorted(_made):
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for name in sorted(_made):  # a copy knows the role of what it was copied from
        run(f'DROP ROLE IF EXISTS "{name}_work"')
    _made.clear()
