# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Conditions on the sensitive values of a class: does it hold, and if not, how many of its rows could still stay after any refinement.

Each condition but the lower side of delta-disclosure holds for a union of classes when it holds for each of them. Whatever a class
is split into, the parts that may stay therefore form together a part of the class that satisfies the condition: the largest such
part bounds how many of its rows can ever stay at a finer node. The rest is removed there too. That is sound for conditions that are
not monotone under suppression (t-closeness), and gives the usual "all of them" for those that are.
"""

import numpy as np

from datacity.engine.protection.search.compiling import compiled
from datacity.engine.protection.search.counting import Array

DISTINCT, ENTROPY_L, RECURSIVE, T_EQUAL, T_ORDERED, T_HIERARCHICAL, BETA, DELTA = range(8)
_TOLERANCE = 1e-9
_HALF = 1e-6
_ROUNDS = 60


@compiled
def distinct_part(touched: int, total: int, least: float) -> float:
    """Distinct l-diversity (Machanavajjhala et al. 2007, 3.1): a part never shows more values than the class."""
    return float(total) if touched >= least else 0.0


@compiled
def entropy_part(seen: Array, touched: int, count: Array, total: int, least: float) -> float:
    """Entropy l-diversity (Machanavajjhala et al. 2007, definition 3.1): entropy is concave, so part x log l <= rows x entropy."""
    bits = 0.0
    for place in range(touched):
        n = count[seen[place]]
        bits += n * np.log(n)
    entropy = np.log(total) - bits / total
    needed = np.log(least)
    if entropy >= needed - _TOLERANCE:
        return float(total)
    if touched < least - _TOLERANCE:
        return 0.0
    return float(min(float(total), total * entropy / needed))


@compiled
def recursive_part(seen: Array, touched: int, count: Array, total: int, c: float, least: int, sorted_: Array) -> float:
    """Recursive (c, l)-diversity (ibid., definition 3.2): r1 < c (r_l + … + r_m); no value of a part may reach c times that tail."""
    if touched < least:
        return 0.0
    for place in range(touched):
        n = count[seen[place]]
        at = place
        while at > 0 and sorted_[at - 1] < n:
            sorted_[at] = sorted_[at - 1]
            at -= 1
        sorted_[at] = n
    tail = 0
    for place in range(least - 1, touched):
        tail += sorted_[place]
    if sorted_[0] < c * tail:
        return float(total)
    most = np.ceil(c * tail - _TOLERANCE) - 1
    part = 0.0
    for place in range(touched):
        part += min(float(sorted_[place]), most)
    return part


@compiled
def equal_part(seen: Array, touched: int, count: Array, total: int, t: float, shares: Array) -> float:
    """t-closeness, equal distance (Li et al. 2007, 4.1): values that lack in a part of m rows lack at least q - count / m.

    The lack is convex and falling in 1 / m; Newton's steps from 1 / rows stay below the root, so that m is never too small.
    """
    absent = 1.0
    for place in range(touched):
        absent -= shares[seen[place]]
    inverse = 1.0 / total
    for turn in range(_ROUNDS):
        lack, slope = max(absent, 0.0), 0.0
        for place in range(touched):
            v = seen[place]
            short = shares[v] - count[v] * inverse
            if short > 0:
                lack += short
                slope += count[v]
        if lack <= t + _TOLERANCE:
            break
        if slope <= 0.0 or absent > t + _TOLERANCE:
            return 0.0
        inverse += (lack - t) / slope
        if turn >= 12:
            break
    return min(float(total), 1.0 / inverse)


@compiled
def convex_part(distance: float, worst: float, total: int, t: float) -> float:
    """Any convex distance: rows x distance <= part x t + (rows - part) x the largest distance one value can have."""
    if distance <= t + _TOLERANCE:
        return float(total)
    if worst <= t or worst <= distance:
        return float(total) * (worst <= t)
    return total * (worst - distance) / (worst - t)


@compiled
def ordered_distance(count: Array, total: int, shares: Array, values: int) -> float:
    """Earth mover's distance of ordered values (Li et al. 2007, 4.1): sum of |cumulated differences| / (m - 1)."""
    moved = carried = 0.0
    for v in range(values):
        carried += count[v] / total - shares[v]
        moved += abs(carried)
    return moved / (values - 1) if values > 1 else 0.0


@compiled
def hierarchical_distance(
    count: Array,
    total: int,
    shares: Array,
    values: int,
    parents: Array,
    heights: Array,
    extra: Array,
    rising: Array,
    falling: Array,
) -> float:
    """Earth mover's distance over a tree (Li et al. 2007, 4.2): each inner node moves min(surplus, lack) of its children, height / H each.

    parents: for each level, the node above each node of the level below; heights: nodes a level.
    """
    for v in range(values):
        extra[v] = count[v] / total - shares[v]
    cost = 0.0
    nodes, begin = values, 0
    levels = heights.size
    for level in range(levels):
        above = heights[level]
        rising[:above] = 0.0
        falling[:above] = 0.0
        for v in range(nodes):
            up = parents[begin + v]
            if extra[v] > 0:
                rising[up] += extra[v]
            else:
                falling[up] -= extra[v]
        for v in range(above):
            cost += (level + 1) / levels * min(rising[v], falling[v])
            extra[v] = rising[v] - falling[v]
        begin += nodes
        nodes = above
    return cost


@compiled
def capped_part(seen: Array, touched: int, count: Array, total: int, caps: Array, strict: int) -> float:
    """Conditions that cap the share of each value: in a part of m rows, value v counts at most m x cap.

    Newton's steps on the concave sum of min(count, m x cap) - m, from m = rows down, never pass below the root.
    """
    part = float(total)
    for _turn in range(_ROUNDS):
        fixed, slope, over = 0.0, 0.0, False
        for place in range(touched):
            v = seen[place]
            most = part * caps[v]
            too_many = count[v] >= most - _TOLERANCE if strict else count[v] > most + _TOLERANCE
            if too_many:
                over = True
                slope += caps[v]
            else:
                fixed += count[v]
        if not over:
            break
        if slope >= 1.0:
            break
        lower = fixed / (1.0 - slope)
        if lower >= part - _TOLERANCE:
            break
        part = lower
        if part < 0.5:
            return 0.0
    return part


@compiled
def cap_holds(seen: Array, touched: int, count: Array, total: int, shares: Array, value: float, kind: int) -> bool:
    """Enhanced beta-likeness (Cao and Karras 2012, definition 3) and delta-disclosure (Brickell and Shmatikov 2008, definition 4).

    Of the values a class shows; delta in bits.
    """
    for place in range(touched):
        v = seen[place]
        ratio = count[v] / total / shares[v]
        if kind == BETA:
            if ratio - 1.0 > min(value, -np.log(shares[v])) + _TOLERANCE:
                return False
        elif abs(np.log2(ratio)) >= value - _TOLERANCE:
            return False
    return True


@compiled
def value_part(
    kind: int,
    number: float,
    c: float,
    touched: int,
    total: int,
    count: Array,
    seen: Array,
    sorted_: Array,
    shares: Array,
) -> float:
    """Give the part of a class that could stay under a condition on counts alone; all of it when the condition holds."""
    if kind == DISTINCT:
        return distinct_part(touched, total, number)
    if kind == ENTROPY_L:
        return entropy_part(seen, touched, count, total, number)
    if kind == RECURSIVE:
        return recursive_part(seen, touched, count, total, c, int(number), sorted_)
    return equal_part(seen, touched, count, total, number, shares)


@compiled
def judge_class(
    m: int, touched: int, total: int, models: tuple[Array, ...], scratch: tuple[Array, ...]
) -> tuple[bool, float]:
    """Tell whether a class holds under model m, one of distances or caps, and the part of it that could stay after any refinement."""
    kinds, numbers, shares, caps, worst, parents, heights = models
    count, seen, _sorted, extra, rising, falling = scratch
    kind, number = kinds[m], numbers[m, 0]
    if kind <= T_HIERARCHICAL:
        if kind == T_ORDERED:
            distance = ordered_distance(count, total, shares, shares.size)
        else:
            distance = hierarchical_distance(
                count, total, shares, shares.size, parents, heights, extra, rising, falling
            )
        most = 0.0
        for place in range(touched):
            most = max(most, worst[m, seen[place]])
        return distance <= number + _TOLERANCE, convex_part(distance, most, total, number)
    if cap_holds(seen, touched, count, total, shares, number, kind):
        return True, float(total)
    return False, capped_part(seen, touched, count, total, caps[m], int(kind == DELTA))


@compiled
def judge(
    first: Array, order: Array, classes: int, sizes: Array, k: int, pointers: Array, values: Array, weights: Array,
    models: tuple[Array, ...], scratch: tuple[Array, ...], fails: Array, removed: Array,
) -> None:  # fmt: skip
    """Judge every class by the models of one sensitive column: `fails` is set, `removed` raised to the rows that can never stay."""
    count, seen, sorted_ = scratch[0], scratch[1], scratch[2]
    kinds, numbers, shares = models[0], models[1], models[2]
    for c in range(classes):
        total = sizes[c]
        touched = 0
        for place in range(first[c], first[c + 1]):
            j = order[place]
            for entry in range(pointers[j], pointers[j + 1]):
                v = values[entry]
                if count[v] == 0:
                    seen[touched] = v
                    touched += 1
                count[v] += weights[entry]
        for m in range(kinds.size):
            if kinds[m] <= T_EQUAL:  # judged here: handing all arrays over for each class costs as much again
                part = value_part(kinds[m], numbers[m, 0], numbers[m, 1], touched, total, count, seen, sorted_, shares)
                holds = part >= total - _HALF
            else:
                holds, part = judge_class(m, touched, total, models, scratch)
            if not holds:
                fails[c] = 1
                stay = np.floor(part + _HALF)
                never = total if stay < k else total - int(stay)
                removed[c] = max(removed[c], never)
        for place in range(touched):
            count[seen[place]] = 0


@compiled
def remove_classes(
    codes: Array,
    counts: Array,
    member: Array,
    fails: Array,
    sizes: Array,
    removed: Array,
    hist_all: Array,
    hist_sure: Array,
    starts: Array,
) -> tuple[int, int]:
    """Add the removed rows to the histograms: all of them, and those surely removed whatever is refined; give both sums.

    member: class of a tuple, -1 for a class that is too small. A class of which only a part is surely removed is not in `hist_sure`.
    """
    hist_all[:] = 0
    hist_sure[:] = 0
    gone = sure = 0
    for j in range(member.size):
        c = member[j]
        if c >= 0 and not fails[c]:
            continue
        n = counts[j]
        gone += n
        wholly = c < 0 or removed[c] >= sizes[c]
        if wholly:
            sure += n
        for g in range(codes.shape[0]):
            hist_all[starts[g] + codes[g, j]] += n
            if wholly:
                hist_sure[starts[g] + codes[g, j]] += n
    return gone, sure


@compiled
def partial_costs(
    first: Array,
    order: Array,
    classes: int,
    fails: Array,
    sizes: Array,
    removed: Array,
    codes: Array,
    group_of: Array,
    value_of: Array,
    value_starts: Array,
    level_starts: Array,
    column_sizes: Array,
    node: Array,
    gap: Array,
    extra: Array,
) -> int:
    """Add to `extra` what partly removed classes cost at least in each column; give their surely removed rows."""
    extra[:] = 0.0
    sure = 0
    for c in range(classes):
        if not fails[c] or removed[c] <= 0 or removed[c] >= sizes[c]:
            continue
        sure += removed[c]
        j = order[first[c]]
        for a in range(node.size):
            g = group_of[a]
            v = value_of[value_starts[a] + codes[g, j]]
            extra[a] += removed[c] * gap[level_starts[a] + node[a] * column_sizes[a] + v]
    return sure
