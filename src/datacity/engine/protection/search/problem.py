# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the search works on: columns with their levels, distinct tuples with counts, conditions, a metric; arrays only."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from datacity.engine.protection.parts import Metric, Model

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Axis:
    """A quasi-identifier: V values in the table, L levels to choose from.

    codes: L x V, the group a value falls into at a level (from 0); nested, level by level. shares: L x V, leaves under the group
    divided by all leaves. leaves: of the whole ladder. first_level: number of the first level (not 0 where the plan states one).
    height: levels of the whole ladder less one. weight: 0 to 1.
    """

    name: str
    codes: Array
    shares: Array
    leaves: int
    first_level: int = 0
    height: int = 0
    weight: float = 0.5

    @property
    def levels(self) -> int:
        """How many levels there are to choose from."""
        return int(self.codes.shape[0])

    @property
    def values(self) -> int:
        """How many different values the table has."""
        return int(self.codes.shape[1])


@dataclass(frozen=True)
class Sensitive:
    """A sensitive column: the values of tuple j with their rows at [pointers[j]:pointers[j + 1]], all shares in `shares`.

    Values are numbered in their own order. parents, heights: the tree above them, level by level (empty without hierarchy).
    """

    name: str
    pointers: Array
    values: Array
    weights: Array
    shares: Array
    parents: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    heights: Array = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Problem:
    """Everything the search needs.

    tuples: columns x n codes of base values, all different. counts: rows of each. population: rows of each in the population, or
    None. rows: sum of counts. limit: rows that may be removed.
    """

    axes: tuple[Axis, ...]
    tuples: Array
    counts: Array
    k: int
    limit: int
    metric: Metric
    models: tuple[Model, ...] = ()
    sensitive: tuple[Sensitive, ...] = ()
    population: Array | None = None

    @cached_property
    def rows(self) -> int:
        """All rows."""
        return int(self.counts.sum())

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels to choose from, a column."""
        return tuple(axis.levels for axis in self.axes)

    @property
    def nodes(self) -> int:
        """Combinations of levels."""
        return math.prod(self.shape)
