# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search: the combination of levels of least loss among those that hold, and the checks that prove it.

Every node of the lattice has a lower bound on its loss, at first from the columns' marginals alone. A check raises the bounds of all
finer nodes (rows removed here are removed there) or refutes them. The search takes the node of smallest bound, looks up the
cheapest way to the top, and bisects that way: a check that settles the node from as far up as possible settles most others with it.
It ends when no bound lies below the best loss found. Where no row may be removed, witnesses refute nodes all over the lattice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from datacity.engine.protection.search.bounding import climb, raise_down, raise_up, scaled, smallest
from datacity.engine.protection.search.checking import Check, Checker
from datacity.engine.protection.search.problem import Array, Problem
from datacity.engine.protection.search.weighing import BY_CLASSES
from datacity.engine.protection.search.witnesses import Witnesses

SLACK = 1e-12
"""Relative difference of two losses below which they count as equal."""

TELL_EVERY = 64
MOST_TIES = 64


@dataclass(frozen=True)
class Step:
    """A node that was checked (its rows removed, its loss: None when too many go), or a witness that refuted nodes."""

    node: tuple[int, ...] = ()
    suppressed: int = 0
    loss: float | None = None
    witness: int | None = None


@dataclass
class Found:
    """The optimum: levels (from 0 in each column's choice), loss, rows removed; and every step to it.

    node is None when nothing holds. A witness is a place among the problem's tuples.
    """

    node: tuple[int, ...] | None = None
    loss: float = np.inf
    suppressed: int = 0
    steps: list[Step] = field(default_factory=list)
    nodes: int = 0


class Search:
    """One run over one problem."""

    def __init__(self, problem: Problem, tell: Callable[[int, int], None] | None = None) -> None:
        """Lay out the lattice and its first bounds."""
        self.problem = problem
        self.checker = Checker(problem)
        self.shape = np.array(problem.shape, np.int64)
        self.strides = np.ones(self.shape.size, np.int64)
        for place in range(self.shape.size - 2, -1, -1):
            self.strides[place] = self.strides[place + 1] * self.shape[place + 1]
        self.bounds = self._first_bounds()
        self.best = np.inf
        self.found = Found()
        self.path = np.zeros(int(self.shape.sum()) + 2, np.int64)
        self.tell = tell
        self.least_suppressed = problem.rows

    def _first_bounds(self) -> Array:
        weights = self.checker.weights
        bounds = np.full(self.problem.nodes, -np.inf)
        terms = np.zeros(weights.base.shape)
        for place in range(self.shape.size):
            for level in range(int(self.shape[place])):
                terms[place, level] = scaled(
                    float(weights.base[place, level]), float(weights.weights[place]), weights.mean, self.shape.size
                )
        raise_down(bounds, self.strides, self.shape - 1, terms, -np.inf)
        return bounds

    @property
    def slack(self) -> float:
        """The difference below which a loss counts as equal to the best."""
        return SLACK * max(1.0, abs(self.best))

    @property
    def threshold(self) -> float:
        """The bound from which a node cannot be better than the best."""
        return self.best - self.slack if np.isfinite(self.best) else np.inf

    def node_of(self, place: int) -> Array:
        """Give the levels of the node at a place of the lattice."""
        return (place // self.strides) % self.shape

    def run(self) -> Found:
        """Search until no bound lies below the best loss."""
        witnesses = Witnesses(self.checker, self.strides, self.shape) if self._may_witness() else None
        while True:
            place = smallest(self.bounds)
            if not self.bounds[place] < self.threshold:
                break
            if self.tell is not None and self.found.nodes % TELL_EVERY == 0:
                self.tell(int((self.bounds >= self.threshold).sum()), self.bounds.size)
            if witnesses is not None:
                self._settle_with_witnesses(place, witnesses)
            else:
                self._settle(place)
        self._prefer_finer()
        return self.found

    def _prefer_finer(self) -> None:
        """Look among the nodes that lose the same for one of lower levels: it says more where the metric sees no difference."""
        if self.found.node is None:
            return
        ties = np.flatnonzero(self.bounds <= self.best + self.slack)
        sums = (ties[:, None] // self.strides % self.shape).sum(axis=1)
        for at in np.argsort(sums, kind="stable")[:MOST_TIES]:
            if sums[at] >= sum(self.found.node):
                return
            self.visit(int(ties[at]))

    def _may_witness(self) -> bool:
        return (
            self.problem.limit == 0
            and self.problem.k > 1
            and self.problem.population is None
            and self.problem.metric not in BY_CLASSES
        )

    def _settle(self, place: int) -> None:
        """Settle the node: bisect the way from it to the top for the coarsest check that does so."""
        length = climb(self.bounds, self.strides, self.shape, place, self.threshold, self.path)
        way = self.path[:length].copy()
        self.visit(int(way[-1]), keep=False)
        if not self.bounds[place] < self.threshold:
            return
        low, high = 0, length - 2
        while low <= high:
            middle = (low + high + 1) // 2
            self.visit(int(way[middle]))
            if self.bounds[place] < self.threshold:
                high = middle - 1
            else:
                low = middle + 1

    def visit(self, place: int, *, keep: bool = True) -> Check:
        """Check a node and draw every conclusion. keep: whether coarser nodes may still be checked."""
        node = self.node_of(place)
        found = self.checker.check(node, keep=keep)
        self.found.nodes += 1
        levels = tuple(int(level) for level in node)
        loss = self.checker.weights.loss_of(found.total) if found.feasible else None
        self.found.steps.append(Step(levels, found.suppressed, loss))
        self.least_suppressed = min(self.least_suppressed, found.suppressed)
        finer = self.found.node is not None and sum(levels) < sum(self.found.node)
        if found.feasible and found.total < self.threshold + (2 * self.slack if finer else 0.0):
            self.best = min(self.best, found.total)
            self.found.node, self.found.suppressed = levels, found.suppressed
            self.found.loss = self.checker.weights.loss_of(found.total)
        if found.sure > self.problem.limit:
            raise_down(self.bounds, self.strides, node, self.checker.work.terms, np.inf)
        else:
            raise_down(self.bounds, self.strides, node, self.checker.work.terms, found.least_finer)
        if found.least_coarser > -np.inf:
            raise_up(self.bounds, self.strides, node, self.shape, found.least_coarser)
        self.bounds[place] = np.inf
        return found

    def _settle_with_witnesses(self, place: int, witnesses: Witnesses) -> None:
        """Settle the node where nothing may be removed: refute it, as far up as it goes, by classes that fail."""
        length = climb(self.bounds, self.strides, self.shape, place, self.threshold, self.path)
        way = self.path[:length].copy()
        low, high = 0, length - 1
        while low <= high:
            middle = low if low == 0 else (low + high + 1) // 2
            here = int(way[middle])
            if not self.bounds[here] < np.inf:
                low = middle + 1
                continue
            if self.visit(here).feasible:
                high = middle - 1
                continue
            self.found.steps.append(Step(witness=witnesses.refute(self.bounds)))
            low = middle + 1
