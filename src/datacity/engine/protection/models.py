# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Classes of look-alikes, and which of them fail: too small, or too telling about a sensitive column.

A class is the set of rows that agree on every published quasi-identifier. All conditions look at one class
at a time (t-closeness also at the whole table before removal), so that removing failing classes leaves the
others as they were.
"""

from collections.abc import Sequence

from datacity.engine.protection.parts import Model, ModelKind
from datacity.engine.sources.duck import identifier

TOLERANCE = 1e-9
IN_SQL = frozenset({ModelKind.DISTINCT_L, ModelKind.ENTROPY_L, ModelKind.RECURSIVE_CL, ModelKind.T_CLOSENESS})
"""The conditions counted here (t-closeness with equal distance); the search counts all."""


def listed_columns(names: Sequence[str]) -> str:
    """Give the columns quoted and separated by commas."""
    return ", ".join(identifier(name) for name in names)


def same_class(left: str, right: str, names: Sequence[str]) -> str:
    """Give the condition that two rows agree on these columns; an empty cell equals an empty cell."""
    return " AND ".join(f"{left}.{identifier(name)} IS NOT DISTINCT FROM {right}.{identifier(name)}" for name in names)


def failing_classes(view: str, quasi_identifiers: Sequence[str], *, k: int, models: Sequence[Model]) -> str:
    """Give the SELECT of the classes of `view` that fail: the quasi-identifiers and `n`, the rows of the class.

    Source: k-anonymity, Sweeney 2002; l-diversity (distinct, entropy, recursive), Machanavajjhala et al. 2007,
    definitions 3.1-3.3; t-closeness with equal distance, Li et al. 2007, section 4.1.
    """
    keys = listed_columns(quasi_identifiers)
    parts = [f"SELECT {keys}, count(*) AS n FROM {view} GROUP BY {keys} HAVING count(*) < {k:d}"]
    parts += [_failing(view, keys, model) for model in models]
    union = " UNION ".join(parts)
    return union if len(parts) == 1 else f"SELECT DISTINCT * FROM ({union})"


def _failing(view: str, keys: str, model: Model) -> str:
    value = identifier(model.column or "")
    counted = f"SELECT {keys}, {value} AS value_, count(*) AS c FROM {view} GROUP BY ALL"
    if model.kind == ModelKind.T_CLOSENESS:
        return _failing_t(view, keys, value, model.t or 0.0)
    return f"SELECT {keys}, sum(c)::BIGINT AS n FROM ({counted}) GROUP BY {keys} HAVING {_too_telling(model)}"


def _too_telling(model: Model) -> str:
    limit = model.l or 1
    if model.kind == ModelKind.DISTINCT_L:
        return f"count(*) < {int(limit):d}"
    if model.kind == ModelKind.ENTROPY_L:
        return f"ln(sum(c)) - sum(c * ln(c)) / sum(c) < ln({float(limit)!r}) - {TOLERANCE!r}"
    # recursive (c, l): r1 < c (r_l + … + r_m), the counts of the values from the most frequent on
    tail = f"coalesce(list_sum(list_reverse_sort(list(c))[{int(limit):d}:]), 0)"
    return f"NOT max(c) < {float(model.c or 1)!r} * {tail}"


def _failing_t(view: str, keys: str, value: str, t: float) -> str:
    """Half the sum of |p - q| over all values; those absent from the class add their q."""
    counted = f"SELECT {keys}, {value} AS value_, count(*) AS c FROM {view} GROUP BY ALL"
    overall = f"SELECT value_, v / sum(v) OVER () AS q FROM (SELECT {value} AS value_, count(*) AS v FROM {view} GROUP BY {value})"
    joined = (
        f"SELECT counted.*, sum(c) OVER (PARTITION BY {keys}) AS n, q FROM ({counted}) AS counted"
        f" JOIN ({overall}) AS overall ON counted.value_ IS NOT DISTINCT FROM overall.value_"
    )
    distance = "(sum(abs(c / n - q)) + 1 - sum(q)) / 2"
    return (
        f"SELECT {keys}, any_value(n)::BIGINT AS n FROM ({joined})"
        f" GROUP BY {keys} HAVING {distance} > {t!r} + {TOLERANCE!r}"
    )
