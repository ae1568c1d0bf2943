# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every node of a small lattice, counted row by row from the definitions; shares no code with the search."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from datacity.engine.protection.parts import Metric, Model, ModelKind

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Column:
    """A quasi-identifier: for each level the group of each value, the share of leaves of each value's group."""

    groups: Sequence[Sequence[int]]
    shares: Sequence[Sequence[float]]
    leaves: int
    weight: float = 1.0


@dataclass(frozen=True)
class Small:
    """A small table: base values of each row, its sensitive value, its inhabitants (rows of the same tuple in the population)."""

    columns: Sequence[Column]
    rows: Sequence[tuple[int, ...]]
    secrets: Sequence[int]
    population: Counter[tuple[int, ...]]
    k: int
    limit: int
    metric: Metric
    models: Sequence[Model]
    tree: Sequence[Sequence[int]] = ()


Node = tuple[int, ...]


def outcomes(small: Small) -> dict[Node, tuple[float, int] | None]:
    """Give loss and removed rows of every node, None where too many would go."""
    return {node: outcome(small, node) for node in product(*(range(len(each.groups)) for each in small.columns))}


def outcome(small: Small, node: Node) -> tuple[float, int] | None:
    """Give loss and removed rows of one node."""
    classes = classes_at(small, node)
    everybody: Counter[Node] = Counter()
    for base, many in small.population.items():
        everybody[published(small, base, node)] += many
    low = max((model.delta_min or 0 for model in small.models if model.kind == ModelKind.DELTA_PRESENCE), default=0)
    if low > 0 and any(key not in classes for key in everybody):
        return None
    kept = {
        key: rows
        for key, rows in classes.items()
        if len(rows) >= small.k and all(holds(small, model, rows, everybody[key]) for model in small.models)
    }
    whole = all(len(set(each.groups[level])) == 1 for each, level in zip(small.columns, node, strict=True))
    if not whole:
        kept = without_smallest(small, node, kept)
    removed = len(small.rows) - sum(len(rows) for rows in kept.values())
    return None if removed > small.limit else (loss(small, node, kept), removed)


def published(small: Small, base: tuple[int, ...], node: Node) -> Node:
    """Give what a tuple shows at a node."""
    return tuple(each.groups[level][value] for each, level, value in zip(small.columns, node, base, strict=True))


def classes_at(small: Small, node: Node) -> dict[Node, list[int]]:
    """Give the rows of each class."""
    classes: dict[Node, list[int]] = defaultdict(list)
    for row, base in enumerate(small.rows):
        classes[published(small, base, node)].append(row)
    return classes


def holds(small: Small, model: Model, rows: Sequence[int], everybody: int) -> bool:  # noqa: PLR0911 -- one a condition
    """Tell whether a class satisfies a condition on single classes."""
    counts = Counter(small.secrets[row] for row in rows)
    whole, n, total = Counter(small.secrets), len(rows), len(small.rows)
    p, q = ({value: counts[value] / n for value in whole}, {value: many / total for value, many in whole.items()})
    falling = sorted(counts.values(), reverse=True)
    match model.kind:
        case ModelKind.DISTINCT_L:
            return len(counts) >= (model.l or 0)
        case ModelKind.ENTROPY_L:
            return -sum(each * math.log(each) for each in p.values() if each) >= math.log(model.l or 1) - TOLERANCE
        case ModelKind.RECURSIVE_CL:
            return falling[0] < (model.c or 0) * sum(falling[int(model.l or 1) - 1 :])
        case ModelKind.T_CLOSENESS:
            return distance(small, model, p, q) <= (model.t or 0) + TOLERANCE
        case ModelKind.ENHANCED_BETA:
            return all((p[v] - q[v]) / q[v] <= min(model.beta or 0, -math.log(q[v])) + TOLERANCE for v in counts)
        case ModelKind.DELTA_DISCLOSURE:
            return all(abs(math.log2(p[v] / q[v])) < (model.delta or 0) - TOLERANCE for v in counts)
        case ModelKind.K_MAP:
            return everybody >= (model.k or 1)
        case ModelKind.DELTA_PRESENCE:
            high = 1 if model.delta_max is None else model.delta_max
            return (model.delta_min or 0) - 1e-12 <= n / everybody <= high + 1e-12
        case _:
            return True


def distance(small: Small, model: Model, p: dict[int, float], q: dict[int, float]) -> float:
    """Give the earth mover's distance of two distributions."""
    values = sorted(q)
    if model.distance == "ordered":
        moved = [abs(sum(p[w] - q[w] for w in values if w <= v)) for v in values]
        return sum(moved) / (len(values) - 1) if len(values) > 1 else 0.0
    if model.distance == "hierarchical":
        return tree_distance(small, p, q)
    return sum(abs(p[v] - q[v]) for v in values) / 2


def tree_distance(small: Small, p: dict[int, float], q: dict[int, float]) -> float:
    """Give the distance over the tree: what every inner node moves between its children, by its height."""
    extra = {(0, v): p[v] - q[v] for v in q}
    height, cost = len(small.tree), 0.0
    for level, above in enumerate(small.tree, start=1):
        children = defaultdict(set)
        for v in q:
            below = v if level == 1 else small.tree[level - 2][v]
            children[above[v]].add((level - 1, below))
        for node, nodes in children.items():
            rising = sum(max(extra[each], 0) for each in nodes)
            falling = sum(max(-extra[each], 0) for each in nodes)
            cost += level / height * min(rising, falling)
            extra[level, node] = rising - falling
    return cost


def without_smallest(small: Small, node: Node, kept: dict[Node, list[int]]) -> dict[Node, list[int]]:
    """Remove the smallest classes until the conditions on the whole table hold."""
    order = sorted(
        kept, key=lambda key: (len(kept[key]), class_loss(small, node, kept[key]), small_tuple(small, kept[key]))
    )
    gone = 0
    for model in small.models:
        if model.kind in {ModelKind.AVERAGE_RISK, ModelKind.SAMPLE_UNIQUENESS}:
            while not table_holds(model, [len(kept[key]) for key in order[gone:]]):
                gone += 1
    return {key: kept[key] for key in order[gone:]}


def small_tuple(small: Small, rows: Sequence[int]) -> tuple[int, ...]:
    """Give the first tuple of a class in the order of values."""
    return min(small.rows[row] for row in rows)


def class_loss(small: Small, node: Node, rows: Sequence[int]) -> float:
    """Give what a class of rows loses, for the order of equal classes."""
    if small.metric not in {Metric.LOSS_AM, Metric.LOSS_GM}:
        return 0.0
    top = max(each.weight for each in small.columns) or 1
    shares = [
        len(rows) * each.shares[level][small.rows[rows[0]][place]] * each.weight / top
        for place, (each, level) in enumerate(zip(small.columns, node, strict=True))
    ]
    mean = sum(shares) if small.metric == Metric.LOSS_AM else sum(math.log1p(each) for each in shares)
    return round(mean, 9)


def table_holds(model: Model, sizes: Sequence[int]) -> bool:
    """Tell whether classes of these sizes satisfy a condition on the table."""
    rows = sum(sizes)
    if not rows:
        return True
    measured = len(sizes) if model.kind == ModelKind.AVERAGE_RISK else sizes.count(1)
    return measured / rows <= (model.threshold or 0) + 1e-12


def loss(small: Small, node: Node, kept: dict[Node, list[int]]) -> float:
    """Give the loss by the plan's metric."""
    total, staying = len(small.rows), {row for rows in kept.values() for row in rows}
    removed = total - len(staying)
    if small.metric == Metric.DISCERNIBILITY:
        return float(sum(len(rows) ** 2 for rows in kept.values()) + total * removed)
    if small.metric == Metric.CLASS_SIZE:
        return total / (len(kept) + (1 if removed else 0))
    top = max(each.weight for each in small.columns) or 1
    losses = []
    for place, (each, level) in enumerate(zip(small.columns, node, strict=True)):
        values = [base[place] for base in small.rows]
        if small.metric == Metric.ENTROPY:
            losses.append(bits(each.groups[level], values, staying))
        elif small.metric == Metric.PRECISION:
            height = len(each.groups) - 1
            losses.append((len(staying) * (level / height if height else 0) + removed) / total)
        else:
            lost = sum(each.shares[level][value] if row in staying else 1 for row, value in enumerate(values))
            losses.append((lost - total / each.leaves) / (total - total / each.leaves))
    weighted = [(each.weight / top if top else 1) * value for each, value in zip(small.columns, losses, strict=True)]
    if small.metric == Metric.ENTROPY:
        return sum(weighted)
    if small.metric == Metric.LOSS_GM:
        return math.prod((1 + each) ** (1 / len(weighted)) for each in weighted) - 1
    return sum(weighted) / len(weighted)


def bits(groups: Sequence[int], values: Sequence[int], staying: set[int]) -> float:
    """Give the non-uniform entropy of a column: bits of each cell within its group, and of the removed rows' groups."""
    base, grouped = Counter(values), Counter(groups[value] for value in values)
    lost = -sum(math.log2(base[value] / grouped[groups[value]]) for value in values)
    gone = Counter(groups[value] for row, value in enumerate(values) if row not in staying)
    removed = sum(gone.values())
    return lost - sum(many * math.log2(many / removed) for many in gone.values())
