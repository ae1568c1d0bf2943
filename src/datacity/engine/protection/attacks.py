# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The platform tries to break its own result, with the raw table as the attacker's best knowledge.

Rows
    linkage       for each raw row: write its quasi-identifiers as the plan does; look them up in the protected table;
                  success when exactly one raw row and one protected row carry them.
    homogeneity   for each sensitive column: find the classes that show one value only; success for each raw row that leads
                  to such a class, since its value is then certain without recognising the row.
    singling_out  for each protected row: success when no other row has the same published values, all columns taken.
    differencing  for each class: success when its size differs by one from an earlier version.
Cells
    lone_unit     for each published cell: success when one unit alone stands behind it.
    dominance     for each published sum or mean: success when one unit makes up the profile's share (else 85 %) or more.
    known_total   for each hidden cell: success when it is the only one, so that a total known elsewhere gives it away.
    differencing  for each cell of both: success when its count differs by one from an earlier version.
Evidence holds counts only, never a value of a row. Source: WP29 opinion 05/2014 (singling out, linkability, inference);
Machanavajjhala et al. 2007 (homogeneity); Hundepool et al. 2012, ch. 4 (dominance, differencing).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.protection.bench import bench
from datacity.engine.protection.binding import Binding, bind, open_source, prepare, types_of
from datacity.engine.protection.cell_attacks import attack_cells
from datacity.engine.protection.models import listed_columns
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.tries import Attempt, attempt, numbers, same_text
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid
from datacity.kernel.progress import Tell, silent
from datacity.kernel.words import msg


@dataclass(frozen=True)
class AttackReport:
    """All attempts on a protected table, in a fixed order."""

    attempts: tuple[Attempt, ...] = field(default_factory=tuple)

    @property
    def succeeded(self) -> int:
        """How many attempts had at least one success, those that only inform (`singling_out`, `known_total`) apart."""
        return sum(1 for each in self.attempts if each.succeeded and not each.informs)

    def as_dict(self) -> dict[str, Any]:
        """Give the attempts as JSON values."""
        return {"attempts": [each.as_dict() for each in self.attempts]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "AttackReport":
        """Read what `as_dict` gave."""
        return cls(tuple(Attempt.from_dict(each) for each in values["attempts"]))


def attack(
    raw: Path,
    protected: Path,
    plan: Plan,
    *,
    previous: Sequence[Path] = (),
    hierarchies: Path | None = None,
    progress: Tell = silent,
) -> AttackReport:
    """Try every attack of the module on `protected`, made from `raw` under `plan`.

    raw: the typed table, n rows. protected: what `protect` made of it (or any table with the same columns, to see what an
    unprotected one would give). previous: earlier published versions, all taken as known to the attacker. progress: told the
    attempts made and all.
    Raises Invalid `protection.no_columns` when `protected` lacks the columns the plan publishes, and what binding refuses.
    """
    plan.require_ready()
    with bench() as connection:
        open_source(connection, raw)
        open_source(connection, protected, view="published")
        for place, path in enumerate(previous):
            open_source(connection, path, view=f"previous{place}")
        binding = bind(connection, plan, hierarchies=hierarchies)
        prepare(connection, binding)
        if plan.aggregate:
            return AttackReport(attack_cells(connection, binding, plan.aggregate, versions=len(previous)))
        return AttackReport(_attack_rows(connection, binding, versions=len(previous), tell=progress))


def _attack_rows(connection: DuckDBPyConnection, binding: Binding, *, versions: int, tell: Tell) -> tuple[Attempt, ...]:
    quasi, published = binding.quasi_identifiers, types_of(connection, "published")
    lacking = [name for name in (*quasi, *binding.sensitive) if name not in published]
    if lacking:
        raise Invalid(
            "protection.no_column_to_attack",
            "The protected table has no column {column}, which the plan publishes.",
            hint="Attack the table this plan made.",
            column=lacking[0],
        )
    if not quasi:
        return (_no_linkage(connection),)
    makers: list[Callable[[], Attempt]] = [
        lambda: _linkage(connection, quasi),
        *(partial(_homogeneity, connection, quasi, column) for column in binding.sensitive),
        lambda: _singling_out(connection, tuple(published)),
    ]
    if versions:
        makers.append(lambda: _differencing(connection, quasi, versions))
    _write_known(connection, binding)
    attempts: list[Attempt] = []
    for make in makers:
        tell(len(attempts) + 1, len(makers) + 1)
        attempts.append(make())
    return tuple(attempts)


def _no_linkage(connection: DuckDBPyConnection) -> Attempt:
    (rows,) = numbers(connection, "SELECT count(*) FROM source")
    return attempt(
        "linkage",
        msg("Someone who holds the raw table."),
        tried=0,
        succeeded=0,
        evidence=msg("The plan names no quasi-identifier: no column of the {rows} rows is taken to point at persons."),
        rows=rows,
    )


def _write_known(connection: DuckDBPyConnection, binding: Binding) -> None:
    """Make `known`: what the attacker knows of every raw row, column by column in the form the published table uses.

    A column whose published values are those of the raw table, not those the plan would write, is taken raw.
    """
    quasi = binding.quasi_identifiers
    connection.execute(f"CREATE TEMP TABLE known AS {binding.rewritten(quasi)}")
    raw = [name for name in quasi if _is_raw(connection, name)]
    if not raw:
        return
    kept = ", ".join(f"source.{identifier(name)} AS {identifier(name)}" for name in raw)
    others = tuple(name for name in quasi if name not in raw)
    query = binding.rewritten(others, extra=kept) if others else f"SELECT {kept} FROM source"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE known AS {query}")


def _is_raw(connection: DuckDBPyConnection, name: str) -> bool:
    missed = _strange(connection, name, "known")
    return missed > 0 and missed > _strange(connection, name, "source")


def _strange(connection: DuckDBPyConnection, name: str, view: str) -> int:
    """Count the different published values that the view does not have."""
    values = [f"SELECT DISTINCT {identifier(name)} AS v FROM {each}" for each in ("published", view)]
    shown = [f"SELECT v::VARCHAR FROM ({each}) WHERE v IS NOT NULL" for each in values]
    return numbers(connection, f"SELECT count(*) FROM ({shown[0]} EXCEPT {shown[1]})")[0]


def _linkage(connection: DuckDBPyConnection, quasi: Sequence[str]) -> Attempt:
    keys = listed_columns(quasi)
    connection.execute(
        f"CREATE TEMP TABLE linked AS SELECT a.n AS known_rows, coalesce(b.n, 0) AS found_rows FROM"
        f" (SELECT {keys}, count(*) AS n FROM known GROUP BY {keys}) AS a LEFT JOIN"
        f" (SELECT {keys}, count(*) AS n FROM published GROUP BY {keys}) AS b ON {same_text('a', 'b', quasi)}"
    )
    tried, succeeded, found, smallest = numbers(
        connection,
        "SELECT sum(known_rows), count(*) FILTER (known_rows = 1 AND found_rows = 1),"
        " sum(known_rows) FILTER (found_rows > 0), min(found_rows) FILTER (found_rows > 0) FROM linked",
    )
    return attempt(
        "linkage",
        msg("Someone who knows the quasi-identifiers of every person in the raw table, exactly."),
        tried=tried,
        succeeded=succeeded,
        evidence=msg(
            "{found} of {rows} raw rows lead to a class of the published table; the smallest class has {smallest} rows."
        ),
        found=found,
        rows=tried,
        smallest=smallest,
    )


def _homogeneity(connection: DuckDBPyConnection, quasi: Sequence[str], column: str) -> Attempt:
    keys, value = listed_columns(quasi), identifier(column)
    classes = f"SELECT {keys}, count(DISTINCT {value}) + count(DISTINCT {value} IS NULL) FILTER ({value} IS NULL) AS values_, count(*) AS n FROM published GROUP BY {keys}"
    known = f"SELECT {keys}, count(*) AS n FROM known GROUP BY {keys}"
    tried, succeeded, certain = numbers(
        connection,
        f"SELECT sum(a.n), sum(a.n) FILTER (b.values_ = 1), count(*) FILTER (b.values_ = 1)"
        f" FROM ({known}) AS a JOIN ({classes}) AS b ON {same_text('a', 'b', quasi)}",
    )
    usual, rows = numbers(
        connection, f"SELECT max(n), sum(n) FROM (SELECT count(*) AS n FROM published GROUP BY {value})"
    )
    return attempt(
        "homogeneity",
        msg("Someone who knows a person's quasi-identifiers and wants the sensitive value."),
        tried=tried,
        succeeded=succeeded,
        column=column,
        baseline=usual / rows if rows else 0.0,
        evidence=msg(
            "{classes} classes show one value only. Always guessing the most frequent value is right for {usual} of {rows} rows."
        ),
        classes=certain,
        usual=usual,
        rows=rows,
    )


def _singling_out(connection: DuckDBPyConnection, columns: Sequence[str]) -> Attempt:
    """Rows are compared by a 64-bit hash of all their values: at 5 million rows a false match has probability 10^-6."""
    keys = listed_columns(columns)
    tried, succeeded = numbers(
        connection,
        f"SELECT sum(n), count(*) FILTER (n = 1) FROM (SELECT count(*) AS n FROM published GROUP BY hash({keys}))",
    )
    return attempt(
        "singling_out",
        msg("Someone who knows every published value of a person, not only the quasi-identifiers."),
        tried=tried,
        succeeded=succeeded,
        informs=True,
        evidence=msg("{unique} of {rows} rows differ from all others once all {columns} columns are known."),
        unique=succeeded,
        rows=tried,
        columns=len(columns),
    )


def _differencing(connection: DuckDBPyConnection, quasi: Sequence[str], versions: int) -> Attempt:
    keys = listed_columns(quasi)
    tried = succeeded = compared = 0
    for place in range(versions):
        view = f"previous{place}"
        if not set(quasi) <= types_of(connection, view).keys():
            continue
        compared += 1
        classes, by_one = numbers(
            connection,
            f"SELECT count(*), count(*) FILTER (abs(coalesce(a.n, 0) - coalesce(b.n, 0)) = 1) FROM"
            f" (SELECT {keys}, count(*) AS n FROM published GROUP BY {keys}) AS a FULL JOIN"
            f" (SELECT {keys}, count(*) AS n FROM {view} GROUP BY {keys}) AS b ON {same_text('a', 'b', quasi)}",
        )
        tried, succeeded = tried + classes, succeeded + by_one
    return attempt(
        "differencing",
        msg("Someone who kept the earlier versions and knows that one person came or left."),
        tried=tried,
        succeeded=succeeded,
        evidence=msg(
            "{compared} of {versions} earlier versions could be compared; in {changed} classes the number of rows differs by one."
        ),
        compared=compared,
        versions=versions,
        changed=succeeded,
    )
