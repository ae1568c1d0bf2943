# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The cells of a published table as a reader sees them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datacity.engine.serve.odsql.schema import Kind
from datacity.frame import reader, wording

SHOWN = 90
"""Characters of a text that a cell shows before the rest opens on demand."""
_LEFT, _RIGHT = mark_safe(""), mark_safe(' class="city-right"')
RIGHT = frozenset({Kind.INTEGER, Kind.NUMBER})


@dataclass(frozen=True)
class Cell:
    """One cell: the text; whether it stands right; the full text when it was cut; whether it is empty."""

    text: str
    right: bool = False
    full: str = ""
    empty: bool = False


def cell(value: Any, kind: Kind, *, naming: bool = False) -> Cell:
    """Give a value as a cell: numbers and days in the reader's language, shapes by their kind, long texts cut.

    naming: the number names something (a code, an identifier): its digits are not grouped.
    """
    if value is None:
        return Cell("—", kind in RIGHT, empty=True)
    text = str(value) if naming and kind is Kind.INTEGER else shown(value, kind)
    if len(text) <= SHOWN or kind is Kind.GEO_SHAPE:
        return Cell(text, kind in RIGHT)
    return Cell(text[: SHOWN - 10].rsplit(" ", 1)[0] + "…", full=text)


def shown(value: Any, kind: Kind) -> str:  # noqa: PLR0911 -- one line a kind of value
    """Give a value that is there as text in the reader's language."""
    match kind:
        case Kind.BOOLEAN:
            return _("yes") if value else _("no")
        case Kind.INTEGER | Kind.NUMBER:
            return _number(value)
        case Kind.DATE if isinstance(value, date):
            return wording.day(value)
        case Kind.DATETIME if isinstance(value, datetime):
            return wording.moment(value.replace(tzinfo=UTC))
        case Kind.GEO_POINT if isinstance(value, dict):
            return f"{value['lat']:.6g}, {value['lon']:.6g}"
        case Kind.GEO_SHAPE:
            return _shape(str(value))
    return str(value)


def drawn(lines: Iterable[Iterable[Cell]]) -> SafeString:
    """Draw rows of cells, every text escaped; from here rather than a template, since a page has thousands of cells."""
    no_value = _("no value")
    return format_html_join(
        "\n",
        "<tr>{}</tr>",
        ((format_html_join("", "{}", ((_drawn(each, no_value),) for each in line)),) for line in lines),
    )


def _drawn(cell: Cell, no_value: str) -> SafeString:
    side = _RIGHT if cell.right else _LEFT
    if cell.empty:
        return format_html('<td{}><span class="city-quiet" title="{}">{}</span></td>', side, no_value, cell.text)
    if cell.full:
        opened = '<td{}><details class="city-more"><summary>{}</summary>{}</details></td>'
        return format_html(opened, side, cell.text, cell.full)
    return format_html("<td{}>{}</td>", side, cell.text)


def _number(value: Any) -> str:
    """Group thousands from five digits on: a year or a code of four reads better without."""
    text = wording.number(value)
    if abs(value) >= 10_000:
        return text
    return text.replace("\u00a0", "") if reader.language() == "fr" else text.replace(",", "")


def _shape(text: str) -> str:
    try:
        value = json.loads(text)
        points = _points(value.get("coordinates", []))
        kind = str(value.get("type", ""))
    except (ValueError, AttributeError):
        return text[:SHOWN]
    counted = ngettext("{n} point", "{n} points", points).format(n=wording.number(points))
    return kind if kind == "Point" else f"{kind}, {counted}"


def _points(coordinates: Any) -> int:
    """Count the positions of GeoJSON coordinates, however deep they are nested."""
    if not isinstance(coordinates, list) or not coordinates:
        return 0
    return 1 if isinstance(coordinates[0], int | float) else sum(_points(each) for each in coordinates)
