# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Text, numbers, dates and sizes as the reader's language writes them.

French puts a no-break space before : ; ? ! » and after «, and between thousands. U+00A0 everywhere: the fonts lack U+202F.
"""

import re
from datetime import date, datetime
from decimal import Decimal

NO_BREAK = "\u00a0"
MONTHS = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_UNITS = {"fr": ("octets", "ko", "Mo", "Go", "To"), "en": ("bytes", "kB", "MB", "GB", "TB")}
_BEFORE = re.compile(
    r"(?<=[^\s\u00a0:;?!«])[ \u00a0\u202f]*([;?!»]+)(?=[\s\u00a0.,)\]…]|$)|(?<=\S)[ \u202f]+(:)(?=\s|$)|(?<=[^\s\u00a0:])(:)(?=\s)"
)
_AFTER = re.compile(r"«[ \u00a0\u202f]*(?=\S)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_UNIT_AFTER = re.compile(r"(?<=\d) (?=(?:%|€|kg|g|km|m|ko|Mo|Go|To|h|min|s)(?![\w]))")


def typo(text: str, language: str) -> str:
    """Give the text with the no-break spaces its language asks for; English only binds numbers to their unit.

    Addresses (https://…) and times (12:30) stay as they are: a colon counts only before a space or the end.
    """
    text = _UNIT_AFTER.sub(NO_BREAK, text)
    if language != "fr":
        return text
    text = _AFTER.sub("«" + NO_BREAK, text)
    while (spaced := _BEFORE.sub(_with_space, text)) != text:  # the space of one sign can free the sign before it: “!:”
        text = spaced
    return _THOUSANDS.sub(NO_BREAK, text)


def _with_space(found: re.Match[str]) -> str:
    return NO_BREAK + next(part for part in found.groups() if part)


def number(value: float | Decimal, language: str, *, places: int | None = None) -> str:
    """Give the number with thousands grouped: "12 345,6" in French, "12,345.6" in English.

    places: decimals shown; None keeps what the number has, at most 6, without trailing zeros.
    """
    if places is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{places}f}"
    if language == "fr":
        text = text.replace(",", NO_BREAK).replace(".", ",")
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def day(value: date, language: str) -> str:
    """Give the day in words: "1er mars 2026", "1 March 2026"; day and month do not part."""
    first = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{first}{NO_BREAK}{MONTHS[language][value.month - 1]} {value.year}"


def moment(value: datetime, language: str) -> str:
    """Give day and time: "1er mars 2026 à 14 h 05", "1 March 2026 at 14:05"; the zone of `value` is kept."""
    if language == "fr":
        return f"{day(value, language)} à{NO_BREAK}{value.hour}{NO_BREAK}h{NO_BREAK}{value.minute:02d}"
    return f"{day(value, language)} at{NO_BREAK}{value.hour}:{value.minute:02d}"


def size(value: int, language: str) -> str:
    """Give a number of bytes in decimal units: "1,2 Mo", "1.2 MB"; below 1000 in whole bytes."""
    amount, unit = float(value), 0
    while amount >= 999.5 and unit < len(_UNITS[language]) - 1:
        amount, unit = amount / 1000, unit + 1
    places = 1 if unit and amount < 9.95 else 0
    return f"{number(round(amount, places), language, places=places)}{NO_BREAK}{_UNITS[language][unit]}"
