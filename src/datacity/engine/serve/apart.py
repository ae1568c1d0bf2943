# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A sheet written where it disturbs nobody: a small one here, a larger one in a process of its own that is fed with Arrow batches."""

import json
import subprocess
import sys
import time
from io import IOBase
from pathlib import Path
from typing import cast

import pyarrow as pa

from datacity.engine.serve import sheets
from datacity.engine.serve.sheets import Plan, Sheet, Writer
from datacity.kernel.errors import Conflict

HERE_CELLS = 100_000
"""Up to so many cells are written in the thread that asks: less work than starting a process."""


class Apart:
    """Writes a sheet in a process of its own; its time ends with `until`."""

    def __init__(self, plan: Plan, schema: pa.Schema, *, until: float) -> None:
        """Start the process. until: monotonic seconds."""
        command = [sys.executable, "-m", "datacity.engine.serve.sheets", sheets.as_argument(plan)]
        self._plan = plan
        self._until = until
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._stream = pa.ipc.new_stream(cast("IOBase", self._process.stdin), schema)

    def add(self, batch: pa.RecordBatch) -> None:
        """Hand rows over. Raises what `close` raises when the process has given up."""
        try:
            self._stream.write_batch(batch)
        except OSError:
            self._end()
            raise

    def close(self) -> None:
        """Wait until the file is whole. Raises Conflict as the process says; TimeoutError when its time is over; RuntimeError for a fault."""
        try:
            self._stream.close()
        except OSError:
            self._end()
            raise
        self._end()

    def abandon(self) -> None:
        """Kill the process and remove the file and what it was made of."""
        self._process.kill()
        self._process.communicate()
        for each in (Path(self._plan.target), *Path(self._plan.folder).glob("*")):
            each.unlink(missing_ok=True)

    def _end(self) -> None:
        """Take leave of the process. Raises what it says."""
        try:
            told, faults = self._process.communicate(timeout=max(self._until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error
        if self._process.returncode == Conflict.exit_code:
            refusal = json.loads(told)
            raise _refusal(refusal["code"], refusal["values"])
        if self._process.returncode:
            raise RuntimeError(f"the process of a sheet ended with {self._process.returncode}: {faults[-500:]!r}")


def _refusal(code: str, values: dict[str, int | str]) -> Conflict:
    if code == "serve.xlsx_rows":
        return sheets.too_many_rows()
    return sheets.too_long_cell(int(values["row"]), str(values["column"]), int(values["length"]))


class Growing:
    """Keeps the first rows; writes them here when no more come, else all in a process apart."""

    def __init__(self, plan: Plan, *, until: float) -> None:
        """Take the plan and when its time ends, in monotonic seconds; nothing is written yet."""
        self._plan, self._until = plan, until
        self._kept: list[pa.RecordBatch] = []
        self._rows = 0
        self._writer: Writer | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Take rows. Raises Conflict for more than a sheet holds, and what the process apart says."""
        self._rows += batch.num_rows
        if self._rows > sheets.ROWS:
            raise sheets.too_many_rows()
        if self._writer is not None:
            self._writer.add(batch)
            return
        self._kept.append(batch)
        if self._rows * max(len(self._plan.keys), 1) > HERE_CELLS:
            self._writer = Apart(self._plan, batch.schema, until=self._until)
            self._hand_over(self._writer)

    def close(self) -> None:
        """Finish the file. Raises what the writer says."""
        if self._writer is None:
            self._writer = Sheet(self._plan)
            self._hand_over(self._writer)
        self._writer.close()

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._writer is not None:
            self._writer.abandon()

    def _hand_over(self, writer: Writer) -> None:
        for batch in self._kept:
            writer.add(batch)
        self._kept.clear()
