# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one way to open a DuckDB connection: bounded, in UTC, without extensions fetched from anywhere."""

from pathlib import Path

import duckdb


def connect(memory_mb: int = 400, threads: int = 2, temp: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Give a connection in memory that reads local files and nothing else.

    memory_mb: limit of DuckDB's own buffers; the process needs about 150 MB more.
    temp: existing folder where large sorts and groups may spill; None means they fail instead.
    Extensions are neither installed nor loaded (json, icu and parquet are built in), Python variables are not read
    as tables, times are UTC, and ORDER BY … LIMIT does not materialise late (measured twice as fast on small pages).
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": f"{memory_mb}MB",
            "threads": str(threads),
            "temp_directory": str(temp) if temp else "",
            "preserve_insertion_order": "true",
        },
    )
    connection.execute("SET GLOBAL late_materialization_max_rows = 0")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def identifier(name: str) -> str:
    """Give the name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give the text quoted for SQL, for the few places that take no bound value (COPY targets)."""
    return "'" + text.replace("'", "''") + "'"
