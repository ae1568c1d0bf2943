# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A table as XLSX, written row after row in constant memory."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from datacity.engine.catalogue import ColumnType
from datacity.engine.release.tables import FrozenColumn, Table
from datacity.engine.sources.duck import connect, identifier, literal
from datacity.kernel.progress import Tell, silent

ROWS = 1_048_575
COLUMNS = 16_384
CELL = 32_767
_EXACT = 999_999_999_999_999
_FIRST_DAY = date(1900, 3, 1)
_BATCH = 8_192

Writer = Callable[[int, int, Any], object]


def xlsx_obstacle(table: Table) -> dict[str, Any] | None:
    """Give why a sheet cannot hold the table, None when it can: too many rows or columns, or a text longer than a cell takes.

    Source: limits of the format: 1,048,576 rows with the header, 16,384 columns, 32,767 characters a cell.
    """
    if table.rows > ROWS:
        return {"format": "xlsx", "reason": "rows", "most": ROWS}
    if len(table.columns) > COLUMNS:
        return {"format": "xlsx", "reason": "columns", "most": COLUMNS}
    texts = [
        column.name
        for column in table.columns
        if column.type in {ColumnType.TEXT, ColumnType.TIME, ColumnType.GEO_SHAPE}
    ]
    if texts:
        lengths = ", ".join(f"coalesce(max(length({identifier(name)})), 0)" for name in texts)
        with connect() as connection:
            row = connection.execute(f"SELECT {lengths} FROM read_parquet({literal(str(table.path))})").fetchone() or ()
        for name, length in zip(texts, row, strict=True):
            if length > CELL:
                return {"format": "xlsx", "reason": "cell", "column": name, "most": CELL}
    return None


def write_xlsx(table: Table, target: Path, scratch: Path, *, progress: Tell = silent) -> None:
    """Write the sheets; cells keep their type, texts stay texts, numbers a sheet cannot hold exactly become texts.

    scratch: folder for the rows on their way. progress: told the rows written and all. The bytes depend on the table alone.
    """
    workbook = xlsxwriter.Workbook(
        str(target),
        {
            "constant_memory": True,
            "tmpdir": str(scratch),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    _write_data(workbook.add_worksheet("data"), table, _Formats(workbook), progress)
    _write_columns(workbook.add_worksheet("columns"), table)
    workbook.close()


def sheet_text(text: str) -> str:
    """Give the text as a cell holds it: every line end is a line feed.

    A carriage return would be written as the escape `_x000D_` (ECMA-376, ST_Xstring), which many readers show as it stands.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Formats:
    """The two number formats a sheet of ours has."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        """Add them to the workbook."""
        self.day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _write_data(sheet: Worksheet, table: Table, formats: _Formats, tell: Tell) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name)
    writers = [_writer(sheet, column, formats) for column in table.columns]
    number = 0
    with pq.ParquetFile(table.path) as file:
        for batch in file.iter_batches(batch_size=_BATCH):
            tell(number, table.rows)
            for row in zip(*(_values(column) for column in batch.columns), strict=True):
                number += 1
                for place, value in enumerate(row):
                    if value is not None:
                        writers[place](number, place, value)


def _values(column: Any) -> list[Any]:
    return list(column.to_pylist())


def _write_columns(sheet: Worksheet, table: Table) -> None:
    for place, title in enumerate(("name", "label_fr", "label_en", "type", "unit", "meaning_fr", "meaning_en")):
        sheet.write_string(0, place, title)
    for number, column in enumerate(table.columns, start=1):
        meaning = column.meaning.as_dict() if column.meaning else {}
        label = column.label.as_dict()
        cells = (
            column.name,
            label.get("fr", ""),
            label.get("en", ""),
            str(column.type),
            column.unit,
            meaning.get("fr", ""),
            meaning.get("en", ""),
        )
        for place, text in enumerate(cells):
            sheet.write_string(number, place, text[:CELL])


def _writer(sheet: Worksheet, column: FrozenColumn, formats: _Formats) -> Writer:
    def text(row: int, place: int, value: Any) -> object:
        return sheet.write_string(row, place, sheet_text(str(value)))

    def number(row: int, place: int, value: Any) -> object:
        return (
            sheet.write_number(row, place, value)
            if abs(value) <= _EXACT or isinstance(value, float)
            else text(row, place, value)
        )

    def day(row: int, place: int, value: date) -> object:
        return (
            sheet.write_datetime(row, place, value, formats.day)
            if value >= _FIRST_DAY
            else text(row, place, value.isoformat())
        )

    def moment(row: int, place: int, value: datetime) -> object:
        plain = value.replace(tzinfo=None)
        return (
            sheet.write_datetime(row, place, plain, formats.moment)
            if plain.date() >= _FIRST_DAY
            else text(row, place, plain.isoformat() + "+00:00")
        )

    def point(row: int, place: int, value: dict[str, float | None]) -> object:
        return text(row, place, f"{value['lat']}, {value['lon']}") if None not in value.values() else 0

    special: dict[ColumnType, Writer] = {
        ColumnType.INTEGER: number, ColumnType.NUMBER: number, ColumnType.DATE: day, ColumnType.DATETIME: moment, ColumnType.GEO_POINT: point,
        ColumnType.BOOLEAN: sheet.write_boolean,
    }  # fmt: skip
    return special.get(column.type, text)
