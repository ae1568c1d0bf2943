# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One million rows of CSV: our reading, with exact lines and every cell kept as text, beside DuckDB's own reader.

DuckDB is faster and loses what we need: the line of a faulty row after quoted breaks, and mixed line ends.
"""

import random
from collections.abc import Callable
from pathlib import Path

import duckdb

from datacity.engine.catalogue import describe, write_typed
from datacity.engine.sources import read

ROWS = 1_000_000


def counts(folder: Path) -> Path:
    """Return a CSV of bike counts with six columns and `ROWS` rows; the same one each time."""
    chance = random.Random(20260302)  # noqa: S311 -- test data
    path = folder / "counts.csv"
    streets = [f"Rue des Tilleuls {number}" for number in range(400)]
    with path.open("w", encoding="utf-8") as file:
        file.write("compteur;rue;date;heure;passages;débit\n")
        for row in range(ROWS):
            day = f"{1 + row % 28:02}/{1 + row % 12:02}/2026"
            file.write(
                f"{row % 97:05};{chance.choice(streets)};{day};{row % 24:02}:00;{chance.randrange(4000)};{chance.random():.3f}\n".replace(
                    ".", ","
                )
            )
    return path


def ours_read(folder: Path) -> Callable[[], object]:
    """Time reading into text Parquet."""
    path = counts(folder)
    return lambda: read(path, folder / "text.parquet")


def ours_describe(folder: Path) -> Callable[[], object]:
    """Time describing: types, roles, findings over all rows."""
    report = read(counts(folder), folder / "text.parquet")
    return lambda: describe(folder / "text.parquet", report)


def ours_typed(folder: Path) -> Callable[[], object]:
    """Time writing the typed Parquet."""
    report = read(counts(folder), folder / "text.parquet")
    description = describe(folder / "text.parquet", report)
    return lambda: write_typed(folder / "text.parquet", description, folder / "typed.parquet")


def duckdb_read(folder: Path) -> Callable[[], object]:
    """Time DuckDB's reader doing the nearest thing: all columns as text, to Parquet."""
    path, target = counts(folder), folder / "duckdb.parquet"
    question = f"COPY (SELECT * FROM read_csv('{path}', delim=';', all_varchar=true)) TO '{target}'"  # noqa: S608 -- our own file
    return lambda: duckdb.sql(question)


def ours_ingest(folder: Path) -> Callable[[], object]:
    """Time the whole ingest: text Parquet, description over all rows, typed Parquet."""
    path = counts(folder)

    def ingest() -> None:
        report = read(path, folder / "text.parquet")
        write_typed(folder / "text.parquet", describe(folder / "text.parquet", report), folder / "typed.parquet")

    return ingest


def duckdb_ingest(folder: Path) -> Callable[[], object]:
    """Time DuckDB guessing the types from a sample and writing Parquet: the nearest thing to an ingest, without looking at every cell."""
    path, target = counts(folder), folder / "duckdb.parquet"
    return lambda: duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}', delim=';')) TO '{target}'")  # noqa: S608 -- our own file


CASES = {
    "read": ours_read,
    "describe": ours_describe,
    "write typed": ours_typed,
    "DuckDB: read_csv as text to Parquet": duckdb_read,
    "ingest: read, describe, write typed": ours_ingest,
    "DuckDB: read_csv with guessed types to Parquet": duckdb_ingest,
}
BESIDE = {
    "read": "DuckDB: read_csv as text to Parquet",
    "ingest: read, describe, write typed": "DuckDB: read_csv with guessed types to Parquet",
}
