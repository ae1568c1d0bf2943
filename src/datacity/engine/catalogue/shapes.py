# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What one cell looks like, as DuckDB expressions over `t`, the cell without blanks around it.

Every cell falls in exactly one `Shape`; a column's type follows from the shapes of all its cells.
"""

from enum import StrEnum

from datacity.engine.sources.duck import identifier, literal

_BLANKS = " \t\r\n\u00a0\u202f\u2009\u2007\ufeff"
_GAP = "[ \u00a0\u202f\u2009\u2007]"
_WHOLE = f"(?:0|[1-9][0-9]{{0,14}}|[1-9][0-9]{{0,2}}(?:{_GAP}[0-9]{{3}}){{1,4}})"
_EXPONENT = "(?:[eE][+-]?[0-9]{1,3})"
_CLOCK = "(?:[01]?[0-9]|2[0-3])[:h][0-5][0-9](?::[0-5][0-9])?"
_ISO_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_OFFSET = " ?(?:Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)"
_DECIMAL = r"-?[0-9]{1,3}\.[0-9]+"
_FIRST = r"^[-+0-9.,{(\[]"
_PLAIN = "[+-]?(?:0|[1-9][0-9]{0,14})"
_POINTED = f"[+-]?(?:{_WHOLE}?[.][0-9]+{_EXPONENT}?|{_WHOLE}{_EXPONENT})"
_COMMAED = f"[+-]?{_WHOLE}?,[0-9]+"
_DAY = "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
_DAY_MOMENT = "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_PAIR = rf"[(\[]? ?{_DECIMAL} *[,;] *{_DECIMAL} ?[)\]]?"


class Shape(StrEnum):
    """The shapes of a cell; the names of several true/false pairs end in their pair."""

    BLANK = "blank"
    TRUE_FALSE = "true_false"
    VRAI_FAUX = "vrai_faux"
    OUI_NON = "oui_non"
    YES_NO = "yes_no"
    WHOLE = "whole"
    GROUPED = "grouped"
    ZERO_LED = "zero_led"
    LONG_DIGITS = "long_digits"
    POINT = "point"
    COMMA = "comma"
    DATE_ISO = "date_iso"
    DATE_DAY = "date_day"
    DATE_BAD = "date_bad"
    MOMENT = "moment"
    MOMENT_OFFSET = "moment_offset"
    TIME = "time"
    PAIR = "pair"
    POINT_SHAPE = "point_shape"
    GEO_SHAPE = "geo_shape"
    TEXT = "text"


YES_WORDS = ("true", "vrai", "oui", "yes", "o", "y", "t", "v", "1", "1.0", "1,0")
NO_WORDS = ("false", "faux", "non", "no", "n", "f", "0", "0.0", "0,0")
GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")


def trimmed(column: str) -> str:
    """Give the expression of a column's cell without blanks around it (no-break and thin spaces included)."""
    return f"trim({identifier(column)}, {literal(_BLANKS)})"


def full(pattern: str) -> str:
    """Give the condition that the whole of `t` matches the RE2 pattern."""
    return f"regexp_full_match(t, {literal(pattern)})"


def day_expression(*, month_first: bool = False) -> str:
    """Give the date of `t`, or null when it is no date: ISO, or day month year with / - or a full stop."""
    order = "'%m/%d/%Y'" if month_first else "'%d/%m/%Y'"
    slashed = "replace(replace(t, '-', '/'), '.', '/')"
    return (
        f"CASE WHEN {full('[0-9]{4}-[0-9]{2}-[0-9]{2}')} THEN try_cast(t AS DATE)"
        f" WHEN {full('[0-9]{4}/[0-9]{2}/[0-9]{2}')} THEN try_cast(replace(t, '/', '-') AS DATE)"
        f" WHEN {full('[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}')} THEN CAST(try_strptime({slashed}, {order}) AS DATE) END"
    )


def moment_expression(*, month_first: bool = False) -> str:
    """Give the time stamp of `t` in UTC, or null; without offset it is kept as written, a bare date is its midnight."""
    order = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    parts = f"regexp_extract(t, {literal(f'^(.*?)({_OFFSET})$')}"
    clock = f"replace({parts}, 1), ',', '.') || CASE WHEN length({parts}, 1)) = 16 THEN ':00' ELSE '' END"
    offset = f"regexp_replace(regexp_replace(trim(upper({parts}, 2))), '^(UTC|Z)$', '+00:00'), '^([+-][0-9]{{2}}):?([0-9]{{2}})?$', '\\1:\\2')"
    iso = f"{clock} || CASE WHEN length({offset}) = 4 THEN {offset} || '00' ELSE {offset} END"
    return (
        f"CASE WHEN {full(_ISO_MOMENT + _OFFSET)} THEN CAST(try_cast({iso} AS TIMESTAMPTZ) AS TIMESTAMP)"
        f" WHEN {full(_ISO_MOMENT)} THEN try_cast(replace(t, ',', '.') AS TIMESTAMP)"
        f" WHEN {full(_DAY_MOMENT)}"
        f" THEN try_strptime(t, ['{order} %H:%M:%S', '{order} %H:%M'])"
        f" ELSE CAST({day_expression(month_first=month_first)} AS TIMESTAMP) END"
    )


def _pair(part: int) -> str:
    return f"CAST(regexp_extract(t, {literal(f'({_DECIMAL})[ ]*[,;][ ]*({_DECIMAL})')}, {part}) AS DOUBLE)"


def pair_expression() -> str:
    """Give `t` as STRUCT(lon, lat): "lat, lon", lon first only when its first number cannot be a latitude."""
    first, second = _pair(1), _pair(2)
    return (
        f"CASE WHEN abs({first}) > 90 THEN struct_pack(lon := {first}, lat := {second})"
        f" ELSE struct_pack(lon := {second}, lat := {first}) END"
    )


def classify(*, month_first: bool = False) -> str:
    """Give the expression of the shape of `t`."""
    types = ", ".join(literal(kind) for kind in GEOMETRIES)
    valid = (
        "CASE WHEN json_valid(t) THEN t END"  # DuckDB's JSON functions stop the query at the first cell that is no JSON
    )
    geometry = (
        f"CASE WHEN NOT json_valid(t) THEN 'text' WHEN json_extract_string({valid}, '$.type') = 'Point'"
        f" AND json_array_length({valid}, '$.coordinates') = 2 THEN 'point_shape'"
        f" WHEN json_extract_string({valid}, '$.type') IN ({types}) AND"
        f" (json_type({valid}, '$.coordinates') = 'ARRAY' OR json_type({valid}, '$.geometries') = 'ARRAY') THEN 'geo_shape' ELSE 'text' END"
    )
    pair = (
        f"CASE WHEN least(abs({_pair(1)}), abs({_pair(2)})) <= 90 AND greatest(abs({_pair(1)}), abs({_pair(2)})) <= 180"
        " THEN 'pair' ELSE 'text' END"
    )
    bounded_moment = f"{_ISO_MOMENT}(?:{_OFFSET})?"
    return f"""CASE
        WHEN t IS NULL OR t = '' THEN 'blank'
        WHEN lower(t) IN ('true', 'false') THEN 'true_false'
        WHEN lower(t) IN ('vrai', 'faux') THEN 'vrai_faux'
        WHEN lower(t) IN ('oui', 'non') THEN 'oui_non'
        WHEN lower(t) IN ('yes', 'no') THEN 'yes_no'
        WHEN NOT regexp_matches(t, {literal(_FIRST)}) THEN 'text'
        WHEN {full(_PLAIN)} THEN 'whole'
        WHEN {full("0[0-9]+")} THEN 'zero_led'
        WHEN {full("[0-9]{16,}")} THEN 'long_digits'
        WHEN {full(_POINTED)} THEN 'point'
        WHEN {full(_COMMAED)} THEN 'comma'
        WHEN {full("[+-]?" + _WHOLE)} THEN 'grouped'
        WHEN {full(_DAY)} THEN CASE
            WHEN ({day_expression(month_first=month_first)}) IS NULL THEN CASE WHEN {full(".*[0-9]{4}.*")} THEN 'date_bad' ELSE 'text' END
            WHEN {full("[0-9]{4}.*")} THEN 'date_iso' ELSE 'date_day' END
        WHEN {full(_CLOCK)} THEN 'time'
        WHEN {full(bounded_moment)} OR {full(_DAY_MOMENT)} THEN CASE
            WHEN ({moment_expression(month_first=month_first)}) IS NULL THEN 'date_bad'
            WHEN {full(_ISO_MOMENT + _OFFSET)} THEN 'moment_offset' ELSE 'moment' END
        WHEN {full(_PAIR)} THEN {pair}
        WHEN t[1] = '{{' THEN {geometry}
        ELSE 'text' END"""
