# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a protected Parquet file holds, and whether it may be frozen."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from datacity.engine.catalogue import ColumnType
from datacity.engine.proof.hashes import Digest, digest_file
from datacity.engine.release.details import ReleaseDetails
from datacity.engine.sources.duck import connect, identifier, literal
from datacity.kernel.errors import Invalid
from datacity.kernel.words import Words

_AS_TEXT = {ColumnType.TEXT, ColumnType.TIME, ColumnType.GEO_SHAPE}
_METADATA = {b"ARROW:schema"}


@dataclass(frozen=True)
class FrozenColumn:
    """A column as the manifest describes it."""

    name: str
    label: Words
    type: ColumnType
    unit: str
    meaning: Words | None

    def as_dict(self) -> dict[str, object]:
        """Give it as in the manifest."""
        return {
            "name": self.name,
            "label": self.label.as_dict(),
            "type": str(self.type),
            "unit": self.unit,
            "meaning": self.meaning.as_dict() if self.meaning else {},
        }


@dataclass(frozen=True)
class Table:
    """A table ready to freeze: its file, digest, rows, and columns in order."""

    path: Path
    digest: Digest
    rows: int
    columns: tuple[FrozenColumn, ...]


def inspect(path: Path, details: ReleaseDetails) -> Table:
    """Read the form of a Parquet file.

    Raises Invalid when it is not Parquet, has a column of a type that is not frozen, a name used twice, no row, hidden metadata or a number
    that is none; and when the details speak of a column it has not, or give a column another type.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, rows, metadata = file.schema_arrow, file.metadata.num_rows, file.metadata.metadata or {}
    except (pa.ArrowInvalid, OSError) as error:
        raise Invalid(
            "release.parquet",
            "{name} is not a Parquet file.",
            hint="Give the file that datacity protect wrote.",
            name=path.name,
        ) from error
    if hidden := sorted(key.decode(errors="replace") for key in set(metadata) - _METADATA):
        raise Invalid(
            "release.metadata",
            "The Parquet file carries hidden metadata: {names}.",
            hint="Write it anew with datacity protect.",
            names=", ".join(hidden)[:200],
        )
    if rows == 0:
        raise Invalid("release.empty", "The table has no row; there is nothing to release.")
    _check_names(schema.names, details)
    columns = tuple(_column(each.name, each.type, details) for each in schema)
    _check_numbers(path, columns)
    return Table(path, digest_file(path), rows, columns)


def _check_names(names: list[str], details: ReleaseDetails) -> None:
    lowered = [name.lower() for name in names]
    for name in names:
        if not name.strip() or lowered.count(name.lower()) > 1 or not name.isprintable() or len(name) > 200:
            raise Invalid(
                "release.column_name",
                "The column name “{name}” is empty, not printable, too long or used twice.",
                name=name[:200],
            )
    for name in (*details.columns, *details.key):
        if name not in names:
            raise Invalid(
                "release.column_unknown",
                "The table has no column “{name}”.",
                hint="Its columns are {known}.",
                field=f"columns.{name}",
                name=name,
                known=", ".join(names),
            )


def _column(name: str, kind: pa.DataType, details: ReleaseDetails) -> FrozenColumn:
    found = _type_of(kind)
    if found is None:
        raise Invalid(
            "release.column_type",
            "The column {name} has the type {kind}, which is not frozen.",
            hint="Cast it, or drop it in the plan.",
            name=name,
            kind=str(kind),
        )
    said = details.columns.get(name)
    if said is None:
        return FrozenColumn(name, Words(fr=name), found, "", None)
    stated = said.type or found
    if stated not in set(ColumnType) or (stated != found and not {ColumnType(stated), found} <= _AS_TEXT):
        raise Invalid(
            "release.column_other_type",
            "{name} says {stated}, but the table holds {found}.",
            field=f"columns.{name}.type",
            name=f"columns.{name}.type",
            stated=str(stated),
            found=str(found),
        )
    return FrozenColumn(name, said.label or Words(fr=name), ColumnType(stated), said.unit, said.meaning)


def _type_of(kind: pa.DataType) -> ColumnType | None:
    point = pa.types.is_struct(kind) and sorted(kind.field(place).name for place in range(kind.num_fields)) == [
        "lat",
        "lon",
    ]
    tests = (
        (point, ColumnType.GEO_POINT),
        (pa.types.is_string(kind) or pa.types.is_large_string(kind), ColumnType.TEXT),
        (pa.types.is_integer(kind), ColumnType.INTEGER),
        (pa.types.is_floating(kind) or pa.types.is_decimal(kind), ColumnType.NUMBER),
        (pa.types.is_boolean(kind), ColumnType.BOOLEAN),
        (pa.types.is_date(kind), ColumnType.DATE),
        (pa.types.is_timestamp(kind), ColumnType.DATETIME),
    )
    return next((found for holds, found in tests if holds), None)


def _check_numbers(path: Path, columns: tuple[FrozenColumn, ...]) -> None:
    """Refuse infinities and NaN: JSON has no word for them."""
    numbers = [column.name for column in columns if column.type is ColumnType.NUMBER]
    if not numbers:
        return
    tests = ", ".join(f"coalesce(bool_and(isfinite({identifier(name)}::DOUBLE)), true)" for name in numbers)
    with connect() as connection:
        row = connection.execute(f"SELECT {tests} FROM read_parquet({literal(str(path))})").fetchone() or ()
    for name, finite in zip(numbers, row, strict=True):
        if not finite:
            raise Invalid(
                "release.not_finite",
                "The column {name} holds infinity or “not a number”.",
                hint="Leave such cells empty.",
                name=name,
            )
