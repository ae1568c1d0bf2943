# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What reading a file gives: how it was read, which columns it has, and every doubt met on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MEGABYTE = 1_000_000
LONGEST_VALUE = 80
"""Characters of a cell shown in a doubt or a refusal; the rest is cut."""


class Format(StrEnum):
    """The formats that are read."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    GEOJSON = "geojson"
    PARQUET = "parquet"


@dataclass(frozen=True)
class ReadOptions:
    """What the steward fixes before reading; None means: find out.

    format: checked against the content, which always wins.
    encoding: a name of `decoding.ENCODINGS`. delimiter: one of `; , | TAB`. sheet: its exact name.
    header_row: line of the file (row of the sheet) that holds the headers, from 1; what stands above is left out.
    renames: new header by the old one, or by position written `#3` (from 1) when two headers are the same.
    maximum_*: limits; bytes of the file, of one line or row, of what a compressed file unpacks to; cells of a sheet.
    """

    format: Format | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    maximum_bytes: int = 2_000 * MEGABYTE
    maximum_columns: int = 1_000
    maximum_rows: int = 50_000_000
    maximum_line_bytes: int = 10 * MEGABYTE
    maximum_unpacked_bytes: int = 800 * MEGABYTE
    maximum_sheet_cells: int = 20_000_000
    maximum_json_bytes: int = 200 * MEGABYTE


@dataclass(frozen=True)
class Doubt:
    """One thing the steward should look at; reading went on.

    message: English sentence with places, the key of its translation; values fill it.
    line: of the file, from 1 (row or record number where there are no lines). column: its technical name.
    value: the cell, cut to `LONGEST_VALUE` characters.
    """

    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def text(self) -> str:
        """Give the English sentence with its places filled."""
        return self.message.format_map(self.values)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        return {**asdict(self), "values": dict(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Doubt":
        """Read what `as_dict` gave."""
        return cls(**data)


@dataclass(frozen=True)
class ColumnSource:
    """A column as the file has it: technical name, header as written, type the file itself states (or None).

    native_type: integer, number, boolean, string, date, datetime, time, json or geometry.
    """

    name: str
    label: str
    native_type: str | None = None


@dataclass(frozen=True)
class ReadingReport:
    """How the file was read.

    line_ends: `LF`, `CRLF`, `CR` or several joined by `+`; None when the format has no lines, like encoding and
    delimiter. sheets: names of all sheets of a workbook. rows: without the header. sha256, bytes: of the file itself.
    """

    format: Format
    encoding: str | None
    delimiter: str | None
    line_ends: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    rows: int
    columns: tuple[ColumnSource, ...]
    doubts: tuple[Doubt, ...]
    sha256: str
    bytes: int

    def as_dict(self) -> dict[str, Any]:
        """Give the report as JSON values."""
        return {
            **{
                name: getattr(self, name)
                for name in ("encoding", "delimiter", "line_ends", "sheet", "rows", "sha256", "bytes")
            },
            "format": self.format.value,
            "sheets": list(self.sheets),
            "columns": [asdict(column) for column in self.columns],
            "doubts": [doubt.as_dict() for doubt in self.doubts],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ReadingReport":
        """Read what `as_dict` gave."""
        changed = {
            "format": Format(data["format"]),
            "sheets": tuple(data["sheets"]),
            "columns": tuple(ColumnSource(**column) for column in data["columns"]),
            "doubts": tuple(Doubt.from_dict(doubt) for doubt in data["doubts"]),
        }
        return cls(**{**data, **changed})


def shorten(value: str) -> str:
    """Give the value cut to `LONGEST_VALUE` characters, with an ellipsis when something is missing."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def listed(parts: Sequence[str], limit: int = 10) -> str:
    """Give the first parts joined by commas, and how many more there are."""
    rest = len(parts) - limit
    return ", ".join(parts[:limit]) + (f" … (+{rest})" if rest > 0 else "")
