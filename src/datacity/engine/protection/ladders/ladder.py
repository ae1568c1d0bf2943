# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every ladder is: a name, named levels, and the SQL that rewrites a column at a level."""

from collections.abc import Callable
from dataclasses import dataclass

from datacity.engine.protection.reading import listed, nearest
from datacity.kernel.errors import Invalid

STAR = "'*'"
TOP = "all"


@dataclass(frozen=True)
class Rewriting:
    """How a column is written at a level.

    sql: a scalar SQL expression over the column, without values from the data.
    join: table expression to join first, or "" (hierarchies of a file are tables).
    """

    sql: str
    join: str = ""


@dataclass(frozen=True)
class Ladder:
    """A ladder ready for one column.

    name: the word of the plan (`date`, `interval`) or the file name of a hierarchy.
    levels: names, from the value itself to `all`; the index is the level.
    rewrite: (column as SQL, level) -> Rewriting.
    domain: number of leaves when the ladder is a finite list, None when the leaves are those of the table.
    """

    name: str
    levels: tuple[str, ...]
    rewrite: Callable[[str, int], Rewriting]
    domain: int | None = None

    def level_of(self, level: int | str, *, column: str) -> int:
        """Give the number of a level named or numbered in a plan; Invalid `protection.level` lists those that exist."""
        if isinstance(level, str) and level in self.levels:
            return self.levels.index(level)
        if isinstance(level, int) and 0 <= level < len(self.levels):
            return level
        close = nearest(level, self.levels) if isinstance(level, str) else ""
        raise Invalid(
            "protection.level",
            "Column {column}: the ladder {ladder} has no level {level}.",
            hint="Did you mean {nearest}? Levels: {levels}." if close else "Levels, from 0: {levels}.",
            field=f"columns.{column}.level",
            column=column,
            ladder=self.name,
            level=level,
            nearest=close,
            levels=listed(self.levels),
        )


def by_level(expressions: tuple[str, ...]) -> Callable[[str, int], Rewriting]:
    """Give a `rewrite` from one SQL template a level; `{column}` stands for the column, the top `*` is added."""

    def rewrite(column: str, level: int) -> Rewriting:
        if level == len(expressions):
            return Rewriting(STAR)
        return Rewriting(expressions[level].replace("{column}", column))

    return rewrite
