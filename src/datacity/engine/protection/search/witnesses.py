# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Choose witnesses among the tuples of classes that fail, and refute with them."""

from typing import TYPE_CHECKING

import numpy as np

from datacity.engine.protection.parts import ModelKind
from datacity.engine.protection.search.problem import Array
from datacity.engine.protection.search.witnessing import (
    NEVER,
    accumulate,
    accumulate_values,
    meet,
    meet_values,
    refute,
    refute_values,
)

if TYPE_CHECKING:
    from datacity.engine.protection.search.checking import Checker

MOST_VALUES = 62
"""A sensitive column with more values does not fit into one mask; its nodes are refuted one by one."""


class Witnesses:
    """Refutes nodes by single tuples; works on the finest table."""

    def __init__(self, checker: "Checker", strides: Array, shape: Array) -> None:
        """Take the tuples of the checker's first table."""
        self.checker, self.strides, self.shape = checker, strides, shape
        self.table = checker.tables[0]
        self.sizes = np.zeros(checker.problem.nodes, np.int64)
        self.distinct = self._distinct()

    def _distinct(self) -> tuple[Array, int] | None:
        """Give each tuple's sensitive values as bits and how many a class must show, when the plan asks for that."""
        for place, held in enumerate(self.table.sensitive):
            least = [
                int(model.l or 0)
                for model in self.checker.problem.models
                if model.kind == ModelKind.DISTINCT_L and model.column == held.name
            ]
            if least and held.shares.size <= MOST_VALUES:
                bits = np.left_shift(np.int64(1), held.values.astype(np.int64))
                return np.bitwise_or.reduceat(bits, self.table.sensitive[place].pointers[:-1]), max(least)
        return None

    def refute(self, bounds: Array) -> int:
        """Refute with a tuple of a class that failed at the node just checked; give the tuple."""
        chosen = self.checker.failing_tuple()
        luts = self._lookups(chosen)
        starts, codes = self.checker.layout.starts, self.table.codes
        meet(codes, self.table.counts, luts, starts, self.sizes)
        accumulate(self.sizes, self.strides, self.shape)
        refute(bounds, self.sizes, self.checker.problem.k)
        if self.distinct is not None:
            masks, least = self.distinct
            meet_values(codes, masks, luts, starts, self.sizes)
            accumulate_values(self.sizes, self.strides, self.shape)
            refute_values(bounds, self.sizes, least)
        return chosen

    def _lookups(self, witness: int) -> Array:
        by_column = []
        for axis, stride, value in zip(
            self.checker.problem.axes, self.strides, self.checker.problem.tuples[:, witness], strict=True
        ):
            agree = axis.codes == axis.codes[:, value][:, None]
            lowest = np.where(agree.any(axis=0), agree.argmax(axis=0), -1)
            by_column.append(np.where(lowest >= 0, lowest * stride, NEVER))
        return self.checker.layout.lookups(by_column)
