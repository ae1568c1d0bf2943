# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Aggregates: rows summed up into cells, and the cells that stay hidden because too few units stand behind them.

A cell is hidden when fewer units contribute than the profile asks, or when one unit makes up the profile's share or
more of a measured sum (primary suppression; Hundepool et al. 2012, ch. 4). No totals are published, and a second
aggregate of the same data set is refused, since either would let a hidden cell be computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from datacity.engine.catalogue.description import ColumnType
from datacity.engine.protection.binding import Binding
from datacity.engine.protection.parts import Aggregate, Cells, Function, Measure
from datacity.engine.protection.plan import Plan
from datacity.engine.sources.duck import identifier, literal
from datacity.kernel.errors import Conflict, Invalid

PUBLISHED, HIDDEN = "published", "hidden"


@dataclass(frozen=True)
class CellCounts:
    """How many cells there are, how many are hidden, and from how few units a published one is made."""

    cells: int
    hidden: int
    smallest_published: int


def check_second_aggregate(previous_plans: Sequence[Plan], plan: Plan) -> None:
    """Raise Conflict `protection.second_aggregate` when an aggregate of the same data set was published under another plan.

    The same plan on newer data is a new version of the same aggregate; differencing the two is one of the attacks.
    """
    if plan.aggregate is None:
        return
    others = [each for each in previous_plans if each.aggregate and each.fingerprint != plan.fingerprint]
    if others:
        raise Conflict(
            "protection.second_aggregate",
            "Not in this version: a second aggregate of the same data set (one was published, counted by {by}).",
            hint="Publish a new version under the same plan. Two different tables could give away hidden cells.",
            field="aggregate",
            by=", ".join(others[0].aggregate.by if others[0].aggregate else ()),
        )


def make_cells(connection: DuckDBPyConnection, binding: Binding, aggregate: Aggregate) -> None:
    """Make the temporary table `cells`: the by columns, `m0`, `m1` … (measures), `contributors`, `largest_share` (0 to 1).

    contributors: units behind the cell; the sum of the weights with a weight column. largest_share: the largest part of one
    unit in a sum or mean, over all measures, of absolute values; NULL without such a measure. Rows whose unit is empty count
    as no unit, but as one for the share.
    Raises Invalid `protection.weight_negative`.
    """
    by = _prefixed("b", aggregate.by)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW prepared AS {_prepared(binding, aggregate)}")
    _refuse_negative_weights(connection, aggregate)
    measured = [f"{_figure(place, each, binding)} AS m{place}" for place, each in enumerate(aggregate.measures)]
    counted = "count(DISTINCT unit_)" if aggregate.unit_column else "sum(weight_)"
    totals = f"SELECT {', '.join([*by, *measured])}, {counted}::BIGINT AS contributors FROM prepared GROUP BY {', '.join(by)}"
    shares = _shares(aggregate, by)
    same = " AND ".join(f"totals.{each} IS NOT DISTINCT FROM shares.{each}" for each in by)
    names = ", ".join(f"totals.{each} AS {identifier(name)}" for each, name in zip(by, aggregate.by, strict=True))
    figures = ", ".join([f"m{place}" for place in range(len(measured))] + ["contributors", "largest_share"])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT {names}, {figures} FROM ({totals}) AS totals LEFT JOIN ({shares}) AS shares ON {same}"
    )


def _prefixed(letter: str, values: Sequence[object]) -> list[str]:
    return [f"{letter}{place}" for place in range(len(values))]


def _prepared(binding: Binding, aggregate: Aggregate) -> str:
    """Give the SELECT of by columns as the plan writes them (b0 …), measured values (v0 …), unit_ and weight_."""
    rewritings = [binding.column(name).rewriting for name in aggregate.by]
    parts = [f"{each.sql} AS b{place}" for place, each in enumerate(rewritings) if each]
    joins = " ".join(each.join for each in rewritings if each and each.join)
    for place, measure in enumerate(aggregate.measures):
        parts.append(f"{f'source.{identifier(measure.column)}' if measure.column else '1'} AS v{place}")
    parts.append(f"{f'source.{identifier(aggregate.unit_column)}' if aggregate.unit_column else 'NULL'} AS unit_")
    weight = f"coalesce(source.{identifier(aggregate.weight_column)}, 0)" if aggregate.weight_column else "1"
    return f"SELECT {', '.join(parts)}, {weight} AS weight_ FROM source {joins}"


def _refuse_negative_weights(connection: DuckDBPyConnection, aggregate: Aggregate) -> None:
    if not aggregate.weight_column:
        return
    row = connection.execute("SELECT count(*) FROM prepared WHERE weight_ < 0 OR weight_ <> floor(weight_)").fetchone()
    if row and row[0]:
        raise Invalid(
            "protection.weight_negative",
            "The weight column {column} has {count} rows that are no whole number of units, 0 or more.",
            hint="Choose a column that counts units.",
            field="aggregate.weight_column",
            column=aggregate.weight_column,
            count=row[0],
        )


def _figure(place: int, measure: Measure, binding: Binding) -> str:
    value = f"v{place}"
    if measure.function == Function.COUNT:
        return f"count({value})"
    if measure.function == Function.SUM:
        whole = measure.column and binding.column(measure.column).type == ColumnType.INTEGER
        return f"sum({value})::BIGINT" if whole else f"fsum({value})"
    return {
        Function.MEAN: f"favg({value})",
        Function.MEDIAN: f"median({value})::DOUBLE",
        Function.MIN: f"min({value})",
        Function.MAX: f"max({value})",
    }[measure.function]


def _shares(aggregate: Aggregate, by: Sequence[str]) -> str:
    """Give the SELECT of by columns and `largest_share`, what the largest unit makes up of a cell's sum or mean."""
    keys = ", ".join(by)
    places = [place for place, each in enumerate(aggregate.measures) if each.function in {Function.SUM, Function.MEAN}]
    if not places:
        return f"SELECT {keys}, NULL::DOUBLE AS largest_share FROM prepared GROUP BY {keys}"
    if aggregate.unit_column:
        sums = ", ".join(f"abs(sum(v{place}))::DOUBLE AS s{place}" for place in places)
        rows = f"(SELECT {keys}, unit_, {sums}, 1 AS weight_ FROM prepared GROUP BY {keys}, unit_)"
    else:
        rows = f"(SELECT {keys}, weight_, {', '.join(f'abs(v{place})::DOUBLE AS s{place}' for place in places)} FROM prepared)"
    shares = ", ".join(f"max(s{place} / greatest(weight_, 1)) / nullif(sum(s{place}), 0)" for place in places)
    return f"SELECT {keys}, greatest({shares}) AS largest_share FROM {rows} GROUP BY {keys}"


def hidden_condition(cells: Cells | None) -> str:
    """Give the SQL condition over `cells` that a cell stays hidden."""
    if cells is None:
        return "false"
    few = f"contributors < {cells.minimum_contributors:d}"
    if cells.maximum_share is None:
        return few
    return f"({few} OR coalesce(largest_share, 0) >= {cells.maximum_share!r} - 1e-12)"


def published_cells(binding: Binding, aggregate: Aggregate) -> str:
    """Give the SELECT of what may be seen of `cells`, sorted by the by columns."""
    plan, hidden = binding.plan, hidden_condition(binding.plan.cells)
    keys = ", ".join(identifier(name) for name in aggregate.by)
    columns = [keys]
    for place, measure in enumerate(aggregate.measures):
        columns.append(f"CASE WHEN {hidden} THEN NULL ELSE m{place} END AS {identifier(measure.name)}")
        if plan.cells:
            status = f"CASE WHEN {hidden} THEN {literal(HIDDEN)} ELSE {literal(PUBLISHED)} END"
            columns.append(f"{status} AS {identifier(measure.name + '_status')}")
    return f"SELECT {', '.join(columns)} FROM cells ORDER BY {keys}"


def count_cells(connection: DuckDBPyConnection, plan: Plan) -> CellCounts:
    """Count the table `cells`."""
    hidden = hidden_condition(plan.cells)
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER ({hidden}), coalesce(min(contributors) FILTER (NOT ({hidden})), 0) FROM cells"
    ).fetchone()
    assert row is not None
    return CellCounts(int(row[0]), int(row[1]), int(row[2]))
