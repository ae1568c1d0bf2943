# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""CSV read with Python's own reader over a bounded `readline`: exact line numbers, mixed line ends, 15 MB of memory."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from datacity.engine.sources.decoding import Progress, Scan
from datacity.engine.sources.names import name_columns
from datacity.engine.sources.report import ColumnSource, Doubt, ReadOptions, listed, shorten
from datacity.engine.sources.writer import BATCH_CHARACTERS, BATCH_ROWS, Row, TextWriter
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

DELIMITERS = (";", ",", "\t", "|")
HEAD_CHARACTERS = 256 * 1024
HEAD_ROWS = 500
RAGGED_SHOWN = 10


@dataclass
class Table:
    """What a reader gives back: columns, doubts, rows written, delimiter and sheet when there are."""

    columns: Sequence[ColumnSource]
    rows: int
    doubts: list[Doubt] = field(default_factory=list)
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def read_delimited(
    path: Path, destination: Path, scan: Scan, *, options: ReadOptions, progress: Progress = None
) -> Table:
    """Write the cells of a CSV file as text to `destination`.

    Raises Invalid when the file has no header or no row, when rows have another number of cells than the header (the
    first ten lines are listed), when a quote is never closed, and what `name_columns` refuses.
    """
    csv.field_size_limit(options.maximum_line_bytes)
    delimiter = _delimiter(path, scan, options)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=scan.encoding, errors="strict", newline="") as text:
        source = _Source(text, delimiter, options)
        header = source.header(options.header_row)
        columns, doubts = name_columns(header, options.renames)
        if len(columns) > options.maximum_columns:
            raise too_many_columns(len(columns), options.maximum_columns)
        with TextWriter(destination, [column.name for column in columns]) as writer:
            for rows in source.batches(len(columns)):
                writer.write(rows)
                if writer.rows > options.maximum_rows:
                    raise too_many_rows(options.maximum_rows)
                if progress:
                    progress(raw.tell(), scan.bytes)
            if not writer.rows:
                raise header_only(len(columns))
    return Table(columns, writer.rows, doubts + source.doubts(), delimiter)


def header_only(columns: int) -> Invalid:
    """Give the refusal of a table without rows."""
    return Invalid(
        "sources.no_rows",
        "The file has a header ({columns} columns) and no row.",
        hint="Export it again with its rows; if the first line is data, put a header line above it.",
        field="file",
        columns=columns,
    )


def too_many_columns(columns: int, limit: int) -> Invalid:
    """Give the refusal of a table that is too wide."""
    return Invalid(
        "sources.too_many_columns",
        "The file has {columns} columns; {limit} are allowed.",
        hint="Put what repeats (years, months) in rows instead of columns.",
        field="file",
        columns=columns,
        limit=limit,
    )


def too_many_rows(limit: int) -> Invalid:
    """Give the refusal of a table that is too long."""
    return Invalid(
        "sources.too_many_rows",
        "The file has more than {limit} rows.",
        hint="Cut it by period or by area and deposit the parts.",
        field="file",
        limit=limit,
    )


def no_header() -> Invalid:
    """Give the refusal of a file whose header line is missing."""
    return Invalid(
        "sources.no_header",
        "No header line was found.",
        hint="The first line holds the names of the columns; or say with header_row where they stand.",
        field="file",
    )


class _Source:
    """Rows with the line each starts on; counts what is odd on the way."""

    def __init__(self, text: TextIO, delimiter: str, options: ReadOptions) -> None:
        self._characters = 0
        self._reader = csv.reader(self._lines(text, options.maximum_line_bytes), delimiter=delimiter, strict=True)
        self._blank: list[int] = []
        self._longer: list[int] = []
        self._blanks = 0
        self._longers = 0
        self._title: Doubt | None = None
        self._last: Row = (0, ())

    def header(self, header_row: int | None) -> list[str]:
        """Give the header cells, without empty ones at the end."""
        for line, cells in self._rows():
            if header_row is not None and line < header_row:
                continue
            if not any(cell.strip() for cell in cells) or (line == 1 and cells[0].strip().lower() == "sep="):
                continue  # spreadsheets write their separator above the headers as “sep=;”
            filled = [place for place, cell in enumerate(cells) if cell.strip()]
            if len(cells) > 2 and filled == [0] and header_row is None:
                self._title = Doubt(
                    "sources.title_line",
                    msg("Line {line} holds one filled cell of {cells}; it looks like a title, not like headers."),
                    {"line": line, "cells": len(cells)},
                    line=line,
                    value=shorten(cells[0]),
                )
                return list(cells)
            return list(cells[: filled[-1] + 1])
        raise no_header()

    def batches(self, width: int) -> Iterator[list[Row]]:
        """Give rows of `width` cells by batches. Raises Invalid listing the ragged lines at the end."""
        batch: list[Row] = []
        self._characters = 0
        ragged: list[tuple[int, int]] = []
        more = 0
        for line, found in self._rows():
            cells = found if len(found) == width else self._cut(line, found, width)
            if len(cells) != width:
                more += len(ragged) >= RAGGED_SHOWN
                ragged += [(line, len(cells))] if len(ragged) < RAGGED_SHOWN else []
                continue
            batch.append((line, cells))
            if len(batch) >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS:
                yield batch if not ragged else []
                self._last, batch, self._characters = batch[-1], [], 0
        if ragged:
            raise _ragged(ragged, more, width)
        if batch:
            self._last = batch[-1]
            yield batch

    def _cut(self, line: int, cells: list[str], width: int) -> list[str]:
        """Give the row without empty cells beyond the header, or as it is when that does not help."""
        if len(cells) < width or any(cells[width:]):
            return cells
        self._longers += 1
        self._longer += [line] if len(self._longer) < RAGGED_SHOWN else []
        return cells[:width]

    def doubts(self) -> list[Doubt]:
        """Give what was odd: titles, blank lines, cells beyond the header, a total as last row."""
        found = [self._title] if self._title else []
        if self._blanks:
            found.append(
                Doubt(
                    "sources.blank_lines",
                    msg("{count} blank lines were left out, for instance: {lines}."),
                    {"count": self._blanks, "lines": listed([str(line) for line in self._blank])},
                    line=self._blank[0],
                )
            )
        if self._longers:
            found.append(
                Doubt(
                    "sources.trailing_cells",
                    msg(
                        "{count} rows have empty cells after the last column; they were left out, for instance lines {lines}."
                    ),
                    {"count": self._longers, "lines": listed([str(line) for line in self._longer])},
                    line=self._longer[0],
                )
            )
        footer = footer_doubt(*self._last)
        return found + ([footer] if footer else [])

    def _lines(self, text: TextIO, limit: int) -> Iterator[str]:
        readline = text.readline
        while line := readline(limit):
            self._characters += len(line)
            yield line

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = self._reader
        start = reader.line_num + 1
        try:
            for cells in reader:
                if cells:
                    yield start, cells
                else:
                    self._blanks += 1
                    self._blank += [start] if len(self._blank) < RAGGED_SHOWN else []
                start = reader.line_num + 1
        except csv.Error as error:
            raise _unreadable(start, reader.line_num, error) from error


_FOOTERS = (
    "total",
    "totaux",
    "ensemble",
    "somme",
    "sous-total",
    "source",
    "note",
    "nb :",
    "champ",
    "grand total",
    "sum",
)


def footer_doubt(line: int, cells: Sequence[str | None]) -> Doubt | None:
    """Give a doubt when the last row looks like a total or a note, not like data."""
    filled = [cell for cell in cells if cell and cell.strip()]
    first = (filled[0] if filled else "").strip().lower()
    if first.startswith(_FOOTERS) or (len(cells) > 3 and len(filled) == 1 and len(first) > 20):
        return Doubt(
            "sources.footer",
            msg("The last row (line {line}) looks like a total or a note."),
            {"line": line},
            line=line,
            value=shorten(first),
        )
    return None


def _ragged(ragged: Sequence[tuple[int, int]], more: int, width: int) -> Invalid:
    shown = ", ".join(f"{line} ({cells})" for line, cells in ragged) + (f" … (+{more})" if more else "")
    return Invalid(
        "sources.ragged_rows",
        "{count} rows do not have the {expected} cells of the header. Line (cells found): {lines}.",
        hint="Look for a separator or a line break inside a cell that is not quoted; if a title stands above the headers, say with header_row where they are.",
        field="file",
        count=len(ragged) + more,
        expected=width,
        lines=shown,
        places=[{"line": line, "expected": width, "found": cells} for line, cells in ragged],
    )


def _unreadable(start: int, line: int, error: csv.Error) -> Invalid:
    why = str(error)
    if "unexpected end of data" in why or "field larger" in why:
        return Invalid(
            "sources.quote_open",
            "A quote opened in the row of line {line} is never closed.",
            hint="Close it, or double the quotes that belong to the text.",
            field="file",
            line=start,
        )
    return Invalid(
        "sources.quote_misplaced",
        "Line {line}: after a closing quote comes something else than a separator.",
        hint="Double the quotes that belong to the text, and put the whole cell in quotes.",
        field="file",
        line=line or start,
        why=why,
    )


def _delimiter(path: Path, scan: Scan, options: ReadOptions) -> str:
    if options.delimiter is not None:
        if options.delimiter not in DELIMITERS:
            raise Invalid(
                "sources.delimiter_unknown",
                "“{delimiter}” is not a separator.",
                hint="Choose ; or , or | or a tab.",
                field="delimiter",
                delimiter=options.delimiter,
            )
        return options.delimiter
    with path.open("r", encoding=scan.encoding, errors="replace", newline="") as text:
        head = text.read(HEAD_CHARACTERS)
        whole = len(head) < HEAD_CHARACTERS
    return sniff_delimiter(head, whole=whole)


def sniff_delimiter(head: str, *, whole: bool) -> str:
    """Give the delimiter that cuts most rows of the head into the header's number of cells, the larger number winning.

    whole: the head is the whole file; else its last row is left out. A single column gives `;` or what cuts nothing.
    """
    return max(DELIMITERS, key=lambda delimiter: _score(head, delimiter, whole=whole))


def _score(head: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    counts: list[int] = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            counts += [len(cells)] if cells else []
            if len(counts) >= HEAD_ROWS:
                break
    except csv.Error:
        pass
    if not whole and len(counts) > 1:
        counts.pop()
    if not counts:
        return (0.0, 0)
    common, times = Counter(counts).most_common(1)[0]
    agreement = times / len(counts) * (1.0 if counts[0] == common else 0.9)
    return (round(agreement, 2) if common > 1 else round(agreement, 2) - 0.5, common)
