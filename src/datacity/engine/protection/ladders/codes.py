# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders of codes and texts: postal codes, communes, IRIS, prefixes."""

from datacity.engine.protection.ladders.ladder import TOP, Ladder, by_level

# Overseas departments have three characters (97x); Corsica has letters (2A, 2B) and stays apart.
# Source: INSEE, code officiel géographique.
_DEPARTMENT = "left({column}::VARCHAR, CASE WHEN left({column}::VARCHAR, 2) IN ('97', '98') THEN 3 ELSE 2 END)"

WHOLE = Ladder("whole", ("value", TOP), by_level(("{column}",)))
POSTAL_CODE = Ladder(
    "postal_code",
    ("code", "three_digits", "two_digits", TOP),
    by_level(("{column}", "left({column}::VARCHAR, 3)", "left({column}::VARCHAR, 2)")),
)
INSEE_COMMUNE = Ladder("insee_commune", ("commune", "department", TOP), by_level(("{column}", _DEPARTMENT)))
IRIS = Ladder(
    "iris", ("iris", "commune", "department", TOP), by_level(("{column}", "left({column}::VARCHAR, 5)", _DEPARTMENT))
)


def prefix_ladder(lengths: tuple[int, ...]) -> Ladder:
    """Give the ladder that keeps fewer and fewer first characters.

    lengths: characters kept at each level after the first, falling, each >= 1.
    """
    names = tuple(f"first_{length}" for length in lengths)
    expressions = tuple(f"left({{column}}::VARCHAR, {length:d})" for length in lengths)
    return Ladder("prefix", ("value", *names, TOP), by_level(("{column}", *expressions)))
