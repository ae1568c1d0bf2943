# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How much a protected table has lost.

loss        each cell of a quasi-identifier loses the share of its ladder's leaves that its published value stands for,
            normalised so that a single leaf costs 0 and everything costs 1; a removed row costs 1. `loss_am` is the
            arithmetic mean over the columns, `loss_gm` the geometric mean of 1 + loss, less 1.
entropy     bits lost: over all cells, log2(frequency of the generalised value / frequency of the original one), and for
            the removed rows also log2(removed rows / removed rows with this generalised value).
Source: Iyengar 2002 (loss); de Waal and Willenborg 1999 (non-uniform entropy); as computed by ARX 3.9.2.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

from duckdb import DuckDBPyConnection

from datacity.engine.protection.binding import Binding, BoundColumn
from datacity.engine.protection.parts import Metric
from datacity.engine.sources.duck import identifier, literal

BY_SQL = frozenset({Metric.LOSS_AM, Metric.LOSS_GM, Metric.ENTROPY})
"""The metrics counted here; the search counts all."""


@dataclass(frozen=True)
class Tables:
    """Parquet files: `staged`, all rows as the plan writes them (there when rows were removed), and `kept`, those that stay."""

    staged: Path
    kept: Path


def measure_loss(
    connection: DuckDBPyConnection, binding: Binding, tables: Tables, *, rows: int, suppressed: int
) -> float:
    """Give the loss of the kept table against the view `source` of `rows` rows, of which `suppressed` were removed.

    Result: 0 to 1 for loss, bits for entropy; 0.0 without quasi-identifiers.
    """
    columns = [column for column in binding.columns if column.name in binding.quasi_identifiers]
    if not columns or not rows:
        return 0.0
    if binding.plan.metric == Metric.ENTROPY:
        return math.fsum(_entropy(connection, column, tables, suppressed=suppressed) for column in columns)
    losses = [_loss(connection, column, tables.kept, rows=rows, suppressed=suppressed) for column in columns]
    if binding.plan.metric == Metric.LOSS_GM:
        return math.exp(math.fsum(math.log1p(loss) for loss in losses) / len(losses)) - 1
    return math.fsum(losses) / len(losses)


def _published_of_leaves(column: BoundColumn) -> str:
    """Give the SELECT of every leaf of the ladder with its published value."""
    quoted = identifier(column.name)
    rewriting = column.rewriting
    assert rewriting is not None
    if column.ladder is not None and column.ladder.domain is not None:
        table = identifier(f"hierarchy of {column.name}")
        return f"SELECT l0 AS leaf, {f'l{column.level}' if column.level else 'l0'} AS published FROM {table}"
    leaves = f"(SELECT DISTINCT {quoted} FROM source)"
    return f"SELECT source.{quoted}::VARCHAR AS leaf, ({rewriting.sql})::VARCHAR AS published FROM {leaves} AS source {rewriting.join}"


def _loss(connection: DuckDBPyConnection, column: BoundColumn, kept: Path, *, rows: int, suppressed: int) -> float:
    quoted = identifier(column.name)
    total, domain = connection.execute(
        f"""WITH shares AS (SELECT published, count(*) AS leaves FROM ({_published_of_leaves(column)}) GROUP BY published),
            used AS (SELECT {quoted}::VARCHAR AS published, count(*) AS n FROM read_parquet({literal(str(kept))}) GROUP BY 1)
            SELECT (SELECT coalesce(sum(n * coalesce(leaves, 1)), 0)::DOUBLE FROM used LEFT JOIN shares
                    ON used.published IS NOT DISTINCT FROM shares.published),
                   (SELECT sum(leaves)::DOUBLE FROM shares)"""
    ).fetchall()[0]
    if domain <= 1:
        return suppressed / rows
    lost = total / domain + suppressed
    return float((lost - rows / domain) / (rows - rows / domain))


def _entropy(connection: DuckDBPyConnection, column: BoundColumn, tables: Tables, *, suppressed: int) -> float:
    quoted = identifier(column.name)
    originals = connection.execute(
        f"SELECT n, count(*) FROM (SELECT count(*) AS n FROM source GROUP BY {quoted}) GROUP BY n"
    ).fetchall()
    counts = [
        _counts(connection, quoted, table) for table in (tables.staged if suppressed else tables.kept, tables.kept)
    ]
    everything, kept = counts
    removed = [n - kept.get(value, 0) for value, n in everything.items()]
    return (
        _weighed(everything.values())
        - _weighed(chain.from_iterable(repeat(n, times) for n, times in originals))
        + _weighed([suppressed])
        - _weighed(removed)
    )


def _counts(connection: DuckDBPyConnection, quoted: str, table: Path) -> dict[str | None, int]:
    rows = f"read_parquet({literal(str(table))})"
    return dict(connection.execute(f"SELECT {quoted}::VARCHAR, count(*) FROM {rows} GROUP BY 1").fetchall())


def _weighed(counts: Iterable[int]) -> float:
    """Give the sum of n log2 n."""
    return math.fsum(n * math.log2(n) for n in counts if n)
