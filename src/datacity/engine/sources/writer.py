# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""All cells as text, streamed to Parquet in batches; an unfinished file never keeps its name."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LINE = "__line"
"""Column that holds the line of the file where the row starts."""

BATCH_ROWS = 50_000
BATCH_CHARACTERS = 16_000_000
GROUP_ROWS = 122_880

Row = tuple[int, Sequence[str | None]]


class TextWriter:
    """Writes rows of text cells to `destination`; the file appears when the block ends without an error.

    An empty cell becomes null. Use as a context manager; `rows` counts what was written.
    """

    def __init__(self, destination: Path, names: Sequence[str]) -> None:
        """Take the target and the technical names; nothing is written yet."""
        self.rows = 0
        self._destination = destination
        self._partial = destination.with_name(destination.name + ".part")
        self._schema = text_schema(names)
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0
        self._pending_bytes = 0
        self._file: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        """Open the partial file."""
        self._file = pq.ParquetWriter(self._partial, self._schema, compression="zstd", compression_level=1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove it when something was refused."""
        try:
            if self._file and error is None:
                self._flush()
            if self._file:
                self._file.close()
            if error is None:
                self._partial.replace(self._destination)
        finally:
            self._partial.unlink(missing_ok=True)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows given as (line, cells); each has one cell per name."""
        if not rows:
            return
        lines, cells = zip(*rows, strict=True)
        arrays: list[pa.Array[Any]] = [pa.array(lines, pa.int64())]
        arrays += [emptied(pa.array(column, pa.string())) for column in zip(*cells, strict=True)]
        self.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write a batch that has the schema already: `__line`, then text columns."""
        self.rows += batch.num_rows
        self._pending.append(batch)
        self._pending_rows += batch.num_rows
        self._pending_bytes += batch.nbytes
        if self._pending_rows >= GROUP_ROWS or self._pending_bytes >= 4 * BATCH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if self._pending and self._file:
            table = pa.Table.from_batches(self._pending, self._schema)
            self._file.write_table(table, row_group_size=max(table.num_rows, 1))
        self._pending, self._pending_rows, self._pending_bytes = [], 0, 0


def text_schema(names: Sequence[str]) -> pa.Schema:
    """Give the schema of a text Parquet: `__line`, then one text column per name."""
    fields: list[tuple[str, pa.DataType]] = [(LINE, pa.int64()), *((name, pa.string()) for name in names)]
    return pa.schema(fields)


def emptied(array: "pa.Array[Any]") -> "pa.Array[Any]":
    """Give the text array with its empty cells as null."""
    kept: pa.Array[Any] = pc.if_else(pc.equal(array, pa.scalar("")), pa.scalar(None, pa.string()), array)
    return kept
