# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one way to open a DuckDB connection: bounded, in UTC, without extensions fetched from anywhere."""

import threading
from pathlib import Path

import duckdb

from datacity.kernel.progress import Tell, silent

_TELL_EVERY_SECONDS = 0.5


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


def run(connection: duckdb.DuckDBPyConnection, sql: str, tell: Tell = silent) -> None:
    """Run a statement without result, telling every half second how many hundredths of it are done.

    What the statement raises is raised here. What `tell` raises interrupts it and is raised here. Nobody else may use the connection meanwhile.
    """
    if tell is silent:
        connection.execute(sql)
        return
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    failed: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(connection, sql, failed), name="statement", daemon=True)
    thread.start()
    most = 0
    try:
        while thread.is_alive():
            thread.join(_TELL_EVERY_SECONDS)
            most = max(most, min(int(connection.query_progress()), 100))
            tell(most, 100)
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    if failed:
        raise failed[0]


def _run(connection: duckdb.DuckDBPyConnection, sql: str, failed: list[BaseException]) -> None:
    try:
        connection.execute(sql)
    except BaseException as error:  # noqa: BLE001 -- carried over to the thread that waits
        failed.append(error)


def identifier(name: str) -> str:
    """Give the name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give the text quoted for SQL, for the few places that take no bound value (COPY targets)."""
    return "'" + text.replace("'", "''") + "'"
