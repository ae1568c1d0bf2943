# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The parts of a plan: what is done to a column, a condition on sensitive values, an aggregate, a threshold."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from datacity.engine.catalogue.description import Role

MAXIMUM_K = 1_000_000
DEFAULT_K = 5
DEFAULT_SUPPRESSION_LIMIT = 0.05


class Method(StrEnum):
    """What is done to a column."""

    KEEP = "keep"
    DROP = "drop"
    MASK = "mask"
    GENERALISE = "generalise"
    SEARCH = "search"


class Metric(StrEnum):
    """How lost information is counted; `protection.loss` gives the formulas."""

    LOSS_AM = "loss_am"
    LOSS_GM = "loss_gm"
    ENTROPY = "entropy"
    PRECISION = "precision"
    DISCERNIBILITY = "discernibility"
    CLASS_SIZE = "class_size"


class ModelKind(StrEnum):
    """What else than its size a class of look-alikes must have; `protection.models` gives the formulas."""

    DISTINCT_L = "distinct_l"
    ENTROPY_L = "entropy_l"
    RECURSIVE_CL = "recursive_cl"
    T_CLOSENESS = "t_closeness"
    DELTA_DISCLOSURE = "delta_disclosure"
    ENHANCED_BETA = "enhanced_beta"
    K_MAP = "k_map"
    DELTA_PRESENCE = "delta_presence"
    AVERAGE_RISK = "average_risk"
    SAMPLE_UNIQUENESS = "sample_uniqueness"
    POPULATION_UNIQUENESS = "population_uniqueness"


class Function(StrEnum):
    """How an aggregate sums up its rows."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"


@dataclass(frozen=True)
class Model:
    """A condition on the sensitive values of each class, on its rows in a population, or on the table as a whole.

    column: the sensitive column, where the condition has one. l: >= 1 (a whole number for distinct and recursive), c: > 0, t: 0 to 1,
    distance: of t-closeness (equal, ordered, hierarchical), hierarchy: its tree, a CSV file. delta, beta: > 0. k: of k-map. population: CSV file
    of the population, or population_size: its number of rows; significance: of the estimate from it. delta_min, delta_max: of
    delta-presence. threshold: share, 0 to 1, of the conditions on the whole table.
    """

    kind: ModelKind
    column: str | None = None
    l: float | None = None  # noqa: E741 -- the letter of the literature and of the plan
    c: float | None = None
    t: float | None = None
    distance: str | None = None
    hierarchy: str | None = None
    delta: float | None = None
    beta: float | None = None
    k: int | None = None
    population: str | None = None
    population_size: int | None = None
    significance: float | None = None
    delta_min: float | None = None
    delta_max: float | None = None
    threshold: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the model as the plan writes it."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _without_none({**values, "kind": self.kind.value})


@dataclass(frozen=True)
class ColumnPlan:
    """What is done to one column.

    method: None only for a quasi-identifier whose method is still to be decided (such a plan measures risk, it protects nothing).
    level: number (0 = as it is) or name of a level of the ladder. hierarchy: `file.csv` or a built-in ladder; None = the one of
    the column's type. width, origin, bounds: of the ladder `interval`; lengths: of `prefix`. keep_first, keep_last: characters
    that a mask leaves. weight: of the column in the loss, 0 to 1, None = 0.5.
    """

    role: Role = Role.INSENSITIVE
    method: Method | None = Method.KEEP
    level: int | str | None = None
    hierarchy: str | None = None
    width: float | None = None
    origin: float | None = None
    bounds: tuple[float, ...] | None = None
    lengths: tuple[int, ...] | None = None
    keep_first: int | None = None
    keep_last: int | None = None
    weight: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the section of the column as the plan writes it, defaults included."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("bounds", "lengths"):
            values[name] = list(values[name]) if values[name] is not None else None
        return _without_none(
            {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}
        )


@dataclass(frozen=True)
class Measure:
    """One figure of an aggregate: its name, function, column (none for `count`) and unit ("kWh")."""

    name: str
    function: Function
    column: str | None = None
    unit: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the measure as the plan writes it."""
        return _without_none(
            {"name": self.name, "function": self.function.value, "column": self.column, "unit": self.unit}
        )


@dataclass(frozen=True)
class Aggregate:
    """Rows summed up: one row for each combination of the `by` columns, written as the plan says for each.

    unit_column: names the household, enterprise or person behind a row; None = each row is one unit.
    weight_column: how many units a row stands for (a whole number); None = one. Not both.
    """

    by: tuple[str, ...]
    measures: tuple[Measure, ...]
    unit_column: str | None = None
    weight_column: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the section as the plan writes it."""
        measures = [measure.as_dict() for measure in self.measures]
        values = {
            "by": list(self.by),
            "unit_column": self.unit_column,
            "weight_column": self.weight_column,
            "measures": measures,
        }
        return _without_none(values)


@dataclass(frozen=True)
class Cells:
    """Which cells of an aggregate stay hidden.

    profile: name of a threshold profile, kept for the reader; minimum_contributors: units, >= 1;
    maximum_share: a cell where one unit makes up this share or more is hidden (0 to 1; 1 = only one unit has anything).
    """

    profile: str | None
    minimum_contributors: int
    maximum_share: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the section as the plan writes it, with the resolved numbers."""
        return _without_none({name: getattr(self, name) for name in self.__dataclass_fields__})


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
