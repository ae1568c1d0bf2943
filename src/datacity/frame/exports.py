# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A list as a file: CSV that is sent while it is written, or XLSX with texts that are never formulas."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from datacity.frame import reader
from datacity.kernel.errors import Invalid

FORMATS = ("csv", "xlsx")
XLSX_ROWS = 1_048_575
"""Rows of data a sheet holds under its header: the limit of the format."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 500


def answer(form: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Give the rows as a download.

    form: "csv" or "xlsx". name: file name without ending. rows: n rows of len(header) plain values.
    Raises Invalid for another form, and for XLSX with more rows than a sheet holds.
    """
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(_csv(header, rows), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = FileResponse(_xlsx(header, rows))
        response["Content-Type"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        raise Invalid(
            "tables.format",
            "“{found}” is not a format of this list.",
            hint="Choose csv or xlsx.",
            field="format",
            found=form,
        )
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def guarded(value: Any) -> Any:
    """Give the value for a CSV cell; an apostrophe goes before a text that a spreadsheet would run as a formula.

    Lists hold what people typed; published data goes another way and keeps its cells unchanged.
    """
    return "'" + value if isinstance(value, str) and value.startswith(_RISKY) else value


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Give the file in pieces: byte order mark, then ";" in French and "," in English, as spreadsheets there expect."""
    french = reader.language() == "fr"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if french else ",", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(header)
    for count, row in enumerate(rows, start=1):
        writer.writerow([_written(value, french=french) for value in row])
        if count % _BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _written(value: Any, *, french: bool) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (float, Decimal)):
        return str(value).replace(".", ",") if french else str(value)
    return guarded(value)


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """Give the open workbook file, at its start. It is removed when closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    bold, days, times = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, header, bold)
    for line, row in enumerate(rows, start=1):
        if line > XLSX_ROWS:
            raise Invalid(
                "tables.rows",
                "This list has more than {limit} rows, the most a sheet holds.",
                hint="Filter the list, or take CSV.",
                limit=XLSX_ROWS,
            )
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, place, value, times)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), days)  # noqa: DTZ001 -- a sheet knows no zone
            elif isinstance(value, (int, float, Decimal)):
                sheet.write_number(line, place, value)
            elif value not in (None, ""):
                sheet.write_string(line, place, str(value))
    book.close()
    target.seek(0)
    return target
