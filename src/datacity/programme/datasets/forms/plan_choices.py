# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What can be done to a column of a type, as one choice: `keep`, `drop`, `mask`, or a ladder with a level."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from datacity.engine.catalogue import Column, ColumnType
from datacity.engine.protection.ladders.choice import FIXED, PREFIX_LENGTHS, ladders_for
from datacity.engine.protection.ladders.codes import prefix_ladder
from datacity.engine.protection.ladders.titles import LEVEL_TITLES
from datacity.engine.protection.parts import ColumnPlan, Method
from datacity.frame import reader
from datacity.kernel.words import translate
from datacity.programme.datasets.forms.names import LADDER_NAMES

INTERVAL = "interval:1"
"""Intervals of the width written beside."""
SECTION = "section:"
"""Before the JSON of a column's section that no other choice says (a ladder of one's own, bounds)."""
SEARCH = Method.SEARCH.value
LADDERS_BY_TYPE = frozenset(
    {
        ColumnType.DATE,
        ColumnType.DATETIME,
        ColumnType.TIME,
        ColumnType.GEO_POINT,
        ColumnType.BOOLEAN,
        ColumnType.GEO_SHAPE,
    }
)
"""Types with a usual ladder that needs no measure."""
MASKED = frozenset({ColumnType.TEXT})
WIDE = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})


def choices_for(column: Column, now: str) -> list[tuple[Any, Any]]:
    """Give the choices of a column, ladders grouped; `now` is added when no other choice says the same."""
    found: list[tuple[Any, Any]] = [("", gettext("– choose –"))] if not now else []
    found += [("keep", gettext("Keep as it is")), ("drop", gettext("Leave out"))]
    if now == SEARCH or can_search(column):
        found.append((SEARCH, gettext("Let the best level be searched")))
    if column.type in MASKED:
        found.append(("mask", gettext("Show a few characters only")))
    for name in ladders_for(column.type):
        found.append((gettext(LADDER_NAMES[name]), [(f"{name}:{level}", title) for level, title in _levels(name)]))
    if now.startswith(SECTION):
        found.append((now, gettext("As written in the plan’s text")))
    return found


def can_search(column: Column) -> bool:
    """Tell whether the search finds a ladder for this column by itself."""
    return column.type in LADDERS_BY_TYPE


def _levels(ladder: str) -> list[tuple[str, str]]:
    if ladder == "interval":
        return [("1", gettext("intervals of the width beside"))]
    names = prefix_ladder(PREFIX_LENGTHS).levels if ladder == "prefix" else FIXED[ladder].levels
    return [(level, level_title(level)) for level in names[1:]]


def level_title(level: str) -> str:
    """Give a level in the reader's language."""
    if level.startswith("first_"):
        return gettext("first {count} characters").format(count=level.removeprefix("first_"))
    return translate(LEVEL_TITLES.get(level, level), reader.language())


def choice_of(plan: ColumnPlan) -> str:
    """Give the choice that says what a plan does to a column; "" when the plan does not say."""
    if plan.method is None:
        return ""
    if plan.method == Method.SEARCH:
        own = {"role", "method"}
        return SEARCH if plan.as_dict().keys() <= own else SECTION + json.dumps(plan.as_dict())
    if plan.method != Method.GENERALISE:
        return plan.method.value
    special = plan.bounds or plan.lengths or plan.origin is not None
    if plan.hierarchy == "interval" and plan.level == 1 and plan.width and not special:
        return INTERVAL
    level = _level_name(plan)
    return f"{plan.hierarchy}:{level}" if level and not special else SECTION + json.dumps(plan.as_dict())


def _level_name(plan: ColumnPlan) -> str:
    if plan.hierarchy == "prefix":
        levels = prefix_ladder(PREFIX_LENGTHS).levels
    elif plan.hierarchy in FIXED:
        levels = FIXED[plan.hierarchy].levels
    else:
        return ""
    number = plan.level if isinstance(plan.level, int) else -1
    named = levels[number] if 0 <= number < len(levels) else str(plan.level)
    return named if named in levels[1:] else ""


def section_of(choice: str, beside: Mapping[str, Any]) -> dict[str, Any]:
    """Give the keys of a column's section that a choice stands for. beside: width, first and last of the inputs beside."""
    if choice in {"", "keep", "drop", SEARCH}:
        return {"method": choice} if choice else {}
    if choice == "mask":
        return {"method": "mask", "keep_first": beside.get("first") or 0, "keep_last": beside.get("last") or 0}
    if choice.startswith(SECTION):
        return dict(json.loads(choice.removeprefix(SECTION)))
    ladder, _, level = choice.partition(":")
    found = {"method": "generalise", "hierarchy": ladder}
    if choice == INTERVAL:
        width = beside.get("width")
        return {**found, "level": 1, **({"width": width} if width is not None else {})}
    return {**found, "level": level}
