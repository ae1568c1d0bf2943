# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Typed values: the DuckDB expression of each type, statistics over them, and the typed Parquet file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from datacity.engine.catalogue.description import Bar, Column, ColumnType, Description
from datacity.engine.catalogue.shapes import YES_WORDS, day_expression, moment_expression, pair_expression, trimmed
from datacity.engine.sources import duck
from datacity.engine.sources.duck import identifier, literal
from datacity.engine.sources.report import shorten
from datacity.engine.sources.writer import LINE
from datacity.kernel.progress import Tell, silent

BARS = 10
GATHERED = 100_000
"""Up to so many different cells a column is gathered; at most that many rows of a table for each column."""
_GAPS = "[ \u00a0\u202f\u2009\u2007]"
_SCALES = {ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.DATE, ColumnType.DATETIME}


@dataclass(frozen=True)
class Statistics:
    """Figures of a column over all rows; minimum and maximum in canonical text."""

    nulls: int
    distinct: int
    minimum: str | None
    maximum: str | None
    examples: tuple[str, ...]
    bars: tuple[Bar, ...]


def prepare(connection: duckdb.DuckDBPyConnection, text: Path) -> None:
    """Do what `define` does, and gather each column under the name `bag` gives: cell `v`, how many `n` have it, the first `line`.

    A column of few different cells becomes a table of those; any other a view with a row for each cell and n = 1. Once a connection.
    """
    define(connection, text)
    names = [str(row[0]) for row in connection.execute("DESCRIBE cells").fetchall() if row[0] != LINE]
    counts = "".join(f", approx_count_distinct({identifier(name)})" for name in names)
    rows, *distinct = connection.execute(f"SELECT count(*){counts} FROM cells").fetchone() or (0,)
    for name, number in zip(names, distinct, strict=True):
        one = f"SELECT {identifier(name)} AS v, 1::BIGINT AS n, {LINE} AS line FROM cells"
        few = f"SELECT {identifier(name)} AS v, count(*) AS n, min({LINE}) AS line FROM cells GROUP BY 1"
        kind, query = ("TABLE", few) if number <= min(GATHERED, rows // 4) else ("VIEW", one)
        connection.execute(f"CREATE TEMP {kind} {bag(name)} AS {query}")


def bag(name: str) -> str:
    """Give the name, quoted for SQL, under which `prepare` gathered the cells of a column."""
    return identifier(f"bag·{name}")  # technical names are ASCII: no column is called so


def define(connection: duckdb.DuckDBPyConnection, text: Path) -> None:
    """Give the connection the view `cells` of a text Parquet and one macro per type, `as_<type>(t)`, for trimmed text.

    `as_date_month_first` and `as_datetime_month_first` read month, day, year.
    """
    connection.execute(f"CREATE OR REPLACE TEMP VIEW cells AS SELECT * FROM read_parquet({literal(str(text))})")
    for kind in ColumnType:
        if kind is not ColumnType.TEXT:
            connection.execute(
                f"CREATE OR REPLACE TEMP MACRO as_{kind.value}(t) AS ({_typed(kind, month_first=False)})"
            )
    for kind in (ColumnType.DATE, ColumnType.DATETIME):
        connection.execute(
            f"CREATE OR REPLACE TEMP MACRO as_{kind.value}_month_first(t) AS ({_typed(kind, month_first=True)})"
        )


def filled(name: str, kind: ColumnType, missing: tuple[str, ...]) -> str:
    """Give the expression of the cell with blanks and missing words as null: trimmed, or as written for text."""
    bare = trimmed(name)
    for word in ("", *missing):
        bare = f"nullif({bare}, {literal(word.strip())})"
    return f"CASE WHEN {bare} IS NOT NULL THEN {identifier(name)} END" if kind is ColumnType.TEXT else bare


def typed(name: str, kind: ColumnType, *, month_first: bool) -> str:
    """Give the expression of the typed value of what `filled` gave under the column's name; needs `prepare`."""
    if kind is ColumnType.TEXT:
        return identifier(name)
    turned = "_month_first" if month_first and kind in {ColumnType.DATE, ColumnType.DATETIME} else ""
    return f"as_{kind.value}{turned}({identifier(name)})"


def _typed(kind: ColumnType, *, month_first: bool) -> str:
    number = f"replace(regexp_replace(t, '{_GAPS}', '', 'g'), ',', '.')"
    yes = ", ".join(literal(word) for word in YES_WORDS)
    return {
        ColumnType.INTEGER: f"CAST(regexp_replace({number}, '[.]0+$', '') AS BIGINT)",
        ColumnType.NUMBER: f"CAST({number} AS DOUBLE)",
        ColumnType.BOOLEAN: f"CASE WHEN t IS NOT NULL THEN lower(t) IN ({yes}) END",
        ColumnType.DATE: day_expression(month_first=month_first),
        ColumnType.DATETIME: moment_expression(month_first=month_first),
        ColumnType.TIME: "CASE WHEN t[2] IN (':', 'h') THEN '0' ELSE '' END || replace(t, 'h', ':')",
        ColumnType.GEO_POINT: f"CASE WHEN t[1] = '{{' THEN {_json_point()} WHEN t IS NOT NULL THEN {pair_expression()} END",
        ColumnType.GEO_SHAPE: "t",
    }[kind]


def _json_point() -> str:
    valid = "CASE WHEN json_valid(t) THEN t END"
    return (
        f"struct_pack(lon := CAST(json_extract_string({valid}, '$.coordinates[0]') AS DOUBLE),"
        f" lat := CAST(json_extract_string({valid}, '$.coordinates[1]') AS DOUBLE))"
    )


def write_typed(text: Path, description: Description, destination: Path, *, progress: Tell = silent) -> None:
    """Write the typed Parquet of a described text Parquet, without `__line`, rows in their order.

    text VARCHAR, integer BIGINT, number DOUBLE, boolean BOOLEAN, date DATE, datetime TIMESTAMP (UTC, without zone),
    time VARCHAR `HH:MM[:SS]`, geo_point STRUCT(lon DOUBLE, lat DOUBLE), geo_shape VARCHAR (GeoJSON geometry).
    Every filled cell has a value: the types were checked over all rows by `describe`. The file appears only when whole.
    progress: told the hundredths done.
    """
    partial = destination.with_name(destination.name + ".part")
    inner = ", ".join(
        f"{filled(column.name, column.type, column.missing)} AS {identifier(column.name)}"
        for column in description.columns
    )
    outer = ", ".join(
        f"{typed(column.name, column.type, month_first=column.month_first)} AS {identifier(column.name)}"
        for column in description.columns
    )
    try:
        with (
            TemporaryDirectory(dir=destination.parent, prefix=".typed-") as temp,
            duck.connect(temp=Path(temp)) as connection,
        ):
            define(connection, text)
            duck.run(
                connection,
                f"COPY (SELECT {outer} FROM (SELECT {inner} FROM cells)) TO {literal(str(partial))}"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)",
                progress,
            )
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)


def statistics(connection: duckdb.DuckDBPyConnection, column: Column, rows: int) -> Statistics:
    """Give the figures of a column over all its rows; needs `prepare`."""
    query = (
        f"SELECT {typed('cell', column.type, month_first=column.month_first)} AS value, n, line"
        f" FROM (SELECT {filled('v', column.type, column.missing)} AS cell, n, line FROM {bag(column.name)})"
        " WHERE cell IS NOT NULL"
    )
    ordered = column.type not in {ColumnType.GEO_POINT, ColumnType.GEO_SHAPE}
    bounds = "min(value), max(value)" if ordered else "NULL, NULL"
    figures = f"SELECT coalesce(sum(n), 0)::BIGINT, count(DISTINCT hash(value)), {bounds} FROM ({query})"
    filled_rows, distinct, low, high = connection.execute(figures).fetchone() or (0, 0, None, None)
    there = f"{filled('v', column.type, column.missing)} IS NOT NULL"
    first = f"SELECT v, line FROM (SELECT {identifier(column.name)} AS v, {LINE} AS line FROM cells) WHERE {there} LIMIT 2000"
    shown = connection.execute(f"SELECT v FROM ({first}) GROUP BY v ORDER BY min(line) LIMIT 5").fetchall()
    return Statistics(
        nulls=rows - filled_rows,
        distinct=distinct,
        minimum=_text(low),
        maximum=_text(high),
        examples=tuple(shorten(example) for (example,) in shown),
        bars=_bars(connection, query, column.type, (filled_rows, distinct, low, high)),
    )


def _text(found: Any) -> str | None:
    if found is None:
        return None
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, float):
        return repr(found)
    if isinstance(found, date):
        return found.isoformat()
    return shorten(str(found))


def _bars(
    connection: duckdb.DuckDBPyConnection, query: str, kind: ColumnType, figures: tuple[int, int, Any, Any]
) -> tuple[Bar, ...]:
    count, distinct, low, high = figures
    if not count or kind in {ColumnType.GEO_POINT, ColumnType.GEO_SHAPE}:
        return ()
    if kind in _SCALES and distinct > BARS and low != high:
        return _scale(connection, query, kind)
    if kind not in _SCALES and distinct > 0.5 * count and distinct > BARS:
        return ()
    order = "value" if kind in _SCALES else "2 DESC, value"
    rows = connection.execute(
        f"SELECT value, sum(n)::BIGINT FROM ({query}) GROUP BY 1 ORDER BY {order} LIMIT {BARS}"
    ).fetchall()
    return tuple(Bar(_text(found) or "", number) for found, number in rows)


def _scale(connection: duckdb.DuckDBPyConnection, query: str, kind: ColumnType) -> tuple[Bar, ...]:
    """Give equal-width bars between minimum and maximum; the last bar holds the maximum."""
    scale = {ColumnType.INTEGER: "CAST(value AS DOUBLE)", ColumnType.NUMBER: "value"}.get(
        kind, "epoch(CAST(value AS TIMESTAMP))"
    )
    rows = connection.execute(
        f"WITH known AS (SELECT {scale} AS x, n FROM ({query}) WHERE isfinite({scale})), edges AS (SELECT min(x) AS low, max(x) AS high FROM known)"
        f" SELECT least(CAST(floor((x - low) / (high - low) * {BARS}) AS INTEGER), {BARS - 1}) AS bar, sum(n)::BIGINT, any_value(low), any_value(high)"
        " FROM known, edges WHERE high > low AND isfinite(high - low) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    counts = {bar: number for bar, number, _, _ in rows}
    if not rows:
        return ()
    low, high = rows[0][2], rows[0][3]
    edges = [_edge(low + (high - low) * step / BARS, kind) for step in range(BARS + 1)]
    return tuple(
        Bar(f"{edges[bar]} – {edges[bar + 1]}", counts.get(bar, 0), edges[bar], edges[bar + 1]) for bar in range(BARS)
    )


def _edge(place: float, kind: ColumnType) -> str:
    if kind in {ColumnType.DATE, ColumnType.DATETIME}:
        moment = datetime(1970, 1, 1) + timedelta(seconds=place)  # noqa: DTZ001 -- the values are UTC without zone
        return moment.date().isoformat() if kind is ColumnType.DATE else moment.isoformat(timespec="minutes")
    return f"{place:.6g}"
