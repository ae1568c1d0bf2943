# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A first plan for a described table: an explicit method and level for every column, for the steward to change."""

import math
import re
from collections.abc import Callable

from datacity.engine.catalogue.description import Column, ColumnType, Description, Kind, Role
from datacity.engine.protection.parts import ColumnPlan, Method
from datacity.engine.protection.plan import Plan

FEW_VALUES = 12
INTERVALS = 10
DEGREES = 0.01  # about 1.1 km north-south
_POSTAL = {"cp", "postal", "zip"}
_COMMUNE = {"insee", "commune", "depcom"}
_FIVE = re.compile(r"\d{5}|2[ABab]\d{3}")
_NINE = re.compile(r"\d{9}|2[ABab]\d{7}")


def propose(description: Description) -> Plan:
    """Give a plan with every column of the description.

    Identifiers are dropped; sensitive and insensitive columns kept; quasi-identifiers generalised: dates to the month
    (dates of birth to the year), moments to the day, numbers to about ten intervals, places to H3 resolution 8, postal codes
    to three digits, communes to the department, addresses to the city; those of few values kept, other texts and shapes
    dropped. A table in which nothing points at persons is kept whole.
    """
    return Plan(columns={column.name: _column(column) for column in description.columns})


def _column(column: Column) -> ColumnPlan:
    if column.role == Role.IDENTIFIER:
        return ColumnPlan(role=Role.IDENTIFIER, method=Method.DROP)
    if column.role != Role.QUASI_IDENTIFIER:
        return ColumnPlan(role=column.role)
    return _BY_TYPE[column.type](column)


def _generalised(level: int | str, hierarchy: str, *, width: float | None = None) -> ColumnPlan:
    return ColumnPlan(
        role=Role.QUASI_IDENTIFIER, method=Method.GENERALISE, level=level, hierarchy=hierarchy, width=width
    )


def _kept(_column: Column) -> ColumnPlan:
    return ColumnPlan(role=Role.QUASI_IDENTIFIER, method=Method.KEEP)


def _dropped(_column: Column) -> ColumnPlan:
    return ColumnPlan(role=Role.QUASI_IDENTIFIER, method=Method.DROP)


def _date(column: Column) -> ColumnPlan:
    birth = any(finding.group == "birth" for finding in column.findings)
    return _generalised("year" if birth else "month", "date")


def _number(column: Column) -> ColumnPlan:
    if column.distinct <= FEW_VALUES:
        return _kept(column)
    if any(finding.kind == Kind.COORDINATES for finding in column.findings):
        return _generalised(1, "interval", width=DEGREES)
    low, high = float(column.minimum or 0), float(column.maximum or 0)
    return _generalised(1, "interval", width=round_width((high - low) / INTERVALS))


def round_width(width: float) -> float:
    """Give the smallest of 1, 2, 5 x a power of ten that is not below the width; 1 for a width of 0."""
    if width <= 0 or not math.isfinite(width):
        return 1.0
    power = 10.0 ** math.floor(math.log10(width))
    fitting = [step * power for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9)]
    return float(f"{fitting[0]:.12g}")


def _text(column: Column) -> ColumnPlan:
    words = set(re.split(r"[^a-z]+", column.name.lower()))
    if any(finding.group == "address" for finding in column.findings) and not words & (_POSTAL | _COMMUNE | {"iris"}):
        return _generalised("city", "address")
    if words & _POSTAL and _all_match(column, _FIVE):
        return _generalised("three_digits", "postal_code")
    if "iris" in words and _all_match(column, _NINE):
        return _generalised("commune", "iris")
    if words & _COMMUNE and _all_match(column, _FIVE):
        return _generalised("department", "insee_commune")
    return _kept(column) if column.distinct <= FEW_VALUES else _dropped(column)


def _all_match(column: Column, pattern: re.Pattern[str]) -> bool:
    return bool(column.examples) and all(pattern.fullmatch(example) for example in column.examples)


_BY_TYPE: dict[ColumnType, Callable[[Column], ColumnPlan]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _number,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _kept,
    ColumnType.DATE: _date,
    ColumnType.DATETIME: lambda _column: _generalised("day", "datetime"),
    ColumnType.TIME: lambda _column: _generalised("hour", "time"),
    ColumnType.GEO_POINT: lambda _column: _generalised("resolution_8", "h3"),
    ColumnType.GEO_SHAPE: _dropped,
}
