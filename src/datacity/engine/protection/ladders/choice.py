# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which ladder a column takes: the one its plan names, else the one of its type."""

from dataclasses import dataclass

from datacity.engine.catalogue.description import ColumnType
from datacity.engine.protection.ladders.addresses import ADDRESS
from datacity.engine.protection.ladders.codes import INSEE_COMMUNE, IRIS, POSTAL_CODE, WHOLE, prefix_ladder
from datacity.engine.protection.ladders.ladder import Ladder
from datacity.engine.protection.ladders.numbers import bounds_ladder, width_ladder
from datacity.engine.protection.ladders.points import GRID, H3
from datacity.engine.protection.ladders.times import DATE, DATE_WEEK, DATETIME, DATETIME_WEEK, TIME
from datacity.engine.protection.parts import ColumnPlan
from datacity.engine.protection.reading import listed
from datacity.kernel.errors import Invalid

FIXED = {
    ladder.name: ladder
    for ladder in (
        DATE, DATE_WEEK, DATETIME, DATETIME_WEEK, TIME, POSTAL_CODE, INSEE_COMMUNE, IRIS, ADDRESS, H3, GRID, WHOLE
    )
}  # fmt: skip
WITH_PARAMETERS = {"interval": ("width", "origin", "bounds"), "prefix": ("lengths",)}
NAMES = (*FIXED, *WITH_PARAMETERS)
PREFIX_LENGTHS = (8, 4, 2, 1)

TEXTS = frozenset({ColumnType.TEXT, ColumnType.INTEGER})
NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
_TYPES = {
    "date": frozenset({ColumnType.DATE}),
    "date_week": frozenset({ColumnType.DATE}),
    "datetime": frozenset({ColumnType.DATETIME}),
    "datetime_week": frozenset({ColumnType.DATETIME}),
    "time": frozenset({ColumnType.TIME, ColumnType.TEXT}),
    "postal_code": TEXTS,
    "insee_commune": TEXTS,
    "iris": TEXTS,
    "address": frozenset({ColumnType.TEXT}),
    "h3": frozenset({ColumnType.GEO_POINT}),
    "grid": frozenset({ColumnType.GEO_POINT}),
    "interval": NUMBERS,
    "prefix": TEXTS,
    "whole": frozenset(ColumnType),
}

_USUAL = {
    ColumnType.DATE: "date",
    ColumnType.DATETIME: "datetime",
    ColumnType.TIME: "time",
    ColumnType.GEO_POINT: "h3",
    ColumnType.INTEGER: "interval",
    ColumnType.NUMBER: "interval",
    ColumnType.BOOLEAN: "whole",
    ColumnType.GEO_SHAPE: "whole",
}


def ladders_for(type_: ColumnType) -> tuple[str, ...]:
    """Give the names of the built-in ladders a column of this type can take."""
    return tuple(name for name in NAMES if type_ in _TYPES[name])


@dataclass(frozen=True)
class Asked:
    """Which column asks for a ladder, its type and what the plan says of it."""

    column: str
    type: ColumnType
    plan: ColumnPlan


def built_in(asked: Asked) -> Ladder:
    """Give the built-in ladder of a column.

    Raises Invalid `protection.ladder_missing` when the plan names none and the type leaves a choice,
    `protection.ladder_type` when the ladder cannot climb this type, `protection.width_missing` for intervals without measure.
    """
    name = asked.plan.hierarchy or _named_by_level(asked)
    if asked.type not in _TYPES[name]:
        raise Invalid(
            "protection.ladder_type",
            "Column {column}: the ladder {ladder} does not fit its type, {type}.",
            hint="Ladders for this type: {ladders}; or a hierarchy file.",
            field=f"columns.{asked.column}.hierarchy",
            column=asked.column,
            ladder=name,
            type=asked.type.value,
            ladders=listed(ladders_for(asked.type)),
        )
    return _make(name, asked)


def _make(name: str, asked: Asked) -> Ladder:
    plan = asked.plan
    if name == "prefix":
        return prefix_ladder(plan.lengths or PREFIX_LENGTHS)
    if name != "interval":
        return FIXED[name]
    if plan.bounds is not None:
        return bounds_ladder(plan.bounds)
    if plan.width is None:
        raise Invalid(
            "protection.width_missing",
            "Column {column}: intervals need a width or bounds.",
            hint="Write width = 10 or bounds = [0, 18, 25, 65] in its section.",
            field=f"columns.{asked.column}.width",
            column=asked.column,
        )
    return width_ladder(plan.width, plan.origin or 0.0)


def _named_by_level(asked: Asked) -> str:
    """Give the ladder that has the level named, else the only or usual one of the type."""
    possible = ladders_for(asked.type)
    plan = asked.plan
    for name, parameters in WITH_PARAMETERS.items():
        if name in possible and any(getattr(plan, parameter) is not None for parameter in parameters):
            return name
    having = [name for name in possible if name in FIXED and plan.level in FIXED[name].levels]
    if having:
        return having[0]
    if asked.type in _USUAL:
        return _USUAL[asked.type]
    raise Invalid(
        "protection.ladder_missing",
        "Column {column}: the plan does not say how to generalise it.",
        hint="Write hierarchy = with one of {ladders}, or the name of a hierarchy file (.csv).",
        field=f"columns.{asked.column}.hierarchy",
        column=asked.column,
        ladders=listed(possible),
    )
