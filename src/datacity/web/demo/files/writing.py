# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write rows the way French administrations publish them: `;`, decimal commas, days as 31/12/2026, OUI and NON."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

BOM = "\ufeff"


def french(value: object) -> str:
    """Give a value as French software writes it into a CSV file; nothing gives an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "OUI" if value else "NON"
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", bom: bool = True
) -> bytes:
    """Give a CSV file: header and rows, `;` between cells, CRLF at the ends."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([french(value) for value in row] for row in rows)
    return ((BOM if bom else "") + text.getvalue()).encode(encoding)


def xlsx_bytes(sheet: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Give an XLSX workbook of one sheet; days are true dates, yes and no are words."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, header)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write_cell(page, (place, column), value)
    return target.getvalue()


def geojson_bytes(features: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> bytes:
    """Give a GeoJSON collection (RFC 7946) of (geometry, properties) pairs."""
    rows = [{"type": "Feature", "geometry": geometry, "properties": properties} for geometry, properties in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False).encode()


def _write_cell(page: Any, at: tuple[int, int], value: object) -> None:
    if isinstance(value, bool):
        page.write_string(*at, french(value))
    elif isinstance(value, date):
        page.write_datetime(*at, value)
    elif isinstance(value, int | float):
        page.write_number(*at, value)
    elif value is not None:
        page.write_string(*at, str(value))
