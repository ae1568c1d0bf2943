# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Load the compiled loops before they are timed; compile them when nobody has yet.

`python -m datacity.engine.protection.search.warming` fills the cache once, at installation: a page never pays for compiling.
"""

from dataclasses import replace

import numpy as np

from datacity.engine.protection.parts import Metric, Model, ModelKind
from datacity.engine.protection.search.problem import Axis, Problem, Sensitive
from datacity.engine.protection.search.searching import Search

_MODELS = (
    Model(ModelKind.DISTINCT_L, "s", l=2),
    Model(ModelKind.ENTROPY_L, "s", l=1.5),
    Model(ModelKind.RECURSIVE_CL, "s", l=2, c=3.0),
    Model(ModelKind.T_CLOSENESS, "s", t=0.6, distance="equal"),
    Model(ModelKind.T_CLOSENESS, "s", t=0.6, distance="ordered"),
    Model(ModelKind.T_CLOSENESS, "s", t=0.6, distance="hierarchical"),
    Model(ModelKind.ENHANCED_BETA, "s", beta=2.0),
    Model(ModelKind.DELTA_DISCLOSURE, "s", delta=2.0),
)
_TUPLES = 2048


def warm(problem: Problem | None = None) -> None:
    """Load the loops a problem will call, or all of them."""
    if problem is None:
        for limit in (0, 10):
            for models in ((), _MODELS):
                Search(_small(models, limit)).run()
        Search(replace(_small((), 10), metric=Metric.DISCERNIBILITY)).run()
        return
    small = _small(_MODELS if problem.models else (), min(problem.limit, 10))
    Search(replace(small, metric=problem.metric)).run()


def _small(models: tuple[Model, ...], limit: int) -> Problem:
    """Give a table of 2,048 tuples in three columns that takes every turn of the loops."""
    wide = Axis(
        "w",
        np.stack([np.arange(512), np.arange(512) // 64, np.zeros(512, np.int64)]),
        np.stack([np.full(512, 1 / 512), np.full(512, 1 / 8), np.ones(512)]),
        512,
        0,
        2,
    )
    two = Axis("n", np.array([[0, 1], [0, 0]], np.int64), np.array([[0.5, 0.5], [1.0, 1.0]]), 2, 0, 1)
    place = np.arange(_TUPLES)
    tuples = np.stack([place % 512, place // 512 % 2, place // 1024 % 2]).astype(np.int32)
    counts = np.ones(_TUPLES, np.int64)
    sensitive: tuple[Sensitive, ...] = ()
    if models:
        tree = (np.array([0, 0, 1, 0, 0], np.int64), np.array([2, 1], np.int64))
        shares = np.bincount(place % 3) / _TUPLES
        sensitive = (Sensitive("s", np.arange(_TUPLES + 1), (place % 3).astype(np.int32), counts, shares, *tree),)
    return Problem((wide, two, two), tuples, counts, 5, limit, Metric.LOSS_AM, models, sensitive)


if __name__ == "__main__":
    warm()
