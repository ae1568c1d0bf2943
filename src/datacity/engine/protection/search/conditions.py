# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The conditions of a problem, ready for the inner loops: of single classes, of a class in a population, of the table as a whole.

k-anonymity            Sweeney 2002.
k-map                  Sweeney 2001: the class's rows in the population are k or more.
delta-presence         Nergiz, Atzori and Clifton 2007: delta_min <= rows / rows in the population <= delta_max.
average risk           El Emam 2013: classes / rows at most the threshold; the smallest classes are removed until it is.
sample uniqueness      Skinner and Elliot 2002: the share of rows alone in their class.
population uniqueness  Dankar et al. 2012: the estimated share of rows that are alone in the population.
Those on sensitive values are in `judging`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from datacity.engine.protection.parts import Model, ModelKind
from datacity.engine.protection.search import judging
from datacity.engine.protection.search.counting import number_classes, order_by_class
from datacity.engine.protection.search.overall import enforce_overall, least_removed
from datacity.engine.protection.search.packing import Table
from datacity.engine.protection.search.problem import Array, Problem, Sensitive

_KINDS = {
    ModelKind.DISTINCT_L: judging.DISTINCT,
    ModelKind.ENTROPY_L: judging.ENTROPY_L,
    ModelKind.RECURSIVE_CL: judging.RECURSIVE,
    ModelKind.ENHANCED_BETA: judging.BETA,
    ModelKind.DELTA_DISCLOSURE: judging.DELTA,
}
_DISTANCES = {"equal": judging.T_EQUAL, "ordered": judging.T_ORDERED, "hierarchical": judging.T_HIERARCHICAL}
OVERALL = frozenset({ModelKind.AVERAGE_RISK, ModelKind.SAMPLE_UNIQUENESS, ModelKind.POPULATION_UNIQUENESS})
IN_POPULATION = frozenset({ModelKind.K_MAP, ModelKind.DELTA_PRESENCE})


class Checking(Protocol):
    """What judging needs of who checks a node: the problem, the arrays just counted, how many values each level has."""

    problem: Problem
    work: Any
    groups: Array

    def losses_of(self, node: Array, tuples: Array, rows: Array) -> Array | None:
        """Give the loss of each class, where classes of one size can differ."""


@dataclass
class Judged:
    """What became of the classes.

    Of each tuple its class (-1: too small); of each class its rows, whether it fails, and its rows that are removed at every finer
    node too. least_removed: the same for the table as a whole. hopeless: no removal makes the node hold.
    """

    member: Array
    classes: int
    sizes: Array
    first: Array
    order: Array
    fails: Array
    removed: Array
    least_removed: int = 0
    hopeless: bool = False


@dataclass(frozen=True)
class Column:
    """The models of one sensitive column as arrays, and what they write to."""

    models: tuple[Array, ...]
    scratch: tuple[Array, ...]


@dataclass(frozen=True)
class Conditions:
    """All conditions but k."""

    columns: tuple[Column, ...]
    population: tuple[Model, ...]
    overall: tuple[Model, ...]

    @property
    def any(self) -> bool:
        """Tell whether there are any."""
        return bool(self.columns or self.population or self.overall)

    @classmethod
    def of(cls, problem: Problem) -> "Conditions":
        """Give the problem's conditions."""
        by_column = [
            _column(each, [model for model in problem.models if model.column == each.name and model.kind in _VALUES])
            for each in problem.sensitive
        ]
        return cls(
            tuple(by_column),
            tuple(model for model in problem.models if model.kind in IN_POPULATION),
            tuple(model for model in problem.models if model.kind in OVERALL),
        )

    def judge(self, checker: Checking, table: Table, node: Array, places: int) -> Judged:
        """Judge the classes just counted."""
        problem, work, n = checker.problem, checker.work, table.size
        slots, least = work.slots[:n], max(problem.k, 1)
        if work.index.size < work.totals.size:
            work.index = np.empty(work.totals.size, np.int32)
        if work.member.size < n:
            work.member = np.empty(n, np.int32)
        member, sizes = work.member[:n], np.empty(n + 1, np.int32)
        classes = number_classes(slots, work.totals, places, least, work.index, member, sizes)
        first, order = np.empty(classes + 2, np.int64), np.empty(n, np.int64)
        order_by_class(member, classes, first, order)
        judged = Judged(
            member, classes, sizes[:classes], first, order, np.zeros(classes, np.int8), np.zeros(classes, np.int64)
        )
        if self.population:
            self._judge_population(judged, table, slots, places, problem)
        for column, held in zip(self.columns, table.sensitive, strict=True):
            judging.judge(
                first, order, classes, judged.sizes, least, held.pointers, held.values, held.weights,
                column.models, column.scratch, judged.fails, judged.removed,
            )  # fmt: skip
        if self.overall:
            staying = np.flatnonzero(judged.fails == 0)
            judged.least_removed = least_removed(self.overall, work.totals[:places], problem)
            tuples, rows = judged.order[judged.first[staying]], judged.sizes[staying]
            if int(np.prod([checker.groups[place, level] for place, level in enumerate(node)], dtype=np.float64)) > 1:
                gone = enforce_overall(self.overall, rows, checker.losses_of(node, tuples, rows), table.origins[tuples])
                judged.fails[staying[gone]] = 1
        return judged

    def _judge_population(self, judged: Judged, table: Table, slots: Array, places: int, problem: Problem) -> None:
        assert table.population is not None
        inhabitants = np.bincount(slots, weights=table.population, minlength=places).astype(np.int64)
        present = np.bincount(slots, weights=table.counts, minlength=places).astype(np.int64)
        of_class = inhabitants[slots[judged.order[judged.first[: judged.classes]]]] if judged.classes else np.zeros(0)
        for model in self.population:
            if model.kind == ModelKind.K_MAP:
                small = of_class < (model.k or 1)
                judged.fails[small] = 1
                judged.removed[small] = judged.sizes[small]
                continue
            low, high = model.delta_min or 0.0, 1.0 if model.delta_max is None else model.delta_max
            share = judged.sizes / np.maximum(of_class, 1)
            outside = (share < low - 1e-12) | (share > high + 1e-12)
            judged.fails[outside] = 1
            stay = np.minimum(np.floor(high * of_class + 1e-9), judged.sizes).astype(np.int64)
            stay[stay < problem.k] = 0
            judged.removed[outside] = np.maximum(judged.removed[outside], (judged.sizes - stay)[outside])
            if low > 0 and bool(((inhabitants > 0) & (present == 0)).any()):
                judged.hopeless = True


_VALUES = frozenset({*_KINDS, ModelKind.T_CLOSENESS})


def _column(held: Sensitive, models: list[Model]) -> Column:
    shares, many = held.shares, held.shares.size
    kinds = [_KINDS.get(model.kind, _DISTANCES.get(model.distance or "equal", judging.T_EQUAL)) for model in models]
    numbers = np.zeros((len(models), 2))
    caps, worst = np.zeros((len(models), many)), np.zeros((len(models), many))
    widest = max([many, *held.heights.tolist()])
    scratch = (
        np.zeros(many, np.int64),
        np.zeros(many, np.int64),
        np.zeros(many, np.int64),
        *(np.zeros(widest) for _ in range(3)),
    )
    for place, (model, kind) in enumerate(zip(models, kinds, strict=True)):
        numbers[place] = [_number(model, kind), model.c or 0.0]
        if kind == judging.BETA:
            caps[place] = shares * (1 + np.minimum(model.beta or 0.0, -np.log(shares)))
        elif kind == judging.DELTA:
            caps[place] = shares * 2.0 ** (model.delta or 0.0)
        elif kind in {judging.T_ORDERED, judging.T_HIERARCHICAL}:
            worst[place] = [_alone(kind, value, held, scratch) for value in range(many)]
    arrays = (np.array(kinds, np.int64), numbers, shares, caps, worst, held.parents, held.heights)
    return Column(arrays, scratch)


def _number(model: Model, kind: int) -> float:
    if kind in {judging.T_EQUAL, judging.T_ORDERED, judging.T_HIERARCHICAL}:
        return model.t or 0.0
    value = {judging.BETA: model.beta, judging.DELTA: model.delta}.get(kind, model.l)
    return float(value or 0.0)


def _alone(kind: int, value: int, held: Sensitive, scratch: tuple[Array, ...]) -> float:
    """Give the distance of a class that shows one value only."""
    count = np.zeros(held.shares.size, np.int64)
    count[value] = 1
    if kind == judging.T_ORDERED:
        return judging.ordered_distance(count, 1, held.shares, held.shares.size)
    return judging.hierarchical_distance(
        count, 1, held.shares, held.shares.size, held.parents, held.heights, *scratch[3:]
    )
