# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders of numbers: intervals of a width that doubles, or between stated bounds of which every second one is kept.

An interval is written `[10, 20[`: the first number is in it, the second is not (ISO 80000-2).
"""

from itertools import pairwise

from datacity.engine.protection.ladders.ladder import STAR, TOP, Ladder, Rewriting

DOUBLINGS = 6


def plain(value: float) -> str:
    """Give a number as people write it: no `.0`, no exponent below 10^15."""
    return f"{int(value)}" if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def width_ladder(width: float, origin: float = 0.0) -> Ladder:
    """Give the ladder of equal intervals; each level doubles the width.

    width: of the first level, > 0, in the column's unit; origin: where an interval begins.
    Levels: the number, then `width_<w>` for w = width x 1, 2, 4 … 32, then all.
    The quotient is rounded to 9 decimals first, so that 0.3 with width 0.1 falls into [0.3, 0.4[.
    """
    widths = tuple(width * 2**step for step in range(DOUBLINGS))

    def rewrite(column: str, level: int) -> Rewriting:
        if level == 0:
            return Rewriting(column)
        if level > DOUBLINGS:
            return Rewriting(STAR)
        value = f"{column}::DOUBLE"
        index = f"floor(floor(round(({value} - {float(origin)!r}) / {float(width)!r}, 9)) / {2 ** (level - 1)})"
        low, high = (_edge(f"{index} + {step}", widths[level - 1], origin) for step in (0, 1))
        unusable = f"NOT isfinite({value}) OR abs({value}) > 1e30"
        return Rewriting(
            f"CASE WHEN {column} IS NULL THEN NULL WHEN {unusable} THEN {STAR} ELSE '[' || {low} || ', ' || {high} || '[' END"
        )

    return Ladder("interval", ("number", *(f"width_{plain(wide)}" for wide in widths), TOP), rewrite)


def _edge(index: str, width: float, origin: float) -> str:
    edge = f"({index}) * {float(width)!r} + {float(origin)!r}"
    if float(width).is_integer() and float(origin).is_integer():
        return f"({edge})::HUGEINT::VARCHAR"
    return f"regexp_replace(round({edge}, 9)::VARCHAR, '\\.0$', '')"


def bounds_ladder(bounds: tuple[float, ...]) -> Ladder:
    """Give the ladder of intervals between stated bounds; each level keeps every second bound, then all.

    bounds: rising, at least one; below the first is `]-∞, b[`, from the last on `[b, +∞[`.
    Levels: the number, then `<n>_intervals`, then all.
    """
    kept = [bounds]
    while len(kept[-1]) > 1:
        kept.append(kept[-1][1::2])
    names = tuple(f"{len(level) + 1}_intervals" for level in kept)

    def rewrite(column: str, level: int) -> Rewriting:
        if level == 0:
            return Rewriting(column)
        if level > len(kept):
            return Rewriting(STAR)
        return Rewriting(_between(column, kept[level - 1]))

    return Ladder("interval", ("number", *names, TOP), rewrite)


def _between(column: str, bounds: tuple[float, ...]) -> str:
    cases = [f"WHEN {column} IS NULL THEN NULL", f"WHEN isnan({column}::DOUBLE) THEN {STAR}"]
    cases.append(f"WHEN {column} < {bounds[0]!r} THEN ']-∞, {plain(bounds[0])}['")
    pairs = pairwise(bounds)
    cases += [f"WHEN {column} < {high!r} THEN '[{plain(low)}, {plain(high)}['" for low, high in pairs]
    return f"CASE {' '.join(cases)} ELSE '[{plain(bounds[-1])}, +∞[' END"
