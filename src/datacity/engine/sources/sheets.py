# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One sheet of an XLSX workbook, read with calamine after the archive was checked."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from datacity.engine.sources.archives import Extent, check_workbook, damaged
from datacity.engine.sources.decoding import Progress
from datacity.engine.sources.delimited import Table, footer_doubt, header_only, no_header, too_many_columns
from datacity.engine.sources.names import name_columns
from datacity.engine.sources.report import ColumnSource, Doubt, ReadOptions, listed, shorten
from datacity.engine.sources.writer import BATCH_ROWS, Row, TextWriter
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

Cell = int | float | str | bool | time | date | datetime | timedelta

_NATIVE: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (datetime, "datetime"),
    (date, "date"),
    (time, "time"),
    (str, "text"),
    (timedelta, "text"),
)


def read_sheet(path: Path, destination: Path, *, options: ReadOptions, progress: Progress = None) -> Table:
    """Write the cells of one sheet as text to `destination`; formulas give their stored results.

    Raises Invalid when the workbook has several filled sheets and none is chosen (they are listed), when the chosen one
    does not exist, is empty or has no row, and what `check_workbook` refuses.
    """
    extents = check_workbook(path, options)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = tuple(sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet)
            sheet, doubts = _chosen(book, names, options)
            table = _write(sheet, destination, options, progress)
    except CalamineError as error:
        raise damaged(str(error)) from error
    table.sheet, table.sheets = sheet.name, names
    table.doubts = [*doubts, *table.doubts, *_errors(extents)]
    return table


def _chosen(book: CalamineWorkbook, names: tuple[str, ...], options: ReadOptions) -> tuple[CalamineSheet, list[Doubt]]:
    if options.sheet is not None:
        if options.sheet not in names:
            raise Invalid(
                "sources.sheet_unknown",
                "The workbook has no sheet “{sheet}”.",
                hint="Choose one of: {sheets}.",
                field="sheet",
                sheet=shorten(options.sheet),
                sheets=listed(names, 30),
                names=list(names),
            )
        return book.get_sheet_by_name(options.sheet), []
    if len(names) == 1:
        return book.get_sheet_by_name(names[0]), []
    filled = [name for name in names if book.get_sheet_by_name(name).start is not None]
    if len(filled) != 1:
        raise Invalid(
            "sources.sheet_not_chosen",
            "The workbook has {count} sheets and none was chosen: {sheets}.",
            hint="Say which one holds the table.",
            field="sheet",
            count=len(names),
            sheets=listed(names, 30),
            names=list(names),
        )
    doubt = Doubt(
        "sources.other_sheets_empty",
        msg("Of {count} sheets only “{sheet}” holds cells; it was read."),
        {"count": len(names), "sheet": filled[0]},
    )
    return book.get_sheet_by_name(filled[0]), [doubt]


def _write(sheet: CalamineSheet, destination: Path, options: ReadOptions, progress: Progress) -> Table:
    numbered = enumerate(sheet.iter_rows(), start=1)
    line, header = _header(numbered, options.header_row)
    columns, doubts = name_columns([_text(cell) for cell in header], options.renames)
    if len(columns) > options.maximum_columns:
        raise too_many_columns(len(columns), options.maximum_columns)
    filled = sum(cell != "" for cell in header)
    if filled == 1 and len(header) > 2:
        doubts.append(
            Doubt(
                "sources.title_line",
                msg("Line {line} holds one filled cell of {cells}; it looks like a title, not like headers."),
                {"line": line, "cells": len(header)},
                line=line,
            )
        )
    kinds: list[set[str]] = [set() for _ in columns]
    blank: list[int] = []
    last: Row = (line, ())
    with TextWriter(destination, [column.name for column in columns]) as writer:
        for rows in _batches(numbered, kinds, blank):
            writer.write(rows)
            last = rows[-1]
            if progress:
                progress(last[0], sheet.total_height)
        if not writer.rows:
            raise header_only(len(columns))
    if blank:
        doubts.append(
            Doubt(
                "sources.blank_lines",
                msg("{count} blank lines were left out, for instance: {lines}."),
                {"count": len(blank), "lines": listed([str(row) for row in blank])},
                line=blank[0],
            )
        )
    footer = footer_doubt(*last)
    doubts += [footer] if footer else []
    typed = [
        ColumnSource(column.name, column.label, native(found)) for column, found in zip(columns, kinds, strict=True)
    ]
    return Table(typed, writer.rows, doubts)


def _header(numbered: Iterator[tuple[int, list[Cell]]], header_row: int | None) -> tuple[int, list[Cell]]:
    for line, cells in numbered:
        if (header_row is None or line >= header_row) and any(cell != "" for cell in cells):
            return line, cells
    raise no_header()


def _batches(
    numbered: Iterator[tuple[int, list[Cell]]], kinds: Sequence[set[str]], blank: list[int]
) -> Iterator[list[Row]]:
    batch: list[Row] = []
    pending: list[int] = []
    for line, cells in numbered:
        texts = []
        for place, cell in enumerate(cells):
            text = _text(cell)
            texts.append(text)
            if text:
                kinds[place].add(next(name for kind, name in _NATIVE if isinstance(cell, kind)))
        if not any(texts):
            pending.append(line)
            continue
        blank += pending
        pending = []
        batch.append((line, texts))
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def native(found: set[str]) -> str | None:
    """Give the type that all cells share (whole numbers and numbers together are numbers), or None."""
    if found == {"integer", "number"}:
        return "number"
    return next(iter(found)) if len(found) == 1 and found != {"text"} else None


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def _errors(extents: Sequence[Extent]) -> list[Doubt]:
    count = sum(extent.errors for extent in extents)
    if not count:
        return []
    return [
        Doubt(
            "sources.error_cells",
            msg("{count} cells of the workbook hold an error (#N/A, #DIV/0!…); they were read as empty."),
            {"count": count},
        )
    ]
