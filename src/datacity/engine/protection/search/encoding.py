# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A table held against a plan becomes a problem: DuckDB groups the rows, Arrow numbers the values, each ladder says its levels."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from datacity.engine.protection.binding import Binding, BoundColumn
from datacity.engine.protection.ladders.ladder import Ladder, Rewriting
from datacity.engine.protection.ladders.points import H3, load_cells
from datacity.engine.protection.parts import Method, ModelKind
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.search.population import estimated_k, open_population
from datacity.engine.protection.search.problem import Array, Axis, Problem, Sensitive
from datacity.engine.protection.search.trees import tree_of
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid

Values = Any
"""An Arrow array of any type."""
MOST_NODES = 50_000_000
_PLACE = '"value·"'  # technical names are ASCII: no column is called so
_OVERFLOW = 2**62


@dataclass(frozen=True)
class Encoded:
    """A problem and the values behind its numbers: `values`, one array a column, in the order of its codes."""

    problem: Problem
    columns: tuple[BoundColumn, ...]
    values: tuple[Values, ...]


@dataclass(frozen=True)
class _Grouped:
    """What a GROUP BY gave: one array of values and one of codes a column, and the counted columns."""

    values: tuple[Values, ...]
    codes: Array
    counted: tuple[Array, ...]


def encode(connection: DuckDBPyConnection, binding: Binding, *, hierarchies: Path | None = None) -> Encoded:
    """Give the problem of the view `source` under a plan.

    Raises Invalid `protection.lattice_size` for more than 50 million combinations of levels, `protection.ladder_splits` for a ladder
    that parts what it has joined, and what population files and trees refuse.
    """
    plan = binding.plan
    columns = tuple(column for column in binding.published if column.name in binding.quasi_identifiers)
    _refuse_large(columns)
    people = open_population(connection, plan, [column.name for column in columns], hierarchies)
    grouped = _group(connection, [column.name for column in columns], population=people)
    axes = tuple(_axis(connection, column, values) for column, values in zip(columns, grouped.values, strict=True))
    names = list(dict.fromkeys(model.column for model in plan.models if model.column))
    detail = [_group(connection, [*(column.name for column in columns), name], known=grouped.values) for name in names]
    keys = _keys(axes, [grouped.codes, *(each.codes[:-1] for each in detail)])
    order = np.argsort(keys[0], kind="stable")
    sensitive = tuple(
        _sensitive(name, keys[0][order], key, each, tree=_tree(connection, plan, name, each.values[-1], hierarchies))
        for name, key, each in zip(names, keys[1:], detail, strict=True)
    )
    counts = grouped.counted[0][order]
    rows = int(counts.sum())
    inhabitants = np.maximum(grouped.counted[1][order], counts) if people else None
    estimates = [
        estimated_k(model, rows) for model in plan.models if model.kind == ModelKind.K_MAP and not model.population
    ]
    problem = Problem(
        axes,
        np.ascontiguousarray(grouped.codes[:, order]),
        counts,
        max([plan.k, *estimates]),
        math.floor(plan.suppression_limit * rows + 1e-9),
        plan.metric,
        tuple(model for model in plan.models if not (model.kind == ModelKind.K_MAP and not model.population)),
        sensitive,
        inhabitants,
    )
    return Encoded(problem, columns, grouped.values)


def choices(column: BoundColumn) -> tuple[int, ...]:
    """Give the levels the search may choose for a column: all of its ladder, or the one the plan states."""
    if column.plan.method == Method.SEARCH and column.ladder is not None:
        return tuple(range(len(column.ladder.levels)))
    return (column.level,)


def _refuse_large(columns: Sequence[BoundColumn]) -> None:
    nodes = math.prod(len(choices(column)) for column in columns)
    if nodes > MOST_NODES:
        raise Invalid(
            "protection.lattice_size",
            "The plan leaves {nodes} combinations of levels to choose from; at most {most} are searched.",
            hint="State the level of some columns, or use ladders with fewer levels.",
            nodes=nodes,
            most=MOST_NODES,
        )


def _group(
    connection: DuckDBPyConnection, names: Sequence[str], *, known: Sequence[Values] = (), population: bool = False
) -> _Grouped:
    """Group by these columns and number their values; those of `known` keep their numbers. The last counted arrays: rows, inhabitants."""
    listed = ", ".join(f"{_key(connection, name)} AS {identifier(name)}" for name in names)
    keys = ", ".join(str(place + 1) for place in range(len(names)))
    if population:
        both = f"SELECT {listed}, 1 AS own, 0 AS other FROM source UNION ALL SELECT {listed}, 0, 1 FROM population"
        query = f"SELECT * EXCLUDE (own, other), sum(own)::BIGINT AS own, sum(other)::BIGINT AS other FROM ({both}) GROUP BY {keys}"
    else:
        query = f"SELECT {listed}, count(*)::BIGINT AS own FROM source GROUP BY {keys}"
    table = connection.execute(query).to_arrow_table()
    values, codes = [], np.empty((len(names), table.num_rows), np.int32)
    for place in range(len(names)):
        found = table.column(place).combine_chunks()
        numbers, of_column = _number(found, known[place] if place < len(known) else None)
        values.append(of_column)
        codes[place] = numbers
    counted = tuple(table.column(place).to_numpy() for place in range(len(names), table.num_columns))
    return _Grouped(tuple(values), codes, counted)


def _key(connection: DuckDBPyConnection, name: str) -> str:
    quoted = identifier(name)
    kind = str(connection.execute(f"SELECT typeof({quoted}) FROM source LIMIT 1").fetchall()[0][0])
    return f"{quoted}::VARCHAR" if kind.startswith("STRUCT") else quoted


def _number(found: Values, known: Values | None) -> tuple[Array, Values]:
    """Give a number a value, in the order of the values; empty last."""
    coded = found.dictionary_encode(null_encoding="encode")
    order = pc.sort_indices(coded.dictionary)
    values = coded.dictionary.take(order) if known is None else known
    rank = pc.index_in(coded.dictionary, value_set=values).to_numpy(zero_copy_only=False).astype(np.int32)
    return rank[coded.indices.to_numpy(zero_copy_only=False)], values


def _axis(connection: DuckDBPyConnection, column: BoundColumn, values: Values) -> Axis:
    levels = choices(column)
    texts = texts_of(connection, column, values, levels)
    codes, shares = np.zeros((len(levels), len(values)), np.int64), np.zeros((len(levels), len(values)))
    ladder, leaves = column.ladder, len(values)
    if ladder is not None and ladder.domain is not None:
        leaves = ladder.domain
    for place, level in enumerate(levels):
        first: dict[str | None, int] = {}
        codes[place] = [first.setdefault(text, len(first)) for text in texts[place]]
        shares[place] = _shares(connection, column, texts[place], codes[place], level=level, leaves=leaves)
    _refuse_splits(column, codes)
    height = len(ladder.levels) - 1 if ladder is not None else 0
    return Axis(
        column.name, codes, shares, leaves, levels[0], height, 0.5 if column.plan.weight is None else column.plan.weight
    )


def texts_of(
    connection: DuckDBPyConnection, column: BoundColumn, values: Values, levels: Sequence[int]
) -> list[list[str | None]]:
    """Give the published text of every value at each of these levels."""
    quoted = f"source.{identifier(column.name)}"
    connection.register("coded", pa.table({"key": values, "place": pa.array(range(len(values)))}))
    kind = connection.execute(f"SELECT typeof({identifier(column.name)}) FROM source LIMIT 1").fetchall()[0][0]
    original = identifier(column.name)
    if str(kind).startswith("STRUCT"):
        first = f"SELECT any_value({original}) AS {original}, {original}::VARCHAR AS key FROM source GROUP BY ALL"
        source = f"(SELECT coded.place AS {_PLACE}, first.{original} FROM coded LEFT JOIN ({first}) AS first ON first.key IS NOT DISTINCT FROM coded.key)"
    else:
        source = f"(SELECT place AS {_PLACE}, key AS {original} FROM coded)"
    try:
        return [_texts(connection, _rewriting(connection, column, quoted, level), source) for level in levels]
    finally:
        connection.unregister("coded")


def _rewriting(connection: DuckDBPyConnection, column: BoundColumn, quoted: str, level: int) -> Rewriting:
    ladder: Ladder | None = column.ladder
    if ladder is None:
        assert column.rewriting is not None
        return column.rewriting
    if ladder is H3:
        load_cells(connection, column.name, level)
    return ladder.rewrite(quoted, level)


def _texts(connection: DuckDBPyConnection, rewriting: Rewriting, source: str) -> list[str | None]:
    query = f"SELECT ({rewriting.sql})::VARCHAR FROM {source} AS source {rewriting.join} ORDER BY source.{_PLACE}"
    return [text for (text,) in connection.execute(query).fetchall()]


def _shares(
    connection: DuckDBPyConnection,
    column: BoundColumn,
    texts: Sequence[str | None],
    codes: Array,
    *,
    level: int,
    leaves: int,
) -> Array:
    """Give for each value the share of the ladder's leaves under its group; what the ladder does not name stands for one."""
    if column.ladder is None or column.ladder.domain is None:
        return np.asarray(np.bincount(codes)[codes] / leaves)
    if level == 0:
        return np.full(len(texts), 1 / leaves)
    table = identifier(f"hierarchy of {column.name}")
    under: Mapping[str, int] = dict(
        connection.execute(f"SELECT l{level:d}, count(*) FROM {table} GROUP BY 1").fetchall()
    )
    return np.array([under.get(text, 1) if text is not None else 1 for text in texts]) / leaves


def _refuse_splits(column: BoundColumn, codes: Array) -> None:
    for level in range(codes.shape[0] - 1):
        above = np.zeros(int(codes[level].max(initial=0)) + 1, np.int64)
        above[codes[level]] = codes[level + 1]
        if not bool((above[codes[level]] == codes[level + 1]).all()):
            raise Invalid(
                "protection.ladder_splits",
                "Column {column}: the ladder {ladder} joins two values at level {level} and parts them at the next.",
                hint="Use another ladder, or state a level.",
                field=f"columns.{column.name}.hierarchy",
                column=column.name,
                ladder=column.ladder.name if column.ladder else "",
                level=level,
            )


def _keys(axes: Sequence[Axis], codes: Sequence[Array]) -> list[Array]:
    """Give one number a tuple, the same in every array for the same tuple."""
    ends = np.cumsum([each.shape[1] for each in codes])
    whole = np.concatenate(codes, axis=1) if len(codes) > 1 else codes[0]
    keys, domain = np.zeros(whole.shape[1], np.int64), 1
    for place, axis in enumerate(axes):
        if domain * axis.values >= _OVERFLOW:
            found, keys = np.unique(keys, return_inverse=True)
            domain = int(found.size)
        keys = keys * axis.values + whole[place]
        domain *= axis.values
    return list(np.split(keys, ends[:-1]))


def _tree(
    connection: DuckDBPyConnection, plan: Plan, name: str, values: Values, hierarchies: Path | None
) -> tuple[Array, Array]:
    file = next((model.hierarchy for model in plan.models if model.column == name and model.hierarchy), None)
    if file is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return tree_of(connection, name, values, file, hierarchies)


def _sensitive(name: str, tuples: Array, keys: Array, grouped: _Grouped, *, tree: tuple[Array, Array]) -> Sensitive:
    """Give a sensitive column; `tuples`: the sorted keys of the distinct tuples, `keys`: those of the pairs of tuple and value."""
    rows = np.searchsorted(tuples, keys)
    order = np.lexsort((grouped.codes[-1], rows))
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=tuples.size))]).astype(np.int64)
    values, weights = grouped.codes[-1][order].astype(np.int32), grouped.counted[0][order].astype(np.int64)
    shares = np.bincount(values, weights=weights, minlength=len(grouped.values[-1]))
    return Sensitive(name, pointers, values, weights, shares / shares.sum(), *tree)
