# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The type of a column from the shapes of all its cells, with the cells that stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from datacity.engine.catalogue.description import ColumnDecision, ColumnType
from datacity.engine.catalogue.hints import is_code
from datacity.engine.catalogue.shapes import Shape, classify, trimmed
from datacity.engine.catalogue.values import bag
from datacity.engine.sources import ColumnSource, Doubt
from datacity.engine.sources.duck import identifier, literal
from datacity.engine.sources.report import shorten
from datacity.engine.sources.writer import LINE
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

NEARLY = 0.99
"""From this share of fitting cells on, the others are listed instead of leaving the column without a word."""

LISTED = 20

_BOOLEANS = (Shape.TRUE_FALSE, Shape.VRAI_FAUX, Shape.OUI_NON, Shape.YES_NO)
_WHOLES = frozenset({Shape.WHOLE, Shape.GROUPED})
_DATES = frozenset({Shape.DATE_ISO, Shape.DATE_DAY})
_CODES = frozenset({Shape.WHOLE, Shape.ZERO_LED, Shape.LONG_DIGITS})

FITTING: tuple[tuple[ColumnType, frozenset[Shape]], ...] = (
    *((ColumnType.BOOLEAN, frozenset({pair})) for pair in _BOOLEANS),
    (ColumnType.INTEGER, _WHOLES),
    (ColumnType.NUMBER, _WHOLES | {Shape.POINT}),
    (ColumnType.NUMBER, _WHOLES | {Shape.COMMA}),
    (ColumnType.DATE, _DATES),
    (ColumnType.DATETIME, _DATES | {Shape.MOMENT, Shape.MOMENT_OFFSET}),
    (ColumnType.TIME, frozenset({Shape.TIME})),
    (ColumnType.GEO_POINT, frozenset({Shape.PAIR, Shape.POINT_SHAPE})),
    (ColumnType.GEO_SHAPE, frozenset({Shape.GEO_SHAPE, Shape.POINT_SHAPE})),
)
"""The types in the order they are tried, each with the shapes that fit it."""

FORCED: Mapping[ColumnType, str] = {
    ColumnType.BOOLEAN: "lower(t) IN ('true','false','vrai','faux','oui','non','yes','no','o','n','y','t','v','f','1','0','1.0','0.0','1,0','0,0')",
    ColumnType.INTEGER: "shape IN ('whole','grouped','zero_led') AND length(t) <= 24"
    " OR shape IN ('point','comma') AND regexp_full_match(t, '[^.,eE]+[.,]0+')",
    ColumnType.NUMBER: "shape IN ('whole','grouped','zero_led','long_digits','point','comma')",
    ColumnType.DATE: "shape IN ('date_iso','date_day')",
    ColumnType.DATETIME: "shape IN ('date_iso','date_day','moment','moment_offset')",
    ColumnType.TIME: "shape = 'time'",
    ColumnType.GEO_POINT: "shape IN ('pair','point_shape')",
    ColumnType.GEO_SHAPE: "shape IN ('geo_shape','point_shape')",
}
"""What fits when the steward fixes the type: the condition on `t` and `shape`."""


@dataclass(frozen=True)
class Typing:
    """The type found, how many cells have each shape, and the doubts."""

    type: ColumnType
    shapes: Mapping[Shape, int] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()

    @property
    def blanks(self) -> int:
        """Count the cells without a value."""
        return self.shapes.get(Shape.BLANK, 0)


@dataclass(frozen=True)
class _Cells:
    """The shaped cells of one column: what is asked of them goes through here."""

    connection: duckdb.DuckDBPyConnection
    name: str
    decision: ColumnDecision

    def ask(self, select: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Give the rows of this SELECT over line, v, n, t, shape: a row for each different cell, n of which are there, or for each cell."""
        return self._ask(f"SELECT v, n, line FROM {bag(self.name)}", select, rest)

    def ask_every(self, select: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Give the rows of this SELECT over line, v, n, t, shape: a row for each cell."""
        return self._ask(f"SELECT {identifier(self.name)} AS v, 1 AS n, {LINE} AS line FROM cells", select, rest)

    def _ask(self, source: str, select: str, rest: str) -> list[tuple[Any, ...]]:
        query = shaped(source, self.decision)
        return self.connection.execute(f"SELECT {select} FROM ({query}) {rest}").fetchall()


def shaped(source: str, decision: ColumnDecision) -> str:
    """Give the query of line, cell `v`, `n`, `t` and `shape` of a query of v, n and line; missing words become blank."""
    text = trimmed("v")
    for word in decision.missing:
        text = f"nullif({text}, {literal(word.strip())})"
    return (
        f"SELECT line, v, n, t, {classify(month_first=decision.month_first)} AS shape"
        f" FROM (SELECT line, v, n, {text} AS t FROM ({source}))"
    )


def type_column(connection: duckdb.DuckDBPyConnection, column: ColumnSource, decision: ColumnDecision) -> Typing:
    """Give the type of a column over all its rows: the steward's, or the first that all filled cells fit, else text.

    connection: prepared. Raises Invalid when the steward's type does not fit a cell (line, column, value).
    """
    cells = _Cells(connection, column.name, decision)
    shapes = {Shape(shape): count for shape, count in cells.ask("shape, sum(n)::BIGINT", "GROUP BY 1")}
    if decision.type is not None:
        _check_forced(cells, decision.type)
        return Typing(
            decision.type, shapes, _form_doubts(cells, decision.type, shapes, month_first=decision.month_first)
        )
    kind, doubts = _found(cells, column, shapes)
    return Typing(kind, shapes, (*doubts, *_form_doubts(cells, kind, shapes, month_first=decision.month_first)))


def _found(cells: _Cells, column: ColumnSource, shapes: Mapping[Shape, int]) -> tuple[ColumnType, tuple[Doubt, ...]]:
    filled: dict[Shape, int] = {shape: count for shape, count in shapes.items() if shape is not Shape.BLANK}
    total = sum(filled.values())
    if not total:
        return ColumnType.TEXT, ()
    if code := _code(cells, column, filled):
        return ColumnType.TEXT, code
    best, covered = ColumnType.TEXT, 0
    allowed: frozenset[Shape] = frozenset()
    for kind, fitting in FITTING:
        count = sum(filled.get(shape, 0) for shape in fitting)
        if count > covered:
            best, covered, allowed = kind, count, fitting
    if covered == total:
        return best, ()
    if covered >= NEARLY * total:
        return ColumnType.TEXT, _failing(cells, best, allowed, total - covered)
    if filled.get(Shape.POINT) and filled.get(Shape.COMMA) and set(filled) <= _WHOLES | {Shape.POINT, Shape.COMMA}:
        return ColumnType.TEXT, (
            Doubt(
                "catalogue.mixed_decimals",
                msg("Some numbers have a decimal point ({points}), others a comma ({commas}); the column stays text."),
                {"points": filled[Shape.POINT], "commas": filled[Shape.COMMA]},
                column=column.name,
            ),
        )
    return ColumnType.TEXT, ()


def _code(cells: _Cells, column: ColumnSource, filled: Mapping[Shape, int]) -> tuple[Doubt, ...]:
    """Give why a column of digits is a code and stays text, or nothing."""
    if not set(filled) <= _CODES | {Shape.GROUPED}:
        return ()
    if Shape.ZERO_LED in filled:
        return (
            Doubt(
                "catalogue.leading_zeros",
                msg("{count} cells start with a zero: these are codes, the column stays text."),
                {"count": filled[Shape.ZERO_LED]},
                column=column.name,
            ),
        )
    if Shape.LONG_DIGITS in filled:
        return (
            Doubt(
                "catalogue.long_digits",
                msg("{count} cells have more than 15 digits: these are codes, the column stays text."),
                {"count": filled[Shape.LONG_DIGITS]},
                column=column.name,
            ),
        )
    if column.native_type == "string":
        return (
            Doubt(
                "catalogue.native_text",
                msg("The file itself writes these digits as text; the column stays text."),
                column=column.name,
            ),
        )
    bare = "replace(t, ' ', '')"
    low, high, distinct = cells.ask(
        f"min(length({bare})), max(length({bare})), count(DISTINCT {bare})", "WHERE shape <> 'blank'"
    )[0]
    if is_code(column, low, high):
        return (
            Doubt(
                "catalogue.code_by_header",
                msg("The header says these digits are a code; the column stays text."),
                column=column.name,
            ),
        )
    return _registration_number(cells, (low, high, distinct))


def _registration_number(cells: _Cells, lengths: tuple[int, int, int]) -> tuple[Doubt, ...]:
    low, high, distinct = lengths
    if low == high and (high == 15 or (high == 13 and distinct >= 3)):
        return _security_numbers(cells)
    if low != high or high not in {9, 14} or distinct < 8:
        return ()
    if cells.ask("count(*)", f"WHERE shape <> 'blank' AND NOT ({luhn_condition(high)})")[0][0]:
        return ()
    return (
        Doubt(
            "catalogue.registration_numbers",
            msg("All cells are valid {kind} numbers; the column stays text."),
            {"kind": "SIREN" if high == 9 else "SIRET"},
            column=cells.name,
        ),
    )


def _security_numbers(cells: _Cells) -> tuple[Doubt, ...]:
    """Give a doubt when all cells have the form of a social security number, and of 15 digits the right key."""
    bare = "replace(t, ' ', '')"
    key = f"(length({bare}) = 13 OR 97 - try_cast(left({bare}, 13) AS BIGINT) % 97 = try_cast(substr({bare}, 14) AS BIGINT))"
    form = "'[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{8}|[0-9]{10})'"
    formed = f"CASE WHEN regexp_full_match({bare}, {form}) THEN {key} ELSE false END"
    if cells.ask("count(*)", f"WHERE shape <> 'blank' AND NOT {formed}")[0][0]:
        return ()
    return (
        Doubt(
            "catalogue.security_numbers",
            msg("All cells have the form of a social security number; the column stays text."),
            column=cells.name,
        ),
    )


def luhn_condition(digits: int) -> str:
    """Give the condition that `t`, blanks left out, has this many digits and a right Luhn key (ISO/IEC 7812-1, annex B)."""
    number = "replace(replace(t, ' ', ''), '\u00a0', '')"
    terms = []
    for place in range(1, digits + 1):
        digit = f"CAST(substr({number}, {place}, 1) AS INTEGER)"
        doubled = (digits - place) % 2 == 1
        terms.append(f"(({digit} * 2) // 10 + ({digit} * 2) % 10)" if doubled else digit)
    return (
        f"CASE WHEN regexp_full_match({number}, '[0-9]{{{digits}}}') THEN ({' + '.join(terms)}) % 10 = 0 ELSE false END"
    )


def _failing(cells: _Cells, kind: ColumnType, allowed: frozenset[Shape], count: int) -> tuple[Doubt, ...]:
    name = cells.name
    fitting = ", ".join(literal(shape.value) for shape in sorted((*allowed, Shape.BLANK)))
    rows = cells.ask_every("line, v", f"WHERE shape NOT IN ({fitting}) ORDER BY line LIMIT {LISTED}")
    summary = Doubt(
        "catalogue.nearly_typed",
        msg(
            "All cells but {count} are of type {type}; the column stays text until they are corrected or the type is fixed."
        ),
        {"count": count, "type": kind.value},
        column=name,
    )
    return (summary, *(_cell(kind, name, line, value) for line, value in rows))


def _cell(kind: ColumnType, name: str, line: int, value: str) -> Doubt:
    return Doubt(
        "catalogue.cell_unfit",
        msg("Line {line}: this cell is not of type {type}."),
        {"line": line, "type": kind.value},
        line=line,
        column=name,
        value=shorten(value),
    )


def _check_forced(cells: _Cells, kind: ColumnType) -> None:
    if kind is ColumnType.TEXT:
        return
    name = cells.name
    unfit = f"WHERE shape <> 'blank' AND NOT ({FORCED[kind]})"
    if cells.ask("count(*)", unfit)[0][0]:
        rows = cells.ask_every("line, v, count(*) OVER ()", f"{unfit} ORDER BY line LIMIT {LISTED}")
        raise Invalid(
            "catalogue.type_unfit",
            "Column {column}, line {line}: “{value}” is not of type {type}; {count} cells of the column are not.",
            hint="Correct these cells, say which words mean “no value”, or choose another type.",
            field=name,
            column=name,
            line=rows[0][0],
            value=shorten(rows[0][1]),
            type=kind.value,
            count=rows[0][2],
            cells=[{"line": line, "value": shorten(value)} for line, value, _ in rows],
        )


def _form_doubts(
    cells: _Cells, kind: ColumnType, shapes: Mapping[Shape, int], *, month_first: bool
) -> tuple[Doubt, ...]:
    name = cells.name
    found: list[Doubt] = []
    if kind in {ColumnType.DATE, ColumnType.DATETIME} and not month_first:
        found += _day_order(cells)
    if kind is ColumnType.DATE and Shape.DATE_ISO in shapes and Shape.DATE_DAY in shapes:
        found.append(
            Doubt(
                "catalogue.mixed_dates", msg("Dates are written in two ways (2024-12-31 and 31/12/2024)."), column=name
            )
        )
    naive, fixed = shapes.get(Shape.MOMENT, 0), shapes.get(Shape.MOMENT_OFFSET, 0)
    if kind is ColumnType.DATETIME and naive and fixed:
        found.append(
            Doubt(
                "catalogue.mixed_offsets",
                msg("{fixed} times say their offset, {naive} do not; those without are taken as UTC."),
                {"fixed": fixed, "naive": naive},
                column=name,
            )
        )
    elif kind is ColumnType.DATETIME and naive:
        found.append(
            Doubt(
                "catalogue.no_offset", msg("The times do not say their offset; they are kept as written."), column=name
            )
        )
    if kind is ColumnType.NUMBER and Shape.COMMA in shapes:
        found += _comma_thousands(cells)
    if kind is ColumnType.GEO_POINT and Shape.PAIR in shapes:
        found += _pair_order(cells)
    return tuple(found)


def _day_order(cells: _Cells) -> list[Doubt]:
    select = "count(*), count(*) FILTER (CAST(regexp_extract(t, '^([0-9]+)', 1) AS INTEGER) > 12), min(line), arg_min(v, line)"
    count, telling, line, value = cells.ask(
        select, "WHERE shape IN ('date_day', 'moment') AND NOT regexp_matches(t, '^[0-9]{4}')"
    )[0]
    if not count or telling:
        return []
    return [
        Doubt(
            "catalogue.day_or_month",
            msg(
                "In no cell is the first number above 12: the dates are read as day, month, year; check that they are not month, day, year."
            ),
            line=line,
            column=cells.name,
            value=shorten(value),
        )
    ]


def _comma_thousands(cells: _Cells) -> list[Doubt]:
    select = "bool_and(regexp_full_match(t, '[+-]?[1-9][0-9]{0,2},[0-9]{3}')), min(line), arg_min(v, line)"
    all_three, line, value = cells.ask(select, "WHERE shape = 'comma'")[0]
    if not all_three:
        return []
    return [
        Doubt(
            "catalogue.comma_thousands",
            msg(
                "Every comma stands before exactly three digits: read as a decimal comma; check that it does not separate thousands."
            ),
            line=line,
            column=cells.name,
            value=shorten(value),
        )
    ]


def _pair_order(cells: _Cells) -> list[Doubt]:
    first = "abs(CAST(regexp_extract(t, '(-?[0-9]+[.][0-9]+)', 1) AS DOUBLE)) > 90"
    count, line, value = cells.ask("count(*), min(line), arg_min(v, line)", f"WHERE shape = 'pair' AND {first}")[0]
    if not count:
        return []
    return [
        Doubt(
            "catalogue.longitude_first",
            msg(
                "Some points start with a number above 90, which is no latitude: those are read as longitude, latitude."
            ),
            line=line,
            column=cells.name,
            value=shorten(value),
        )
    ]
