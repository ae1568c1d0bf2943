# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What removed rows cost, level by level, and the bound that follows for every finer combination of levels.

A row removed at a node is removed at every finer node (models.md of the literature say "monotone"; for conditions that are not,
the search hands over only the rows that must be removed whatever is refined). Their cost is known exactly for each column and
level, so each checked node bounds its whole down-set by a sum of one term a column.
"""

import numpy as np

from datacity.engine.protection.search.compiling import compiled
from datacity.engine.protection.search.counting import Array

LOSS, ENTROPY = 0, 1
ARITHMETIC, GEOMETRIC = 0, 1


@compiled
def spread_histogram(
    hist: Array,
    starts: Array,
    group_of: Array,
    group_sizes: Array,
    value_of: Array,
    value_starts: Array,
    out: Array,
    out_starts: Array,
) -> None:
    """Turn the histogram of group codes into one of base values a column."""
    out[:] = 0
    for a in range(group_of.size):
        g = group_of[a]
        for p in range(group_sizes[g]):
            n = hist[starts[g] + p]
            if n:
                out[out_starts[a] + value_of[value_starts[a] + p]] += n


@compiled
def removal_cost(
    hist: Array, begin: int, size: int, gap: Array, code: Array, place: int, kind: int, scratch: Array
) -> float:
    """Give what the rows of a histogram cost when removed at one level of one column.

    hist[begin:begin+size]: rows a base value. gap, code [place:place+size]: cost of one row and value at the level.
    Loss: what the published value would not already have lost; entropy: rows x entropy of their values.
    """
    cost = 0.0
    if kind == LOSS:
        for v in range(size):
            if hist[begin + v]:
                cost += hist[begin + v] * gap[place + v]
        return cost
    total = 0
    scratch[:size] = 0
    for v in range(size):
        n = hist[begin + v]
        total += n
        scratch[code[place + v]] += n
    for v in range(size):
        if scratch[v] > 0:
            cost -= scratch[v] * np.log2(scratch[v])
    return cost + (total * np.log2(total) if total else 0.0)


@compiled
def scaled(value: float, weight: float, mean: int, columns: int) -> float:
    """Give a column's share of the loss, in the form whose sum over columns orders nodes."""
    if mean == GEOMETRIC:
        return float(np.log1p(max(value, 0.0) * weight)) / columns
    return value * weight


@compiled
def fill_terms(
    hist: Array,
    value_starts: Array,
    sizes: Array,
    level_starts: Array,
    gap: Array,
    code: Array,
    kind: int,
    floors: Array,
    node: Array,
    base: Array,
    extra: Array,
    weights: Array,
    mean: int,
    scratch: Array,
    terms: Array,
) -> None:
    """Write the bound's term for each column at each level up to the node's.

    floors: levels below which the histogram knows no more than at them (it comes from merged tuples). extra: cost a column of rows
    of which only the number is known.
    """
    columns = node.size
    for a in range(columns):
        size = sizes[a]
        known = 0.0
        for level in range(node[a], -1, -1):
            if level >= floors[a]:
                place = level_starts[a] + level * size
                known = max(known, removal_cost(hist, value_starts[a], size, gap, code, place, kind, scratch))
            terms[a, level] = scaled(base[a, level] + known + extra[a], weights[a], mean, columns)


@compiled
def exact_terms(
    hist: Array,
    value_starts: Array,
    sizes: Array,
    level_starts: Array,
    gap: Array,
    code: Array,
    kind: int,
    node: Array,
    base: Array,
    weights: Array,
    mean: int,
    scratch: Array,
) -> float:
    """Give the loss of the node itself, in the form of `scaled`."""
    total = 0.0
    for a in range(node.size):
        place = level_starts[a] + node[a] * sizes[a]
        cost = removal_cost(hist, value_starts[a], sizes[a], gap, code, place, kind, scratch)
        total += scaled(base[a, node[a]] + cost, weights[a], mean, node.size)
    return total


@compiled
def raise_down(bounds: Array, strides: Array, node: Array, terms: Array, least: float) -> None:
    """Raise the bound of every finer node to the sum of its terms, and to `least`."""
    columns = node.size
    last = columns - 1
    index = np.zeros(columns, np.int64)
    while True:
        offset = 0
        partial = 0.0
        for a in range(last):
            offset += index[a] * strides[a]
            partial += terms[a, index[a]]
        for level in range(node[last] + 1):
            value = max(partial + terms[last, level], least)
            bounds[offset + level] = max(bounds[offset + level], value)
        a = last - 1
        while a >= 0:
            index[a] += 1
            if index[a] <= node[a]:
                break
            index[a] = 0
            a -= 1
        if a < 0:
            return


@compiled
def raise_up(bounds: Array, strides: Array, node: Array, shape: Array, least: float) -> None:
    """Raise the bound of every coarser node to `least`."""
    columns = node.size
    last = columns - 1
    index = node.copy()
    while True:
        offset = 0
        for a in range(last):
            offset += index[a] * strides[a]
        for level in range(node[last], shape[last]):
            bounds[offset + level] = max(bounds[offset + level], least)
        a = last - 1
        while a >= 0:
            index[a] += 1
            if index[a] < shape[a]:
                break
            index[a] = node[a]
            a -= 1
        if a < 0:
            return


@compiled
def climb(bounds: Array, strides: Array, shape: Array, start: int, limit: float, path: Array) -> int:
    """Write the way up from a node, each time to the alive successor of smallest bound; give its length."""
    columns = shape.size
    node = np.empty(columns, np.int64)
    rest = start
    for a in range(columns):
        node[a] = rest // strides[a]
        rest -= node[a] * strides[a]
    path[0] = start
    length = 1
    here = start
    while True:
        best, chosen = limit, -1
        for a in range(columns):
            if node[a] + 1 < shape[a] and bounds[here + strides[a]] < best:
                best, chosen = bounds[here + strides[a]], a
        if chosen < 0:
            return length
        node[chosen] += 1
        here += strides[chosen]
        path[length] = here
        length += 1


@compiled
def smallest(bounds: Array) -> int:
    """Give the place of the smallest bound."""
    best = 0
    for place in range(1, bounds.size):
        if bounds[place] < bounds[best]:
            best = place
    return best
