# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The conditions a certificate of optimality may speak of, written down once more from their papers.

For a class that fails, each gives how many of its rows could stay at most after any refinement: the largest part of the class that
satisfies the condition, since parts that satisfy it together form one that does.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
NEAR = 1e-9
KNOWN = frozenset(
    {"distinct_l", "entropy_l", "recursive_cl", "t_closeness", "enhanced_beta", "delta_disclosure"}
)  # fmt: skip


def passing(model: dict[str, Any], counts: Array, q: Array, names: Sequence[str]) -> tuple[bool, int]:
    """Tell whether a class with these counts a value holds, and else how many of its rows could stay at most."""
    n = int(counts.sum())
    seen = counts > 0
    match model["kind"]:
        case "distinct_l":
            return int(seen.sum()) >= model["l"], 0
        case "entropy_l":
            p = counts[seen] / n
            entropy, needed = float(-(p * np.log(p)).sum()), math.log(model["l"])
            few = int(seen.sum()) < model["l"] - NEAR
            return entropy >= needed - NEAR, 0 if few else _down(n * entropy / needed if needed > 0 else n)
        case "recursive_cl":
            return _recursive(model, counts)
        case "t_closeness":
            return _closeness(model, counts, q, names)
        case "enhanced_beta":
            held, caps = q[seen], q[seen] * (1 + np.minimum(model["beta"], -np.log(q[seen])))
            ratio = counts[seen] / n / held
            return bool((ratio - 1 <= np.minimum(model["beta"], -np.log(held)) + NEAR).all()), _capped(
                counts[seen], caps
            )
        case _:
            ratio = counts[seen] / n / q[seen]
            holds = bool((np.abs(np.log2(ratio)) < model["delta"] - NEAR).all())
            return holds, _capped(counts[seen], q[seen] * 2.0 ** model["delta"])


def _down(value: float) -> int:
    return math.floor(value + 1e-6)


def _recursive(model: dict[str, Any], counts: Array) -> tuple[bool, int]:
    falling = np.sort(counts[counts > 0])[::-1]
    tail = float(falling[int(model["l"]) - 1 :].sum())
    if falling[0] < model["c"] * tail:
        return True, int(counts.sum())
    most = math.ceil(model["c"] * tail - NEAR) - 1
    return False, int(np.minimum(falling, max(most, 0)).sum()) if falling.size >= model["l"] else 0


def _capped(counts: Array, caps: Array) -> int:
    """Give the largest m for which the counts, each at most m x its cap, add up to m: by halving between 0 and all."""
    n = int(counts.sum())
    if float(np.minimum(counts, n * caps).sum()) >= n - NEAR:
        return n
    steps = np.arange(n, -1, -1) if n <= 4096 else None
    if steps is not None:
        enough = np.minimum(counts[None, :], steps[:, None] * caps[None, :]).sum(axis=1) >= steps - 1e-6
        return int(steps[int(np.argmax(enough))])
    low, high = 0.0, float(n)  # the surplus is concave and 0 at 0: past its last zero it stays negative
    for _ in range(200):
        middle = (low + high) / 2
        if float(np.minimum(counts, middle * caps).sum()) >= middle - 1e-6:
            low = middle
        else:
            high = middle
    return _down(high)


def _closeness(model: dict[str, Any], counts: Array, q: Array, names: Sequence[str]) -> tuple[bool, int]:
    n, t = int(counts.sum()), float(model["t"])
    if model.get("distance") in {"ordered", "hierarchical"}:
        here = _distance(model, counts / n, q, names)
        alone = [_distance(model, np.eye(q.size)[value], q, names) for value in np.flatnonzero(counts)]
        worst = max(alone)
        if here <= t + NEAR or worst <= t:
            return True, n
        return False, _down(n * (worst - here) / (worst - t))
    if float(np.abs(counts / n - q).sum()) / 2 <= t + NEAR:
        return True, n
    low, high = 0.0, float(n)  # the lack grows with the size of the part
    for _ in range(200):
        middle = (low + high) / 2
        if float(np.maximum(q - counts / middle, 0).sum()) <= t + NEAR:
            low = middle
        else:
            high = middle
    return False, _down(high)


def _distance(model: dict[str, Any], p: Array, q: Array, names: Sequence[str]) -> float:
    if model["distance"] == "ordered":
        return float(np.abs(np.cumsum(p - q)).sum()) / (q.size - 1) if q.size > 1 else 0.0
    tree = {row[0]: row for row in model["tree"]}
    extra = {name: float(value) for name, value in zip(names, p - q, strict=True)}
    height = len(model["tree"][0]) - 1
    node = {name: name for name in names}
    cost = 0.0
    for level in range(1, height + 1):
        up: dict[str, float] = {}
        down: dict[str, float] = {}
        above: dict[str, str] = {}
        for name in names:
            above[name] = tree[name][level]
        for child, parent in {node[name]: above[name] for name in names}.items():
            up[parent] = up.get(parent, 0.0) + max(extra[child], 0.0)
            down[parent] = down.get(parent, 0.0) + max(-extra[child], 0.0)
        cost += level / height * sum(min(up[parent], down[parent]) for parent in up)
        extra = {parent: up[parent] - down[parent] for parent in up}
        node = above
    return cost
