# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The columns a question may name, their kinds, and what every compilation shares: zone and bound values."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from datacity.engine.serve.refusals import OdsqlError

RECORD_NUMBER = "__record"
"""Name, inside our SQL, of the number of the row in its version; from 0."""
_RECORD_IDENTIFIER = "_id"


class Kind(StrEnum):
    """What a value is; the names are those of the catalogue's column types."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    GEO_POINT = "geo_point"
    GEO_SHAPE = "geo_shape"

    @property
    def is_numeric(self) -> bool:
        """Tell whether one can add it."""
        return self in (Kind.INTEGER, Kind.NUMBER)

    @property
    def is_textual(self) -> bool:
        """Tell whether it is kept as text and compares as text."""
        return self in (Kind.TEXT, Kind.TIME)

    @property
    def is_temporal(self) -> bool:
        """Tell whether it has a place on the calendar."""
        return self in (Kind.DATE, Kind.DATETIME)

    @property
    def is_ordered(self) -> bool:
        """Tell whether its values have an order."""
        return self not in (Kind.GEO_POINT, Kind.GEO_SHAPE)


@dataclass(frozen=True)
class Column:
    """A column of a table: technical name, kind, and the label people read."""

    name: str
    kind: Kind
    label: str = ""


BoundValue = str | int | float | bool | date | datetime


@dataclass
class Scope:
    """One compilation: the columns that exist, the reader's time zone, and the values bound so far.

    Datetimes are kept in UTC without offset, as in the files; the zone only decides what year, hour … of a moment
    are, and what a date literal without offset means.
    """

    columns: Mapping[str, Column]
    zone: ZoneInfo
    parameters: dict[str, BoundValue] = field(default_factory=dict)

    def bind(self, value: BoundValue) -> str:
        """Keep the value apart and give the SQL that stands for it."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def column(self, name: str) -> Column:
        """Give the column of that name. Raises OdsqlError, with the nearest names, when there is none."""
        if name in self.columns:
            return self.columns[name]
        if name == _RECORD_IDENTIFIER:
            return Column(_RECORD_IDENTIFIER, Kind.INTEGER, _RECORD_IDENTIFIER)
        near = difflib.get_close_matches(name.lower(), self.columns, n=3)
        if near:
            raise OdsqlError(
                "serve.odsql", "There is no field “{name}”. Did you mean {near}?", name=name[:80], near=", ".join(near)
            )
        raise OdsqlError(
            "serve.odsql",
            "There is no field “{name}”. The fields are listed at …/catalog/datasets/<id>.",
            name=name[:80],
        )

    def texts(self) -> list[Column]:
        """Give the columns that full-text search reads."""
        return [column for column in self.columns.values() if column.kind is Kind.TEXT]


def quoted(name: str) -> str:
    """Give a name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def column_sql(column: Column) -> str:
    """Give the SQL of a column's value."""
    if column.name == _RECORD_IDENTIFIER:
        return f"({RECORD_NUMBER} + 1)"
    return quoted(column.name)
