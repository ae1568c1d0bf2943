# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The columns of a version: what each means, its type and unit, and how its values are spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from datacity.engine.release import Published
from datacity.engine.serve.odsql.schema import Kind
from datacity.engine.serve.profiles import Bar as Counted
from datacity.engine.serve.profiles import Profile
from datacity.frame import wording
from datacity.frame.parts import Bar
from datacity.kernel.words import Words, msg
from datacity.programme.releases.views.portal.cells import shown
from datacity.programme.releases.views.portal.facts import label, words

TYPE_NAMES = {
    "text": msg("text"),
    "integer": msg("whole number"),
    "number": msg("number"),
    "boolean": msg("yes or no"),
    "date": msg("day"),
    "datetime": msg("moment"),
    "time": msg("time of day"),
    "geo_point": msg("place"),
    "geo_shape": msg("shape on the map"),
}
TELLING_SHARE = 0.005
"""Share of the rows below which the most frequent text says nothing of a column."""
BARS = 6
"""Bars shown of a column whose values are texts; spans are shown whole."""


@dataclass(frozen=True)
class Described:
    """One column as the page shows it. spread: one sentence on its values; bars: its distribution; rest: rows in no bar."""

    name: str
    label: str
    type: str
    unit: str
    meaning: Words | None
    filled: str
    spread: str
    bars: tuple[Bar, ...]


def described(version: Published, profiles: Sequence[Profile]) -> list[Described]:
    """Give every column in order."""
    rows = int(version.manifest["rows"])
    return [
        _described(column, profile, rows) for column, profile in zip(version.manifest["columns"], profiles, strict=True)
    ]


def _described(column: dict[str, Any], profile: Profile, rows: int) -> Described:
    return Described(
        name=column["name"],
        label=label(column),
        type=_(TYPE_NAMES[column["type"]]),
        unit=column["unit"],
        meaning=words(column["meaning"]),
        filled=wording.percent(profile.filled / rows, 0 if profile.filled in (0, rows) else 1) if rows else "",
        spread=_spread(profile),
        bars=_bars(profile, rows),
    )


def _spread(profile: Profile) -> str:
    if not profile.filled:
        return _("No value.")
    distinct = wording.number(profile.distinct)
    if profile.distinct == 1 and profile.bars:
        return _("Always the same value.")
    if profile.low is None or profile.kind in (Kind.TEXT, Kind.BOOLEAN):
        return _("{n} different values.").format(n=distinct)
    low, high = shown(profile.low, profile.kind), shown(profile.high, profile.kind)
    return _("{n} different values, from {low} to {high}.").format(n=distinct, low=low, high=high)


def _bars(profile: Profile, rows: int) -> tuple[Bar, ...]:
    """Give the bars; none where they would say nothing: no value comes twice, or even the most frequent is rare."""
    found = profile.bars
    if not found or profile.distinct == profile.filled > 1:
        return ()
    if not profile.complete and found[0].low is None and found[0].count < TELLING_SHARE * rows:
        return ()
    if found[0].low is not None:
        return tuple(Bar(_span(each, profile.kind), each.count) for each in found)
    bars = [Bar(_value(each.value, profile.kind), each.count) for each in found[:BARS]]
    left = profile.filled - sum(each.count for each in found[:BARS])
    return (*bars, Bar(_("other values"), left)) if left > 0 else tuple(bars)


def _span(bar: Counted, kind: Kind) -> str:
    if isinstance(bar.low, date):
        return _("from {low}").format(low=wording.day(bar.low))
    ends = [float(each) for each in (bar.low, bar.high) if isinstance(each, int | float)]
    shown_ends = (round(end) if kind is Kind.INTEGER else float(f"{end:.4g}") for end in ends)
    return " – ".join(wording.number(end) for end in shown_ends)


def _value(value: str, kind: Kind) -> str:
    if kind is Kind.BOOLEAN:
        return shown(value == "true", kind)
    return value if len(value) <= 60 else value[:59] + "…"
