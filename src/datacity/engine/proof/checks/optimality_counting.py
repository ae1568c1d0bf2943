# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The question of a certificate of optimality and the counting behind its check: plain NumPy, nothing shared with the search."""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from datacity.engine.proof.checks.optimality_conditions import KNOWN, passing
from datacity.kernel.words import msg

Array = np.ndarray[Any, Any]
_WORDS = {"true": ("true", "vrai", "oui", "yes", "o", "y", "1"), "false": ("false", "faux", "non", "no", "n", "0")}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
METRICS = frozenset({"loss_am", "loss_gm", "entropy", "precision"})
MOST_NODES = 50_000_000


class Unreadable(Exception):
    """The certificate or the data cannot be held against each other; `message` says why."""

    def __init__(self, message: str, **values: Any) -> None:
        """Keep the sentence and its values."""
        super().__init__(message)
        self.message, self.values = message, values


@dataclass(frozen=True)
class Column:
    """A column: groups and shares of leaves, levels x values of its ladder; the value of each distinct tuple."""

    name: str
    groups: Array
    shares: Array
    leaves: int
    weight: float
    height: int
    first_level: int
    values: Array
    lookup: dict[Any, int]

    @property
    def levels(self) -> int:
        """How many levels there are to choose from."""
        return int(self.groups.shape[0])


@dataclass(frozen=True)
class Counted:
    """What was counted at a node: rows removed; of them, those surely removed at every finer node; the loss.

    whole: rows of each distinct tuple that are surely removed. partial: for each column, the least cost of rows of which only the number
    is known.
    """

    suppressed: int
    sure: int
    loss: float
    whole: Array
    partial: Array


@dataclass(frozen=True)
class Question:
    """Ladders, conditions and data of a certificate."""

    k: int
    limit: int
    rows: int
    metric: str
    models: tuple[dict[str, Any], ...]
    columns: tuple[Column, ...]
    counts: Array
    secrets: dict[str, tuple[Array, Array, Array, list[str]]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels to choose from, a column."""
        return tuple(column.levels for column in self.columns)

    @property
    def nodes(self) -> int:
        """Combinations of levels."""
        return math.prod(self.shape)

    @cached_property
    def weights(self) -> Array:
        """The columns' weights, divided by the largest."""
        weights = np.array([column.weight for column in self.columns])
        return weights / weights.max() if weights.max() > 0 else np.ones(weights.size)

    def scaled(self, loss: float) -> float:
        """Give a loss as the sum over columns that it is."""
        return math.log1p(loss) if self.metric == "loss_gm" else loss

    def term(self, place: int, value: float) -> float:
        """Give a column's part of that sum."""
        weighted = float(self.weights[place]) * value
        if self.metric == "loss_gm":
            return math.log1p(max(weighted, 0.0)) / len(self.columns)
        return weighted if self.metric == "entropy" else weighted / len(self.columns)

    def lost(self, place: int, level: int, removed: Array) -> float:
        """Give what a column loses at a level when so many rows of each tuple are removed."""
        column = self.columns[place]
        group = column.groups[level][column.values]
        if self.metric == "entropy":
            return (
                _bits(group, self.counts) - _bits(column.values, self.counts)
                + float(_weigh(removed.sum())) - _bits(group, removed)
            )  # fmt: skip
        gone = float(removed.sum())
        if self.metric == "precision":
            share = (column.first_level + level) / column.height if column.height else 0.0
            return ((self.rows - gone) * share + gone) / self.rows
        if column.leaves <= 1:
            return gone / self.rows
        shares = column.shares[level][column.values]
        total = float(((self.counts - removed) * shares).sum()) + gone
        least = self.rows / column.leaves
        return max(0.0, (total - least) / (self.rows - least))

    def one_removed(self, place: int, level: int) -> Array:
        """Give what removing one row of each tuple adds at least, at this level and every finer one."""
        column = self.columns[place]
        if self.metric == "entropy":
            return np.zeros(self.counts.size)
        if self.metric == "precision":
            share = (column.first_level + level) / column.height if column.height else 0.0
            return np.full(self.counts.size, (1 - share) / self.rows)
        if column.leaves <= 1:
            return np.full(self.counts.size, 1 / self.rows)
        return np.asarray((1 - column.shares[level][column.values]) / (self.rows - self.rows / column.leaves))

    def first_bounds(self) -> Array:
        """Give the loss of every node as if no row were removed."""
        nothing = np.zeros(self.counts.size, np.int64)
        return self._summed(
            [
                [self.term(place, self.lost(place, level, nothing)) for level in range(column.levels)]
                for place, column in enumerate(self.columns)
            ]
        )

    def bounds_below(self, node: Sequence[int], counted: Counted) -> Array:
        """Give a bound on the loss of every node that is not coarser than this one."""
        return self._summed(
            [
                [
                    self.term(place, self.lost(place, level, counted.whole) + counted.partial[place])
                    for level in range(node[place] + 1)
                ]
                for place in range(len(self.columns))
            ]
        )

    def _summed(self, terms: list[list[float]]) -> Array:
        total = np.zeros(())
        for each in terms:
            total = np.add.outer(total, np.array(each))
        return total

    def _meeting(self, witness: Sequence[str | None]) -> tuple[tuple[Array, ...], Array]:
        """Give for each tuple the lowest levels at which it agrees with the witness, and whether it ever does."""
        levels, ever = [], np.ones(self.counts.size, bool)
        for column, text in zip(self.columns, witness, strict=True):
            agree = column.groups == column.groups[:, [find(column.lookup, text, column.name)]]
            ever &= agree.any(axis=0)[column.values]
            levels.append(agree.argmax(axis=0)[column.values])
        return tuple(levels), ever

    def class_sizes(self, witness: Sequence[str | None]) -> Array:
        """Give the rows of the witness's class at every node."""
        levels, ever = self._meeting(witness)
        sizes = np.zeros(self.shape, np.int64)
        np.add.at(sizes, tuple(each[ever] for each in levels), self.counts[ever])
        for axis in range(sizes.ndim):
            np.cumsum(sizes, axis=axis, out=sizes)
        return sizes

    def class_values(self, witness: Sequence[str | None], name: str) -> Array:
        """Give how many values of a sensitive column the witness's class shows at every node."""
        levels, ever = self._meeting(witness)
        tuples, values, _, names = self.secrets[name]
        found = np.zeros(self.shape, np.int64)
        for value in range(len(names)):
            seen = np.zeros(self.shape, bool)
            at = tuples[(values == value) & ever[tuples]]
            seen[tuple(each[at] for each in levels)] = True
            for axis in range(seen.ndim):
                np.logical_or.accumulate(seen, axis=axis, out=seen)
            found += seen
        return found


def _weigh(counts: Any) -> Any:
    many = np.asarray(counts, np.float64)
    return np.where(many > 0, many * np.log2(np.maximum(many, 1)), 0.0)


def _bits(group: Array, counts: Array) -> float:
    return float(_weigh(np.bincount(group, weights=counts)).sum())


def count_node(question: Question, node: Sequence[int]) -> Counted:
    """Count one node: classes, those that fail, what is lost."""
    keys, domain = np.zeros(question.counts.size, np.int64), 1
    for column, level in zip(question.columns, node, strict=True):
        many = int(column.groups[level].max()) + 1
        if domain * many > 1 << 62:
            _, keys = np.unique(keys, return_inverse=True)
            domain = int(keys.max()) + 1
        keys = keys * many + column.groups[level][column.values]
        domain *= many
    if domain > max(1 << 20, 4 * keys.size):
        _, keys = np.unique(keys, return_inverse=True)
    sizes = np.bincount(keys, weights=question.counts).astype(np.int64)
    stays = np.where(sizes >= question.k, sizes, 0)  # rows of a class that may stay after any refinement
    fails = sizes < question.k
    for model in question.models:
        _judge(question, model, keys, sizes, fails=fails, stays=stays)
    stays[stays < question.k] = 0
    removed = np.where(fails[keys], question.counts, 0)
    sure = np.where(fails, sizes - stays, 0)
    whole = np.where((fails & (stays == 0))[keys], question.counts, 0)
    losses = [question.term(place, question.lost(place, level, removed)) for place, level in enumerate(node)]
    total = math.fsum(losses)
    partly = np.flatnonzero(fails & (stays > 0) & (sure > 0))
    partial = np.zeros(len(node))
    if partly.size:
        first = np.zeros(sizes.size, np.int64)
        first[keys[::-1]] = np.arange(keys.size)[::-1]
        for place, level in enumerate(node):
            partial[place] = float((question.one_removed(place, level)[first[partly]] * sure[partly]).sum())
    loss = math.expm1(total) if question.metric == "loss_gm" else total
    return Counted(int(removed.sum()), int(sure.sum()), loss, whole, partial)


def _judge(question: Question, model: dict[str, Any], keys: Array, sizes: Array, *, fails: Array, stays: Array) -> None:
    """Set `fails` and lower `stays` for the classes that fail a condition."""
    tuples, values, weights, names = question.secrets[model["column"]]
    q = np.bincount(values, weights=weights, minlength=len(names))
    order = np.argsort(keys[tuples], kind="stable")
    classes = keys[tuples][order]
    edges = np.flatnonzero(np.diff(classes)) + 1
    for part in np.split(order, edges):
        place = int(keys[tuples[part[0]]])
        if sizes[place] < question.k:
            continue
        counts = np.bincount(values[part], weights=weights[part], minlength=len(names)).astype(np.int64)
        holds, most = passing(model, counts, q / q.sum(), names)
        if not holds:
            fails[place] = True
            stays[place] = min(stays[place], most)


def read_question(value: dict[str, Any], path: Path) -> Question:
    """Read the question of a certificate and the data it is about. Raises Unreadable."""
    asked = value["question"]
    if value.get("form") != 1 or asked["metric"] not in METRICS:
        raise Unreadable(msg("The certificate has another form than this checker knows."))
    for model in asked["models"]:
        if model["kind"] not in KNOWN:
            raise Unreadable(
                msg("The certificate speaks of a condition this checker does not know: {kind}."), kind=model["kind"]
            )
    secret = list(dict.fromkeys(model["column"] for model in asked["models"]))
    names = [each["name"] for each in asked["columns"]]
    cells = read_cells(path, [*names, *secret])
    ladders = [_ladder(each) for each in asked["columns"]]
    coded = np.array(
        [[find(ladder[0], text, name) for text in cells[name]] for ladder, name in zip(ladders, names, strict=True)],
        np.int64,
    )
    tuples, place, counts = np.unique(coded, axis=1, return_inverse=True, return_counts=True)
    if math.prod(len(ladder[1]) for ladder in ladders) > MOST_NODES:
        raise Unreadable(msg("The certificate has too many combinations of levels."))
    columns = tuple(
        Column(
            each["name"],
            ladder[1],
            ladder[2],
            ladder[3],
            float(each["weight"]),
            int(each["height"]),
            int(each["first_level"]),
            tuples[at],
            ladder[0],
        )
        for at, (each, ladder) in enumerate(zip(asked["columns"], ladders, strict=True))
    )
    rows, limit = coded.shape[1], int(asked["limit"])
    if rows != asked["rows"] or not 0 <= limit <= rows or int(asked["k"]) < 1:
        raise Unreadable(
            msg("The data have {found} rows; the certificate speaks of {stated}."), found=rows, stated=asked["rows"]
        )
    _check_used(asked["columns"], columns)
    secrets = {name: _secret(cells[name], place.ravel()) for name in secret}
    return Question(int(asked["k"]), limit, rows, asked["metric"], tuple(asked["models"]), columns, counts, secrets)


def _check_used(asked: Sequence[dict[str, Any]], columns: Sequence[Column]) -> None:
    """Refuse a ladder without file that has other leaves than the values of the table."""
    for each, column in zip(asked, columns, strict=True):
        if not each["named"] and np.unique(column.values).size != column.leaves:
            raise Unreadable(
                msg("Column {column}: the ladder names values that the data do not have."), column=column.name
            )


def _secret(cells: Sequence[str | None], place: Array) -> tuple[Array, Array, Array, list[str]]:
    """Give tuple, value and rows of each pair, and the values in their order."""
    shown = ["" if text is None else text for text in cells]
    different = sorted(set(shown), key=_in_order(set(shown)))
    number = {text: at for at, text in enumerate(different)}
    pairs, weights = np.unique(np.stack([place, [number[text] for text in shown]]), axis=1, return_counts=True)
    return pairs[0], pairs[1], weights, different


def _in_order(texts: set[str]) -> Any:
    """Numbers by value, anything else as text; empty last."""
    try:
        numbers = {text: float(text) for text in texts if text}
    except ValueError:
        return lambda text: (text == "", text.encode())
    return lambda text: (text == "", numbers.get(text, 0.0))


def _ladder(asked: dict[str, Any]) -> tuple[dict[Any, int], Array, Array, int]:
    """Give the place of each leaf, groups and shares (levels x leaves), and the number of leaves; check that levels nest."""
    rows = asked["rows"]
    lookup: dict[Any, int] = {}
    for at, row in enumerate(rows):
        if len(row) != len(rows[0]) or row[0] in lookup:
            raise Unreadable(msg("Column {column}: the ladder is ragged or names a value twice."), column=asked["name"])
        lookup[row[0]] = at
    numbers = {float(text): at for text, at in lookup.items() if text is not None and _is_number(text)}
    named, empty = bool(asked["named"]), lookup.get(None)
    leaves = len(rows) - (1 if named and empty is not None else 0)
    groups, shares = [], []
    for level in range(1, len(rows[0])):
        first: dict[Any, int] = {}
        groups.append([first.setdefault(row[level], len(first)) for row in rows])
        under: dict[Any, int] = {}
        for at, row in enumerate(rows):
            under[row[level]] = under.get(row[level], 0) + (0 if named and at == empty else 1)
        shares.append([max(under[row[level]], 1) / leaves for row in rows])
    held = np.array(groups)
    for level in range(len(held) - 1):
        if len(set(zip(held[level].tolist(), held[level + 1].tolist(), strict=True))) != len(set(held[level].tolist())):
            raise Unreadable(
                msg("Column {column}: the ladder parts at a level what it joined before."), column=asked["name"]
            )
    return {**numbers, **lookup}, held, np.array(shares), leaves


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def find(lookup: dict[Any, int], text: str | None, column: str) -> int:
    """Give the leaf of a cell: by its text, else by what the text can mean. Raises Unreadable when the ladder does not name it."""
    place = lookup.get(text)
    for reading in readings(text) if place is None and text is not None else ():
        place = lookup.get(reading) if place is None else place
    if place is None:
        raise Unreadable(msg("Column {column}: the ladder does not name {value}."), column=column, value=str(text))
    return place


def readings(text: str) -> list[Any]:
    """Give what a cell can mean beside its text: a number, a word for yes or no, a day written day/month/year."""
    found: list[Any] = []
    number = text.replace(",", ".").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if _is_number(number):
        found.append(float(number))
    found += [word for word, words in _WORDS.items() if text.lower() in words]
    day = _DAY.fullmatch(text)
    if day:
        found.append(f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}")
    return found


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_cells(path: Path, names: Sequence[str]) -> dict[str, list[str | None]]:
    """Read columns of a CSV (`;`, `,` or tab) or Parquet file as text; an empty cell is None. Raises Unreadable."""
    with path.open("rb") as stream:
        is_parquet = stream.read(4) == b"PAR1"
    if is_parquet:
        table = pyarrow.parquet.read_table(path)
        lacking = [name for name in names if name not in table.column_names]
        if not lacking:
            return {name: [_as_text(each) for each in table.column(name).to_pylist()] for name in names}
        raise Unreadable(msg("The data have no column {column}."), column=lacking[0])
    with path.open(encoding="utf-8-sig", newline="") as lines:
        head = lines.readline()
        mark = max(";,\t", key=head.count)
        header = [each.strip() for each in next(csv.reader([head], delimiter=mark))]
        for name in names:
            if name not in header:
                raise Unreadable(msg("The data have no column {column}."), column=name)
        at = {name: header.index(name) for name in names}
        rows = [row for row in csv.reader(lines, delimiter=mark) if row]
    return {name: [row[place].strip() or None for row in rows] for name, place in at.items()}
