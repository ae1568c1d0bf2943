# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Conditions and metrics on the examples of their papers, or on the formula where a paper has no numbers."""

import numpy as np
import pytest

from datacity.engine.protection.parts import Metric, Model, ModelKind
from datacity.engine.protection.search import judging
from datacity.engine.protection.search.checking import Checker
from datacity.engine.protection.search.overall import holds, least_removed
from datacity.engine.protection.search.population import estimated_k
from datacity.engine.protection.search.problem import Axis, Problem, Sensitive
from datacity.engine.protection.search.uniqueness import population_uniqueness


def axis(name: str, levels: list[list[int]], *, leaves: int = 0) -> Axis:
    """Give a column from the groups of its values, level by level."""
    codes = np.array(levels, np.int64)
    total = leaves or codes.shape[1]
    shares = np.array([np.bincount(level)[level] / total for level in codes])
    return Axis(name, codes, shares, total, 0, len(levels) - 1)


def problem(
    axes: list[Axis],
    rows: list[tuple[int, ...]],
    *,
    k: int = 1,
    limit: int = 0,
    metric: Metric = Metric.LOSS_AM,
    models=(),
    secrets=(),
) -> Problem:
    """Give a table, row by row; secrets: the sensitive value of each row."""
    tuples = sorted(set(rows))
    counts = np.array([rows.count(each) for each in tuples], np.int64)
    sensitive = ()
    if secrets:
        pairs = [
            (at, secret)
            for at, each in enumerate(tuples)
            for secret in sorted(set(secrets))
            if (each, secret) in set(zip(rows, secrets, strict=True))
        ]
        weights = [
            sum(row == tuples[at] and mine == secret for row, mine in zip(rows, secrets, strict=True))
            for at, secret in pairs
        ]
        pointers = np.searchsorted([at for at, _ in pairs], range(len(tuples) + 1))
        shares = np.bincount(secrets) / len(secrets)
        sensitive = (
            Sensitive(
                "s",
                pointers.astype(np.int64),
                np.array([each for _, each in pairs], np.int32),
                np.array(weights, np.int64),
                shares,
            ),
        )
    return Problem(tuple(axes), np.array(tuples, np.int32).T.copy(), counts, k, limit, metric, tuple(models), sensitive)


def loss_at(asked: Problem, node: tuple[int, ...]) -> float:
    """Give the loss of one node."""
    checker = Checker(asked)
    return checker.weights.loss_of(checker.check(np.array(node, np.int64)).total)


# Machanavajjhala et al. 2007, figures 1 to 3: twelve patients; heart 0, viral 1, cancer 2.
FIGURE_2 = [0, 0, 1, 1, 2, 0, 1, 1, 2, 2, 2, 2]
FIGURE_3 = [0, 1, 2, 2, 2, 0, 1, 1, 0, 1, 2, 2]
PATIENTS = [(place // 4,) for place in range(12)]


@pytest.mark.parametrize(
    ("secrets", "model", "removed"),
    [
        (FIGURE_2, Model(ModelKind.DISTINCT_L, "s", l=2), 4),  # the class of four cancers
        (FIGURE_2, Model(ModelKind.DISTINCT_L, "s", l=3), 8),
        (FIGURE_3, Model(ModelKind.DISTINCT_L, "s", l=3), 0),
        (FIGURE_3, Model(ModelKind.ENTROPY_L, "s", l=2.8), 0),  # entropy of (1, 1, 2) is log 2.828
        (FIGURE_3, Model(ModelKind.ENTROPY_L, "s", l=2.9), 12),
        (FIGURE_3, Model(ModelKind.RECURSIVE_CL, "s", l=2, c=1.5), 0),  # 2 < 1.5 (1 + 1)
        (FIGURE_3, Model(ModelKind.RECURSIVE_CL, "s", l=2, c=1.0), 12),
        (FIGURE_3, Model(ModelKind.RECURSIVE_CL, "s", l=3, c=2.0), 12),
    ],
)
def test_l_diversity_of_the_inpatient_table(secrets: list[int], model: Model, removed: int):
    zips = Axis("zip", np.arange(3)[None, :], np.full((1, 3), 1 / 3), 3)

    checker = Checker(problem([zips], PATIENTS, k=4, limit=12, models=[model], secrets=secrets))

    assert checker.check(np.array([0])).suppressed == removed


# Li et al. 2007, section 4: salaries of 3 to 11 thousand.
SALARIES = np.full(9, 1 / 9)


@pytest.mark.parametrize(("salaries", "distance"), [((3, 4, 5), 0.375), ((6, 8, 11), 1 / 6)])
def test_ordered_distance_of_the_salary_example(salaries: tuple[int, ...], distance: float):
    count = np.zeros(9, np.int64)
    count[[salary - 3 for salary in salaries]] = 1

    assert judging.ordered_distance(count, 3, SALARIES, 9) == pytest.approx(distance)


@pytest.mark.parametrize(("other", "distance"), [(0, 0.0), (1, 1 / 3), (2, 2 / 3), (3, 1.0)])
def test_hierarchical_distance_of_the_disease_example(other: int, distance: float):
    """Figure 1: flu, bronchitis (respiratory infections), pulmonary embolism (vascular), stomach cancer (digestive)."""
    parents = np.array([0, 0, 1, 2, 0, 0, 1, 0, 0], np.int64)  # groups of diseases, systems, the root
    heights = np.array([3, 2, 1], np.int64)
    flu, whole = np.array([1, 0, 0, 0]), np.eye(4)[other]
    room = [np.zeros(4) for _ in range(3)]

    assert judging.hierarchical_distance(flu, 1, whole, 4, parents, heights, *room) == pytest.approx(distance)


def test_equal_distance_is_half_the_sum_of_differences():
    model = Model(ModelKind.T_CLOSENESS, "s", t=0.3, distance="equal")
    zips = Axis("zip", np.arange(2)[None, :], np.full((1, 2), 0.5), 2)
    secrets = [0, 0, 0, 1, 0, 1, 1, 1]  # q = (1/2, 1/2): both classes are 1/4 away

    near = Checker(problem([zips], [(0,)] * 4 + [(1,)] * 4, limit=8, models=[model], secrets=secrets))
    far = Checker(
        problem(
            [zips],
            [(0,)] * 4 + [(1,)] * 4,
            limit=8,
            models=[Model(ModelKind.T_CLOSENESS, "s", t=0.24, distance="equal")],
            secrets=secrets,
        )
    )

    assert (near.check(np.array([0])).suppressed, far.check(np.array([0])).suppressed) == (0, 8)


@pytest.mark.parametrize(
    ("kind", "number", "holds"),
    [
        (judging.BETA, 1.0, True),  # share 0.4 of a value of 0.2: gain 1
        (judging.BETA, 0.9, False),
        (judging.BETA, 9.0, True),  # -ln 0.2 = 1.609 is the cap
        (judging.DELTA, 1.01, True),  # one bit
        (judging.DELTA, 1.0, False),  # strictly less
    ],
)
def test_gain_of_belief_in_one_value_is_bounded(kind: int, number: float, holds: bool):
    """Cao and Karras 2012, definition 3; Brickell and Shmatikov 2008, definition 4."""
    count, shares = np.array([4, 6]), np.array([0.2, 0.8])

    assert judging.cap_holds(np.array([0, 1]), 2, count, 10, shares, number, kind) == holds


def test_gain_is_capped_for_frequent_values():
    """Cao and Karras 2012, section 4.2: however large beta, a value of share q may not become certain: (1 - q) / q > -ln q."""
    assert not judging.cap_holds(np.array([0]), 1, np.array([5, 0]), 5, np.array([0.6, 0.4]), 1000.0, judging.BETA)


def test_k_anonymity_of_the_published_table():
    """Sweeney 2002 (k-anonymity), figure 2: race, year of birth, sex, postal code to four digits; k = 2."""
    rows = [(0, 0, 0, 0)] * 2 + [(0, 0, 1, 1)] * 2 + [(0, 1, 1, 1)] * 2 + [(1, 1, 0, 1)] * 3 + [(1, 2, 0, 1)] * 2
    axes = [Axis("abcd"[place], np.arange(3)[None, :], np.full((1, 3), 1 / 3), 3) for place in range(4)]

    two, three = (Checker(problem(axes, rows, k=k, limit=11)).check(np.zeros(4, np.int64)).suppressed for k in (2, 3))

    assert (two, three) == (0, 8)


@pytest.mark.parametrize(
    ("node", "precision"), [((0, 0), 1.0), ((1, 0), 0.5), ((0, 1), 0.75), ((0, 2), 0.5), ((1, 1), 0.25), ((1, 2), 0.0)]
)
def test_precision_of_generalised_tables(node: tuple[int, int], precision: float):
    """Sweeney 2002 (generalization and suppression), example 3: heights 1 (ethnicity) and 2 (postal code); Prec = 1 - loss."""
    ethnicity, code = axis("e", [[0, 1], [0, 0]]), axis("z", [[0, 1, 2, 3], [0, 0, 1, 1], [0, 0, 0, 0]])
    rows = [(i % 2, i % 4) for i in range(12)]

    assert 1 - loss_at(problem([ethnicity, code], rows, metric=Metric.PRECISION), node) == pytest.approx(precision)


def test_loss_of_a_category_is_its_leaves_less_one_over_all_less_one():
    """Iyengar 2002, section 2: (M_p - 1) / (M - 1), averaged over rows and columns; a removed entry costs 1."""
    column = axis("marital", [[0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1, 1], [0] * 7])
    rows = [(0,)] * 3 + [(4,)] * 5

    assert loss_at(problem([column], rows), (1,)) == pytest.approx((3 * 2 / 6 + 5 * 3 / 6) / 8)
    assert loss_at(problem([column], rows, k=4, limit=8), (1,)) == pytest.approx((3 * 1 + 5 * 3 / 6) / 8)
    assert loss_at(problem([column], rows, metric=Metric.LOSS_GM), (1,)) == pytest.approx(
        loss_at(problem([column], rows), (1,))
    )


def test_entropy_is_the_bits_hidden_in_each_cell():
    """De Waal and Willenborg 1999: - sum log2 of the frequency of the value within its category."""
    column = axis("c", [[0, 1, 2], [0, 0, 1], [0, 0, 0]])
    rows = [(0,)] * 2 + [(1,)] * 2 + [(2,)] * 4

    asked = problem([column], rows, metric=Metric.ENTROPY)

    assert [loss_at(asked, (level,)) for level in range(3)] == pytest.approx([0.0, 4.0, 4 * 2 + 4 * 1.0])


@pytest.mark.parametrize(("metric", "loss"), [(Metric.DISCERNIBILITY, 9 + 16 + 1 * 8), (Metric.CLASS_SIZE, 8 / 3)])
def test_metrics_that_count_classes(metric: Metric, loss: float):
    """Bayardo and Agrawal 2005, section 3: squares, and |D| a removed row; LeFevre et al. 2005, section 4: rows / classes."""
    column = axis("c", [[0, 1, 2], [0, 0, 0]])
    rows = [(0,)] * 3 + [(1,)] * 4 + [(2,)]

    assert loss_at(problem([column], rows, k=2, limit=8, metric=metric), (0,)) == pytest.approx(loss)


def test_average_risk_and_uniques_of_a_table():
    """El Emam 2013: average risk = classes / rows; Skinner and Elliot 2002: rows alone / rows."""
    sizes = np.array([1, 1, 2, 4])
    risk, alone = Model(ModelKind.AVERAGE_RISK, threshold=0.5), Model(ModelKind.SAMPLE_UNIQUENESS, threshold=0.25)

    assert (holds(risk, sizes), holds(alone, sizes)) == (True, True)
    assert (
        holds(Model(ModelKind.AVERAGE_RISK, threshold=0.49), sizes),
        holds(Model(ModelKind.SAMPLE_UNIQUENESS, threshold=0.2), sizes),
    ) == (False, False)
    asked = problem([axis("c", [[0, 1]])], [(0,)] * 8)
    assert least_removed([Model(ModelKind.AVERAGE_RISK, threshold=0.34)], sizes, asked) == 2


def test_population_uniques_of_a_whole_population_are_its_uniques():
    """Zayatz 1991: when everybody is in the sample, who is alone there is alone."""
    assert population_uniqueness(np.array([1, 1, 2, 4]), 8) == pytest.approx(2 / 8)
    assert population_uniqueness(np.array([2, 2, 4]), 80) == 0
    assert 0 < population_uniqueness(np.array([1, 1, 2, 4]), 80) < 2 / 8


def test_k_map_of_a_population_known_by_its_size():
    """El Emam and Dankar 2008: with a small share of the population, smaller classes do; never more than k."""
    sizes = [
        estimated_k(Model(ModelKind.K_MAP, k=10, population_size=size), 1000) for size in (1000, 10_000, 1_000_000)
    ]

    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (10, 2)
