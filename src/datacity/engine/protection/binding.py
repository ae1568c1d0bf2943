# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A plan held against a table: every column with its type, its ladder and the SQL that rewrites it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from datacity.engine.catalogue.description import ColumnType, Role
from datacity.engine.protection.ladders.choice import Asked, built_in
from datacity.engine.protection.ladders.files import file_ladder, load_hierarchy, read_hierarchy, refuse_values_outside
from datacity.engine.protection.ladders.ladder import Ladder, Rewriting
from datacity.engine.protection.ladders.points import H3, load_cells
from datacity.engine.protection.parts import ColumnPlan, Function, Method
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.reading import listed, nearest
from datacity.engine.sources.duck import identifier, literal
from datacity.kernel.errors import Invalid, Missing

MASK = "***"
PLACE = '"row·"'  # technical names are ASCII: no column is called so
_NUMERIC = {Function.SUM, Function.MEAN, Function.MEDIAN}


@dataclass(frozen=True)
class BoundColumn:
    """A column of the table and what happens to it.

    ladder: None unless it is generalised. level: number of the level, 0 when it is not. rewriting: None when it is dropped.
    """

    name: str
    type: ColumnType
    plan: ColumnPlan
    ladder: Ladder | None
    level: int
    rewriting: Rewriting | None

    @property
    def is_published(self) -> bool:
        """Tell whether the column stays in a table of rows."""
        return self.rewriting is not None


@dataclass(frozen=True)
class Binding:
    """The columns of a table in their order, under a plan; `source` is the table's view in the connection."""

    plan: Plan
    columns: tuple[BoundColumn, ...]

    def column(self, name: str) -> BoundColumn:
        """Give the column of this name. Raises KeyError when there is none."""
        return next(column for column in self.columns if column.name == name)

    @property
    def published(self) -> tuple[BoundColumn, ...]:
        """The columns that stay in a table of rows."""
        return tuple(column for column in self.columns if column.is_published)

    @property
    def quasi_identifiers(self) -> tuple[str, ...]:
        """The published quasi-identifiers, in the order of the table."""
        return tuple(column.name for column in self.published if column.plan.role == Role.QUASI_IDENTIFIER)

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The published sensitive columns, in the order of the table."""
        return tuple(column.name for column in self.published if column.plan.role == Role.SENSITIVE)

    @property
    def hides_order(self) -> bool:
        """Tell whether the order of rows could betray persons: some column is not insensitive."""
        return any(column.plan.role != Role.INSENSITIVE for column in self.columns)

    def rewritten_in_order(self) -> str:
        """Give the SELECT of all published columns, as the plan writes them, in the order of the table.

        A join with a hierarchy or a table of cells may change the order of rows, so they are numbered before.
        """
        if not any(column.rewriting and column.rewriting.join for column in self.published):
            return self.rewritten()
        numbered = f"(SELECT *, row_number() OVER () AS {PLACE} FROM source)"
        return f"{self.rewritten(source=numbered)} ORDER BY source.{PLACE}"

    def rewritten(self, names: tuple[str, ...] | None = None, *, source: str = "source", extra: str = "") -> str:
        """Give the SELECT of these columns (None = all published), each as the plan writes it, then `extra`."""
        wanted = [column for column in self.published if names is None or column.name in names]
        parts = [(column.rewriting, column.name) for column in wanted]
        expressions = ", ".join(f"{rewriting.sql} AS {identifier(name)}" for rewriting, name in parts if rewriting)
        expressions = f"{expressions}, {extra}" if extra else expressions
        joins = " ".join(rewriting.join for rewriting, _ in parts if rewriting and rewriting.join)
        return f"SELECT {expressions} FROM {source} AS source {joins}"


def open_source(
    connection: DuckDBPyConnection, table: Path, *, view: str = "source", sample_rows: int | None = None
) -> None:
    """Make the view `view` over a Parquet file. Raises Missing `protection.no_table` when there is none."""
    if not table.is_file():
        raise Missing("protection.no_table", "There is no table to read: {name}.", name=table.name)
    limit = f" LIMIT {sample_rows:d}" if sample_rows else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(view)} AS SELECT * FROM read_parquet({literal(str(table))}){limit}"
    )


def types_of(connection: DuckDBPyConnection, view: str = "source") -> dict[str, ColumnType]:
    """Give the columns of a view with their types. Text may be a text, a time or a shape."""
    rows = connection.execute(f"DESCRIBE {identifier(view)}").fetchall()
    return {str(row[0]): _type(str(row[1])) for row in rows}


def _type(name: str) -> ColumnType:
    if name.startswith("TIMESTAMP"):
        return ColumnType.DATETIME
    if name.startswith("STRUCT") and "lon" in name and "lat" in name:
        return ColumnType.GEO_POINT
    if name.startswith("DECIMAL") or name in {"DOUBLE", "FLOAT"}:
        return ColumnType.NUMBER
    if name.removeprefix("U") in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}:
        return ColumnType.INTEGER
    return {"DATE": ColumnType.DATE, "BOOLEAN": ColumnType.BOOLEAN, "TIME": ColumnType.TIME}.get(name, ColumnType.TEXT)


def bind(connection: DuckDBPyConnection, plan: Plan, *, hierarchies: Path | None = None) -> Binding:
    """Hold the plan against the view `source` and load the hierarchies it needs.

    Raises Invalid `protection.unknown_column` with close names, everything a ladder refuses, and
    `protection.measure_type` / `protection.by_dropped` for an aggregate that cannot be computed.
    """
    types = types_of(connection)
    refuse_unknown_columns(plan, tuple(types))
    counted = plan.aggregate is not None  # nothing is searched then
    columns = tuple(
        _bind_column(connection, Asked(name, type_, plan.column(name)), hierarchies, searched=not counted)
        for name, type_ in types.items()
    )
    binding = Binding(plan, columns)
    _check_aggregate(binding)
    return binding


def prepare(connection: DuckDBPyConnection, binding: Binding) -> None:
    """Make the tables the ladders of points need; before `rewritten` is run."""
    for column in binding.columns:
        if column.ladder is H3:
            load_cells(connection, column.name, column.level)


def refuse_unknown_columns(plan: Plan, names: tuple[str, ...]) -> None:
    """Raise Invalid `protection.unknown_column` for a column of the plan that is not among these names."""
    used: dict[str, str] = {name: f"columns.{name}" for name in plan.columns}
    used |= {model.column: "privacy.models" for model in plan.models if model.column}
    if plan.aggregate:
        counted = [*plan.aggregate.by, *(each.column for each in plan.aggregate.measures if each.column)]
        counted += [name for name in (plan.aggregate.unit_column, plan.aggregate.weight_column) if name]
        used |= dict.fromkeys(counted, "aggregate")
    for name, place in used.items():
        if name in names:
            continue
        close = nearest(name, names)
        raise Invalid(
            "protection.unknown_column",
            "The plan speaks of column {column}, which the table does not have.",
            hint="Did you mean {nearest}? Columns: {columns}." if close else "Columns: {columns}.",
            field=place,
            column=name,
            nearest=close,
            columns=listed(names[:40]) + (" …" if len(names) > 40 else ""),
        )


def _bind_column(
    connection: DuckDBPyConnection, asked: Asked, hierarchies: Path | None, *, searched: bool
) -> BoundColumn:
    plan, quoted = asked.plan, f"source.{identifier(asked.column)}"
    if plan.method == Method.DROP:
        return BoundColumn(asked.column, asked.type, plan, None, 0, None)
    if plan.method == Method.MASK:
        return BoundColumn(asked.column, asked.type, plan, None, 0, Rewriting(masked(quoted, plan)))
    if plan.method == Method.SEARCH and searched:
        ladder = _ladder(connection, asked, hierarchies)
        return BoundColumn(asked.column, asked.type, plan, ladder, 0, ladder.rewrite(quoted, 0))
    if plan.method != Method.GENERALISE or plan.level is None:
        return BoundColumn(asked.column, asked.type, plan, None, 0, Rewriting(quoted))
    ladder = _ladder(connection, asked, hierarchies)
    level = ladder.level_of(plan.level, column=asked.column)
    return BoundColumn(asked.column, asked.type, plan, ladder, level, ladder.rewrite(quoted, level))


def masked(quoted: str, plan: ColumnPlan) -> str:
    """Give the SQL of a mask: first and last characters as stated around `***`; a value too short for that is `***`.

    The number of characters hidden is not shown.
    """
    first, last = plan.keep_first or 0, plan.keep_last or 0
    text = f"{quoted}::VARCHAR"
    shown = f"left({text}, {first:d}) || {literal(MASK)} || right({text}, {last:d})"
    return f"CASE WHEN {quoted} IS NULL THEN NULL WHEN length({text}) <= {first + last + 2:d} THEN {literal(MASK)} ELSE {shown} END"


def _ladder(connection: DuckDBPyConnection, asked: Asked, hierarchies: Path | None) -> Ladder:
    name = asked.plan.hierarchy
    if name is None or not name.lower().endswith(".csv"):
        return built_in(asked)
    rows = read_hierarchy(hierarchies, name, column=asked.column)
    table = f"hierarchy of {asked.column}"
    load_hierarchy(connection, table, rows)
    refuse_values_outside(connection, table, asked.column, asked.type, name=name)
    return file_ladder(name, table, rows, asked.type)


def _check_aggregate(binding: Binding) -> None:
    aggregate = binding.plan.aggregate
    if aggregate is None:
        return
    for name in aggregate.by:
        if not binding.column(name).is_published:
            raise Invalid(
                "protection.by_dropped",
                "The aggregate is counted by column {column}, which the plan drops.",
                hint="Keep or generalise it, or leave it out of by.",
                field="aggregate.by",
                column=name,
            )
    numeric = {each.column: each.name for each in aggregate.measures if each.column and each.function in _NUMERIC}
    if aggregate.weight_column:
        numeric[aggregate.weight_column] = "weight_column"
    for column, measure in numeric.items():
        if binding.column(column).type not in {ColumnType.INTEGER, ColumnType.NUMBER}:
            raise Invalid(
                "protection.measure_type",
                "The measure {measure} needs numbers; column {column} has none.",
                hint="Choose another column, or count.",
                field="aggregate.measures",
                measure=measure,
                column=column,
            )


def levels(columns: tuple[BoundColumn, ...]) -> Mapping[str, int]:
    """Give column → level for quasi-identifiers and generalised columns that are published."""
    shown = [column for column in columns if column.is_published]
    return {column.name: column.level for column in shown if column.ladder or column.plan.role == Role.QUASI_IDENTIFIER}
