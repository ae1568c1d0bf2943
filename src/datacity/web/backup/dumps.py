# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The journal out of a PostgreSQL dump, as an SQLite file: so that a backup can be checked where no server is at hand.

`pg_restore` gives the three tables as text (the format of COPY), line by line; nothing of the other tables is unpacked.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from datacity.kernel.errors import Conflict
from datacity.web.backup import databases

TABLES = ("journal_entry", "journal_detail", "journal_position")
_COPY = re.compile(r"^COPY (?:\S+\.)?\"?(\w+)\"? \((.+)\) FROM stdin;$")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def journal_as_sqlite(dump: Path, target: Path, *, migrate: Callable[[Path], Any]) -> Path:
    """Write the journal of a dump into a new SQLite file and give its path. migrate: makes the empty tables of the journal in it.

    Raises Missing without pg_restore, Conflict when it cannot read the dump or the tables do not fit.
    """
    chosen = [option for table in TABLES for option in ("--table", table)]
    text = databases.run("pg_restore", ["--data-only", *chosen, "--file=-", str(dump)], {}).decode()
    migrate(target)
    try:
        with closing(sqlite3.connect(target)) as database, database:
            kinds_of = {table: _kinds(database, table) for table in TABLES}
            for table, columns, values in _rows(text):
                names, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
                kinds = kinds_of[table]
                row = [_value(value, kinds[column]) for column, value in zip(columns, values, strict=True)]
                database.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', row)  # noqa: S608 -- names from our own tables
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise Conflict(
            "backup.dump", "The journal in the dump cannot be read: {why}.", why=type(error).__name__
        ) from error
    return target


def _rows(text: str) -> Iterator[tuple[str, list[str], list[str | None]]]:
    """Give table, columns and values of each row of the COPY blocks."""
    table, columns = "", [""]
    for line in text.split("\n"):
        if not table:
            if begins := _COPY.match(line):
                table, columns = begins[1], [each.strip().strip('"') for each in begins[2].split(",")]
        elif line == "\\.":
            table = ""
        else:
            yield table, columns, [None if part == "\\N" else _plain(part) for part in line.split("\t")]


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _kinds(database: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: row[2].lower() for row in database.execute(f'PRAGMA table_info("{table}")')}


def _value(text: str | None, kind: str) -> Any:
    """Give a value as Django writes it into SQLite. kind: the column's declared type."""
    if text is None:
        return None
    if kind == "blob":
        return bytes.fromhex(text.removeprefix("\\x"))
    if kind == "datetime":
        moment = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(sep=" ")
    return {"t": 1, "f": 0}[text] if kind == "bool" else text
