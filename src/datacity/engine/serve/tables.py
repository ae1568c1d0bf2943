# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Put a question to the frozen table of a version."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from datacity.engine.ports.store import Store
from datacity.engine.serve.database import Database
from datacity.engine.serve.odsql.schema import RECORD_NUMBER, Column, Kind, Scope, quoted
from datacity.engine.serve.odsql.statement import Output, Question, Statement, compile_condition, compile_question
from datacity.engine.serve.profiles import Profile, profiles
from datacity.engine.serve.publications import Version, local_file
from datacity.engine.serve.refusals import OdsqlError
from datacity.engine.sources.duck import literal
from datacity.kernel.errors import Missing

_PROFILES_KEPT = 256
FACET_VALUES = 100
"""Values shown of one facet, and most distinct values of a field that is a facet unasked."""


@dataclass(frozen=True)
class Page:
    """Rows of an answer: outputs say key, kind and label of each column; rows hold Python values in that order.

    total: rows that match, over all pages; the number of rows of the answer when it is aggregated.
    Datetimes are in UTC without offset, points are {"lon", "lat"}, shapes GeoJSON geometries as text.
    """

    outputs: tuple[Output, ...]
    rows: list[tuple[Any, ...]]
    total: int
    aggregated: bool


@dataclass(frozen=True)
class Facet:
    """The values of one field with the number of rows of each, most frequent first."""

    name: str
    values: tuple[tuple[str, int], ...]


class Tables:
    """The tables of all versions, as something to ask."""

    def __init__(self, store: Store, database: Database, *, counts: int) -> None:
        """Take the store of the files and the database that reads them. counts: numbers of matching rows kept for the next page."""
        self._store = store
        self._database = database
        self._counts_kept = counts
        self._counts: OrderedDict[Hashable, int] = OrderedDict()
        self._profiles: OrderedDict[str, tuple[Profile, ...]] = OrderedDict()
        self._lock = Lock()

    def statement(self, version: Version, question: Question) -> Statement:
        """Compile a question to the version's table. Raises OdsqlError, ParameterError."""
        return compile_question(question, version.columns, self._source(version))

    def page(self, version: Version, question: Question, *, counted: bool = True) -> Page:
        """Answer a question; counted: also count the rows that match, else the total is the number of rows given.

        Raises OdsqlError, ParameterError, TooBusy, TooLong.
        """
        statement = self.statement(version, question)
        rows = self._database.rows(statement.sql, statement.parameters) if question.limit != 0 else []
        total = self._total(version, question, statement) if counted and not statement.aggregated else len(rows)
        return Page(statement.outputs, rows, total, statement.aggregated)

    def record(self, version: Version, number: int, question: Question) -> Page:
        """Give the one row of that number, from 1; question: what to select. Raises Missing when the version has no such row."""
        if not 0 < number <= version.rows:
            raise Missing(
                "serve.no_record",
                "The record {number} does not exist; the version has {rows}.",
                number=number,
                rows=version.rows,
            )
        return self.page(version, replace(question, where=(f"_id = {number}",), limit=1), counted=False)

    def facets(self, version: Version, question: Question, names: tuple[str, ...]) -> list[Facet]:
        """Count the rows of each value of some fields; without names, of the text and boolean fields with few values.

        Raises OdsqlError for an unknown field, and for a point or a shape.
        """
        scope = Scope({column.name: column for column in version.columns}, question.zone)
        asked = [scope.column(name) for name in names]
        for column in asked:
            if not column.kind.is_ordered:
                raise OdsqlError(
                    "serve.odsql",
                    "The field {name} of type {kind} has no facet.",
                    name=column.name,
                    kind=column.kind.value,
                )
        if not names:
            asked = [column for column in version.columns if column.kind in (Kind.TEXT, Kind.BOOLEAN)]
        where = compile_condition(question, scope)
        found = [self._facet(version, column, where, scope) for column in asked]
        return [facet for facet in found if names or 1 < len(facet.values) <= FACET_VALUES]

    def profiles(self, version: Version) -> tuple[Profile, ...]:
        """Give what each column of a version holds; computed once, since versions never change. Raises TooBusy, TooLong."""
        with self._lock:
            known = self._profiles.get(version.sha256)
        if known is None:
            known = profiles(self._database, self._source(version), version.columns)
            with self._lock:
                self._profiles[version.sha256] = known
                while len(self._profiles) > _PROFILES_KEPT:
                    self._profiles.popitem(last=False)
        return known

    def _facet(self, version: Version, column: Column, where: str, scope: Scope) -> Facet:
        name = quoted(column.name)
        sql = (
            f"SELECT {name}::VARCHAR AS value, count(*) AS rows FROM {self._source(version)} WHERE ({where}) AND {name} IS NOT NULL"  # noqa: S608 -- names quoted
            f" GROUP BY value ORDER BY rows DESC, value LIMIT {FACET_VALUES + 1}"
        )
        rows = self._database.rows(sql, scope.parameters)
        return Facet(column.name, tuple((str(value), int(count)) for value, count in rows))

    def _source(self, version: Version) -> str:
        path = local_file(self._store, version.table)
        columns = ", ".join(quoted(column.name) for column in version.columns)
        table = f"read_parquet({literal(str(path))}, file_row_number = true)"
        return f"(SELECT {columns}, file_row_number AS {RECORD_NUMBER} FROM {table}) AS t"  # noqa: S608 -- names quoted

    def _total(self, version: Version, question: Question, statement: Statement) -> int:
        if not (question.where or question.refine or question.exclude) or statement.count_sql is None:
            return version.rows
        key = (version.sha256, statement.count_sql, tuple(sorted(statement.count_parameters.items())))
        with self._lock:
            known = self._counts.get(key)
        if known is None:
            known = int(self._database.rows(statement.count_sql, statement.count_parameters)[0][0])
            with self._lock:
                self._counts[key] = known
                while len(self._counts) > self._counts_kept:
                    self._counts.popitem(last=False)
        return known


def named(page: Page, index: int) -> Mapping[str, Any]:
    """Give one row as field → value."""
    return {output.key: value for output, value in zip(page.outputs, page.rows[index], strict=True)}
