# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data API against raw DuckDB on the same file, in the same process and run: medians and ratios.

Usage: python benchmarks/data_api.py [--rows 1000000] [--rounds 15] [--json FILE]
"cold" answers are computed (no cache), "cached" ones come from memory. A ratio is raw DuckDB's median divided by ours: 1 means as fast.
Raw DuckDB fetches the same rows with the same settings and writes no JSON.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.serve.exchange import FileBody, Request
from datacity.engine.serve.plane import DataPlane, Room
from datacity.engine.serve.publications import Catalogue, version_of
from datacity.engine.sources.duck import connect, literal
from datacity.kernel.canonical import canonical_bytes, sha256_hex

COLUMNS = {
    "station": "integer",
    "nom": "text",
    "district": "text",
    "releve": "datetime",
    "velos": "integer",
    "temperature": "number",
    "statut": "text",
}
TABLE = """
SELECT i % 1500 AS station, 'Station ' || (i % 1500) AS nom, 'Quartier ' || (i % 20) AS district,
       TIMESTAMP '2024-01-01' + to_minutes((i // 1500) * 15) AS releve, (hash(i) % 60)::BIGINT AS velos,
       (hash(i * 7) % 1000) / 10.0::DOUBLE AS temperature, CASE WHEN hash(i * 3) % 3 = 0 THEN 'ouvert' ELSE 'fermé' END AS statut
FROM range({rows}) r(i) ORDER BY station, releve
"""
QUESTIONS: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "page by station, newest first": (
        "records",
        {"where": "station = 700", "order_by": "releve desc", "limit": "100"},
        [
            "SELECT * FROM {t} WHERE station = 700 ORDER BY releve DESC LIMIT 100",
            "SELECT count(*) FROM {t} WHERE station = 700",
        ],
    ),
    "page by district and status": (
        "records",
        {"where": "district = 'Quartier 7' and statut = 'ouvert'", "limit": "100"},
        [
            "SELECT * FROM {t} WHERE district = 'Quartier 7' AND statut = 'ouvert' LIMIT 100",
            "SELECT count(*) FROM {t} WHERE district = 'Quartier 7' AND statut = 'ouvert'",
        ],
    ),
    "group by over all rows": (
        "records",
        {"select": "count(*) as n, avg(velos) as v", "group_by": "district, statut"},
        ["SELECT district, statut, count(*), avg(velos) FROM {t} GROUP BY ALL ORDER BY ALL"],
    ),
    "two facets": (
        "facets",
        {"facet": ["district", "statut"]},  # type: ignore[dict-item]
        [
            "SELECT district, count(*) AS c FROM {t} GROUP BY ALL ORDER BY c DESC",
            "SELECT statut, count(*) AS c FROM {t} GROUP BY ALL ORDER BY c DESC",
        ],
    ),
    "full text over three columns": (
        "records",
        {"where": "'quartier ouvert'", "limit": "10"},
        [
            "SELECT * FROM {t} WHERE contains(lower(concat_ws(' ', nom, district, statut)), 'ouvert') LIMIT 10",
            "SELECT count(*) FROM {t} WHERE contains(lower(concat_ws(' ', nom, district, statut)), 'ouvert')",
        ],
    ),
}


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Give the median of the rounds, in ms, after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def planes(folder: Path, rows: int) -> tuple[DataPlane, DataPlane, Path]:
    """Give a plane that caches, one that does not, and the table both read."""
    made = folder / "made.parquet"
    connect().execute(f"COPY ({TABLE.format(rows=rows)}) TO {literal(str(made))} (FORMAT parquet, COMPRESSION zstd)")
    content = made.read_bytes()
    sha = sha256_hex(content)
    store = FolderStore(folder / "public")
    store.put(f"blobs/{sha}", content)
    store.put("CURRENT", b"benchmark")
    manifest = {
        "slug": "velos",
        "version": 1,
        "rows": rows,
        "columns": [{"name": name, "type": kind, "label": name} for name, kind in COLUMNS.items()],
        "files": [{"name": "velos.parquet", "bytes": len(content), "sha256": sha}],
    }
    version = version_of(manifest, sha256_hex(canonical_bytes(manifest)), b"")
    load = lambda: Catalogue("benchmark", {"velos": (version,)})  # noqa: E731 -- one catalogue for both planes
    cached = DataPlane(store, folder=folder / "public", spool=folder / "spool", load=load)
    cold = DataPlane(
        store, folder=folder / "public", spool=folder / "cold", load=load, room=Room(cache_bytes=0, counts=0)
    )
    return cached, cold, folder / "public" / "blobs" / sha


def ask(plane: DataPlane, address: str, query: dict[str, str]) -> int:
    """Ask and give the bytes of the answer."""
    response = plane.answer(
        Request("GET", f"/api/explore/v2.1/catalog/datasets/velos/{address}", urlencode(query, doseq=True))
    )
    if response.status != 200:
        raise SystemExit(f"{address} {query}: {response.status} {response.body!r}")
    return response.body.length if isinstance(response.body, FileBody) else len(response.body)


def compare(folder: Path, rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """Give the figures of every question."""
    cached, cold, path = planes(folder, rows)
    raw = connect(600, 2)
    table = f"read_parquet({literal(str(path))})"
    figures: dict[str, dict[str, float]] = {}
    for name, (address, query, statements) in QUESTIONS.items():
        texts = [each.format(t=table) for each in statements]
        alone = median_ms(lambda: [raw.execute(text).fetchall() for text in texts], rounds)  # noqa: B023 -- called at once
        computed = median_ms(lambda: ask(cold, address, query), rounds)  # noqa: B023 -- called at once
        kept = median_ms(lambda: ask(cached, address, query), rounds * 20)  # noqa: B023 -- called at once
        figures[name] = {
            "duckdb_ms": round(alone, 2),
            "cold_ms": round(computed, 2),
            "ratio": round(alone / computed, 2),
            "cached_ms": round(kept, 3),
            "cached_per_second": round(1000 / kept),
        }
    figures["csv export of all rows"] = export_figures(cold, raw, table, folder)
    return figures


def figures(folder: Path, *, rows: int = 1_000_000, rounds: int = 11) -> Iterator[dict[str, Any]]:
    """Give a row for each question, computed, next to raw DuckDB."""
    for name, found in compare(folder, rows, rounds).items():
        if "cold_ms" in found:
            cached = {"cached_ms": found["cached_ms"]}
            yield {
                "case": name,
                "seconds": found["cold_ms"] / 1000,
                "beside": found["duckdb_ms"] / 1000,
                "ratio": found["ratio"],
                **cached,
            }
        else:
            yield {"case": name, **found}


def export_figures(plane: DataPlane, raw: object, table: str, folder: Path) -> dict[str, float]:
    """Give the speed of a whole CSV export, in MB/s, against COPY; each export asks something new, so that none is found ready."""
    target = folder / "raw.csv"
    started = time.perf_counter()
    raw.execute(f"COPY (SELECT * FROM {table}) TO {literal(str(target))} (FORMAT csv, DELIMITER ';')")  # type: ignore[attr-defined]  # noqa: S608 -- our own table
    alone = target.stat().st_size / (time.perf_counter() - started) / 1e6
    started = time.perf_counter()
    size = ask(plane, "exports/csv", {"where": f"station > -{time.time_ns() % 1000 + 1}"})
    ours = size / (time.perf_counter() - started) / 1e6
    return {
        "duckdb_mb_per_second": round(alone, 1),
        "ours_mb_per_second": round(ours, 1),
        "ratio": round(ours / alone, 2),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = compare(Path(folder), options.rows, options.rounds)
    for name, values in figures.items():
        sys.stdout.write(f"{name:<32} " + "  ".join(f"{key} {value}" for key, value in values.items()) + "\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
