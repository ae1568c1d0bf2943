# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The columns of a list: where a value comes from, how it reads on the page and in a spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from datacity.frame import reader, typography
from datacity.kernel.money import Money
from datacity.kernel.words import Words


class Kind(StrEnum):
    """How values of a column are shown; numbers and sizes stand right."""

    TEXT = "text"
    NUMBER = "number"
    SIZE = "size"
    DAY = "day"
    MOMENT = "moment"
    TAG = "tag"


RIGHT = frozenset({Kind.NUMBER, Kind.SIZE})


@dataclass(frozen=True)
class Column:
    """One column.

    name: for the address and the export; ASCII. label: translated. value: attribute path ("owner.name"), key, or a
    function of the row; the name when empty. kind: see `Kind`; a TAG value is (text, tone).
    sort: database field (querysets), attribute path or key function (lists); "" when people cannot sort by it.
    link: function of the row that gives an address, or "" for none. head: this cell names the row.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    kind: Kind = Kind.TEXT
    sort: str | Callable[[Any], Any] = ""
    link: Callable[[Any], str] | None = None
    head: bool = False

    def of(self, row: Any) -> Any:
        """Give the raw value of this row; None when there is none."""
        return self.value(row) if callable(self.value) else attribute(row, self.value or self.name)

    @property
    def right(self) -> bool:
        """Tell whether the values stand right, under each other by their digits."""
        return self.kind in RIGHT


@dataclass(frozen=True)
class Cell:
    """One cell ready for the page: its text, the language of the text, an address, a tone."""

    text: str
    language: str
    url: str
    tone: str
    head: bool
    right: bool
    label: Any


def attribute(row: Any, path: str) -> Any:
    """Follow a dotted path through attributes and keys; None where it ends."""
    for part in path.split("."):
        if row is None:
            return None
        row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
    return row() if callable(row) else row


def cell(column: Column, row: Any) -> Cell:
    """Give the cell of this row in the reader's language."""
    value = column.of(row)
    tone = ""
    if column.kind is Kind.TAG and value is not None:
        value, tone = value
    language = reader.language()
    shown = value.language_shown(language) if isinstance(value, Words) else language
    return Cell(
        text=text(value, column.kind),
        language="" if shown == language else shown,
        url=column.link(row) if column.link else "",
        tone=tone,
        head=column.head,
        right=column.right,
        label=column.label,
    )


def text(value: Any, kind: Kind) -> str:
    """Give the value as people read it; an empty text for None."""
    language = reader.language()
    if isinstance(value, Words):
        return value.within(language)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (Money, int, float, Decimal)):
        return _amount(value, kind, language)
    if isinstance(value, date):
        return _time(value, kind, language)
    return "" if value is None else str(value)


def _amount(value: Money | float | Decimal, kind: Kind, language: str) -> str:
    if isinstance(value, Money):
        return typography.number(Decimal(value.cents) / 100, language, places=2) + typography.NO_BREAK + "€"
    return typography.size(int(value), language) if kind is Kind.SIZE else typography.number(value, language)


def _time(value: date, kind: Kind, language: str) -> str:
    if not isinstance(value, datetime):
        return typography.day(value, language)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return typography.day(local, language) if kind is Kind.DAY else typography.moment(local, language)


def plain(column: Column, row: Any) -> Any:
    """Give the value for a spreadsheet: numbers, days and times stay what they are."""
    value = column.of(row)
    if column.kind is Kind.TAG and value is not None:
        value = value[0]
    if isinstance(value, Money):
        return Decimal(value.cents) / 100
    if isinstance(value, (int, float, Decimal, date)) and not isinstance(value, bool):
        return value
    return text(value, column.kind)
