# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The database wrapper Django loads: connection settings, transactions and single writes behind the lock.

A transaction starts IMMEDIATE after the lock file was taken, and gives it back when it ends. A write outside
a transaction (Django's autocommit `save()`) takes it for that statement alone.
"""

import logging
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.utils import OperationalError

from datacity.frame.sqlite.lock import WriteLock

logger = logging.getLogger("datacity.database")

TIMEOUT_SECONDS = 20
"""How long a write waits for its turn before it fails."""

BUDGET_MILLISECONDS = 200
"""How long a transaction may hold the lock before a line in the log names its place."""

_WRITES = re.compile(
    r"^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*"
    r"(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|ANALYZE|VACUUM|WITH\b.*?\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)",
    re.IGNORECASE | re.DOTALL,
)
_RETURNS = re.compile(r"\bRETURNING\b", re.IGNORECASE)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
    "PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864"
)


def is_write(statement: str) -> bool:
    """Tell whether the SQL statement changes the database; a WITH that leads to a change counts."""
    return _WRITES.match(statement) is not None


class Cursor(SQLiteCursorWrapper):
    """Django's cursor; a write outside a transaction waits for the lock of its connection."""

    gate: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        """Run the statement, behind the lock when it writes outside a transaction."""
        if self.connection.in_transaction or self.gate.lock is None or not is_write(query):
            return super().execute(query, params)
        with self.gate.one_write(rows_follow=_RETURNS.search(query) is not None):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run the statement for every row, behind the lock when it writes outside a transaction."""
        if self.connection.in_transaction or self.gate.lock is None or not is_write(query):
            return super().executemany(query, param_list)
        with self.gate.one_write():
            return super().executemany(query, param_list)

    def fetchone(self) -> Any:
        """Give the next row; the statement's own commit happens here when it returns rows."""
        try:
            return super().fetchone()
        finally:
            self.gate.rows_read()

    def fetchmany(self, size: int | None = None) -> Any:
        """Give the next rows, as many as `size` or the cursor's own array size."""
        try:
            return super().fetchmany(self.arraysize if size is None else size)
        finally:
            self.gate.rows_read()

    def fetchall(self) -> Any:
        """Give all rows that are left."""
        try:
            return super().fetchall()
        finally:
            self.gate.rows_read()

    def close(self) -> None:
        """Close the cursor, which also ends a statement whose rows nobody read."""
        super().close()
        self.gate.rows_read()


class DatabaseWrapper(DjangoWrapper):
    """Django's SQLite connection under the house's regime."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        """Prepare the connection; nothing is opened yet."""
        super().__init__(settings_dict, alias)
        self.lock: WriteLock | None = None
        self._since = 0.0
        self._rows_follow = False

    def get_connection_params(self) -> dict[str, Any]:
        """Give the parameters of `sqlite3.connect` and set up the lock of a database that is a file."""
        options = {"timeout": TIMEOUT_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": _PRAGMAS}
        self.settings_dict["OPTIONS"] = {**options, **self.settings_dict["OPTIONS"]}
        parameters: dict[str, Any] = super().get_connection_params()
        if not self.is_in_memory_db() and self.lock is None:
            self.lock = WriteLock(Path(self.settings_dict["NAME"]).with_name("write.lock"))
        return parameters

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 -- Django's signature
        """Give a cursor that knows this connection."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.gate = self
        return cursor

    @contextmanager
    def one_write(self, *, rows_follow: bool = False) -> Iterator[None]:
        """Hold the lock for one statement; with `rows_follow`, until its rows are read, when it commits."""
        self._take()
        self._rows_follow = rows_follow
        try:
            yield
        except BaseException:
            self._give_back()
            raise
        if not rows_follow:
            self._give_back()

    def rows_read(self) -> None:
        """Give the lock back after the rows of a single write were read."""
        if self._rows_follow:
            self._rows_follow = False
            self._give_back()

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # Django has it, the stubs do not
        except BaseException:
            self._give_back()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # Django has it, the stubs do not
        self._give_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # Django has it, the stubs do not
        finally:
            self._give_back()

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]  # Django has it, the stubs do not
        if self.lock is not None:
            self.lock.close()

    def _take(self) -> None:
        if self.lock is None:
            return
        if not self.lock.held and not self.lock.take(timeout=TIMEOUT_SECONDS):
            raise OperationalError(f"database is locked: no turn to write within {TIMEOUT_SECONDS} s")
        self._since = time.monotonic()

    def _give_back(self) -> None:
        if self.lock is None or not self.lock.held:
            return
        self.lock.give_back()
        milliseconds = round((time.monotonic() - self._since) * 1000)
        if milliseconds > BUDGET_MILLISECONDS:
            logger.warning(
                "transaction over budget: %d ms (%d allowed) at %s", milliseconds, BUDGET_MILLISECONDS, _place()
            )


def _place() -> str:
    """Name the innermost function of ours, outside this package, that ended the transaction."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 -- the only way to name the caller without the cost of a whole trace
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("datacity.") and not module.startswith("datacity.frame.sqlite"):
            return f"{module}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"
