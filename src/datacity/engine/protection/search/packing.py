# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Columns packed into groups of few codes, and tables of merged tuples that serve coarser nodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datacity.engine.protection.search.problem import Array, Problem, Sensitive

GROUP_CODES = 1024
"""A group holds as many columns as fit into this many codes: fewer look-ups a tuple, tables that stay in the nearest cache."""


@dataclass(frozen=True)
class Layout:
    """How columns lie in groups.

    group_of: the group of each column. group_sizes: codes a group. starts: where a group's look-up begins. value_of[value_starts[a] + p]:
    the base value of column a in code p of its group. Base values of all columns lie one after the other from base_starts.
    """

    group_of: Array
    group_sizes: Array
    starts: Array
    value_of: Array
    value_starts: Array
    base_starts: Array
    members: tuple[tuple[int, ...], ...]

    def pack(self, tuples: Array, sizes: Sequence[int]) -> Array:
        """Give the group codes, groups x n, of base codes, columns x n."""
        packed = np.zeros((len(self.members), tuples.shape[1]), np.int32)
        for group, members in enumerate(self.members):
            for column in members:
                packed[group] = packed[group] * sizes[column] + tuples[column]
        return packed

    def lookups(self, by_column: Sequence[Array]) -> Array:
        """Give one look-up a group from one a column (base value → number): the sums."""
        luts = np.zeros(int(self.group_sizes.sum()), np.int64)
        for group, members in enumerate(self.members):
            begin, size = int(self.starts[group]), int(self.group_sizes[group])
            total = luts[begin : begin + size]
            if len(members) == 1:
                total[:] = by_column[members[0]]
                continue
            shape = [len(by_column[column]) for column in members]
            summed = np.zeros(shape, np.int64)
            for place, column in enumerate(members):
                summed += by_column[column].reshape([-1 if i == place else 1 for i in range(len(members))])
            total[:] = summed.ravel()
        return luts


def layout_of(problem: Problem) -> Layout:
    """Pack columns greedily, small ones together."""
    sizes = [axis.values for axis in problem.axes]
    groups: list[list[int]] = []
    room: list[int] = []
    for column in sorted(range(len(sizes)), key=lambda place: -sizes[place]):
        fitting = [g for g, codes in enumerate(room) if codes * sizes[column] <= GROUP_CODES]
        if fitting:
            best = max(fitting, key=lambda g: room[g])
            groups[best].append(column)
            room[best] *= sizes[column]
        else:
            groups.append([column])
            room.append(sizes[column])
    starts = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
    group_of, value_starts, value_of, at = np.zeros(len(sizes), np.int64), np.zeros(len(sizes), np.int64), [], 0
    for column in range(len(sizes)):
        group = next(g for g, members in enumerate(groups) if column in members)
        after = groups[group][groups[group].index(column) + 1 :]
        step = int(np.prod([sizes[other] for other in after], dtype=np.int64)) if after else 1
        values = (np.arange(room[group]) // step) % sizes[column]
        group_of[column], value_starts[column] = group, at
        value_of.append(values.astype(np.int32))
        at += room[group]
    return Layout(
        group_of,
        np.array(room, np.int64),
        starts[:-1],
        np.concatenate(value_of),
        value_starts,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        tuple(tuple(members) for members in groups),
    )


@dataclass(frozen=True, eq=False)
class Table:
    """Distinct tuples at some node (the first: at the finest), with what is counted about them.

    floors: the node's levels. origins: for each tuple, one of the problem's.
    """

    floors: Array
    codes: Array
    counts: Array
    origins: Array
    sensitive: tuple[Sensitive, ...] = ()
    population: Array | None = None

    @property
    def size(self) -> int:
        """How many tuples."""
        return int(self.counts.size)

    def serves(self, node: Array) -> bool:
        """Tell whether classes at the node can be counted from these tuples."""
        return bool((self.floors <= node).all())
