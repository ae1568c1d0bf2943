# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One attack with its outcome, and the few queries all attacks share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.sources.duck import identifier


@dataclass(frozen=True)
class Attempt:
    """One attack and its outcome.

    attacker, evidence: English sentences with places, keys of their translation; values fill the evidence and hold counts only.
    tried, succeeded: rows, classes or cells. share: succeeded / tried, 0 to 1 (0 when nothing was tried).
    column: the sensitive column attacked. baseline: share of right guesses without the table's help.
    informs: it tells something to weigh, and is no failure of the plan by itself.
    """

    name: str
    attacker: str
    tried: int
    succeeded: int
    share: float
    evidence: str
    values: Mapping[str, int] = field(default_factory=dict)
    column: str | None = None
    baseline: float | None = None
    informs: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "values": dict(self.values)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Attempt":
        """Read what `as_dict` gave."""
        return cls(**values)


def attempt(
    name: str,
    attacker: str,
    *,
    tried: int,
    succeeded: int,
    evidence: str,
    column: str | None = None,
    baseline: float | None = None,
    informs: bool = False,
    **values: int,
) -> Attempt:
    """Give the attempt with its share; the other keywords fill the evidence."""
    share = succeeded / tried if tried else 0.0
    return Attempt(name, attacker, tried, succeeded, share, evidence, values, column, baseline, informs)


def numbers(connection: DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """Give the one row of a query as whole numbers, an empty cell as 0."""
    row = connection.execute(query).fetchone()
    return tuple(int(value or 0) for value in row or ())


def same_text(left: str, right: str, names: Sequence[str]) -> str:
    """Give the condition that two rows agree on these columns, compared as text; an empty cell equals an empty cell."""
    pairs = [(f"{left}.{identifier(name)}::VARCHAR", f"{right}.{identifier(name)}::VARCHAR") for name in names]
    return " AND ".join(f"{one} IS NOT DISTINCT FROM {other}" for one, other in pairs)
