# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A plan settled on a table: the levels the search chose, and the classes that must go at them."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from datacity.engine.protection.bench import bench
from datacity.engine.protection.binding import Binding, BoundColumn, bind, open_source, prepare
from datacity.engine.protection.loss import BY_SQL
from datacity.engine.protection.models import IN_SQL
from datacity.engine.protection.parts import Method
from datacity.engine.protection.plan import Plan
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Conflict
from datacity.kernel.progress import Tell, silent


@dataclass(frozen=True)
class Settled:
    """What the search found: the binding at the levels chosen, the loss, rows removed, nodes checked.

    seconds: of the search alone; start_seconds: of loading what was compiled, once a process.
    made_failing: the connection has the table `failing` (conditions that SQL does not count).
    """

    binding: Binding
    loss: float
    suppressed: int
    seconds: float
    start_seconds: float
    checked_nodes: int
    made_failing: bool


def needs_search(plan: Plan) -> bool:
    """Tell whether a plan has a column to search, or a condition, metric or weight that only the search counts."""
    columns = plan.columns.values()
    if plan.aggregate:
        return False
    return (
        any(column.method == Method.SEARCH or column.weight is not None for column in columns)
        or plan.metric not in BY_SQL
        or not _counted_by_sql(plan)
    )


def _counted_by_sql(plan: Plan) -> bool:
    return all(model.kind in IN_SQL and model.distance in {None, "equal"} for model in plan.models)


def settle(
    connection: DuckDBPyConnection,
    binding: Binding,
    *,
    hierarchies: Path | None = None,
    certificate: Path | None = None,
    tell: Tell = silent,
) -> Settled:
    """Search the levels the plan leaves open on the view `source`.

    certificate: where to write the certificate of optimality. tell: told of nodes refuted and all.
    Raises what `encode` raises; Conflict `protection.nothing_satisfies` when no combination of levels holds, and
    `protection.suppression_limit` when there was none to choose.
    """
    # numba takes half a second to import: only plans that are searched pay for it
    started = time.perf_counter()
    from datacity.engine.protection.search.certificates import refuse_without_certificate, write_certificate
    from datacity.engine.protection.search.encoding import encode
    from datacity.engine.protection.search.searching import Search
    from datacity.engine.protection.search.warming import warm

    start_seconds = time.perf_counter() - started
    if certificate is not None:
        refuse_without_certificate(binding.plan)
    encoded = encode(connection, binding, hierarchies=hierarchies)
    loading = time.perf_counter()
    warm(encoded.problem)
    start_seconds += time.perf_counter() - loading
    search = Search(encoded.problem, tell)
    started = time.perf_counter()
    found = search.run()
    seconds = time.perf_counter() - started
    if found.node is None:
        raise _nothing(binding.plan, search.least_suppressed, encoded.problem.rows, nodes=encoded.problem.nodes)
    levels = {axis.name: axis.first_level + level for axis, level in zip(encoded.problem.axes, found.node, strict=True)}
    at = replace(binding, columns=tuple(_at(column, levels) for column in binding.columns))
    if certificate is not None:
        write_certificate(certificate, connection, encoded, found, binding.plan, hierarchies=hierarchies)
    made = not _counted_by_sql(binding.plan)
    if made:
        failing = search.checker.failing_tuples(found.node)
        codes, counts = encoded.problem.tuples[:, failing], encoded.problem.counts[failing]
        columns = {
            name.name: values.take(pa.array(each))
            for name, values, each in zip(encoded.columns, encoded.values, codes, strict=True)
        }
        _make_failing(connection, at, pa.table({**columns, "rows of tuple": pa.array(counts)}))
    return Settled(at, found.loss, found.suppressed, seconds, start_seconds, found.nodes, made)


def settled_plan(plan: Plan, table: Path, *, hierarchies: Path | None = None) -> Plan:
    """Give the plan with the levels stated that its search chooses on a typed table; the plan itself when it searches nothing.

    Raises what `settle` raises.
    """
    if not any(column.method == Method.SEARCH for column in plan.columns.values()) or plan.aggregate:
        return plan
    with bench() as connection:
        open_source(connection, table)
        binding = bind(connection, plan, hierarchies=hierarchies)
        settled = settle(connection, binding, hierarchies=hierarchies)
        return plan.settled({column.name: column.level for column in settled.binding.columns})


def _at(column: BoundColumn, levels: dict[str, int]) -> BoundColumn:
    if column.ladder is None or column.name not in levels or column.plan.method != Method.SEARCH:
        return column
    level = levels[column.name]
    return replace(column, level=level, rewriting=column.ladder.rewrite(f"source.{identifier(column.name)}", level))


def _nothing(plan: Plan, least: int, rows: int, *, nodes: int) -> Conflict:
    if nodes == 1:
        return Conflict(
            "protection.suppression_limit",
            "{suppressed} of {rows} rows ({share} %) would have to be removed; the plan allows {limit} %.",
            hint="Use coarser levels, drop a quasi-identifier, lower k, or raise suppression_limit.",
            field="privacy.suppression_limit",
            suppressed=least,
            rows=rows,
            share=f"{least / rows * 100:.4g}",
            limit=f"{plan.suppression_limit * 100:.4g}",
        )
    return Conflict(
        "protection.nothing_satisfies",
        "None of the {nodes} combinations of levels satisfies the plan; the best would remove {least} of {rows} rows, {limit} % are allowed.",
        hint="Use coarser hierarchies, drop a quasi-identifier, lower k, or raise suppression_limit.",
        field="privacy",
        nodes=nodes,
        least=least,
        rows=rows,
        limit=f"{plan.suppression_limit * 100:.4g}",
    )


def _make_failing(connection: DuckDBPyConnection, binding: Binding, tuples: pa.Table) -> None:
    """Make the table `failing`: published quasi-identifiers of the classes that go, and their rows `n`."""
    prepare(connection, binding)
    connection.register("removed tuples", tuples)
    try:
        selected, joins = [], []
        for place, name in enumerate(binding.quasi_identifiers):
            quoted = identifier(name)
            kind = str(connection.execute(f"SELECT typeof({quoted}) FROM source LIMIT 1").fetchall()[0][0])
            if not kind.startswith("STRUCT"):
                selected.append(f"removed.{quoted}")
                continue
            first = f"SELECT any_value({quoted}) AS {quoted}, {quoted}::VARCHAR AS key FROM source GROUP BY ALL"
            joins.append(
                f"LEFT JOIN ({first}) AS first{place} ON first{place}.key IS NOT DISTINCT FROM removed.{quoted}"
            )
            selected.append(f"first{place}.{quoted}")
        source = f'(SELECT {", ".join(selected)}, removed."rows of tuple" FROM "removed tuples" AS removed {" ".join(joins)})'
        rewritten = binding.rewritten(
            binding.quasi_identifiers, source=source, extra='source."rows of tuple" AS "rows of tuple"'
        )
        connection.execute(
            f'CREATE TEMP TABLE failing AS SELECT * EXCLUDE ("rows of tuple"), sum("rows of tuple")::BIGINT AS n FROM ({rewritten}) GROUP BY ALL'
        )
    finally:
        connection.unregister("removed tuples")
