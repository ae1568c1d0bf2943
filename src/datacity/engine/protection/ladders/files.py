# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders read from hierarchy files: no header, `;` between columns, the value itself first, coarser to the right."""

import csv
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from datacity.engine.catalogue.description import ColumnType
from datacity.engine.protection.ladders.ladder import Ladder, Rewriting
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid, Missing

MAXIMUM_ROWS = 2_000_000
SHOWN_VALUES = 5


def read_hierarchy(folder: Path | None, name: str, *, column: str) -> list[tuple[str, ...]]:
    """Give the rows of a hierarchy file, the leaf first.

    Raises Missing `protection.hierarchy_missing` when the file is not in the folder; Invalid, with the line, for a row of
    another length (`hierarchy_ragged`), a leaf named twice (`hierarchy_twice`), two values joined at one level and apart
    at the next (`hierarchy_splits`), a text that is not UTF-8 or an empty file.
    """
    path = folder / name if folder else None
    if path is None or not path.is_file():
        raise Missing(
            "protection.hierarchy_missing",
            "Column {column}: there is no hierarchy file {name}.",
            hint="Put it beside the plan.",
            field=f"columns.{column}.hierarchy",
            column=column,
            name=name,
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [tuple(row) for row in csv.reader(lines, delimiter=";") if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(
            "protection.hierarchy_text",
            "The hierarchy file {name} is not readable as UTF-8 text with semicolons.",
            hint="Save it again as CSV, UTF-8, with ; between columns.",
            field=f"columns.{column}.hierarchy",
            name=name,
        ) from error
    _check_rows(rows, name)
    return rows


def _check_rows(rows: Sequence[tuple[str, ...]], name: str) -> None:
    if not rows or len(rows) > MAXIMUM_ROWS:
        raise Invalid(
            "protection.hierarchy_size",
            "The hierarchy file {name} has {rows} rows; 1 to {maximum} are read.",
            name=name,
            rows=len(rows),
            maximum=MAXIMUM_ROWS,
        )
    if _is_sound(rows):
        return
    seen: dict[str, int] = {}
    parents: dict[tuple[int, str], str] = {}
    for line, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise Invalid(
                "protection.hierarchy_ragged",
                "The hierarchy file {name} has {found} columns on line {line}, {expected} on the first.",
                hint="Give every line the same number of columns.",
                name=name,
                line=line,
                found=len(row),
                expected=len(rows[0]),
            )
        if row[0] in seen:
            raise Invalid(
                "protection.hierarchy_twice",
                "The hierarchy file {name} names {value} on line {first} and again on line {line}.",
                hint="Remove one of the two lines.",
                name=name,
                value=row[0],
                first=seen[row[0]],
                line=line,
            )
        seen[row[0]] = line
        for level, (value, parent) in enumerate(pairwise(row[1:]), start=1):
            if parents.setdefault((level, value), parent) != parent:
                raise Invalid(
                    "protection.hierarchy_splits",
                    "The hierarchy file {name}, line {line}: {value} becomes {parent}, but {other} on an earlier line.",
                    hint="A value must have one parent at the next level.",
                    name=name,
                    line=line,
                    value=value,
                    parent=parent,
                    other=parents[level, value],
                )


def _is_sound(rows: Sequence[tuple[str, ...]]) -> bool:
    """Tell quickly whether all is well; where it is not, the rows are gone through one by one for the place."""
    if len(set(map(len, rows))) != 1:
        return False
    columns = list(zip(*rows, strict=True))
    nested = all(len(set(zip(low, high, strict=True))) == len(set(low)) for low, high in pairwise(columns[1:]))
    return nested and len(set(columns[0])) == len(rows)


def load_hierarchy(connection: DuckDBPyConnection, table: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Make the temporary table `table` with columns l0, l1 … and one row a leaf; values are bound."""
    columns: dict[str, Any] = {
        f"l{level}": pa.array(list(texts), pa.string()) for level, texts in enumerate(zip(*rows, strict=True))
    }
    connection.register("hierarchy rows", pa.table(columns))
    try:
        connection.execute(f'CREATE OR REPLACE TEMP TABLE {identifier(table)} AS SELECT * FROM "hierarchy rows"')
    finally:
        connection.unregister("hierarchy rows")


def file_ladder(name: str, table: str, rows: Sequence[tuple[str, ...]], type_: ColumnType) -> Ladder:
    """Give the ladder of a hierarchy loaded as `table`; its levels are numbered only, the last need not be `*`."""

    def rewrite(column: str, level: int) -> Rewriting:
        if level == 0:
            return Rewriting(column)
        return Rewriting(f"{identifier(table)}.l{level}", join(table, column, type_))

    return Ladder(name, tuple(str(level) for level in range(len(rows[0]))), rewrite, domain=len(rows))


def join(table: str, column: str, type_: ColumnType) -> str:
    """Give the join of a column with its hierarchy: numbers by value, everything else by text."""
    leaf = f"{identifier(table)}.l0"
    if type_ in {ColumnType.NUMBER, ColumnType.INTEGER}:
        return f"LEFT JOIN {identifier(table)} ON TRY_CAST({leaf} AS DOUBLE) = {column}::DOUBLE"
    return f"LEFT JOIN {identifier(table)} ON {leaf} = {column}::VARCHAR"


def refuse_values_outside(
    connection: DuckDBPyConnection, table: str, column: str, type_: ColumnType, *, name: str
) -> None:
    """Raise Invalid `protection.hierarchy_lacks` with up to five values of `source` that the hierarchy does not name."""
    quoted = f"source.{identifier(column)}"
    found = connection.execute(
        f"SELECT DISTINCT {quoted}::VARCHAR AS value FROM source {join(table, quoted, type_)}"
        f" WHERE {identifier(table)}.l0 IS NULL AND {quoted} IS NOT NULL ORDER BY value LIMIT {SHOWN_VALUES + 1}"
    ).fetchall()
    if found:
        values = [str(value) for (value,) in found]
        more = " …" if len(values) > SHOWN_VALUES else ""
        raise Invalid(
            "protection.hierarchy_lacks",
            "Column {column}: the hierarchy file {name} does not name {values}.",
            hint="Add a line for each of these values.",
            field=f"columns.{column}.hierarchy",
            column=column,
            name=name,
            values=", ".join(values[:SHOWN_VALUES]) + more,
        )
