# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the loss of a node is counted, for each metric.

loss_am, loss_gm  Iyengar 2002: the share of the ladder's leaves a published value stands for; a removed row loses everything. Arithmetic
                  or geometric mean over the columns, each normalised so that a single leaf costs 0.
entropy           de Waal and Willenborg 1999; Gionis and Tassa 2009: bits, - sum log2 of the frequency of the original value within the
                  published one; for removed rows, also the entropy of what they would have shown.
precision         Sweeney 2002 (k-anonymity through generalization and suppression), section 4: level / height of the ladder.
discernibility    Bayardo and Agrawal 2005: each row costs the size of its class, a removed one the size of the table.
class_size        LeFevre et al. 2005: rows / classes, removed rows together one class.

The first four are sums over columns of a term for the level and one for each removed row (`Weights`); the last two need the
classes. As computed by ARX 3.9.2 with a generalisation-suppression factor of 0.5. Weights are divided by the largest.
"""

import math
from dataclasses import dataclass

import numpy as np

from datacity.engine.protection.parts import Metric
from datacity.engine.protection.search.bounding import ARITHMETIC, ENTROPY, GEOMETRIC, LOSS
from datacity.engine.protection.search.problem import Array, Axis, Problem

BY_CLASSES = frozenset({Metric.DISCERNIBILITY, Metric.CLASS_SIZE})


@dataclass(frozen=True)
class Weights:
    """The numbers behind a metric that is a sum over columns.

    base: columns x levels, the loss when no row is removed. gap, code: for each column, level and value one after the other from
    level_starts: the cost of removing one row, and the value's group. kind: LOSS or ENTROPY. mean: ARITHMETIC or GEOMETRIC.
    """

    base: Array
    gap: Array
    code: Array
    level_starts: Array
    sizes: Array
    weights: Array
    kind: int
    mean: int

    def loss_of(self, total: float) -> float:
        """Give the loss people read from the sum that orders nodes."""
        return math.expm1(total) if self.mean == GEOMETRIC else total


def normalised_weights(axes: tuple[Axis, ...]) -> Array:
    """Give the columns' weights divided by the largest; all 1 when all are 0."""
    weights = np.array([axis.weight for axis in axes], np.float64)
    return weights / weights.max() if weights.size and weights.max() > 0 else np.ones(weights.size)


def weigh(problem: Problem) -> Weights:
    """Give the numbers of the problem's metric; for those counted by classes, zeros."""
    axes, rows = problem.axes, problem.rows
    deepest = max((axis.levels for axis in axes), default=1)
    base = np.zeros((len(axes), deepest))
    gaps, codes = [], []
    entropy = problem.metric == Metric.ENTROPY
    for place, axis in enumerate(axes):
        marginal = np.bincount(problem.tuples[place], weights=problem.counts, minlength=axis.values)
        for level in range(axis.levels):
            lost, gap = _loss_of(problem.metric, axis, level, marginal, rows)
            base[place, level] = lost
            gaps.append(gap)
            codes.append(axis.codes[level])
    weights = normalised_weights(axes)
    mean = GEOMETRIC if problem.metric == Metric.LOSS_GM else ARITHMETIC
    if not entropy and mean == ARITHMETIC:
        weights = weights / max(len(axes), 1)
    lengths = np.array([axis.levels * axis.values for axis in axes], np.int64)
    return Weights(
        base,
        np.concatenate(gaps) if gaps else np.zeros(0),
        np.concatenate(codes).astype(np.int64) if codes else np.zeros(0, np.int64),
        np.concatenate([[0], np.cumsum(lengths)])[:-1].astype(np.int64),
        np.array([axis.values for axis in axes], np.int64),
        weights,
        ENTROPY if entropy else LOSS,
        mean,
    )


def _loss_of(metric: Metric, axis: Axis, level: int, marginal: Array, rows: int) -> tuple[float, Array]:
    """Give the loss of one column at one level without removals, and what removing one row of each value adds."""
    if metric in BY_CLASSES:
        return 0.0, np.zeros(axis.values)
    if metric == Metric.ENTROPY:
        grouped = np.bincount(axis.codes[level], weights=marginal)
        return _bits(grouped) - _bits(marginal), np.zeros(axis.values)
    if metric == Metric.PRECISION:
        lost = (axis.first_level + level) / axis.height if axis.height else 0.0
        return lost, np.full(axis.values, (1 - lost) / rows)
    if axis.leaves <= 1:
        return 0.0, np.full(axis.values, 1 / rows)
    span = rows - rows / axis.leaves
    shares = axis.shares[level]
    return max(0.0, (float(marginal @ shares) - rows / axis.leaves) / span), (1 - shares) / span


def _bits(counts: Array) -> float:
    filled = counts[counts > 0]
    return float((filled * np.log2(filled)).sum())
