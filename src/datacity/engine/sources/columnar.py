# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Parquet: every column as canonical text, batch by batch."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datacity.engine.sources.decoding import Progress
from datacity.engine.sources.delimited import Table, header_only, too_many_columns, too_many_rows
from datacity.engine.sources.names import name_columns, nul_character
from datacity.engine.sources.report import MEGABYTE, ColumnSource, ReadOptions
from datacity.engine.sources.writer import TextWriter, emptied, text_schema
from datacity.kernel.errors import Invalid

BATCH_ROWS = 20_000

_Turn = Callable[["pa.Array[Any]"], "pa.Array[Any]"]


def read_parquet(path: Path, destination: Path, *, options: ReadOptions, progress: Progress = None) -> Table:
    """Write the cells of a Parquet file as canonical text to `destination`: ISO dates, shortest numbers, JSON for nested.

    Raises Invalid when the file is damaged, unpacks to more than `maximum_unpacked_bytes` a row group, has no row, holds a NUL
    character, or has a column of bytes (the column is named).
    """
    try:
        with pq.ParquetFile(path) as file:
            return _write(file, destination, options, progress)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise Invalid(
            "sources.parquet_damaged",
            "The Parquet file is damaged and cannot be read ({why}).",
            hint="Write the file again.",
            field="file",
            why=str(error).splitlines()[0][:200],
        ) from error


def _write(file: pq.ParquetFile, destination: Path, options: ReadOptions, progress: Progress) -> Table:
    schema, metadata = file.schema_arrow, file.metadata
    _check(schema, metadata, options)
    columns, doubts = name_columns(schema.names, options.renames)
    names = [column.name for column in columns]
    texts = text_schema(names)
    turn = [_texter(field.type) for field in schema]
    with TextWriter(destination, names) as writer:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            lines = pa.array(range(writer.rows + 1, writer.rows + 1 + batch.num_rows), pa.int64())
            cells = [emptied(turn[place](batch.column(place))) for place in range(batch.num_columns)]
            if any(pc.any(pc.match_substring(each, "\0")).as_py() for each in cells):
                raise nul_character()
            writer.write_batch(pa.RecordBatch.from_arrays([lines, *cells], schema=texts))
            if progress:
                progress(writer.rows, metadata.num_rows)
    typed = [
        ColumnSource(column.name, column.label, _native(field.type))
        for column, field in zip(columns, schema, strict=True)
    ]
    return Table(typed, writer.rows, doubts)


def _check(schema: pa.Schema, metadata: pq.FileMetaData, options: ReadOptions) -> None:
    if len(schema) > options.maximum_columns:
        raise too_many_columns(len(schema), options.maximum_columns)
    if metadata.num_rows > options.maximum_rows:
        raise too_many_rows(options.maximum_rows)
    if not metadata.num_rows or not len(schema):
        raise header_only(len(schema))
    largest = max(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    if largest > options.maximum_unpacked_bytes:
        raise Invalid(
            "sources.unpacks_too_large",
            "The file unpacks to more than {limit} MB ({size} MB seen); nothing was read.",
            hint="Deposit the table as CSV, or cut it into smaller files.",
            field="file",
            size=largest // MEGABYTE,
            limit=options.maximum_unpacked_bytes // MEGABYTE,
        )
    for field in schema:
        if (
            pa.types.is_binary(field.type)
            or pa.types.is_large_binary(field.type)
            or pa.types.is_fixed_size_binary(field.type)
        ):
            raise Invalid(
                "sources.binary_column",
                "Column {column} holds bytes, not text or numbers.",
                hint="Leave it out, or write geometries as GeoJSON text.",
                field=field.name,
                column=field.name,
            )


def _native(kind: pa.DataType) -> str | None:
    tests: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_time, "time"),
        (pa.types.is_nested, "json"),
        (pa.types.is_string, "string"),
        (pa.types.is_large_string, "string"),
    )
    if pa.types.is_dictionary(kind):
        return _native(kind.value_type)
    return next((name for test, name in tests if test(kind)), None)


def _texter(kind: pa.DataType) -> _Turn:
    if pa.types.is_dictionary(kind):
        inner = _texter(kind.value_type)
        return lambda array: inner(array.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return lambda array: pa.array([_number(value) for value in array.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        return _moments
    if pa.types.is_nested(kind):
        return lambda array: pa.array(
            [
                None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
                for value in array.to_pylist()
            ],
            pa.string(),
        )
    if pa.types.is_string(kind):
        return lambda array: array
    return lambda array: pc.cast(array, pa.string())


def _number(value: float | None) -> str | None:
    return None if value is None or math.isnan(value) else repr(value)


def _moments(array: "pa.Array[Any]") -> "pa.Array[Any]":
    zone = array.type.tz
    values: list[Any] = array.cast(pa.timestamp("us", "UTC" if zone else None), safe=False).to_pylist()
    return pa.array(
        [None if value is None else value.isoformat().replace("+00:00", "Z") for value in values], pa.string()
    )
