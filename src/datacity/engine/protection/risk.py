# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The risk of being recognised: how many rows look alike.

prosecutor  the attacker knows that the person is in the table: 1 / size of the class; its largest value, and the share of
            rows above 0.2 (classes of fewer than 5).
marketer    the attacker tries to recognise everybody: the expected share of right guesses, classes / rows.
Source: El Emam and Dankar 2008; El Emam 2013, ch. 16.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.catalogue.description import ColumnType
from datacity.engine.protection.bench import bench
from datacity.engine.protection.binding import open_source, types_of
from datacity.engine.protection.models import listed_columns
from datacity.engine.protection.parts import Function
from datacity.engine.protection.plan import Plan
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid

HIGH_RISK = 0.2
SIZE_BARS = ((1, 1), (2, 2), (3, 4), (5, 10), (11, 50), (51, 100), (101, 1000), (1001, None))


@dataclass(frozen=True)
class RiskReport:
    """The risk of a table.

    kind: "rows", or "cells" for an aggregate whose count measure is published (a person is then in a cell of that many).
    quasi_identifiers: the columns it was measured on; without any, no risk of this kind is measured and k is None.
    rows: rows measured (for cells: rows counted in published cells). suppressed: rows shown as `*` in every quasi-identifier,
    or hidden cells; they are in no figure. k: smallest class. uniques: rows alone in their class. prosecutor_max: 0 to 1.
    prosecutor_high: share of rows whose prosecutor risk is above 0.2. marketer: 0 to 1. sizes: rows by size of their class,
    as (from, to or None, rows).
    """

    kind: str
    quasi_identifiers: tuple[str, ...]
    rows: int
    suppressed: int
    classes: int
    k: int | None
    uniques: int
    prosecutor_max: float | None
    prosecutor_high: float
    marketer: float | None
    sizes: tuple[tuple[int, int | None, int], ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as JSON values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**values, "quasi_identifiers": list(self.quasi_identifiers), "sizes": [list(bar) for bar in self.sizes]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RiskReport":
        """Read what `as_dict` gave."""
        quasi, sizes = (
            tuple(values["quasi_identifiers"]),
            tuple((low, high, rows) for low, high, rows in values["sizes"]),
        )
        return cls(**{**values, "quasi_identifiers": quasi, "sizes": sizes})


def measure_risk(table: Path, plan: Plan) -> RiskReport:
    """Give the risk of a typed or protected table on the plan's quasi-identifiers that it holds.

    A table that holds the plan's measures instead is taken for its aggregate.
    Raises Missing when there is no table; Invalid `protection.no_columns` when it holds none of the plan's columns.
    """
    with bench() as connection:
        open_source(connection, table)
        types = types_of(connection)
        quasi = tuple(name for name in types if name in plan.quasi_identifiers)
        if plan.aggregate and {measure.name for measure in plan.aggregate.measures} <= types.keys():
            return _measure_cells(connection, plan, types)
        if plan.columns and not any(name in types for name in plan.columns):
            raise Invalid(
                "protection.no_columns",
                "The table has none of the columns of the plan.",
                hint="Measure the table the plan was written for, or what it made of it.",
            )
        return _measure_rows(connection, quasi, types)


def _measure_rows(
    connection: DuckDBPyConnection, quasi: tuple[str, ...], types: Mapping[str, ColumnType]
) -> RiskReport:
    total = _number(connection, "SELECT count(*) FROM source")
    if not quasi:
        return _report("rows", quasi, {}, rows=total, suppressed=0)
    starred = _starred(connection, quasi, types)
    starred = 0 if starred == total else starred
    kept = f"WHERE NOT ({_stars(quasi)})" if starred else ""
    sizes = f"SELECT count(*) AS n FROM source {kept} GROUP BY {listed_columns(quasi)}"
    return _report("rows", quasi, _histogram(connection, sizes), rows=total - starred, suppressed=starred)


def _stars(quasi: tuple[str, ...]) -> str:
    return " AND ".join(f"coalesce({identifier(name)}, '') = '*'" for name in quasi)


def _starred(connection: DuckDBPyConnection, quasi: tuple[str, ...], types: Mapping[str, ColumnType]) -> int:
    """Count the rows that another tool shows as removed: `*` in every quasi-identifier. All rows so is a ladder's top."""
    if any(types[name] != ColumnType.TEXT for name in quasi):
        return 0
    return _number(connection, f"SELECT count(*) FROM source WHERE {_stars(quasi)}")


def _measure_cells(connection: DuckDBPyConnection, plan: Plan, types: Mapping[str, ColumnType]) -> RiskReport:
    aggregate = plan.aggregate
    assert aggregate is not None
    by = tuple(name for name in aggregate.by if name in types)
    counts = [each.name for each in aggregate.measures if each.function == Function.COUNT and each.column is None]
    status = f"{aggregate.measures[0].name}_status"
    hidden = (
        _number(connection, f"SELECT count(*) FROM source WHERE {identifier(status)} = 'hidden'")
        if status in types
        else 0
    )
    if not counts:
        cells = _number(connection, "SELECT count(*) FROM source")
        return _report("cells", by, {}, rows=cells - hidden, suppressed=hidden)
    count = identifier(counts[0])
    sizes = f"SELECT {count} AS n FROM source WHERE {count} IS NOT NULL"
    histogram = _histogram(connection, sizes)
    rows = sum(size * classes for size, classes in histogram.items())
    return _report("cells", by, histogram, rows=rows, suppressed=hidden)


def _histogram(connection: DuckDBPyConnection, sizes: str) -> dict[int, int]:
    """Give size of class → number of classes."""
    found = connection.execute(f"SELECT n, count(*) FROM ({sizes}) GROUP BY n ORDER BY n").fetchall()
    return {int(size): int(classes) for size, classes in found}


def _number(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _report(
    kind: str, quasi: tuple[str, ...], histogram: Mapping[int, int], *, rows: int, suppressed: int
) -> RiskReport:
    classes = sum(histogram.values())
    measured = bool(histogram) and rows > 0
    high = sum(size * count for size, count in histogram.items() if 1 / size > HIGH_RISK + 1e-12)
    bars = [
        (
            low,
            high_end,
            sum(
                size * count
                for size, count in histogram.items()
                if low <= size and (high_end is None or size <= high_end)
            ),
        )
        for low, high_end in SIZE_BARS
    ]
    return RiskReport(
        kind=kind,
        quasi_identifiers=quasi,
        rows=rows,
        suppressed=suppressed,
        classes=classes,
        k=min(histogram) if measured else None,
        uniques=histogram.get(1, 0),
        prosecutor_max=1 / min(histogram) if measured else None,
        prosecutor_high=high / rows if measured else 0.0,
        marketer=classes / rows if measured else None,
        sizes=tuple(bar for bar in bars if bar[2]),
    )
