# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The passage: a plan applied to a whole table."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.protection.bench import bench
from datacity.engine.protection.binding import Binding, bind, levels, open_source, prepare
from datacity.engine.protection.cells import count_cells, make_cells, published_cells
from datacity.engine.protection.loss import Tables, measure_loss
from datacity.engine.protection.models import failing_classes, listed_columns, same_class
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.search.settling import Settled, needs_search, settle
from datacity.engine.sources.duck import literal, run
from datacity.kernel.errors import Conflict, Invalid
from datacity.kernel.progress import PARTS, Tell, between, silent

PARQUET = "(FORMAT PARQUET, COMPRESSION ZSTD, ROW_GROUP_SIZE 100000)"


@dataclass(frozen=True)
class ProtectionResult:
    """What was done, in figures.

    kind: "rows" or "cells". levels: column → level. loss: by the plan's metric, None for cells. suppressed: rows removed.
    classes: classes of look-alikes left (rows) or cells. smallest_class: rows in the smallest, 0 without quasi-identifier;
    for cells, units in the smallest published one. seconds: of the search alone (0 when levels are stated); load_seconds: of all before
    it, or of everything when nothing was searched; write_seconds: of all after the search; start_seconds: of
    loading the compiled search, once a process. checked_nodes: combinations of levels
    looked at. hidden_cells: 0 for rows.
    """

    kind: str
    levels: Mapping[str, int]
    metric: str
    loss: float | None
    suppressed: int
    classes: int
    smallest_class: int
    rows_in: int
    rows_out: int
    seconds: float
    load_seconds: float
    checked_nodes: int
    hidden_cells: int = 0
    write_seconds: float = 0.0
    start_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as JSON values."""
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "levels": dict(self.levels)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ProtectionResult":
        """Read what `as_dict` gave."""
        return cls(**values)


def check_table(plan: Plan, typed: Path, *, hierarchies: Path | None = None) -> None:
    """Hold the plan against a typed table and raise what `protect` would raise before any row is written."""
    plan.require_ready()
    with bench() as connection:
        open_source(connection, typed)
        bind(connection, plan, hierarchies=hierarchies)


def protect(
    typed: Path, plan: Plan, destination: Path, *, hierarchies: Path | None = None, certificate: Path | None = None,
    progress: Tell = silent,
) -> ProtectionResult:  # fmt: skip
    """Write the table the plan allows to `destination` (Parquet) and give what was done.

    typed: a typed table (Parquet), n >= 1 rows. Result file: for rows, the published columns in the table's order, m <= n
    rows, sorted by their values when any column is more than insensitive (the original order could betray persons); for an
    aggregate, the `by` columns, each measure and, under a threshold profile, `<measure>_status` (published, hidden).
    certificate: where to write the certificate of optimality of a search. progress: told the hundredths done.
    Raises Invalid for a plan that does not fit the table, and `protection.certificate_without_search`; Conflict
    `protection.nothing_satisfies` when no combination of levels holds, Conflict `protection.suppression_limit` when more rows would have
    to be removed than the plan allows, `protection.nothing_left`, `protection.all_hidden`. Nothing is written then.
    """
    plan.require_ready()
    started = time.perf_counter()
    with (
        bench(destination.parent) as connection,
        TemporaryDirectory(prefix=".protected-", dir=destination.parent) as folder,
    ):
        open_source(connection, typed)
        binding = bind(connection, plan, hierarchies=hierarchies)
        settled, proof = None, Path(folder, "certificate.json") if certificate else None
        if needs_search(plan) and binding.quasi_identifiers and _has_rows(connection):
            settled = settle(
                connection, binding, hierarchies=hierarchies, certificate=proof, tell=between(progress, 0, 30)
            )
            binding = settled.binding
        elif certificate:
            raise _no_certificate()
        searched = time.perf_counter()
        prepare(connection, binding)
        work = _Work(connection, binding, Path(folder), between(progress, 30, 100) if settled else progress, settled)
        result = _protect_cells(work) if plan.aggregate else _protect_rows(work)
        work.outcome.replace(destination)
        if certificate and proof:
            proof.replace(certificate)
    progress(PARTS, PARTS)
    return ProtectionResult(**{**result, **_times(settled, started, searched)})


def _has_rows(connection: DuckDBPyConnection) -> bool:
    return bool(connection.execute("SELECT 1 FROM source LIMIT 1").fetchone())


def _no_certificate() -> Invalid:
    return Invalid(
        "protection.certificate_without_search",
        "A certificate of optimality was asked for, but the plan searches nothing.",
        hint='Give a quasi-identifier method = "search", or leave out the certificate.',
        field="certificate",
    )


def _times(settled: Settled | None, started: float, searched: float) -> dict[str, float]:
    """Give the seconds of load, search and writing."""
    now = time.perf_counter()
    if settled is None:
        return {"load_seconds": round(now - started, 4)}
    load = searched - started - settled.seconds - settled.start_seconds
    start = round(settled.start_seconds, 4)
    return {
        "seconds": settled.seconds,
        "start_seconds": start,
        "load_seconds": round(load, 4),
        "write_seconds": round(now - searched, 4),
    }


@dataclass(frozen=True)
class _Work:
    connection: DuckDBPyConnection
    binding: Binding
    folder: Path
    tell: Tell
    settled: Settled | None = None

    @property
    def staged(self) -> Path:
        return self.folder / "staged.parquet"

    @property
    def outcome(self) -> Path:
        return self.folder / "outcome.parquet"

    def number(self, query: str) -> int:
        row = self.connection.execute(query).fetchone()
        return int(row[0] or 0) if row else 0


def _rows(work: _Work) -> int:
    rows = work.number("SELECT count(*) FROM source")
    if rows == 0:
        raise Invalid("protection.empty_table", "The table has no rows to protect.", hint="Deposit a file with rows.")
    return rows


def _protect_cells(work: _Work) -> dict[str, Any]:
    rows = _rows(work)
    aggregate = work.binding.plan.aggregate
    assert aggregate is not None
    make_cells(work.connection, work.binding, aggregate)
    work.tell(80, PARTS)
    counts = count_cells(work.connection, work.binding.plan)
    if counts.hidden == counts.cells:
        raise Conflict(
            "protection.all_hidden",
            "Every one of the {cells} cells stands for too few units and would be hidden.",
            hint="Count by fewer columns, or by coarser levels.",
            cells=counts.cells,
        )
    _copy(work, published_cells(work.binding, aggregate), work.outcome, told=(80, 99))
    return _figures(
        work,
        kind="cells",
        rows_in=rows,
        rows_out=counts.cells,
        classes=counts.cells,
        smallest_class=counts.smallest_published,
        hidden_cells=counts.hidden,
        loss=None,
        suppressed=0,
        levels=levels(tuple(work.binding.column(name) for name in aggregate.by)),
    )


def _figures(work: _Work, **figures: Any) -> dict[str, Any]:
    plan = work.binding.plan
    return {"metric": plan.metric.value, "seconds": 0.0, "load_seconds": 0.0, "checked_nodes": 1, **figures}


def _protect_rows(work: _Work) -> dict[str, Any]:
    rows, plan, quasi = _rows(work), work.binding.plan, work.binding.quasi_identifiers
    if not work.binding.published:
        raise Conflict(
            "protection.nothing_left", "Nothing would be left of the table.", hint="Keep or generalise a column."
        )
    binding = work.binding
    _copy(work, binding.rewritten() if binding.hides_order else binding.rewritten_in_order(), work.staged, told=(0, 35))
    suppressed = _find_failing(work) if quasi else 0
    _compare(work, suppressed)
    _refuse_much_suppression(rows, suppressed, plan)
    _write_kept(work, suppressed)
    work.tell(90, PARTS)
    outcome = f"read_parquet({literal(str(work.outcome))})"
    keys = listed_columns(quasi)
    sizes = f"SELECT count(*) AS n FROM {outcome} GROUP BY {keys}"
    return _figures(
        work,
        kind="rows",
        rows_in=rows,
        rows_out=rows - suppressed,
        suppressed=suppressed,
        classes=work.number(f"SELECT count(*) FROM ({sizes})") if quasi else 1,
        smallest_class=work.number(f"SELECT min(n) FROM ({sizes})") if quasi else 0,
        loss=work.settled.loss
        if work.settled
        else measure_loss(
            work.connection, work.binding, Tables(work.staged, work.outcome), rows=rows, suppressed=suppressed
        ),
        levels=levels(work.binding.columns),
        checked_nodes=work.settled.checked_nodes if work.settled else 1,
    )


def _compare(work: _Work, suppressed: int) -> None:
    """Stop when SQL, counting the rows as they are written, finds other failing classes than the search did."""
    if work.settled is not None and suppressed != work.settled.suppressed:
        raise RuntimeError(
            f"the search removes {work.settled.suppressed} rows, the count of what is written {suppressed}"
        )


def _copy(work: _Work, query: str, target: Path, *, told: tuple[int, int]) -> None:
    """Write the rows of a query. told: from where to where the progress goes meanwhile, in hundredths."""
    run(work.connection, f"COPY ({query}) TO {literal(str(target))} {PARQUET}", between(work.tell, *told))


def _find_failing(work: _Work) -> int:
    """Make the table `failing` of classes that may not stay; give the number of their rows."""
    plan, quasi = work.binding.plan, work.binding.quasi_identifiers
    work.connection.execute(f"CREATE TEMP VIEW staged AS SELECT * FROM read_parquet({literal(str(work.staged))})")
    if work.settled is None or not work.settled.made_failing:
        failing = failing_classes("staged", quasi, k=plan.k, models=plan.models)
        work.connection.execute(f"CREATE TEMP TABLE failing AS {failing}")
    return work.number("SELECT sum(n) FROM failing")


def _refuse_much_suppression(rows: int, suppressed: int, plan: Plan) -> None:
    if suppressed > math.floor(plan.suppression_limit * rows + 1e-9):
        raise Conflict(
            "protection.suppression_limit",
            "{suppressed} of {rows} rows ({share} %) would have to be removed; the plan allows {limit} %.",
            hint="Use coarser levels, drop a quasi-identifier, lower k, or raise suppression_limit.",
            field="privacy.suppression_limit",
            suppressed=suppressed,
            rows=rows,
            share=_percent(suppressed / rows),
            limit=_percent(plan.suppression_limit),
        )
    if suppressed == rows:
        raise Conflict(
            "protection.nothing_left", "Nothing would be left of the table.", hint="Use coarser levels or lower k."
        )


def _percent(share: float) -> str:
    return f"{share * 100:.4g}"


def _write_kept(work: _Work, suppressed: int) -> None:
    """Write the rows that stay; the staged file itself when all stay and their order says nothing."""
    order = " ORDER BY ALL" if work.binding.hides_order else ""
    if not suppressed and not order:
        work.staged.replace(work.outcome)
        return
    source = f"read_parquet({literal(str(work.staged))}) AS staged"
    query = f"SELECT staged.* FROM {source}"
    if suppressed:
        query += f" ANTI JOIN failing ON {same_class('staged', 'failing', work.binding.quasi_identifiers)}"
    _copy(work, query + order, work.outcome, told=(40, 90))
