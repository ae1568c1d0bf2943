# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search against every node of small lattices, for every condition with every metric."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.protection.parts import Metric, Model, ModelKind
from datacity.engine.protection.search.problem import Axis, Problem, Sensitive
from datacity.engine.protection.search.searching import Found, Search
from tests.engine.protection.search.brute_force import Column, Small, outcome, outcomes

SECRETS = 4
TREE = ((0, 0, 1, 1), (0, 0, 0, 0))


@st.composite
def columns(draw: st.DrawFn) -> Column:
    """Draw a quasi-identifier of up to four values with nested levels."""
    values = draw(st.integers(2, 4))
    groups = [list(range(values))]
    for _ in range(draw(st.integers(0, 2))):
        many = max(groups[-1]) + 1
        joined = draw(st.lists(st.integers(0, max(many - 2, 0)), min_size=many, max_size=many))
        first: dict[int, int] = {}
        groups.append([first.setdefault(joined[group], len(first)) for group in groups[-1]])
    unused = draw(st.integers(0, 2))
    shares = [[level.count(group) / (values + unused) for group in level] for level in groups]
    return Column(groups, shares, values + unused, draw(st.sampled_from([1.0, 1.0, 0.25])))


def models_of(kind: ModelKind) -> st.SearchStrategy[Model]:
    """Draw a condition of a kind."""
    share = st.sampled_from([0.1, 0.2, 1 / 3, 0.5, 0.75])
    drawn = {
        ModelKind.DISTINCT_L: st.builds(Model, st.just(kind), st.just("s"), l=st.integers(1, 4)),
        ModelKind.ENTROPY_L: st.builds(Model, st.just(kind), st.just("s"), l=st.sampled_from([1.0, 1.5, 2.0, 3.0])),
        ModelKind.RECURSIVE_CL: st.builds(
            Model, st.just(kind), st.just("s"), l=st.integers(1, 3), c=st.sampled_from([0.5, 1.0, 2.0, 3.5])
        ),
        ModelKind.T_CLOSENESS: st.builds(
            Model, st.just(kind), st.just("s"), t=share, distance=st.sampled_from(["equal", "ordered", "hierarchical"])
        ),
        ModelKind.ENHANCED_BETA: st.builds(Model, st.just(kind), st.just("s"), beta=st.sampled_from([0.3, 1.0, 2.0])),
        ModelKind.DELTA_DISCLOSURE: st.builds(Model, st.just(kind), st.just("s"), delta=st.sampled_from([0.4, 1.1, 2.3])),
        ModelKind.K_MAP: st.builds(Model, st.just(kind), k=st.integers(1, 8), population=st.just("p.csv")),
        ModelKind.DELTA_PRESENCE: st.builds(
            Model, st.just(kind), population=st.just("p.csv"), delta_min=st.sampled_from([0.0, 0.2]), delta_max=st.sampled_from([0.4, 0.8, 1.0])
        ),
        ModelKind.AVERAGE_RISK: st.builds(Model, st.just(kind), threshold=share),
        ModelKind.SAMPLE_UNIQUENESS: st.builds(Model, st.just(kind), threshold=st.sampled_from([0.0, 0.1, 0.3])),
    }  # fmt: skip
    return drawn[kind]


KINDS = [kind for kind in ModelKind if kind != ModelKind.POPULATION_UNIQUENESS]


@st.composite
def tables(draw: st.DrawFn, metric: Metric, kinds: list[ModelKind]) -> Small:
    """Draw a table of up to thirty rows, with a population around it."""
    held = draw(st.lists(columns(), min_size=1, max_size=3))
    base = st.tuples(*(st.integers(0, len(each.groups[0]) - 1) for each in held))
    rows = draw(st.lists(base, min_size=2, max_size=30))
    secrets = draw(st.lists(st.integers(0, SECRETS - 1), min_size=len(rows), max_size=len(rows)))
    population = Counter(rows) + Counter(draw(st.lists(base, max_size=30)))
    limit = draw(st.sampled_from([0, len(rows) // 10, len(rows) // 3, len(rows)]))
    models = [draw(models_of(kind)) for kind in kinds]
    return Small(held, rows, secrets, population, draw(st.integers(1, 4)), limit, metric, models, TREE)


def problem_of(small: Small) -> Problem:
    """Give the same table as arrays."""
    axes = tuple(
        Axis(
            f"c{place}", np.array(each.groups), np.array(each.shares), each.leaves, 0, len(each.groups) - 1, each.weight
        )
        for place, each in enumerate(small.columns)
    )
    with_people = any(model.population for model in small.models)
    own = Counter(small.rows)
    tuples = sorted(small.population) if with_people else sorted(own)
    counts = np.array([own[each] for each in tuples], np.int64)
    people = np.array([small.population[each] for each in tuples], np.int64) if with_people else None
    sensitive = (_sensitive(small, tuples),) if any(model.column for model in small.models) else ()
    codes = np.array(tuples, np.int32).T.copy()
    return Problem(axes, codes, counts, small.k, small.limit, small.metric, tuple(small.models), sensitive, people)


def _sensitive(small: Small, tuples: list[tuple[int, ...]]) -> Sensitive:
    used = sorted(set(small.secrets))
    pairs = Counter(zip(small.rows, small.secrets, strict=True))
    pointers, values, weights = [0], [], []
    for each in tuples:
        for place, secret in enumerate(used):
            if pairs[each, secret]:
                values.append(place)
                weights.append(pairs[each, secret])
        pointers.append(len(values))
    shares = np.array([small.secrets.count(secret) for secret in used]) / len(small.secrets)
    first = [TREE[0][secret] for secret in used]
    nodes = list(dict.fromkeys(first))
    parents = np.array([nodes.index(node) for node in first] + [0] * len(nodes), np.int64)
    return Sensitive(
        "s",
        np.array(pointers),
        np.array(values, np.int32),
        np.array(weights, np.int64),
        shares,
        parents,
        np.array([len(nodes), 1]),
    )


def check_against_every_node(small: Small) -> Found:
    """Search and compare with the best of all nodes."""
    found = Search(problem_of(small)).run()
    possible = [each for each in outcomes(small).values() if each is not None]
    if not possible:
        assert found.node is None
        return found
    best = min(loss for loss, _ in possible)
    assert found.node is not None
    assert found.loss == pytest.approx(best, rel=1e-9, abs=1e-9)
    mine = outcome(small, found.node)
    assert mine is not None
    assert mine == (pytest.approx(found.loss, rel=1e-9, abs=1e-9), found.suppressed)
    return found


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_search_finds_what_trying_every_node_finds(metric: Metric, kind: ModelKind | None):
    @settings(max_examples=40, deadline=None, database=None)
    @given(small=tables(metric, [kind] if kind else []))
    def compare(small: Small) -> None:
        check_against_every_node(small)

    compare()


@pytest.mark.parametrize("pair", list(pairwise(KINDS)), ids=lambda pair: f"{pair[0]}+{pair[1]}")
def test_search_finds_what_trying_every_node_finds_for_conditions_combined(pair: tuple[ModelKind, ModelKind]):
    @settings(max_examples=40, deadline=None, database=None)
    @given(small=tables(Metric.LOSS_AM, list(pair)))
    def compare(small: Small) -> None:
        check_against_every_node(small)

    compare()
