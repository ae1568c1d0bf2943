# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The type of a column from the shapes of all its cells, with the cells that stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from datacity.engine.catalogue.description import ColumnDecision, ColumnType
from datacity.engine.catalogue.hints import is_code
from datacity.engine.catalogue.shapes import Shape, classify, trimmed
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


def shaped(column: str, decision: ColumnDecision) -> str:
    """Give the query of line, cell `v`, `t` and `shape` of a column of the view `cells`; missing words become blank."""
    text = trimmed(column)
    for word in decision.missing:
        text = f"nullif({text}, {literal(word.strip())})"
    return (
        f"SELECT line, v, t, {classify(month_first=decision.month_first)} AS shape"
        f" FROM (SELECT {LINE} AS line, {identifier(column)} AS v, {text} AS t FROM cells)"
    )


def type_column(connection: duckdb.DuckDBPyConnection, column: ColumnSource, decision: ColumnDecision) -> Typing:
    """Give the type of a column over all its rows: the steward's, or the first that all filled cells fit, else text.

    connection: has the view `cells`. Raises Invalid when the steward's type does not fit a cell (line, column, value).
    """
    query = shaped(column.name, decision)
    shapes = {Shape(shape): count for shape, count in connection.execute(f"SELECT shape, count(*) FROM ({query}) GROUP BY 1").fetchall()}
    if decision.type is not None:
        _check_forced(connection, query, column, decision.type)
        return Typing(decision.type, shapes, _form_doubts(connection, query, column.name, decision.type, shapes, decision))
    kind, doubts = _found(connection, query, column, shapes)
    return Typing(kind, shapes, (*doubts, *_form_doubts(connection, query, column.name, kind, shapes, decision)))


def _found(
    connection: duckdb.DuckDBPyConnection, query: str, column: ColumnSource, shapes: Mapping[Shape, int]
) -> tuple[ColumnType, tuple[Doubt, ...]]:
    filled = {shape: count for shape, count in shapes.items() if shape is not Shape.BLANK}
    total = sum(filled.values())
    if not total:
        return ColumnType.TEXT, ()
    if code := _code(connection, query, column, filled):
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
        return ColumnType.TEXT, _failing(connection, query, column.name, best, allowed, total - covered)
    if filled.get(Shape.POINT) and filled.get(Shape.COMMA) and set(filled) <= _WHOLES | {Shape.POINT, Shape.COMMA}:
        return ColumnType.TEXT, (Doubt(
            "catalogue.mixed_decimals", msg("Some numbers have a decimal point ({points}), others a comma ({commas}); the column stays text."),
            {"points": filled[Shape.POINT], "commas": filled[Shape.COMMA]}, column=column.name,
        ),)
    return ColumnType.TEXT, ()


def _code(
    connection: duckdb.DuckDBPyConnection, query: str, column: ColumnSource, filled: Mapping[Shape, int]
) -> tuple[Doubt, ...]:
    """Give why a column of digits is a code and stays text, or nothing."""
    if not set(filled) <= _CODES | {Shape.GROUPED}:
        return ()
    if Shape.ZERO_LED in filled:
        return (Doubt(
            "catalogue.leading_zeros", msg("{count} cells start with a zero: these are codes, the column stays text."),
            {"count": filled[Shape.ZERO_LED]}, column=column.name,
        ),)
    if Shape.LONG_DIGITS in filled:
        return (Doubt(
            "catalogue.long_digits", msg("{count} cells have more than 15 digits: these are codes, the column stays text."),
            {"count": filled[Shape.LONG_DIGITS]}, column=column.name,
        ),)
    if column.native_type == "string":
        return (Doubt("catalogue.native_text", msg("The file itself writes these digits as text; the column stays text."), column=column.name),)
    lengths = connection.execute(
        f"SELECT min(length(t)), max(length(t)), count(DISTINCT t) FROM (SELECT replace(t, ' ', '') AS t FROM ({query}) WHERE shape <> 'blank')"
    ).fetchone()
    if lengths and is_code(column, lengths[0], lengths[1]):
        return (Doubt("catalogue.code_by_header", msg("The header says these digits are a code; the column stays text."), column=column.name),)
    return _registration_number(connection, query, column.name, lengths or (0, 0, 0))


def _registration_number(
    connection: duckdb.DuckDBPyConnection, query: str, name: str, lengths: tuple[int, int, int]
) -> tuple[Doubt, ...]:
    low, high, distinct = lengths
    if low == high and (high == 15 or (high == 13 and distinct >= 3)):
        return _security_numbers(connection, query, name)
    if low != high or high not in {9, 14} or distinct < 8:
        return ()
    failing = connection.execute(f"SELECT count(*) FROM ({query}) WHERE shape <> 'blank' AND NOT ({luhn_condition(high)})").fetchone()
    if failing and failing[0]:
        return ()
    return (Doubt(
        "catalogue.registration_numbers", msg("All cells are valid {kind} numbers; the column stays text."),
        {"kind": "SIREN" if high == 9 else "SIRET"}, column=name,
    ),)


def _security_numbers(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> tuple[Doubt, ...]:
    """Give a doubt when all cells have the form of a social security number, and of 15 digits the right key."""
    bare = "replace(t, ' ', '')"
    key = f"(length({bare}) = 13 OR 97 - try_cast(left({bare}, 13) AS BIGINT) % 97 = try_cast(substr({bare}, 14) AS BIGINT))"
    form = "'[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{8}|[0-9]{10})'"
    formed = f"CASE WHEN regexp_full_match({bare}, {form}) THEN {key} ELSE false END"
    failing = connection.execute(f"SELECT count(*) FROM ({query}) WHERE shape <> 'blank' AND NOT {formed}").fetchone()
    if failing and failing[0]:
        return ()
    return (Doubt("catalogue.security_numbers", msg("All cells have the form of a social security number; the column stays text."), column=name),)


def luhn_condition(digits: int) -> str:
    """Give the condition that `t`, blanks left out, has this many digits and a right Luhn key (ISO/IEC 7812-1, annex B)."""
    number = "replace(replace(t, ' ', ''), '\u00a0', '')"
    terms = []
    for place in range(1, digits + 1):
        digit = f"CAST(substr({number}, {place}, 1) AS INTEGER)"
        doubled = (digits - place) % 2 == 1
        terms.append(f"(({digit} * 2) // 10 + ({digit} * 2) % 10)" if doubled else digit)
    return f"CASE WHEN regexp_full_match({number}, '[0-9]{{{digits}}}') THEN ({' + '.join(terms)}) % 10 = 0 ELSE false END"


def _failing(
    connection: duckdb.DuckDBPyConnection, query: str, name: str, kind: ColumnType, allowed: frozenset[Shape], count: int
) -> tuple[Doubt, ...]:
    fitting = ", ".join(literal(shape.value) for shape in sorted((*allowed, Shape.BLANK)))
    rows = connection.execute(f"SELECT line, v FROM ({query}) WHERE shape NOT IN ({fitting}) ORDER BY line LIMIT {LISTED}").fetchall()
    summary = Doubt(
        "catalogue.nearly_typed", msg("All cells but {count} are of type {type}; the column stays text until they are corrected or the type is fixed."),
        {"count": count, "type": kind.value}, column=name,
    )
    return (summary, *(_cell(kind, name, line, value) for line, value in rows))


def _cell(kind: ColumnType, name: str, line: int, value: str) -> Doubt:
    return Doubt(
        "catalogue.cell_unfit", msg("Line {line}: this cell is not of type {type}."), {"line": line, "type": kind.value},
        line=line, column=name, value=shorten(value),
    )


def _check_forced(connection: duckdb.DuckDBPyConnection, query: str, column: ColumnSource, kind: ColumnType) -> None:
    if kind is ColumnType.TEXT:
        return
    condition = f"shape <> 'blank' AND NOT ({FORCED[kind]})"
    rows = connection.execute(f"SELECT line, v, count(*) OVER () FROM ({query}) WHERE {condition} ORDER BY line LIMIT {LISTED}").fetchall()
    if rows:
        raise Invalid(
            "catalogue.type_unfit", "Column {column}, line {line}: “{value}” is not of type {type}; {count} cells of the column are not.",
            hint="Correct these cells, say which words mean “no value”, or choose another type.", field=column.name,
            column=column.name, line=rows[0][0], value=shorten(rows[0][1]), type=kind.value, count=rows[0][2],
            cells=[{"line": line, "value": shorten(value)} for line, value, _ in rows],
        )


def _form_doubts(
    connection: duckdb.DuckDBPyConnection, query: str, name: str, kind: ColumnType, shapes: Mapping[Shape, int], decision: ColumnDecision
) -> tuple[Doubt, ...]:
    found: list[Doubt] = []
    if kind in {ColumnType.DATE, ColumnType.DATETIME} and not decision.month_first:
        found += _day_order(connection, query, name)
    if kind is ColumnType.DATE and Shape.DATE_ISO in shapes and Shape.DATE_DAY in shapes:
        found.append(Doubt("catalogue.mixed_dates", msg("Dates are written in two ways (2024-12-31 and 31/12/2024)."), column=name))
    naive, fixed = shapes.get(Shape.MOMENT, 0), shapes.get(Shape.MOMENT_OFFSET, 0)
    if kind is ColumnType.DATETIME and naive and fixed:
        found.append(Doubt(
            "catalogue.mixed_offsets", msg("{fixed} times say their offset, {naive} do not; those without are taken as UTC."),
            {"fixed": fixed, "naive": naive}, column=name,
        ))
    elif kind is ColumnType.DATETIME and naive:
        found.append(Doubt("catalogue.no_offset", msg("The times do not say their offset; they are kept as written."), column=name))
    if kind is ColumnType.NUMBER and Shape.COMMA in shapes:
        found += _comma_thousands(connection, query, name)
    if kind is ColumnType.GEO_POINT and Shape.PAIR in shapes:
        found += _pair_order(connection, query, name)
    return tuple(found)


def _day_order(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> list[Doubt]:
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (CAST(regexp_extract(t, '^([0-9]+)', 1) AS INTEGER) > 12), min(line), arg_min(v, line)"
        f" FROM ({query}) WHERE shape IN ('date_day', 'moment') AND NOT regexp_matches(t, '^[0-9]{{4}}')"
    ).fetchone()
    if not row or not row[0] or row[1]:
        return []
    return [Doubt(
        "catalogue.day_or_month", msg("In no cell is the first number above 12: the dates are read as day, month, year; check that they are not month, day, year."),
        line=row[2], column=name, value=shorten(row[3]),
    )]


def _comma_thousands(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> list[Doubt]:
    row = connection.execute(
        "SELECT bool_and(regexp_full_match(t, '[+-]?[1-9][0-9]{0,2},[0-9]{3}')), min(line), arg_min(v, line)" f" FROM ({query}) WHERE shape = 'comma'"
    ).fetchone()
    if not row or not row[0]:
        return []
    return [Doubt(
        "catalogue.comma_thousands", msg("Every comma stands before exactly three digits: read as a decimal comma; check that it does not separate thousands."),
        line=row[1], column=name, value=shorten(row[2]),
    )]


def _pair_order(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> list[Doubt]:
    row = connection.execute(
        "SELECT bool_or(abs(CAST(regexp_extract(t, '(-?[0-9]+[.][0-9]+)', 1) AS DOUBLE)) > 90), min(line), arg_min(v, line)"
        f" FROM ({query}) WHERE shape = 'pair'"
    ).fetchone()
    if row and row[0]:
        return [Doubt(
            "catalogue.longitude_first", msg("Some points start with a number above 90, which is no latitude: those are read as longitude, latitude."),
            line=row[1], column=name, value=shorten(row[2]),
        )]
    return []
