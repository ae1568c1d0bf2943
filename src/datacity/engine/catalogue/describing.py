# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one door of the step: text cells become a description over all rows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from datacity.engine.catalogue.axes import propose_axes
from datacity.engine.catalogue.description import Column, ColumnDecision, Description, Finding, Role
from datacity.engine.catalogue.detection import findings_of, is_private, mask
from datacity.engine.catalogue.hints import unit
from datacity.engine.catalogue.quality import missing_units, quality_marks
from datacity.engine.catalogue.roles import propose_roles
from datacity.engine.catalogue.typing import type_column
from datacity.engine.catalogue.values import Statistics, prepare, statistics
from datacity.engine.sources import ColumnSource, ReadingReport, duck
from datacity.kernel.progress import Parts, Tell, silent


def describe(
    text: Path,
    reading: ReadingReport,
    *,
    decisions: Mapping[str, ColumnDecision] | None = None,
    progress: Tell = silent,
) -> Description:
    """Describe a text Parquet of `sources.read` over all its rows.

    reading: the report that came with it. decisions: what the steward fixed, by technical name; those of columns that
    the file no longer has are left aside. progress: told the looks done and all, three a column.
    Raises Invalid when a fixed type does not fit a cell: column, line, value.
    """
    fixed = decisions or {}
    with TemporaryDirectory(dir=text.parent, prefix=".describe-") as temp, duck.connect(temp=Path(temp)) as connection:
        prepare(connection, text)
        told = Parts(progress, 3 * len(reading.columns))
        columns = [
            _column(connection, column, fixed.get(column.name, ColumnDecision()), reading.rows, told)
            for column in reading.columns
        ]
        findings = findings_of(connection, reading, columns, told)
        columns = [_guarded(column, findings[column.name]) for column in columns]
        quality = quality_marks(connection, reading, columns)
    axes = propose_axes(reading, columns)
    roles = propose_roles(columns, axes)
    columns = [
        replace(column, role=fixed.get(column.name, ColumnDecision()).role or roles[column.name]) for column in columns
    ]
    return Description(rows=reading.rows, columns=tuple(columns), quality=quality, axes=axes)


def said_anew(found: Description, reading: ReadingReport, decisions: Mapping[str, ColumnDecision]) -> Description:
    """Give the description under other decisions that touch no cell: header shown, unit, meaning, role.

    Kinds of value, words for "no value" and the order of day and month stay as they were found; see `touches_cells`.
    """
    sources = {source.name: source for source in reading.columns}
    columns = [
        _said(column, sources[column.name], decisions.get(column.name, ColumnDecision())) for column in found.columns
    ]
    roles = propose_roles(columns, found.axes)
    columns = [
        replace(column, role=decisions.get(column.name, ColumnDecision()).role or roles[column.name])
        for column in columns
    ]
    units = missing_units(columns)
    quality = tuple(units if mark.code == units.code else mark for mark in found.quality)
    return replace(found, columns=tuple(columns), quality=quality)


def _said(column: Column, source: ColumnSource, decision: ColumnDecision) -> Column:
    return replace(
        column,
        label=decision.label or source.label,
        unit=decision.unit if decision.unit is not None else unit(source.label),
        meaning=decision.meaning or "",
    )


def touches_cells(old: ColumnDecision, new: ColumnDecision) -> bool:
    """Tell whether the cells must be looked at again when one decision follows the other."""
    return (old.type, old.missing, old.month_first) != (new.type, new.missing, new.month_first)


def _column(
    connection: duckdb.DuckDBPyConnection, source: ColumnSource, decision: ColumnDecision, rows: int, told: Parts
) -> Column:
    typing = type_column(connection, source, decision)
    told.one()
    column = Column(
        name=source.name,
        label=decision.label or source.label,
        type=typing.type,
        unit=decision.unit if decision.unit is not None else unit(source.label),
        meaning=decision.meaning or "",
        role=Role.INSENSITIVE,
        nulls=0,
        distinct=0,
        minimum=None,
        maximum=None,
        examples=(),
        doubts=typing.doubts,
        distribution=(),
        findings=(),
        missing=decision.missing,
        month_first=decision.month_first,
    )
    figures: Statistics = statistics(connection, column, rows)
    told.one()
    return replace(
        column,
        nulls=figures.nulls,
        distinct=figures.distinct,
        minimum=figures.minimum,
        maximum=figures.maximum,
        examples=figures.examples,
        distribution=figures.bars,
    )


def _guarded(column: Column, findings: tuple[Finding, ...]) -> Column:
    """Give the column with its findings; what it shows is masked when the findings say that it may name somebody."""
    if not is_private(findings):
        return replace(column, findings=findings)
    doubts = tuple(replace(doubt, value=mask(doubt.value)) if doubt.value else doubt for doubt in column.doubts)
    return replace(
        column,
        findings=findings,
        minimum=None,
        maximum=None,
        distribution=(),
        doubts=doubts,
        examples=tuple(mask(example) for example in column.examples),
    )
