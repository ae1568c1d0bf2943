# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Quality marks: one criterion each, with its figure; none is folded into a single number."""

from collections.abc import Sequence

import duckdb

from datacity.engine.catalogue.description import Column, ColumnType, QualityMark
from datacity.engine.sources import ReadingReport
from datacity.engine.sources.duck import identifier
from datacity.engine.sources.report import listed
from datacity.kernel.words import msg

_BROKEN = ("�", "Ã©", "Ã¨", "Ã ", "Ãª", "Ã§", "â€™", "Â°", "ï»¿")

_BROKEN_MESSAGE = msg("Columns with broken characters: {count} ({columns}).")


def quality_marks(
    connection: duckdb.DuckDBPyConnection, reading: ReadingReport, columns: Sequence[Column]
) -> tuple[QualityMark, ...]:
    """Give the marks of a described table, always the same criteria in the same order; needs the view `cells`."""
    cells = max(reading.rows * len(columns), 1)
    filled = 100 * (1 - sum(column.nulls for column in columns) / cells)
    empty = [column.name for column in columns if column.nulls == reading.rows]
    constant = [column.name for column in columns if column.distinct == 1 and column.nulls == 0 and reading.rows > 1]
    doubtful = [
        column.name
        for column in columns
        if any(doubt.code in {"catalogue.nearly_typed", "catalogue.mixed_decimals"} for doubt in column.doubts)
    ]
    return (
        QualityMark(
            "completeness", msg("{share} % of the cells are filled."), {"share": f"{filled:.1f}"}, filled >= 80
        ),
        _duplicates(connection, columns),
        _listed("empty_columns", msg("Columns without any value: {count} ({columns})."), empty),
        _listed("constant_columns", msg("Columns with one single value: {count} ({columns})."), constant),
        _listed("doubtful_types", msg("Columns left as text because of a few cells: {count} ({columns})."), doubtful),
        _broken(connection, columns),
        _encoding(reading),
        _geometry(columns, reading.rows),
        missing_units(columns),
        QualityMark(
            "reading_doubts",
            msg("The file was read with {count} doubts."),
            {"count": len(reading.doubts)},
            not reading.doubts,
        ),
    )


def missing_units(columns: Sequence[Column]) -> QualityMark:
    """Give the mark of numbers without unit; the only one that what the steward says may change."""
    names = [
        column.name
        for column in columns
        if column.type is ColumnType.NUMBER and not column.unit and not column.findings
    ]
    return _listed("missing_units", msg("Numbers whose header gives no unit: {count} ({columns})."), names)


def _listed(code: str, message: str, names: Sequence[str]) -> QualityMark:
    return QualityMark(code, message, {"count": len(names), "columns": listed(names) or "–"}, not names)


def _duplicates(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> QualityMark:
    names = ", ".join(identifier(column.name) for column in columns)
    row = connection.execute(f"SELECT count(*) - count(DISTINCT hash({names})) FROM cells").fetchone()
    count = row[0] if row else 0
    return QualityMark("duplicate_rows", msg("{count} rows are exact copies of another."), {"count": count}, count == 0)


def _broken(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> QualityMark:
    texts = [column for column in columns if column.type is ColumnType.TEXT]
    if not texts:
        return _listed("broken_characters", _BROKEN_MESSAGE, [])
    tests = [" OR ".join(f"contains({identifier(column.name)}, '{sign}')" for sign in _BROKEN) for column in texts]
    row = connection.execute(f"SELECT {', '.join(f'bool_or({test})' for test in tests)} FROM cells").fetchone() or ()
    found = [column.name for column, broken in zip(texts, row, strict=False) if broken]
    return _listed("broken_characters", _BROKEN_MESSAGE, found)


def _encoding(reading: ReadingReport) -> QualityMark:
    good = reading.encoding in {None, "utf-8"}
    return QualityMark(
        "encoding", msg("Encoding: {encoding}."), {"encoding": reading.encoding or reading.format.value}, good
    )


def _geometry(columns: Sequence[Column], rows: int) -> QualityMark:
    placed = [column for column in columns if column.type in {ColumnType.GEO_POINT, ColumnType.GEO_SHAPE}]
    missing = min((column.nulls for column in placed), default=0)
    return QualityMark(
        "missing_geometry", msg("{count} of {rows} rows have no place."), {"count": missing, "rows": rows}, missing == 0
    )
