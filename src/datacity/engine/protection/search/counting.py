# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Count classes of look-alikes at one combination of levels: the inner loops.

Rows are held as distinct tuples with counts. Columns are packed into a few groups; a tuple has one small code a group. A class
has a key: the sum of one look-up a group (mixed radix). Keys index a dense array of totals when they are few, else a hash table.
"""

from typing import Any

import numpy as np

from datacity.engine.protection.search.compiling import compiled

Array = np.ndarray[Any, Any]
_BLOCK = 4096
DENSE = 4
"""Totals are an array as long as it has at most so many places a tuple."""
_FREE = -(1 << 62)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth, The Art of Computer Programming 3, 6.4


@compiled
def fill_keys(codes: Array, luts: Array, starts: Array, keys: Array) -> None:
    """Write the key of every tuple. codes: groups x n; luts: look-ups of all groups, one after the other from `starts`."""
    groups, n = codes.shape
    for first in range(0, n, _BLOCK):
        last = min(n, first + _BLOCK)
        for j in range(first, last):
            keys[j] = luts[starts[0] + codes[0, j]]
        for g in range(1, groups):
            start = starts[g]
            for j in range(first, last):
                keys[j] += luts[start + codes[g, j]]


@compiled
def count_classes(
    codes: Array,
    counts: Array,
    luts: Array,
    starts: Array,
    domain: int,
    keys: Array,
    slots: Array,
    totals: Array,
    table: Array,
) -> tuple[int, int]:
    """Fill `slots` (where the class of each tuple is counted) and `totals` (rows a place); give classes and places.

    table: keys of the hash table, as many as the power of two to use; its first place is read only when `domain` is above
    the size of `totals`.
    """
    n = codes.shape[1]
    fill_keys(codes, luts, starts, keys)
    classes = 0
    if 0 <= domain <= DENSE * n + 4096 and domain <= totals.size:
        totals[:domain] = 0
        for j in range(n):
            place = keys[j]
            slots[j] = place
            if totals[place] == 0:
                classes += 1
            totals[place] += counts[j]
        return classes, domain
    bits = 4
    while (1 << bits) < 2 * n:
        bits += 1
    size = 1 << bits
    shift = np.uint64(64 - bits)
    mask = size - 1
    table[:size] = _FREE
    for j in range(n):
        key = keys[j]
        place = np.int64((np.uint64(key) * _MIX) >> shift)
        while table[place] != key and table[place] != _FREE:
            place = (place + 1) & mask
        if table[place] == _FREE:
            table[place] = key
            totals[place] = 0
            classes += 1
        slots[j] = place
        totals[place] += counts[j]
    for place in range(size):
        if table[place] == _FREE:
            totals[place] = 0
    return classes, size


@compiled
def suppress_small(
    codes: Array,
    counts: Array,
    slots: Array,
    totals: Array,
    places: int,
    k: int,
    limit: int,
    hist: Array,
    starts: Array,
) -> int:
    """Give the rows in classes below k; unless they pass the limit, add them to the histogram of codes `hist`."""
    n = codes.shape[1]
    suppressed = 0
    if places < n:
        for place in range(places):
            if totals[place] < k:
                suppressed += totals[place]
    else:
        for j in range(n):
            if totals[slots[j]] < k:
                suppressed += counts[j]
    hist[:] = 0
    if suppressed > limit:
        return suppressed
    for j in range(n):
        if totals[slots[j]] < k:
            for g in range(codes.shape[0]):
                hist[starts[g] + codes[g, j]] += counts[j]
    return suppressed


@compiled
def class_figures(totals: Array, places: int, k: int) -> tuple[int, int, float, float]:
    """Give classes, those of k rows or more, the sum of squares of all and of the latter."""
    classes = kept = 0
    squares = kept_squares = 0.0
    for place in range(places):
        n = totals[place]
        if n > 0:
            classes += 1
            squares += float(n) * n
            if n >= k:
                kept += 1
                kept_squares += float(n) * n
    return classes, kept, squares, kept_squares


@compiled
def number_classes(
    slots: Array, totals: Array, places: int, minimum: int, index: Array, member: Array, sizes: Array
) -> int:
    """Give the classes of at least `minimum` rows numbers; `member` gets each tuple's number or -1, `sizes` the rows of each."""
    index[:places] = -1
    classes = 0
    for j in range(slots.size):
        place = slots[j]
        if totals[place] < minimum:
            member[j] = -1
            continue
        if index[place] < 0:
            index[place] = classes
            sizes[classes] = totals[place]
            classes += 1
        member[j] = index[place]
    return classes


@compiled
def order_by_class(member: Array, classes: int, first: Array, order: Array) -> None:
    """Write the tuples of class c to order[first[c]:first[c + 1]]."""
    first[: classes + 2] = 0
    for j in range(member.size):
        if member[j] >= 0:
            first[member[j] + 2] += 1
    for c in range(classes):
        first[c + 2] += first[c + 1]
    for j in range(member.size):
        c = member[j]
        if c >= 0:
            order[first[c + 1]] = j
            first[c + 1] += 1


@compiled
def merge_values(
    first: Array,
    order: Array,
    classes: int,
    pointers: Array,
    values: Array,
    weights: Array,
    scratch: Array,
    new_pointers: Array,
    new_values: Array,
    new_weights: Array,
) -> int:
    """Merge the sensitive values of each class's tuples; give how many pairs (class, value) are left."""
    written = 0
    new_pointers[0] = 0
    for c in range(classes):
        begin = written
        for place in range(first[c], first[c + 1]):
            j = order[place]
            for entry in range(pointers[j], pointers[j + 1]):
                value = values[entry]
                if scratch[value] == 0:
                    new_values[written] = value
                    written += 1
                scratch[value] += weights[entry]
        for entry in range(begin, written):
            new_weights[entry] = scratch[new_values[entry]]
            scratch[new_values[entry]] = 0
        new_pointers[c + 1] = written
    return written


@compiled
def fill_lookups(
    node: Array,
    code: Array,
    level_starts: Array,
    sizes: Array,
    groups: Array,
    group_of: Array,
    group_sizes: Array,
    starts: Array,
    value_of: Array,
    value_starts: Array,
    scramble: Array,
    luts: Array,
) -> int:
    """Write the look-ups of a node; give how many keys there are, or -1 when they do not fit into 62 bits.

    groups: columns x levels, how many values a level has. scramble: a random number a column and value; keys that do not fit are sums of
    those (two classes in a million share one with a chance of 10^-7; what is released is counted again).
    """
    luts[:] = 0
    bits = 0.0
    for a in range(node.size):
        bits += np.log2(groups[a, node[a]])
    fits = bits < 62.0
    stride = 1
    for a in range(node.size - 1, -1, -1):
        many = groups[a, node[a]]
        if many <= 1:
            continue
        place = level_starts[a] + node[a] * sizes[a]
        g = group_of[a]
        begin, at = starts[g], value_starts[a]
        if fits:
            for p in range(group_sizes[g]):
                luts[begin + p] += code[place + value_of[at + p]] * stride
            stride *= many
        else:
            for p in range(group_sizes[g]):
                luts[begin + p] += scramble[level_starts[a] + code[place + value_of[at + p]]]
    return stride if fits else -1


@compiled
def smallest_class(slots: Array, totals: Array, counts: Array) -> int:
    """Give the first tuple, of those with rows, whose class has the fewest rows."""
    best, found = 0, 1 << 62
    for j in range(slots.size):
        if counts[j] > 0 and totals[slots[j]] < found:
            best, found = j, totals[slots[j]]
    return best


@compiled
def choose_table(floors: Array, sizes: Array, many: int, node: Array) -> int:
    """Give the place of the smallest of the first `many` tables that serve the node; the first serves every node."""
    best = 0
    for place in range(1, many):
        if sizes[place] < sizes[best]:
            serves = True
            for a in range(node.size):
                if floors[place, a] > node[a]:
                    serves = False
                    break
            if serves:
                best = place
    return best


@compiled
def merge_classes(
    codes: Array,
    counts: Array,
    origins: Array,
    slots: Array,
    places: int,
    index: Array,
    member: Array,
    merged: Array,
    merged_counts: Array,
    merged_origins: Array,
) -> int:
    """Write one tuple a class: codes and origin of its first tuple, the sum of the counts; `member` gets each tuple's class."""
    index[:places] = -1
    classes = 0
    for j in range(slots.size):
        place = slots[j]
        c = index[place]
        if c < 0:
            c = classes
            index[place] = c
            for g in range(codes.shape[0]):
                merged[g, c] = codes[g, j]
            merged_counts[c] = 0
            merged_origins[c] = origins[j]
            classes += 1
        merged_counts[c] += counts[j]
        member[j] = c
    return classes
