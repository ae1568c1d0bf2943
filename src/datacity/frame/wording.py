# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Values as words in the reader's language: the filters of the tag library, usable from Python as well."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from datacity.frame import reader, typography
from datacity.kernel.words import Words


def typo(value: Any, autoescape: bool = True) -> SafeString:  # noqa: FBT001, FBT002 -- Django's signature
    """Give the text with the no-break spaces of the reader's language; escaped unless safe already."""
    text = conditional_escape(value) if autoescape else str(value)
    return mark_safe(typography.typo(text, reader.language()))  # noqa: S308 -- escaped above


def number(value: Any) -> str:
    """Give a number with thousands grouped; an empty text for None."""
    return "" if value is None else typography.number(value, reader.language())


def decimal(value: Any, places: int = 1) -> str:
    """Give a number with this many decimals."""
    return "" if value is None else typography.number(Decimal(str(value)), reader.language(), places=places)


def percent(value: Any, places: int = 0) -> str:
    """Give a share (0 to 1) as a percentage with its unit."""
    return (
        ""
        if value is None
        else typography.number(float(value) * 100, reader.language(), places=places) + typography.NO_BREAK + "%"
    )


def day(value: date | None) -> str:
    """Give a day, or the day of a time in the city's zone, in words."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return typography.day(value, reader.language())


def moment(value: datetime | None) -> str:
    """Give day and time in the city's zone, in words."""
    if value is None:
        return ""
    return typography.moment(timezone.localtime(value) if timezone.is_aware(value) else value, reader.language())


def size(value: int | None) -> str:
    """Give a number of bytes in the unit people know."""
    return "" if value is None else typography.size(int(value), reader.language())


def words(value: Words | str | None) -> SafeString | str:
    """Give the text in the reader's language; the other one, marked with its language, when it is missing."""
    if not isinstance(value, Words):
        return conditional_escape(value or "")
    language = reader.language()
    shown = value.language_shown(language)
    text = typo(value.within(language))
    return text if shown == language else format_html('<span lang="{}">{}</span>', shown, text)


def plain(value: Words | str | None) -> str:
    """Give Words as text without a mark: for titles of the browser, attributes and choices."""
    return value.within(reader.language()) if isinstance(value, Words) else str(value or "")
