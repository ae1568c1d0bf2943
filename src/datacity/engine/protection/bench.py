# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The DuckDB connection the gate works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from duckdb import DuckDBPyConnection

from datacity.engine.protection.ladders.points import define_grid
from datacity.engine.sources.duck import connect


@contextmanager
def bench(folder: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """Give a connection with the ladders' functions, spilling into a folder of its own that is gone afterwards."""
    with TemporaryDirectory(prefix=".protection-", dir=folder) as spill:
        connection = connect(temp=Path(spill))
        try:
            define_grid(connection)
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()
