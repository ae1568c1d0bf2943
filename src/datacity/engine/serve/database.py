# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Questions to DuckDB: bounded in time, memory, files and number at once.

One connection in memory per process; each question takes a cursor of its own, so that many threads ask at once. Files
outside the given folders cannot be read or written, settings cannot be changed, and one watching thread interrupts what
takes too long or writes too much.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from datacity.engine.serve.odsql.schema import BoundValue
from datacity.engine.serve.refusals import OdsqlError, TooBusy, TooLong
from datacity.engine.sources.duck import connect, literal

_LOOK_EVERY_SECONDS = 0.05
_BATCH_ROWS = 5_000


@dataclass(frozen=True)
class Limits:
    """What questions may use together, per process.

    memory_mb, threads: of DuckDB. questions, exports: answered at once. queue: of each waiting for their turn;
    patience_seconds: how long they wait. question_seconds, export_seconds: how long one may take.
    spill_mb: room for sorts larger than memory.
    """

    memory_mb: int = 600
    threads: int = 2
    questions: int = 4
    exports: int = 2
    queue: int = 20
    patience_seconds: float = 8.0
    question_seconds: float = 15.0
    export_seconds: float = 240.0
    spill_mb: int = 2_000


@dataclass(eq=False)
class _Watched:
    until: float
    interrupt: Callable[[], None]
    target: Path | None
    maximum_bytes: int
    too_large: bool = False
    too_long: bool = False


@dataclass
class _Watch:
    """Interrupts questions that pass their time or whose file passes its size; one thread, started at first need."""

    _watched: set[_Watched] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    @contextmanager
    def over(self, watched: _Watched) -> Iterator[_Watched]:
        with self._changed:
            self._watched.add(watched)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="questions-watch", daemon=True)
                self._thread.start()
            self._changed.notify()
        try:
            yield watched
        finally:
            with self._changed:
                self._watched.discard(watched)

    def _look(self) -> None:
        while True:
            with self._changed:
                while not self._watched:
                    self._changed.wait()
                now = time.monotonic()
                for each in self._watched:
                    each.too_long = each.too_long or now > each.until
                    each.too_large = each.too_large or (
                        each.target is not None and _size(each.target) > each.maximum_bytes
                    )
                    if each.too_long or each.too_large:
                        each.interrupt()
            time.sleep(_LOOK_EVERY_SECONDS)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class Turns:
    """Lets so many in at once; others wait in a bounded queue, and are refused when it is full or the wait too long."""

    def __init__(self, at_once: int, queue: int, patience_seconds: float) -> None:
        """Set the bounds."""
        self._free = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + queue)
        self._patience = patience_seconds

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a turn. Raises TooBusy."""
        if not self._places.acquire(blocking=False):
            raise _too_busy()
        try:
            if not self._free.acquire(timeout=self._patience):
                raise _too_busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


def _too_busy() -> TooBusy:
    return TooBusy(
        "serve.busy",
        "Too many questions are being answered at this moment.",
        hint="Ask again in a few seconds, or download the whole file instead.",
    )


class Database:
    """Answers compiled questions over files of the given folders."""

    def __init__(self, folders: Sequence[Path], limits: Limits, *, spill: Path | None = None) -> None:
        """Open the connection and lock it.

        folders: may be read and written, nothing else can. spill: existing folder for sorts larger than memory.
        """
        self.limits = limits
        self._watch = _Watch()
        self._questions = Turns(limits.questions, limits.queue, limits.patience_seconds)
        self._exports = Turns(limits.exports, limits.queue, limits.patience_seconds + limits.question_seconds)
        self._connection = connect(limits.memory_mb, limits.threads, spill)
        if spill is not None:
            self._connection.execute(f"SET max_temp_directory_size = '{int(limits.spill_mb)}MB'")
        listed = ", ".join(literal(f"{folder.resolve()}/") for folder in folders)
        self._connection.execute(f"SET allowed_directories = [{listed}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Close the connection; questions still running fail."""
        self._connection.close()

    def rows(self, sql: str, parameters: Mapping[str, BoundValue]) -> list[tuple[Any, ...]]:
        """Give all rows of a question.

        Raises TooBusy, TooLong, and OdsqlError when the computation leaves the range of numbers.
        """
        with self._asking(self.limits.question_seconds) as cursor:
            return cursor.execute(sql, dict(parameters)).fetchall()

    def write(
        self, sql: str, parameters: Mapping[str, BoundValue], target: Path, *, options: str, maximum_bytes: int
    ) -> None:
        """Write the rows of a question to a file. options: of COPY, written by us.

        Raises like `rows`, and TooLong when the file would pass `maximum_bytes`; then nothing is left of it.
        """
        try:
            with self._asking(self.limits.export_seconds, target, maximum_bytes) as cursor:
                cursor.execute(f"COPY ({sql}) TO {literal(str(target))} ({options})", dict(parameters))
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def batches(
        self,
        sql: str,
        parameters: Mapping[str, BoundValue],
        take: Callable[[pa.RecordBatch], None],
        *,
        target: Path,
        maximum_bytes: int,
    ) -> None:
        """Hand the rows of a question over in pieces, to a writer of ours that fills `target`. Raises like `write`."""
        with self._asking(self.limits.export_seconds, target, maximum_bytes) as cursor:
            for batch in cursor.execute(sql, dict(parameters)).to_arrow_reader(_BATCH_ROWS):
                take(batch)

    @contextmanager
    def _asking(
        self, seconds: float, target: Path | None = None, maximum_bytes: int = 0
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        turns = self._questions if target is None else self._exports
        with turns.take(), self._connection.cursor() as cursor:
            watched = _Watched(time.monotonic() + seconds, cursor.interrupt, target, maximum_bytes)
            try:
                with self._watch.over(watched):
                    yield cursor
            except duckdb.InterruptException as error:
                raise _interrupted(watched, seconds) from error
            except OSError as error:
                if watched.too_long or watched.too_large:  # what Arrow makes of an interrupt between two batches
                    raise _interrupted(watched, seconds) from error
                raise
            except duckdb.OutOfMemoryException as error:
                raise TooLong(
                    "serve.memory",
                    "This question needs more memory than it may use.",
                    hint="Narrow it with where, or download the whole file.",
                ) from error
            except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
                raise OdsqlError(
                    "serve.odsql", "The computation leaves the range of numbers or dates; use smaller values."
                ) from error


def _interrupted(watched: _Watched, seconds: float) -> TooLong:
    if watched.too_large:
        return TooLong(
            "serve.too_large",
            "The export would be larger than {megabytes} MB.",
            hint="Narrow it with where or select, or download the whole file of the release.",
            megabytes=watched.maximum_bytes // 1_000_000,
        )
    return too_long(seconds)


def too_long(seconds: float) -> TooLong:
    """Give the refusal of a question whose time is over."""
    return TooLong(
        "serve.too_long",
        "The question was stopped after {seconds} seconds.",
        hint="Narrow it with where, or download the whole file.",
        seconds=int(seconds),
    )
