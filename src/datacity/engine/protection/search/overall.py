# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Conditions on the table as a whole: the smallest classes are removed until they hold."""

from collections.abc import Callable, Sequence

import numpy as np

from datacity.engine.protection.parts import Model, ModelKind
from datacity.engine.protection.search.problem import Array, Problem
from datacity.engine.protection.search.uniqueness import population_uniqueness

_EXACT = 1e-12


def holds(model: Model, sizes: Array) -> bool:
    """Tell whether classes of these sizes satisfy a condition; no class at all does.

    average_risk: classes / rows; sample_uniqueness: rows alone / rows; population_uniqueness: the estimate, which must be above 0
    as long as some row is alone in the sample.
    """
    rows = int(sizes.sum())
    if rows == 0:
        return True
    threshold = model.threshold or 0.0
    if model.kind == ModelKind.AVERAGE_RISK:
        return sizes.size / rows <= threshold + _EXACT
    alone = int((sizes == 1).sum())
    if model.kind == ModelKind.SAMPLE_UNIQUENESS:
        return alone / rows <= threshold + _EXACT
    estimate = population_uniqueness(sizes, model.population_size or rows)
    return 0 < estimate <= threshold if estimate > 0 else alone == 0


def enforce_overall(models: Sequence[Model], sizes: Array, losses: Array | None, places: Array) -> Array:
    """Give the places of the classes to remove, smallest first; equal sizes by the loss of the class, then by place.

    As ARX 3.9.2 does it: a binary search for the number of classes to remove, which is the least one where the condition is
    monotone in it.
    """
    order = np.lexsort((places, losses, sizes)) if losses is not None else np.lexsort((places, sizes))
    ordered = sizes[order]
    removed = 0
    for model in models:
        if not holds(model, ordered[removed:]):
            removed = max(removed, _bisect(lambda many, model=model: holds(model, ordered[many:]), ordered.size))  # type: ignore[misc]
    return order[:removed]


def _bisect(fulfilled: Callable[[int], bool], classes: int) -> int:
    low, high = 0, classes - 1
    middle = (low + high) // 2
    while low <= high:
        if fulfilled(middle + 1):
            high = middle - 1
        else:
            low = middle + 1
        middle = (low + high) // 2
    middle = max(middle, 0)
    return middle + 1 if fulfilled(middle + 1) else min(middle + 2, classes)


def least_removed(models: Sequence[Model], totals: Array, problem: Problem) -> int:
    """Give how many rows at least are removed at this node and every finer one.

    Whoever keeps rows at a finer node could keep their whole classes here: fewer classes, fewer lone rows, as many rows or more.
    Of whole classes the smallest are the cheapest to remove. The estimate of population uniqueness is not monotone: 0.
    """
    sizes = np.sort(totals[totals > 0])
    rows, least = int(sizes.sum()), 0
    if sizes.size <= 1:
        return 0
    gone = np.concatenate([[0], np.cumsum(sizes)])
    for model in models:
        threshold = model.threshold or 0.0
        if model.kind == ModelKind.AVERAGE_RISK:
            left = np.arange(sizes.size, -1, -1)
            held = left <= (threshold + _EXACT) * (rows - gone)
        elif model.kind == ModelKind.SAMPLE_UNIQUENESS:
            alone = np.concatenate([[0], np.cumsum(sizes == 1)])
            held = alone[-1] - alone <= (threshold + _EXACT) * (rows - gone)
        else:
            continue
        least = max(least, int(gone[int(np.argmax(held))]))
    return min(least, problem.rows)
