# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A plan's effect on the first rows of a table, fast enough for a page that shows it live."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.protection.bench import bench
from datacity.engine.protection.binding import PLACE, Binding, bind, levels, open_source, prepare
from datacity.engine.protection.cells import count_cells, make_cells, published_cells
from datacity.engine.protection.models import failing_classes, listed_columns, same_class
from datacity.engine.protection.parts import Aggregate
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.search.settling import needs_search, settle
from datacity.engine.sources.duck import literal

PREVIEW_ROWS = 10_000

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Preview:
    """A plan's effect on a sample.

    sample_rows of total_rows were looked at, from the start of the table. columns: names of the published columns.
    before, after: the same rows as text; an `after` of None is a row that would be removed. classes, suppressed, smallest_class,
    hidden_cells: as in ProtectionResult, on the sample: on the whole table classes are larger, fewer rows are removed.
    """

    kind: str
    sample_rows: int
    total_rows: int
    columns_before: tuple[str, ...]
    columns: tuple[str, ...]
    before: tuple[Row, ...]
    after: tuple[Row | None, ...]
    classes: int
    suppressed: int
    smallest_class: int
    hidden_cells: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give the preview as JSON values."""
        return {**asdict(self), "levels": dict(self.levels)}


def preview(typed: Path, plan: Plan, rows: int = 20, *, hierarchies: Path | None = None) -> Preview:
    """Give the effect of the plan on the first rows of the table (at most PREVIEW_ROWS are looked at, `rows` are given).

    Raises what `protect` raises for a plan that does not fit the table; how many rows it would remove is only told.
    """
    plan.require_ready()
    with bench() as connection:
        open_source(connection, typed, view="whole")
        total = _numbers(connection, "SELECT count(*) FROM whole")[0]
        connection.execute(
            f"CREATE TEMP TABLE source AS SELECT * FROM read_parquet({literal(str(typed))}) LIMIT {PREVIEW_ROWS}"
        )
        binding = bind(connection, plan, hierarchies=hierarchies)
        settled = None
        if needs_search(plan) and binding.quasi_identifiers:
            # a sample has smaller classes than the whole: however many rows it would lose, the levels are shown
            settled = settle(
                connection, replace(binding, plan=replace(plan, suppression_limit=1.0)), hierarchies=hierarchies
            )
            binding = replace(settled.binding, plan=plan)
        prepare(connection, binding)
        names, before = _table(connection, f"SELECT * FROM source ORDER BY rowid LIMIT {rows:d}")
        shown = (
            _preview_cells(connection, binding, plan.aggregate, rows)
            if plan.aggregate
            else _preview_rows(connection, binding, rows, judged=settled is not None and settled.made_failing)
        )
        return Preview(
            sample_rows=min(total, PREVIEW_ROWS), total_rows=total, columns_before=names, before=before, **shown
        )


def _preview_cells(connection: DuckDBPyConnection, binding: Binding, aggregate: Aggregate, rows: int) -> dict[str, Any]:
    make_cells(connection, binding, aggregate)
    counts = count_cells(connection, binding.plan)
    names, after = _table(connection, f"{published_cells(binding, aggregate)} LIMIT {rows:d}")
    return {
        "kind": "cells",
        "columns": names,
        "after": after,
        "classes": counts.cells,
        "suppressed": 0,
        "smallest_class": counts.smallest_published,
        "hidden_cells": counts.hidden,
        "levels": levels(tuple(binding.column(name) for name in aggregate.by)),
    }


def _preview_rows(connection: DuckDBPyConnection, binding: Binding, rows: int, *, judged: bool) -> dict[str, Any]:
    """Give the figures of rows. judged: whether the table `failing` is there already."""
    quasi, plan = binding.quasi_identifiers, binding.plan
    names = tuple(column.name for column in binding.published)
    connection.execute(f"CREATE TEMP TABLE staged AS {binding.rewritten(extra=f'source.rowid AS {PLACE}')}")
    classes, smallest, suppressed = 1, 0, 0
    if quasi:
        if not judged:
            connection.execute(
                f"CREATE TEMP TABLE failing AS {failing_classes('staged', quasi, k=plan.k, models=plan.models)}"
            )
        kept = f"staged ANTI JOIN failing ON {same_class('staged', 'failing', quasi)}"
        sizes = f"SELECT count(*) AS n FROM {kept} GROUP BY {listed_columns([f'{name}' for name in quasi])}"
        classes, smallest = _numbers(connection, f"SELECT count(*), coalesce(min(n), 0) FROM ({sizes})")
        suppressed = _numbers(connection, "SELECT coalesce(sum(n), 0)::BIGINT FROM failing")[0]
    removed = f"EXISTS (SELECT 1 FROM failing WHERE {same_class('staged', 'failing', quasi)})" if quasi else "false"
    shown = "".join(f"{column}, " for column in map(_quoted, names))
    _, after = _table(connection, f"SELECT {shown}{removed} FROM staged ORDER BY {PLACE} LIMIT {rows:d}")
    return {
        "kind": "rows",
        "columns": names,
        "after": tuple(None if row[-1] == "true" else row[:-1] for row in after),
        "classes": classes,
        "suppressed": suppressed,
        "smallest_class": smallest,
        "levels": levels(binding.columns),
    }


def _quoted(name: str) -> str:
    return listed_columns([name])


def _numbers(connection: DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    return tuple(int(value) for value in row or ())


def _table(connection: DuckDBPyConnection, query: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    cursor = connection.execute(query)
    names = tuple(str(column[0]) for column in cursor.description)
    return names, tuple(tuple(as_text(value) for value in row) for row in cursor.fetchall())


def as_text(value: object) -> str | None:
    """Give a value of a typed table as people read it; a point is "latitude, longitude"."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict) and {"lon", "lat"} <= value.keys():
        return f"{value['lat']}, {value['lon']}"
    return str(value)
