# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A list as a file: CSV that is sent while it is written, or XLSX with texts that are never formulas."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any, NamedTuple

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override

from datacity.frame import reader
from datacity.kernel.errors import Invalid

FORMATS = ("csv", "xlsx")
XLSX_ROWS = 1_048_575
"""Rows of data a sheet holds under its header: the limit of the format."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 500
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def answer(form: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Give the rows as a download.

    form: "csv" or "xlsx". name: file name without ending. rows: n rows of len(header) plain values.
    Raises Invalid for another form, and for XLSX with more rows than a sheet holds.
    """
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            _csv(header, rows, reader.language()), content_type="text/csv; charset=utf-8"
        )
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


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]], language: str) -> Iterator[bytes]:
    """Give the file in pieces: byte order mark, then ";" in French and "," in English, as spreadsheets there expect.

    Each piece is made in the reader's language, whichever thread asks for it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(header)
    waiting = iter(rows)
    while True:
        with override(language):
            batch = list(islice(waiting, _BATCH))
        if not batch:
            break
        writer.writerows([_written(value, french=language == "fr") for value in row] for row in batch)
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


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """Give the open workbook file, at its start; it is removed when closed."""
    with ExitStack() as unless_done:
        target = unless_done.enter_context(tempfile.TemporaryFile())
        with xlsxwriter.Workbook(target, _OPTIONS) as book:
            formats = _Formats(*(book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm")))
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, header, book.add_format({"bold": True}))
            for line, row in enumerate(rows, start=1):
                if line > XLSX_ROWS:
                    raise Invalid(
                        "tables.rows",
                        "This list has more than {limit} rows, the most a sheet holds.",
                        hint="Filter the list, or take CSV.",
                        limit=XLSX_ROWS,
                    )
                for place, value in enumerate(row):
                    _write(sheet, (line, place), value, formats)
        target.seek(0)
        unless_done.pop_all()
    return target


def _write(sheet: Any, place: tuple[int, int], value: Any, formats: "_Formats") -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*place, value, formats.times)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, formats.days)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(*place, value)
    elif value not in (None, ""):
        sheet.write_string(*place, str(value))


class _Formats(NamedTuple):
    days: Any
    times: Any
