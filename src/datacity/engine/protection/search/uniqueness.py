# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many persons are likely alone in the population, from the sizes of the classes of a sample."""

import math

import numpy as np

from datacity.engine.protection.search.problem import Array


def population_uniqueness(sizes: Array, population: int) -> float:
    """Give the estimated share of the population that is alone in its class (Zayatz 1991).

    sizes: rows a class of the sample; population: persons, at least as many as rows. 0 when no row is alone in the sample.
    """
    rows = int(sizes.sum())
    found, many = np.unique(sizes, return_counts=True)
    if not rows or found[0] != 1:
        return 0.0
    whole = max(population, rows)
    shares = many / sizes.size
    drawn_once = math.fsum(
        share * _drawn_once(whole, int(size), rows) for size, share in zip(found, shares, strict=True)
    )
    alone = shares[0] * _drawn_once(whole, 1, rows) / drawn_once if drawn_once > 0 else 0.0
    return float(many[0] * alone * whole / rows / whole)


def _drawn_once(population: int, size: int, rows: int) -> float:
    """Give the chance that exactly one of a class of `size` is among `rows` drawn of the population (hypergeometric)."""
    if size > population or rows - 1 > population - size:
        return 0.0
    return math.exp(math.log(size) + _choose(population - size, rows - 1) - _choose(population, rows))


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
