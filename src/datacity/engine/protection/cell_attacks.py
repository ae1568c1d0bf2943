# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Attacks on an aggregate; `attacks` describes each."""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from datacity.engine.protection.binding import Binding, types_of
from datacity.engine.protection.cells import make_cells
from datacity.engine.protection.parts import Aggregate, Function
from datacity.engine.protection.tries import Attempt, attempt, numbers, same_text
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

DOMINANT_SHARE = 0.85


def attack_cells(
    connection: DuckDBPyConnection, binding: Binding, aggregate: Aggregate, *, versions: int
) -> tuple[Attempt, ...]:
    """Give the attempts on the view `published`, an aggregate of the view `source`; `previous0` … are earlier versions."""
    names = (*aggregate.by, *(each.name for each in aggregate.measures))
    lacking = [name for name in names if name not in types_of(connection, "published")]
    if lacking:
        raise Invalid(
            "protection.no_column_to_attack",
            "The protected table has no column {column}, which the plan publishes.",
            hint="Attack the table this plan made.",
            column=lacking[0],
        )
    make_cells(connection, binding, aggregate)
    shown = " OR ".join(f"p.{identifier(each.name)} IS NOT NULL" for each in aggregate.measures)
    connection.execute(
        f"CREATE TEMP TABLE attacked AS SELECT c.contributors, c.largest_share, ({shown}) AS shown"
        f" FROM published AS p JOIN cells AS c ON {same_text('p', 'c', aggregate.by)}"
    )
    attempts = [_lone_unit(connection)]
    if any(each.function in {Function.SUM, Function.MEAN} for each in aggregate.measures):
        attempts.append(_dominance(connection, binding))
    attempts.append(_known_total(connection))
    if versions:
        attempts.append(_differencing(connection, aggregate, versions))
    return tuple(attempts)


def _lone_unit(connection: DuckDBPyConnection) -> Attempt:
    tried, succeeded, smallest = numbers(
        connection,
        "SELECT count(*), count(*) FILTER (contributors <= 1), min(contributors) FROM attacked WHERE shown",
    )
    return attempt(
        "lone_unit",
        msg("Someone who knows which unit is alone in a cell."),
        tried=tried,
        succeeded=succeeded,
        evidence=msg("The published cell with the fewest units has {smallest}."),
        smallest=smallest,
    )


def _dominance(connection: DuckDBPyConnection, binding: Binding) -> Attempt:
    cells = binding.plan.cells
    share = (cells.maximum_share if cells else None) or DOMINANT_SHARE
    tried, succeeded = numbers(
        connection, f"SELECT count(*), count(*) FILTER (largest_share >= {share!r} - 1e-12) FROM attacked WHERE shown"
    )
    return attempt(
        "dominance",
        msg("The second largest unit of a cell, which takes its own figure off the published one."),
        tried=tried,
        succeeded=succeeded,
        evidence=msg("In {cells} published cells one unit makes up {percent} % or more."),
        cells=succeeded,
        percent=round(share * 100),
    )


def _known_total(connection: DuckDBPyConnection) -> Attempt:
    (hidden,) = numbers(connection, "SELECT count(*) FROM attacked WHERE NOT shown")
    return attempt(
        "known_total",
        msg("Someone who knows the total of all cells from elsewhere."),
        tried=hidden,
        succeeded=int(hidden == 1),
        informs=True,
        evidence=msg(
            "{hidden} cells are hidden; no total is published. With a total known, a single hidden cell could be computed."
        ),
        hidden=hidden,
    )


def _differencing(connection: DuckDBPyConnection, aggregate: Aggregate, versions: int) -> Attempt:
    counts = [each.name for each in aggregate.measures if each.function == Function.COUNT]
    needed = {*aggregate.by, *counts}
    tried = succeeded = compared = 0
    for place in range(versions):
        view = f"previous{place}"
        if not counts or not needed <= types_of(connection, view).keys():
            continue
        compared += 1
        cells, by_one = numbers(connection, _changed(view, aggregate.by, counts))
        tried, succeeded = tried + cells, succeeded + by_one
    return attempt(
        "differencing",
        msg("Someone who kept the earlier versions and knows that one unit came or left."),
        tried=tried,
        succeeded=succeeded,
        evidence=msg(
            "{compared} of {versions} earlier versions could be compared; in {changed} cells a count differs by one."
        ),
        compared=compared,
        versions=versions,
        changed=succeeded,
    )


def _changed(view: str, by: Sequence[str], counts: Sequence[str]) -> str:
    """Give the query: cells in both versions, and those where some count differs by one."""
    by_one = " OR ".join(f"abs(p.{identifier(name)} - v.{identifier(name)}) = 1" for name in counts)
    return (
        f"SELECT count(*), count(*) FILTER ({by_one}) FROM published AS p JOIN {view} AS v ON {same_text('p', 'v', by)}"
    )
