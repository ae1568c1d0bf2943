# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The optimal search beside what ARX took for the same question, recorded (cold JVM); and the search on many rows.

The table needs the recorded searches (`oracle/arx_oracle.json` and its data) in the folder DATACITY_SHARED, else `../shared`. Seconds are
those of the search alone, best of three; `beside` is ARX's `anonymize`. ARX encodes inside it, so load and search together are compared
as well (`whole`, `arx_whole`): reading the CSV, hierarchies, grouping, encoding, but not the start of the program.
"""

import importlib.util
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy as np

from datacity.engine.catalogue import describe, write_typed
from datacity.engine.cli.tables import technical_names
from datacity.engine.protection.gate import protect
from datacity.engine.protection.plan import Plan
from datacity.engine.sources import read
from datacity.engine.sources.plain import read_plain

SHARED = Path(os.environ.get("DATACITY_SHARED", Path(__file__).parents[2] / "shared"))
TURNS = 3


def fixed_kernel(_folder: Path) -> Callable[[], object]:
    """Time one fixed piece of work: sort 10,000,000 numbers and count them in 1,000,000 boxes (NumPy, one thread)."""
    numbers = np.random.default_rng(7).integers(0, 1 << 40, 10_000_000)
    return lambda: (np.sort(numbers), np.bincount(numbers % 1_000_000))


def many_rows(folder: Path, rows: int, limit: float) -> Callable[[], object]:
    """Time plan to published table on a made-up survey of nine columns in Parquet, k = 5."""
    path = folder / "rows.parquet"
    duckdb.execute("SELECT setseed(0.5)")
    duckdb.execute(
        f"""COPY (SELECT (97 + hash(i) % 15)::BIGINT AS year, (hash(i + 1) % 4)::BIGINT AS quarter, (hash(i + 2) % 4)::BIGINT AS region,
        least(1 + (-ln(1 - (hash(i + 3) % 100000) / 100000.0) * 1.4)::BIGINT, 25) AS person, (hash(i + 4) % 86)::BIGINT AS age,
        (hash(i + 5) % 7 * hash(i + 6) % 10)::BIGINT AS marital, (hash(i + 7) % 2)::BIGINT AS sex,
        (hash(i + 8) % 12 * (hash(i + 9) % 3))::BIGINT AS origin, (hash(i + 10) % 26)::BIGINT AS school
        FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608 -- our own numbers
    )
    columns = "".join(
        f'[columns.{name}]\nrole = "quasi_identifier"\nhierarchy = "interval"\nwidth = {width}\n'
        for name, width in (
            ("year", 2),
            ("quarter", 2),
            ("region", 2),
            ("person", 2),
            ("age", 5),
            ("marital", 5),
            ("origin", 5),
            ("school", 4),
        )
    )
    head = f"plan = 1\n[privacy]\nk = 5\nsuppression_limit = {limit}\n"
    plan = Plan.parse(head + columns + '[columns.sex]\nrole = "quasi_identifier"\nhierarchy = "whole"\n')
    return lambda: protect(path, plan, folder / "out.parquet")


CASES = {
    "fixed kernel: sort 10,000,000": fixed_kernel,
    "1,000,000 rows, k 5, 0 %": lambda folder: many_rows(folder, 1_000_000, 0.0),
    "1,000,000 rows, k 5, 5 %": lambda folder: many_rows(folder, 1_000_000, 0.05),
}


def _plans() -> ModuleType:
    spec = importlib.util.spec_from_file_location("oracle_plan", SHARED / "oracle" / "plan.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SHARED)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _searched(data: Path, file: Path, folder: Path) -> tuple[Any, float]:
    """Protect a CSV file as the command does; give the result and the seconds of load."""
    started = time.perf_counter()
    text, typed = folder / "text.parquet", folder / "typed.parquet"
    reading = read_plain(data, text) or read(data, text)
    description = describe(text, reading)
    write_typed(text, description, typed)
    plan = Plan.parse(file.read_text(encoding="utf-8"))
    named = plan.renamed(technical_names(plan, description))
    load = time.perf_counter() - started
    result = protect(typed, named, folder / "out.parquet", hierarchies=file.parent)
    return result, load + result.load_seconds


def figures(folder: Path) -> Iterator[dict[str, Any]]:
    """Give a row for each recorded search, and what they come to; none where the records are not there."""
    recorded = SHARED / "oracle" / "arx_oracle.json"
    if not recorded.is_file():
        return
    plans = _plans()
    known = json.loads(recorded.read_text(encoding="utf-8"))["entries"]
    entries = [each for each in known if each["status"] == "ok" and each["dataset"] in plans.SETS]
    rows = []
    for number, entry in enumerate(entries):
        rows.append(_row(entry, plans, folder / str(number)))
        yield rows[-1]
    ratios = [row["ratio"] for row in rows]
    yield {
        "case": "geometric mean of the ratios",
        "ratio": math.exp(math.fsum(map(math.log, ratios)) / len(ratios)),
        "least": round(min(ratios), 2),
        "not_same": sum(not row["same"] for row in rows),
        "whole_slower": sum(row["whole"] > row["arx_whole"] for row in rows),
    }


def _row(entry: dict[str, Any], plans: ModuleType, folder: Path) -> dict[str, Any]:
    data, file = plans.write_plan(entry, folder)
    turns = [_searched(data, file, folder) for _ in range(TURNS if entry["rows"] < 1_000_000 else 1)]
    result, seconds = turns[0][0], min(each.seconds for each, _ in turns)
    same = math.isclose(result.loss, entry["loss"], rel_tol=1e-9) and result.suppressed == entry["suppressed"]
    return {
        "case": f"{entry['dataset']} {entry['privacy']} {entry['suppression_limit']:g} {entry['metric']}",
        "seconds": seconds,
        "beside": entry["anonymize_s"],
        "ratio": entry["anonymize_s"] / seconds,
        "whole": round(min(each.seconds + load for each, load in turns), 2),
        "arx_whole": round(entry["load_s"] + entry["anonymize_s"], 2),
        "checked": result.checked_nodes,
        "same": same,
    }
