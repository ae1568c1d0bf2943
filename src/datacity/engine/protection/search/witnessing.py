# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Witnesses: one tuple's class, counted at every combination of levels at once.

Another tuple falls into the witness's class exactly at the nodes that reach, in every column, the lowest level at which the two
agree. Adding its rows there and summing along each dimension gives the size of the class over the whole lattice, for about the
price of one check. Where no row may be removed, every node at which the class is too small is refuted.
"""

import numpy as np

from datacity.engine.protection.search.compiling import compiled
from datacity.engine.protection.search.counting import Array

NEVER = -(1 << 40)


@compiled
def meet(codes: Array, counts: Array, luts: Array, starts: Array, sizes: Array) -> None:
    """Add the rows of every tuple at the node where it joins the witness. sizes: one place a node, overwritten."""
    sizes[:] = 0
    groups, n = codes.shape
    for j in range(n):
        place = 0
        for g in range(groups):
            place += luts[starts[g] + codes[g, j]]
        if place >= 0:
            sizes[place] += counts[j]


@compiled
def meet_values(codes: Array, masks: Array, luts: Array, starts: Array, seen: Array) -> None:
    """Add the sensitive values of every tuple (one bit each) at the node where it joins the witness."""
    seen[:] = 0
    groups, n = codes.shape
    for j in range(n):
        place = 0
        for g in range(groups):
            place += luts[starts[g] + codes[g, j]]
        if place >= 0:
            seen[place] |= masks[j]


@compiled
def accumulate(sizes: Array, strides: Array, shape: Array) -> None:
    """Sum along each dimension: every node gets the rows of all finer ones."""
    for a in range(shape.size):
        stride, levels = strides[a], shape[a]
        block = stride * levels
        for begin in range(0, sizes.size, block):
            for place in range(begin + stride, begin + block):
                sizes[place] += sizes[place - stride]


@compiled
def accumulate_values(seen: Array, strides: Array, shape: Array) -> None:
    """Join along each dimension: every node gets the values of all finer ones."""
    for a in range(shape.size):
        stride, levels = strides[a], shape[a]
        block = stride * levels
        for begin in range(0, seen.size, block):
            for place in range(begin + stride, begin + block):
                seen[place] |= seen[place - stride]


@compiled
def refute(bounds: Array, sizes: Array, k: int) -> int:
    """Refute the nodes at which the witness's class has fewer than k rows; give how many were alive."""
    refuted = 0
    for place in range(bounds.size):
        if sizes[place] < k and bounds[place] < np.inf:
            bounds[place] = np.inf
            refuted += 1
    return refuted


@compiled
def refute_values(bounds: Array, seen: Array, least: int) -> int:
    """Refute the nodes at which the witness's class shows fewer than `least` sensitive values."""
    refuted = 0
    for place in range(bounds.size):
        if bounds[place] < np.inf:
            bits = seen[place]
            found = 0
            while bits:
                bits &= bits - 1
                found += 1
            if found < least:
                bounds[place] = np.inf
                refuted += 1
    return refuted
