# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tables and plans the gate's tests work on."""

import csv
import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from datacity.engine.protection.plan import Plan

Rows = Sequence[Sequence[Any]]


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write rows to a typed Parquet; columns are `name TYPE`."""

    def write(columns: Sequence[str], rows: Rows, name: str = "typed.parquet") -> Path:
        path = tmp_path / name
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t ({', '.join(columns)})")
            if rows:
                connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' for _ in columns)})", rows)
            connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path

    return write


def rows_of(path: Path, query: str = "SELECT * FROM t") -> list[tuple[Any, ...]]:
    """Give the rows of a Parquet file."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet('{path}')")
        return connection.execute(query).fetchall()


def columns_of(path: Path) -> list[str]:
    """Give the column names of a Parquet file."""
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()]


def plan_of(body: str) -> Plan:
    """Read a plan without its first line."""
    return Plan.parse("plan = 1\n" + body)


@pytest.fixture(scope="session")
def survey(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path, list[str]]]:
    """Unpack a public data set with its hierarchies: its typed table, the folder, its columns."""
    places = {
        "adult": ("adult/adult.csv.gz", "adult_hierarchy_"),
        "fars10k": ("fars/fars_subset.csv.gz", "fars_hierarchy_"),
        "credit9": ("creditcard/creditcard_int.csv.gz", "creditcard_int_hierarchy_"),
    }
    made: dict[str, tuple[Path, Path, list[str]]] = {}

    def unpack(name: str) -> tuple[Path, Path, list[str]]:
        if name in made:
            return made[name]
        source, prefix = places[name]
        packed, folder = shared / "data" / "arx" / source, tmp_path_factory.mktemp(name)
        plain, typed = folder / "data.csv", folder / "typed.parquet"
        plain.write_bytes(gzip.decompress(packed.read_bytes()))
        for each in packed.parent.glob(f"{prefix}*.csv.gz"):
            (folder / each.name.removeprefix(prefix).removesuffix(".gz")).write_bytes(
                gzip.decompress(each.read_bytes())
            )
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_csv('{plain}', delim=';', header=true)) TO '{typed}' (FORMAT parquet)"
            )
        with plain.open(encoding="utf-8") as lines:
            made[name] = typed, folder, next(csv.reader(lines, delimiter=";"))
        return made[name]

    return unpack
