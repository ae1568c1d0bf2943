# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The plan: what is done to each column, how much risk is accepted, what is counted; read from and written to TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import tomli_w

from datacity.engine.catalogue.description import Role
from datacity.engine.protection.parts import (
    DEFAULT_K,
    DEFAULT_SUPPRESSION_LIMIT,
    Aggregate,
    Cells,
    ColumnPlan,
    Method,
    Metric,
    Model,
)
from datacity.engine.protection.plan_reading import read_parts, refuse_without_method
from datacity.kernel.canonical import fingerprint
from datacity.kernel.errors import Invalid


@dataclass(frozen=True)
class Plan:
    """A plan, complete and consistent in itself; `gate.check_table` holds it against a table.

    k: smallest class of look-alikes that may stay, >= 1 (1 = no condition). suppression_limit: share of rows that may be
    removed, 0 to 1. columns: those the plan speaks of; any other column is insensitive and kept.
    """

    k: int = DEFAULT_K
    suppression_limit: float = DEFAULT_SUPPRESSION_LIMIT
    metric: Metric = Metric.LOSS_AM
    models: tuple[Model, ...] = ()
    columns: Mapping[str, ColumnPlan] = field(default_factory=dict)
    aggregate: Aggregate | None = None
    cells: Cells | None = None

    @classmethod
    def parse(cls, toml_text: str) -> "Plan":
        """Read a plan from TOML.

        Raises Invalid `protection.plan_syntax` with line and column, and everything `from_dict` raises.
        """
        try:
            values = tomllib.loads(toml_text)
        except tomllib.TOMLDecodeError as error:
            raise Invalid(
                "protection.plan_syntax", "The plan is not valid TOML: {why}.", hint="Mend this place.", why=str(error)
            ) from error
        return cls.from_dict(values)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plan":
        """Read a plan from the tables TOML gives.

        Raises Invalid naming the key for an unknown key (with the nearest allowed), a wrong type or range, a contradiction,
        and for what comes later: `protection.noise_later`, `protection.totals_later`.
        """
        return cls(**read_parts(values)._asdict())

    @property
    def quasi_identifiers(self) -> tuple[str, ...]:
        """The columns that together can single a person out, in the order of the plan."""
        return self.with_role(Role.QUASI_IDENTIFIER)

    def with_role(self, role: Role) -> tuple[str, ...]:
        """Give the columns of this role, in the order of the plan."""
        return tuple(name for name, column in self.columns.items() if column.role == role)

    def column(self, name: str) -> ColumnPlan:
        """Give what the plan says of a column, or the default: insensitive and kept."""
        return self.columns.get(name, ColumnPlan())

    def as_dict(self) -> dict[str, Any]:
        """Give the plan as TOML tables, every default written out."""
        privacy = {"k": self.k, "suppression_limit": self.suppression_limit, "metric": self.metric.value}
        models = {"models": [model.as_dict() for model in self.models]} if self.models else {}
        values: dict[str, Any] = {"plan": 1, "privacy": {**privacy, **models}}
        values["columns"] = {name: column.as_dict() for name, column in self.columns.items()}
        if self.aggregate:
            values["aggregate"] = self.aggregate.as_dict()
        if self.cells:
            values["cells"] = self.cells.as_dict()
        return values

    def to_toml(self) -> str:
        """Give the plan as a TOML file that `parse` reads back to an equal plan."""
        return tomli_w.dumps(self.as_dict())

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the plan's canonical form: equal plans, however written, have equal fingerprints."""
        return fingerprint(self.as_dict())

    def require_ready(self) -> None:
        """Raise Invalid `protection.method_missing` for an aggregate counted by a column whose level is left open, naming the ladders there are."""
        refuse_without_method(self.columns, self.aggregate)

    def settled(self, levels: Mapping[str, int]) -> "Plan":
        """Give the plan with the levels a search chose stated for the columns it searched."""
        columns = {
            name: replace(column, method=Method.GENERALISE, level=levels[name], weight=None)
            if column.method == Method.SEARCH and name in levels
            else column
            for name, column in self.columns.items()
        }
        return replace(self, columns=columns)

    def renamed(self, names: Mapping[str, str]) -> "Plan":
        """Give the plan with its columns called by other names (header label → technical name); others stay."""

        def of(name: str) -> str:
            return names.get(name, name)

        aggregate = self.aggregate and replace(
            self.aggregate,
            by=tuple(of(name) for name in self.aggregate.by),
            measures=tuple(replace(each, column=each.column and of(each.column)) for each in self.aggregate.measures),
            unit_column=self.aggregate.unit_column and of(self.aggregate.unit_column),
            weight_column=self.aggregate.weight_column and of(self.aggregate.weight_column),
        )
        return replace(
            self,
            columns={of(name): column for name, column in self.columns.items()},
            models=tuple(replace(model, column=model.column and of(model.column)) for model in self.models),
            aggregate=aggregate,
        )
