# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Append-only and frozen tables: triggers on both databases, declared beside the models.

An app's `models.py` ends with `GUARDS`, a tuple of `Guard`. `install` writes the triggers (idempotent; run it after
every migrate, since Django rebuilds tables on SQLite and their triggers are lost), `missing` tells which are absent.

SQLite: UPDATE, DELETE and INSERT OR REPLACE. PostgreSQL: UPDATE, DELETE and TRUNCATE.
"""

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from django.db.models.options import Options


_TRIGGERS = (
    "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    " AND t.tgname LIKE 'guard\\_%%' AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
)
_ACTUAL = "md5(pg_get_triggerdef(t.oid) || p.prosrc)"
"""What the trigger and its function really are: one that was altered without its mark is noticed."""


@dataclass(frozen=True)
class Guard:
    """One table whose rows stay as they are.

    model: whose table. emptied: fields that may become empty ("" or no bytes), once, and nothing else.
    changeable: fields that may change freely. when: SQL condition on the row as it is, `{old}.field` for its columns
    (for instance `{old}.state = 'released'`); rows that do not fulfil it are free. Empty: all rows are guarded.
    """

    model: type[models.Model]
    emptied: tuple[str, ...] = ()
    changeable: tuple[str, ...] = ()
    when: str = ""

    @property
    def meta(self) -> "Options[models.Model]":
        """What Django knows of the model."""
        return self.model._meta  # noqa: SLF001 -- Django documents it under this name

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.meta.db_table

    def condition(self) -> str:
        """Give the SQL that tells whether the old row is guarded."""
        return f"({self.when.format(old='OLD')})" if self.when else ""

    def kept(self, same: str) -> str:
        """Give the SQL that tells whether a change touches only what may change; `same` compares two values, nulls included."""
        tests = []
        for field in self.meta.concrete_fields:
            if field.name in self.changeable:
                continue
            old, new = f'OLD."{field.column}"', f'NEW."{field.column}"'
            test = f"{new} {same} {old}"
            if field.name in self.emptied:
                test = f"({test} OR {new} IS NULL OR length({new}) = 0)"
            tests.append(test)
        return " AND ".join(tests)

    def unique_sets(self) -> list[tuple[str, ...]]:
        """Give the column sets that are unique without condition: an insert that meets one could replace a row."""
        column = {field.name: str(field.column) for field in self.meta.concrete_fields}
        sets: list[tuple[str, ...]] = [(column[field.name],) for field in self.meta.concrete_fields if field.unique]
        unique = (
            each
            for each in self.meta.constraints
            if isinstance(each, models.UniqueConstraint) and each.condition is None
        )
        sets.extend(tuple(column[name] for name in constraint.fields) for constraint in unique)
        return list(dict.fromkeys(sets))


def declared() -> list[Guard]:
    """Give the guards of every installed app, in the order of the settings."""
    found: list[Guard] = []
    for app in apps.get_app_configs():
        if app.models_module is not None:
            found.extend(getattr(importlib.import_module(app.models_module.__name__), "GUARDS", ()))
    return found


def install(connection: BaseDatabaseWrapper, guards: Iterable[Guard] | None = None) -> list[str]:
    """Write the triggers that are absent or differ; give the names of those written. All declared guards by default.

    A table that no migration has made yet is left out here and told by `missing`.
    """
    written = []
    present, tables = _present(connection), set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, table, statements, mark in _wanted(connection, guards):
            if table in tables and present.get(name) != mark:
                for statement in (_drop(connection, name, table), *statements):
                    cursor.execute(statement)
                written.append(name)
    return written


def missing(connection: BaseDatabaseWrapper, guards: Iterable[Guard] | None = None) -> list[str]:
    """Give the names of the triggers that are absent or differ from what is declared; empty when all is well."""
    present = _present(connection)
    return [name for name, _, _, mark in _wanted(connection, guards) if present.get(name) != mark]


@contextmanager
def lifted(connection: BaseDatabaseWrapper, guards: Iterable[Guard] | None = None) -> Iterator[None]:
    """Take the triggers away for a while, then write them again: only for emptying a test database."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, _, _ in _wanted(connection, guards):
            if table in tables:
                cursor.execute(_drop(connection, name, table))
    try:
        yield
    finally:
        install(connection, guards)


def _wanted(
    connection: BaseDatabaseWrapper, guards: Iterable[Guard] | None
) -> Iterator[tuple[str, str, list[str], str]]:
    """Give for each trigger its name, table, statements and a mark that says which text it has."""
    for guard in declared() if guards is None else guards:
        if connection.vendor == "postgresql":
            for name, statements in _postgresql(guard):
                mark = sha256("\n".join(statements).encode()).hexdigest()
                yield name, guard.table, [*statements, _signed(name, guard.table, mark)], mark
        else:
            for name, statement in _sqlite(guard):
                yield name, guard.table, [statement], statement


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Give the triggers of ours that exist, with the mark of each."""
    if connection.vendor == "postgresql":
        query = f"SELECT tgname, CASE WHEN obj_description(t.oid, 'pg_trigger') LIKE '%%' || {_ACTUAL} THEN left(obj_description(t.oid, 'pg_trigger'), 64) END {_TRIGGERS}"
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%%' ESCAPE '\\'"
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return dict(cursor.fetchall())


def _signed(name: str, table: str, mark: str) -> str:
    """Give the statement that notes in the trigger's comment what was declared and what is there."""
    return (
        f"DO $do$ BEGIN EXECUTE (SELECT format('COMMENT ON TRIGGER %I ON %I IS %L', t.tgname, c.relname, '{mark} ' || {_ACTUAL})"
        f" {_TRIGGERS} AND t.tgname = '{name}' AND c.relname = '{table}'); END $do$"
    )


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    place = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    return f'DROP TRIGGER IF EXISTS "{name}"{place}'


def _sqlite(guard: Guard) -> Iterator[tuple[str, str]]:
    table, condition = guard.table, guard.condition()
    refuse = f"BEGIN SELECT RAISE(ABORT, 'guarded: {table} keeps its rows as they are'); END"
    both = f"{condition} AND NOT ({guard.kept('IS')})" if condition else f"NOT ({guard.kept('IS')})"
    yield (
        f"guard_{table}_update",
        f'CREATE TRIGGER "guard_{table}_update" BEFORE UPDATE ON "{table}" WHEN {both} {refuse}',
    )
    when = f"WHEN {condition} " if condition else ""
    yield f"guard_{table}_delete", f'CREATE TRIGGER "guard_{table}_delete" BEFORE DELETE ON "{table}" {when}{refuse}'
    # INSERT OR REPLACE deletes the old row without asking the DELETE trigger unless recursive_triggers is on.
    meets = []
    for columns in guard.unique_sets():
        same = " AND ".join(f'OLD."{column}" = NEW."{column}"' for column in columns)
        where = f"{same} AND {condition}" if condition else same
        meets.append(f'EXISTS (SELECT 1 FROM "{table}" AS OLD WHERE {where})')  # noqa: S608 -- names of our own models
    either = " OR ".join(meets)
    yield (
        f"guard_{table}_insert",
        f'CREATE TRIGGER "guard_{table}_insert" BEFORE INSERT ON "{table}" WHEN {either} {refuse}',
    )


def _postgresql(guard: Guard) -> Iterator[tuple[str, list[str]]]:
    table, condition = guard.table, guard.condition()
    function = (
        'CREATE OR REPLACE FUNCTION "datacity_guard"() RETURNS trigger LANGUAGE plpgsql AS '
        "$$ BEGIN RAISE EXCEPTION 'guarded: % keeps its rows as they are', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    run = 'EXECUTE FUNCTION "datacity_guard"()'
    changed = f"NOT ({guard.kept('IS NOT DISTINCT FROM')})"
    both = f"{condition} AND {changed}" if condition else changed
    when = f"WHEN {condition} " if condition else ""
    kinds: list[tuple[str, str]] = [
        ("update", f'BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({both}) {run}'),
        ("delete", f'BEFORE DELETE ON "{table}" FOR EACH ROW {when}{run}'),
        ("truncate", f'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {run}'),
    ]
    for kind, body in kinds:
        yield f"guard_{table}_{kind}", [function, f'CREATE TRIGGER "guard_{table}_{kind}" {body}']
