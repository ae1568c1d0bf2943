# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A release whole: hash, every form, seal, snapshot; and two versions compared. Beside it, DuckDB writing the CSV alone.

5,000,000 rows of 13 columns are above what a sheet holds, so XLSX is written for the smaller table only.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof import keys
from datacity.engine.proof.clearances import Cleared, Representative, clearance_statement
from datacity.engine.proof.hashes import digest_file
from datacity.engine.release import ReleaseDetails, freeze
from datacity.engine.release.differences import difference
from datacity.kernel.words import Words

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
COLUMNS = "id station code x y t d ok cp voie v p h".split()  # noqa: SIM905 -- read like a header


def table(folder: Path, rows: int, factor: str = "0.37") -> Path:
    """Return a Parquet file of 13 columns; the same one each time."""
    path = folder / f"table-{rows}-{factor}.parquet"
    duckdb.execute(
        f"""COPY (SELECT i AS id, 'station ' || (i % 1500) AS station, (i % 1500)::INTEGER AS code, 48.8 + (i % 997) * 0.0001 AS x,
        2.3 + (i % 991) * 0.0001 AS y, TIMESTAMP '2024-01-01' + to_minutes(i::BIGINT) AS t, DATE '2024-01-01' + (i % 365)::INTEGER AS d,
        i % 2 = 0 AS ok, lpad((i % 20)::VARCHAR, 5, '750') AS cp, 'Rue des Tilleuls ' || (i % 300) AS voie, i * {factor} AS v,
        {{'lon': 2.3::DOUBLE, 'lat': 48.8::DOUBLE}} AS p, md5(i::VARCHAR) AS h FROM range({rows}) r(i))
        TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608 -- our own numbers
    )
    return path


def released(folder: Path, rows: int) -> Callable[[], object]:
    """Time one release of so many rows."""
    path, ring = table(folder, rows), keys.make(folder / "keys", at=AT)
    by = Representative("A. Martel", "Adjointe", "Mesuré")
    statement = clearance_statement(
        Cleared(digest_file(path).sha256, "ab" * 32), by, at=AT, valid_until=AT + timedelta(days=1)
    )
    details = ReleaseDetails("table", Words("Table"), "Ville de Valmire", "administrative")
    store, clearance = FolderStore(folder / "public"), ring.clear(statement, at=AT)
    return lambda: freeze(path, details, clearance, {}, keys=ring, store=store, at=AT, scratch=folder)


def compared(folder: Path, rows: int, key: tuple[str, ...]) -> Callable[[], object]:
    """Time the comparison of two versions that differ in every row."""
    older, newer = table(folder, rows), table(folder, rows, "0.38")
    columns = [{"name": name, "type": "any"} for name in COLUMNS]
    return lambda: difference(older, newer, columns=(columns, columns), key=key, scratch=folder)


def duckdb_csv(folder: Path) -> Callable[[], object]:
    """Time DuckDB writing the CSV alone."""
    path = table(folder, 5_000_000)
    return lambda: duckdb.execute(
        f"COPY (SELECT * FROM read_parquet('{path}')) TO '{folder / 'raw.csv'}' (FORMAT csv, DELIMITER ';')"  # noqa: S608 -- our own file
    )


CASES = {
    "200,000 rows, XLSX too": lambda folder: released(folder, 200_000),
    "5,000,000 rows": lambda folder: released(folder, 5_000_000),
    "compared by key, 5,000,000 rows": lambda folder: compared(folder, 5_000_000, ("id",)),
    "compared by row, 5,000,000 rows": lambda folder: compared(folder, 5_000_000, ()),
    "duckdb, CSV of 5,000,000 rows": duckdb_csv,
}
