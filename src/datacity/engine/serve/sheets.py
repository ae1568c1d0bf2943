# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows become a sheet of XLSX: texts as texts, never as formulas or links, in constant memory.

A large sheet is written by a process of its own (`python -m datacity.engine.serve.sheets`, see `apart`): writing one takes minutes
of Python, and in a thread of the server every page would wait for its turn between two cells.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import IOBase
from pathlib import Path
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import xlsxwriter

from datacity.engine.release.spreadsheets import sheet_text
from datacity.engine.serve.odsql.schema import Kind
from datacity.engine.serve.rendering import in_zone
from datacity.kernel.errors import Conflict

ROWS = 1_048_575
"""Rows of a sheet, without the header."""
_CHARACTERS = 32_767
_EXACT = 2**53
_NICE = 5


@dataclass(frozen=True)
class Plan:
    """What a sheet needs to know before its rows.

    keys, kinds: names and kinds of the columns. zone: of its times. target: where to write it. folder: for rows on their way.
    """

    keys: tuple[str, ...]
    kinds: tuple[str, ...]
    zone: str
    target: str
    folder: str


class Writer(Protocol):
    """Takes rows and makes a file of them."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Write rows. Raises Conflict when a sheet cannot hold them."""
        ...

    def close(self) -> None:
        """Finish the file. Raises Conflict when a sheet cannot hold the rows."""
        ...

    def abandon(self) -> None:
        """Leave nothing behind; after `close`, too."""
        ...


class Sheet:
    """Writes rows into a workbook in this process."""

    def __init__(self, plan: Plan) -> None:
        """Open the workbook and write the header."""
        options = {
            "constant_memory": True,
            "tmpdir": plan.folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        }
        self._plan = plan
        self._kinds = [Kind(kind) for kind in plan.kinds]
        self._zone = ZoneInfo(plan.zone)
        self._book = xlsxwriter.Workbook(plan.target, options)
        self._sheet = self._book.add_worksheet()
        self._moments = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._row = 0
        for index, key in enumerate(plan.keys):
            self._sheet.write_string(0, index, key)

    def add(self, batch: pa.RecordBatch) -> None:
        """Write rows. Raises Conflict for more than a sheet holds, and for a text longer than a cell holds."""
        if self._row + batch.num_rows > ROWS:
            raise too_many_rows()
        columns = [batch.column(index).to_pylist() for index in range(batch.num_columns)]
        for values in zip(*columns, strict=True):
            self._row += 1
            for index, value in enumerate(values):
                if value is not None:
                    self._cell(index, value)

    def close(self) -> None:
        """Finish the workbook."""
        self._book.close()

    def abandon(self) -> None:
        """Close the temporary files; the workbook would otherwise be written when collected."""
        self._book.fileclosed = 1
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()
                Path(sheet.row_data_filename).unlink(missing_ok=True)
        Path(self._plan.target).unlink(missing_ok=True)

    def _cell(self, index: int, value: Any) -> None:
        kind = self._kinds[index]
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, index, value)
        elif kind.is_numeric and isinstance(value, int | float) and abs(value) <= _EXACT:
            self._sheet.write_number(self._row, index, value)
        elif kind is Kind.DATETIME and isinstance(value, datetime) and value.year >= 1901:
            self._sheet.write_datetime(self._row, index, in_zone(value, self._zone).replace(tzinfo=None), self._moments)
        elif kind is Kind.DATE and isinstance(value, date) and value.year >= 1901:
            self._sheet.write_datetime(self._row, index, value)
        else:
            self._text(index, _as_text(value))

    def _text(self, index: int, text: str) -> None:
        if len(text) > _CHARACTERS:
            raise too_long_cell(self._row, self._plan.keys[index], len(text))
        self._sheet.write_string(self._row, index, sheet_text(text))


def too_many_rows() -> Conflict:
    """Give the refusal of more rows than a sheet holds."""
    return Conflict(
        "serve.xlsx_rows",
        "A sheet holds {limit} rows; this export has more.",
        hint="Take csv or parquet, or narrow it with where.",
        limit=ROWS,
    )


def too_long_cell(row: int, column: str, length: int) -> Conflict:
    """Give the refusal of a text that no cell holds."""
    return Conflict(
        "serve.xlsx_cell",
        "Row {row}, column {column}: {length} characters; a cell of XLSX holds {limit}.",
        hint="Take csv or parquet, or leave the column out with select.",
        row=row,
        column=column,
        length=length,
        limit=_CHARACTERS,
    )


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['lat']}, {value['lon']}"
    return value.isoformat() if isinstance(value, date) else str(value)


def main(arguments: Sequence[str]) -> int:
    """Be the process apart: the plan is the argument, the rows come as an Arrow stream; a refusal is written as JSON and gives 5."""
    plan = Plan(**json.loads(arguments[0]))
    os.nice(_NICE)
    sheet = Sheet(plan)
    try:
        with pa.ipc.open_stream(cast("IOBase", sys.stdin.buffer)) as rows:
            for batch in rows:
                sheet.add(batch)
        sheet.close()
    except Conflict as refusal:
        sheet.abandon()
        sys.stdout.write(json.dumps({"code": refusal.code, "values": dict(refusal.values)}))
        return refusal.exit_code
    except BaseException:
        sheet.abandon()
        raise
    return 0


def as_argument(plan: Plan) -> str:
    """Give the plan as the argument of the process apart."""
    return json.dumps(asdict(plan))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
