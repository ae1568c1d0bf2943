# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The profile of a column: counts, bounds and bars that add up."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.serve.odsql.schema import Column, Kind
from datacity.engine.serve.profiles import Bar, Profile, profiles


class Base:
    """Answers SQL with DuckDB."""

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Give all rows."""
        return duckdb.execute(sql, dict(parameters)).fetchall()


def one(values: str, kind: Kind) -> Profile:
    """Profile one column made of SQL values."""
    return profiles(Base(), f"(SELECT * FROM (VALUES {values}) v(x)) AS t", [Column("x", kind)])[0]


def test_few_texts_are_all_listed_most_frequent_first() -> None:
    assert one("('b'), ('a'), ('b'), (NULL)", Kind.TEXT) == Profile(
        "x", Kind.TEXT, 3, 2, "a", "b", (Bar(2, "b"), Bar(1, "a")), complete=True
    )


def test_days_are_spread_over_spans() -> None:
    found = profiles(
        Base(), "(SELECT DATE '2026-01-01' + i::INTEGER AS x FROM range(101) r(i)) AS t", [Column("x", Kind.DATE)]
    )[0]

    assert (found.low, found.high, len(found.bars)) == (date(2026, 1, 1), date(2026, 4, 11), 10)
    assert [bar.count for bar in found.bars] == [10] * 9 + [11]


def test_shapes_are_counted_by_their_kind() -> None:
    shapes = '(\'{"type":"Point"}\'), (\'{"type":"Polygon"}\'), (\'{"type":"Point"}\')'

    assert one(shapes, Kind.GEO_SHAPE).bars == (Bar(2, "Point"), Bar(1, "Polygon"))


def test_empty_column_has_no_bars() -> None:
    assert one("(NULL::BIGINT), (NULL)", Kind.INTEGER) == Profile(
        "x", Kind.INTEGER, 0, 0, None, None, (), complete=False
    )


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60))
def test_bars_of_numbers_add_up_to_the_filled_cells(numbers: list[int]) -> None:
    found = one(", ".join(f"({number})" for number in numbers), Kind.INTEGER)

    assert sum(bar.count for bar in found.bars) == found.filled == len(numbers)
    assert (found.low, found.high) == (min(numbers), max(numbers))
