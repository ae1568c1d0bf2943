# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each column of a published table holds: filled cells, distinct values, bounds, and a small distribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from datacity.engine.serve.odsql.schema import BoundValue, Column, Kind, quoted

MOST_CHOICES = 30
"""Distinct values up to which all are listed, so that a page can offer them as choices."""
_FEW_VALUES = 12
_BINS = 10
_ORIGIN = datetime(1970, 1, 1)  # noqa: DTZ001 -- moments are kept in UTC without offset
Bound = int | float | date | datetime


class Rows(Protocol):
    """What answers SQL with rows."""

    def rows(self, sql: str, parameters: Mapping[str, BoundValue]) -> list[tuple[Any, ...]]:
        """Give all rows of the answer."""
        ...


@dataclass(frozen=True)
class Bar:
    """Rows of one value (`value`, as text) or of a span (`low` included, `high` excluded but in the last); empty cells are in none."""

    count: int
    value: str = ""
    low: Bound | None = None
    high: Bound | None = None


@dataclass(frozen=True)
class Profile:
    """One column. filled: cells with a value; distinct: different values; low, high: bounds, None without order or value.

    bars: the most frequent values, or spans of equal width. complete: the bars are all the values there are.
    """

    name: str
    kind: Kind
    filled: int
    distinct: int
    low: Any
    high: Any
    bars: tuple[Bar, ...]
    complete: bool


def profiles(database: Rows, source: str, columns: Sequence[Column]) -> tuple[Profile, ...]:
    """Give the profile of every column, in order: one question for all counts, then one a column for its bars.

    source: SQL of the table, ending in its alias. Raises TooBusy, TooLong.
    """
    if not columns:
        return ()
    counted = ", ".join(_counts(column) for column in columns)
    row = database.rows(f"SELECT {counted} FROM {source}", {})[0]  # noqa: S608 -- names quoted
    return tuple(
        _profile(database, source, column, row[4 * place : 4 * place + 4]) for place, column in enumerate(columns)
    )


def _counts(column: Column) -> str:
    name = quoted(column.name)
    if column.kind.is_ordered:
        return f"count({name}), count(DISTINCT {name}), min({name}), max({name})"
    return f"count({name}), count(DISTINCT {name}::VARCHAR), NULL, NULL"


def _profile(database: Rows, source: str, column: Column, counts: Sequence[Any]) -> Profile:
    filled, distinct, low, high = counts
    bars: tuple[Bar, ...] = ()
    complete = False
    if filled and column.kind is Kind.GEO_SHAPE:
        bars = _values(database, source, f"json_extract_string({quoted(column.name)}, '$.type')")
    elif filled and column.kind.is_ordered:
        spread = (column.kind.is_numeric or column.kind.is_temporal) and distinct > _FEW_VALUES
        bars = _spans(database, source, column, (low, high)) if spread else _values(database, source, _text(column))
        complete = not spread and distinct <= MOST_CHOICES
    return Profile(column.name, column.kind, filled, distinct, low, high, bars, complete)


def _text(column: Column) -> str:
    return f"{quoted(column.name)}::VARCHAR"


def _values(database: Rows, source: str, expression: str) -> tuple[Bar, ...]:
    sql = (
        f"SELECT {expression} AS value, count(*) AS n FROM {source} WHERE {expression} IS NOT NULL"  # noqa: S608 -- names quoted
        f" GROUP BY value ORDER BY n DESC, value LIMIT {MOST_CHOICES}"
    )
    return tuple(Bar(int(count), value=str(value)) for value, count in database.rows(sql, {}))


def _spans(database: Rows, source: str, column: Column, bounds: tuple[Any, Any]) -> tuple[Bar, ...]:
    low, high = (_position(bound) for bound in bounds)
    if not low < high:
        return ()
    width = (high - low) / _BINS
    place = quoted(column.name) if column.kind.is_numeric else f"epoch({quoted(column.name)})"
    sql = (
        f"SELECT least(greatest(floor(({place} - $low) / $width), 0), {_BINS - 1})::INTEGER AS bin, count(*)"  # noqa: S608 -- names quoted, values bound
        f" FROM {source} WHERE {quoted(column.name)} IS NOT NULL AND isfinite({place}::DOUBLE) GROUP BY bin"
    )
    found = dict(database.rows(sql, {"low": low, "width": width}))
    edges = [low + width * step for step in range(_BINS)] + [high]
    shown = [_bound(edge, column.kind) for edge in edges]
    return tuple(Bar(int(found.get(step, 0)), low=shown[step], high=shown[step + 1]) for step in range(_BINS))


def _position(bound: Any) -> float:
    if isinstance(bound, datetime):
        return (bound - _ORIGIN).total_seconds()
    if isinstance(bound, date):
        return float((bound - _ORIGIN.date()).days * 86_400)
    return float(bound)


def _bound(position: float, kind: Kind) -> Bound:
    if kind.is_temporal:
        moment = _ORIGIN + timedelta(seconds=position)
        return moment.date() if kind is Kind.DATE else moment
    return position
