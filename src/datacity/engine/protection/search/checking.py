# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One node checked: which classes fail, how many rows go, what is lost, and what that says about finer nodes."""

from dataclasses import dataclass, field

import numpy as np

from datacity.engine.protection.parts import Metric
from datacity.engine.protection.search.bounding import exact_terms, fill_terms, spread_histogram
from datacity.engine.protection.search.conditions import Conditions, Judged
from datacity.engine.protection.search.counting import (
    DENSE,
    choose_table,
    class_figures,
    count_classes,
    fill_lookups,
    merge_classes,
    merge_values,
    order_by_class,
    smallest_class,
    suppress_small,
)
from datacity.engine.protection.search.judging import partial_costs, remove_classes
from datacity.engine.protection.search.packing import Layout, Table, layout_of
from datacity.engine.protection.search.problem import Array, Problem, Sensitive
from datacity.engine.protection.search.weighing import BY_CLASSES, Weights, normalised_weights, weigh

SCRAMBLE_SEED = 20260003
MOST_TABLES, SMALL, RATIO = 24, 2048, 8


@dataclass(frozen=True)
class Check:
    """What a check found.

    node: levels. suppressed: rows of failing classes. sure: rows that are removed at every finer node too. feasible: within the limit.
    total: the loss in the form that orders nodes (inf when not feasible). least_finer: a bound on it for all finer nodes beside `terms`;
    least_coarser: for all coarser ones.
    """

    node: Array
    suppressed: int
    sure: int
    feasible: bool
    total: float
    least_finer: float = -np.inf
    least_coarser: float = -np.inf


@dataclass
class Scratch:
    """Arrays the checks write to, as long as the longest table needs."""

    keys: Array
    slots: Array
    totals: Array
    table: Array
    luts: Array
    hist: Array
    sure: Array
    base_hist: Array
    terms: Array
    scratch: Array
    member: Array = field(default_factory=lambda: np.zeros(0, np.int32))
    index: Array = field(default_factory=lambda: np.zeros(0, np.int32))


def _scratch(n: int, layout: Layout, weights: Weights) -> Scratch:
    bits = max(4, int(2 * n - 1).bit_length())
    places = max(1 << bits, DENSE * n + 4096)
    codes = int(layout.group_sizes.sum())
    return Scratch(
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.zeros(places, np.int32),
        np.empty(1 << bits, np.int64),
        np.empty(codes, np.int64),
        np.zeros(codes, np.int64),
        np.zeros(codes, np.int64),
        np.zeros(int(layout.base_starts[-1]), np.int64),
        np.zeros(weights.base.shape),
        np.zeros(max(int(weights.sizes.max(initial=1)), 1), np.int64),
    )


class Checker:
    """Checks nodes of one problem. Keeps tables merged at nodes already checked, since classes only merge further above them."""

    def __init__(self, problem: Problem) -> None:
        """Pack the tuples and lay out what every check needs."""
        self.problem = problem
        self.layout = layout_of(problem)
        self.weights = weigh(problem)
        self.conditions = Conditions.of(problem)
        deepest = self.weights.base.shape[1]
        self.groups = np.ones((len(problem.axes), deepest), np.int64)
        for place, axis in enumerate(problem.axes):
            self.groups[place, : axis.levels] = axis.codes.max(axis=1) + 1
        packed = self.layout.pack(problem.tuples, [axis.values for axis in problem.axes])
        floors = np.zeros(len(problem.axes), np.int64)
        counts = problem.counts.astype(np.int64)
        origins = np.arange(counts.size)
        self.tables = [Table(floors, packed, counts, origins, problem.sensitive, problem.population)]
        self.work = _scratch(counts.size, self.layout, self.weights)
        generator = np.random.default_rng(SCRAMBLE_SEED)
        self.scramble = generator.integers(0, 1 << 58, max(self.weights.code.size, 1), dtype=np.int64)
        self.simple = not self.conditions.any and problem.metric not in BY_CLASSES
        self.nothing = np.zeros(len(problem.axes))
        self.judged: Judged | None = None
        self.last = self.tables[0]
        self.floors = np.zeros((MOST_TABLES, len(problem.axes)), np.int64)
        self.sizes, self.used = np.zeros(MOST_TABLES, np.int64), np.zeros(MOST_TABLES, np.int64)
        self.sizes[0], self.turn = counts.size, 0

    def table_for(self, node: Array) -> Table:
        """Give the smallest table that serves the node."""
        place = choose_table(self.floors, self.sizes, len(self.tables), node)
        self.used[place] = self.turn
        return self.tables[place]

    def count(self, table: Table, node: Array) -> tuple[int, int]:
        """Count the classes of the table at the node; give classes and places."""
        work, layout, weights = self.work, self.layout, self.weights
        domain = fill_lookups(
            node, weights.code, weights.level_starts, weights.sizes, self.groups, layout.group_of, layout.group_sizes,
            layout.starts, layout.value_of, layout.value_starts, self.scramble, work.luts,
        )  # fmt: skip
        n = table.size
        return count_classes(
            table.codes,
            table.counts,
            work.luts,
            layout.starts,
            domain,
            work.keys[:n],
            work.slots[:n],
            work.totals,
            work.table,
        )

    def check(self, node: Array, *, keep: bool = True) -> Check:
        """Check a node; afterwards `work.terms` bounds every finer node when the node is feasible.

        keep: whether coarser nodes may follow, so that a table of the classes is worth its making.
        """
        self.turn += 1
        table = self.last = self.table_for(node)
        self.judged = None
        classes, places = self.count(table, node)
        checked = self._check_sizes if self.simple else self._check_conditions
        found = checked(table, node, places)
        if keep and table.size > SMALL and classes * RATIO <= table.size and table.population is None:
            self._keep_merged(table, node, classes, places)
        return found

    def _check_sizes(self, table: Table, node: Array, places: int) -> Check:
        work, problem = self.work, self.problem
        suppressed = suppress_small(
            table.codes,
            table.counts,
            work.slots[: table.size],
            work.totals,
            places,
            problem.k,
            problem.limit,
            work.hist,
            self.layout.starts,
        )
        if suppressed > problem.limit:
            return Check(node, suppressed, suppressed, False, np.inf)
        return Check(node, suppressed, suppressed, True, self._fill_terms(work.hist, table.floors, node, self.nothing))

    def _spread(self, hist: Array) -> None:
        layout, work = self.layout, self.work
        spread_histogram(
            hist,
            layout.starts,
            layout.group_of,
            layout.group_sizes,
            layout.value_of,
            layout.value_starts,
            work.base_hist,
            layout.base_starts,
        )

    def _fill_terms(self, hist: Array, floors: Array, node: Array, extra: Array) -> float:
        work, weights = self.work, self.weights
        self._spread(hist)
        fill_terms(
            work.base_hist, self.layout.base_starts, weights.sizes, weights.level_starts, weights.gap, weights.code, weights.kind, floors,
            node, weights.base, extra, weights.weights, weights.mean, work.scratch, work.terms,
        )  # fmt: skip
        return float(work.terms[np.arange(node.size), node].sum())

    def _exact(self, hist: Array, node: Array) -> float:
        work, weights = self.work, self.weights
        self._spread(hist)
        return exact_terms(
            work.base_hist, self.layout.base_starts, weights.sizes, weights.level_starts, weights.gap, weights.code, weights.kind, node,
            weights.base, weights.weights, weights.mean, work.scratch,
        )  # fmt: skip

    def _check_conditions(self, table: Table, node: Array, places: int) -> Check:
        work, problem = self.work, self.problem
        by_classes = problem.metric in BY_CLASSES
        figures = class_figures(work.totals, places, 1) if by_classes else (0, 0, 0.0, 0.0)
        judged = self.conditions.judge(self, table, node, places)
        if judged.hopeless:
            return Check(node, problem.rows, problem.rows, False, np.inf)
        gone, sure = remove_classes(
            table.codes,
            table.counts,
            judged.member,
            judged.fails,
            judged.sizes,
            judged.removed,
            work.hist,
            work.sure,
            self.layout.starts,
        )
        extra = np.zeros(node.size)
        layout, weights = self.layout, self.weights
        sure += partial_costs(
            judged.first, judged.order, judged.classes, judged.fails, judged.sizes, judged.removed, table.codes,
            layout.group_of, layout.value_of, layout.value_starts, weights.level_starts, weights.sizes, node, weights.gap, extra,
        )  # fmt: skip
        sure = max(sure, judged.least_removed)
        feasible = gone <= problem.limit
        total = self._by_classes(judged, gone) if problem.metric in BY_CLASSES else self._exact(work.hist, node)
        self._fill_terms(work.sure, table.floors, node, extra)
        below, above = _beyond(problem, sure, figures)
        self.judged = judged
        return Check(node, gone, sure, feasible, total if feasible else np.inf, below, above)

    def _by_classes(self, judged: Judged, gone: int) -> float:
        staying = judged.sizes[: judged.classes][judged.fails[: judged.classes] == 0].astype(np.float64)
        rows = self.problem.rows
        if self.problem.metric == Metric.DISCERNIBILITY:
            return float((staying * staying).sum() + rows * gone)
        return float(rows / max(staying.size + (1 if gone else 0), 1))

    def _keep_merged(self, table: Table, node: Array, classes: int, places: int) -> None:
        """Keep the classes as tuples for coarser nodes, in the place of the table not used for longest when there are too many."""
        work, n = self.work, table.size
        if work.index.size < work.totals.size:
            work.index = np.empty(work.totals.size, np.int32)
        if work.member.size < n:
            work.member = np.empty(n, np.int32)
        codes, member = np.empty((table.codes.shape[0], classes), np.int32), work.member[:n]
        counts, origins = np.empty(classes, np.int64), np.empty(classes, np.int64)
        merge_classes(
            table.codes, table.counts, table.origins, work.slots[:n], places, work.index, member, codes, counts, origins
        )
        sensitive = table.sensitive
        if sensitive:
            first, order = np.empty(classes + 2, np.int64), np.empty(n, np.int64)
            order_by_class(member, classes, first, order)
            sensitive = tuple(_merged(each, first, order, classes) for each in sensitive)
        merged = Table(node.copy(), codes, counts, origins, sensitive)
        if len(self.tables) < MOST_TABLES:
            place = len(self.tables)
            self.tables.append(merged)
        else:
            place = 1 + int(np.argmin(self.used[1:]))
            self.tables[place] = merged
        self.floors[place], self.sizes[place], self.used[place] = node, classes, self.turn

    def failing_tuples(self, node: tuple[int, ...]) -> Array:
        """Give which of the problem's tuples are removed at a node."""
        self.floors[1:, 0] = 1 << 40  # no merged table serves any more: the tuples are wanted one by one
        levels = np.array(node, np.int64)
        self.check(levels, keep=False)
        if self.judged is None:
            return np.asarray(self.work.totals[self.work.slots[: self.last.size]] < self.problem.k)
        fails = np.append(self.judged.fails != 0, True)
        return np.asarray(fails[self.judged.member] & (self.problem.counts > 0))

    def failing_tuple(self) -> int:
        """Give a tuple (of the problem's) whose class failed in the last check: of the smallest class, else the first that failed."""
        slots = self.work.slots[: self.last.size]
        place = smallest_class(slots, self.work.totals, self.last.counts)
        if self.work.totals[slots[place]] >= self.problem.k and self.judged is not None:
            failing = np.flatnonzero(self.judged.fails)
            place = int(self.judged.order[self.judged.first[failing[0]]])
        return int(self.last.origins[place])

    def losses_of(self, node: Array, tuples: Array, rows: Array) -> Array | None:
        """Give the loss of each class, by a tuple of it and its rows; None for metrics in which classes of one size lose the same."""
        if self.problem.metric not in {Metric.LOSS_AM, Metric.LOSS_GM}:
            return None
        columns, losses = len(self.problem.axes), np.zeros(rows.size)
        base = self.problem.tuples[:, self.last.origins[tuples]]
        weights = normalised_weights(self.problem.axes)
        for place, axis in enumerate(self.problem.axes):
            lost = rows * axis.shares[node[place]][base[place]] * weights[place]
            losses += np.log1p(lost) / columns if self.problem.metric == Metric.LOSS_GM else lost / columns
        return losses


def _beyond(problem: Problem, sure: int, figures: tuple[int, int, float, float]) -> tuple[float, float]:
    """Give bounds on the loss of finer and of coarser nodes, for the metrics that are counted by classes.

    Finer: the rows surely removed cost the table's size each, the others at least k; classes have at least k rows. Coarser: classes
    only grow, and whoever removes rows merges at least two classes into the removed one.
    """
    rows, k = problem.rows, max(problem.k, 1)
    if problem.metric == Metric.DISCERNIBILITY:
        return float(sure * rows + (rows - sure) * k), figures[2]
    if problem.metric == Metric.CLASS_SIZE:
        return rows / ((rows - sure) // k + 1), rows / max(figures[0], 1)
    return -np.inf, -np.inf


def _merged(column: Sensitive, first: Array, order: Array, classes: int) -> Sensitive:
    pointers = np.empty(classes + 1, np.int64)
    values, weights = np.empty(column.values.size, np.int32), np.empty(column.values.size, np.int64)
    written = merge_values(
        first, order, classes, column.pointers, column.values, column.weights, np.zeros(column.shares.size, np.int64),
        pointers, values, weights,
    )  # fmt: skip
    return Sensitive(
        column.name,
        pointers,
        values[:written].copy(),
        weights[:written].copy(),
        column.shares,
        column.parents,
        column.heights,
    )
