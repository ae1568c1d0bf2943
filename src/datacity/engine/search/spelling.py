# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The written word nearest to a mistyped one."""

from collections.abc import Iterable


def near(word: str, candidates: Iterable[tuple[str, int]], limit: int) -> str | None:
    """Give the candidate (word, uses) fewest edits away from the word, at most `limit`; of equals the most used one, then the first by letters."""
    letters = set(word)
    best: tuple[int, int, str] | None = None
    for candidate, uses in candidates:
        if len(letters.symmetric_difference(candidate)) > 2 * limit:
            continue
        distance = edits(word, candidate, limit)
        if distance <= limit and (best is None or (distance, -uses, candidate) < best):
            best = (distance, -uses, candidate)
    return best[2] if best else None


def edits(one: str, other: str, limit: int) -> int:
    """Give how many letters must be put in, taken out, changed or swapped with their neighbour; limit + 1 when it is more.

    Source: optimal string alignment distance, Damerau 1964.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        last, before, row = before, row, [place]
        for column, against in enumerate(other, start=1):
            cost = min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != against))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == against:
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) >= limit:
            return limit + 1
    return min(row[-1], limit + 1)
