# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Move a home's work from its SQLite file to PostgreSQL: every row as it is, compared, the journal verified, or nothing.

The file is held for writing and everything is written in one transaction of the target, which is committed only after each
table was read back and compared and the journal recomputed from its first entry.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from datacity.engine.ports.store import Store
from datacity.kernel.errors import Conflict
from datacity.programme.journal.actions.publication import check_published
from datacity.programme.journal.queries import Check, check_all
from datacity.web import database, home

SOURCE = "moved"
"""The name of the connection to the SQLite file."""
BATCH_ROWS = 500


@dataclass(frozen=True)
class Moved:
    """What was moved: how many tables and rows, and what the check of the journal counted on the target."""

    tables: int
    rows: int
    journal: Check


@contextmanager
def source(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to the home's SQLite file, which no other process can write while the block lasts.

    Raises Conflict when there is no such file or this version has not migrated it yet.
    """
    setting = database.entry({}, folder)
    if not Path(setting["NAME"]).exists():
        raise Conflict("database.nothing_to_move", "This home has no SQLite file: there is nothing to move.")
    opened = ConnectionHandler({"default": setting, SOURCE: setting})[SOURCE]
    connections[SOURCE] = opened
    try:
        executor = MigrationExecutor(opened)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise Conflict(
                "database.not_migrated",
                "This home was last used by an older version.",
                hint="Start it once with this one, stop it, and move then.",
            )
        with transaction.atomic(using=SOURCE):
            yield opened
    finally:
        opened.close()
        del connections[SOURCE]


def tables() -> list[type[models.Model]]:
    """Give every table of the installed apps and the note of the migrations, each once."""
    found: dict[str, type[models.Model]] = {}
    known: list[type[models.Model]] = [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]
    for model in known:
        if _meta(model).managed:
            found[_meta(model).db_table] = model
    return list(found.values())


def _meta(model: type[models.Model]) -> Any:
    return model._meta  # noqa: SLF001 -- Django documents it under this name


def require_empty() -> None:
    """Raise Conflict when the target holds rows that more than a migrate wrote."""
    there = set(connection.introspection.table_names())
    written = {"django_migrations", "django_content_type", "auth_permission"}
    full = [
        _meta(each).db_table
        for each in tables()
        if _meta(each).db_table in there - written and each._base_manager.exists()  # noqa: SLF001 -- documented
    ]
    if full:
        raise Conflict(
            "database.not_empty",
            "The database holds rows already ({tables}); only an empty one can take this home's work.",
            hint="Make a new database, or drop and make this one again.",
            tables=", ".join(full),
        )


def move(before: BaseDatabaseWrapper, store: Store) -> Moved:
    """Copy everything from the source to the default connection, as the owner of its migrated tables, and check it.

    Raises Conflict, and then nothing was written, when a table is not known, a row is not taken, differs when read back, or the
    journal does not verify.
    """
    known = tables()
    _refuse_unknown(before, known)
    with transaction.atomic():
        for model in known:
            _empty(model)
        counts = [_copy(model) for model in known]
        _check_references()
        for model in known:
            _compare(model)
            _go_on_counting(before, model)
        checked = check_all()
        faults = [*checked.faults, *check_published(store)]
        if faults:
            raise Conflict(
                "database.journal_differs",
                "The journal does not verify after the move: {fault}. Nothing was moved.",
                hint="Run verify_journal on this home first.",
                fault=faults[0],
            )
    return Moved(len(known), sum(counts), checked)


def _refuse_unknown(before: BaseDatabaseWrapper, known: list[type[models.Model]]) -> None:
    unknown = set(before.introspection.table_names()) - {_meta(each).db_table for each in known}
    if unknown:
        raise Conflict(
            "database.unknown_table",
            "The file holds tables that this version does not know: {tables}. Nothing was moved.",
            tables=", ".join(sorted(unknown)),
        )


def _empty(model: type[models.Model]) -> None:
    """Take out what the migrate of the target wrote by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(_meta(model).db_table)}")  # noqa: S608 -- a table of ours


def _copy(model: type[models.Model]) -> int:
    """Write the rows of one table as they are, no default and no "now" of a field put in; give how many."""
    fields = _meta(model).concrete_fields
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {quoted(_meta(model).db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 -- names of our own models
    count = 0
    rows = _rows(model, SOURCE)
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH_ROWS)):
            values = [
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in batch
            ]
            try:
                cursor.executemany(insert, values)
            except DatabaseError as error:
                raise _not_taken(model, error) from error
            count += len(batch)
    return count


def _rows(model: type[models.Model], alias: str) -> Iterator[models.Model]:
    return model._base_manager.using(alias).order_by("pk").iterator(chunk_size=BATCH_ROWS)  # noqa: SLF001 -- documented


def _not_taken(model: type[models.Model], error: DatabaseError) -> Conflict:
    return Conflict(
        "database.row_not_taken",
        "PostgreSQL does not take a row of {table}: {why}. Nothing was moved.",
        table=_meta(model).db_table,
        why=str(error).strip().splitlines()[0],
    )


def _check_references() -> None:
    """Let the target check now what it would check at the commit: that every row another one names is there."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise Conflict(
            "database.reference_missing",
            "A row names another one that is not there: {why}. Nothing was moved.",
            why=str(error).strip().splitlines()[0],
        ) from error


def _compare(model: type[models.Model]) -> None:
    """Read both sides whole. Raises Conflict when they differ in a single value."""
    if _digest(model, SOURCE) != _digest(model, "default"):
        raise Conflict(
            "database.rows_differ",
            "The rows of {table} differ after the move. Nothing was moved.",
            table=_meta(model).db_table,
        )


def _digest(model: type[models.Model], alias: str) -> str:
    fields, found = _meta(model).concrete_fields, sha256()
    for row in _rows(model, alias):
        found.update(repr([_value(field, getattr(row, field.attname)) for field in fields]).encode())
    return found.hexdigest()


def _value(field: Any, value: Any) -> Any:
    """Give a value as it is compared: bytes as bytes, JSON with its keys in order, whatever the database made of it."""
    prepared = field.get_prep_value(value)
    if isinstance(field, models.JSONField):
        return json.dumps(prepared, sort_keys=True, default=str)
    return bytes(prepared) if isinstance(prepared, memoryview) else prepared


def _go_on_counting(before: BaseDatabaseWrapper, model: type[models.Model]) -> None:
    """Let the next number be the one the file would have given: a number that was ever given is not given again."""
    key = _meta(model).pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return
    table = _meta(model).db_table
    with before.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    highest = model._base_manager.aggregate(highest=models.Max("pk"))["highest"] or 0  # noqa: SLF001 -- documented
    last = max(row[0] if row else 0, highest)
    if last:
        with connection.cursor() as cursor:
            place = [connection.ops.quote_name(table), key.column, last]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", place)


def put_aside(folder: Path, *, at: datetime) -> Path:
    """Move the SQLite file that is no longer worked with into `backups/`; give where it lies."""
    old, aside = folder / home.DATABASE, folder / "backups" / f"control-moved-{at:%Y%m%dT%H%M%SZ}.sqlite3"
    with closing(sqlite3.connect(old)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")  # what the log still holds goes into the file
    old.replace(aside)
    return aside
