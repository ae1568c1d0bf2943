# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`refine` and `exclude`: the values of a field a reader keeps or leaves out."""

import calendar
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from datacity.engine.serve.odsql import tree
from datacity.engine.serve.odsql.schema import Kind, Scope, column_sql
from datacity.engine.serve.odsql.values import Value, adapted, moment
from datacity.engine.serve.refusals import ParameterError

_DATE_PREFIX = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")


def refinement(refine: Sequence[str], exclude: Sequence[str], scope: Scope) -> list[str]:
    """Give the conditions of both parameters.

    Values of one field are alternatives, fields must all hold; each excluded value is left out, empty cells stay.
    Raises ParameterError for a text that is not `field:value`, OdsqlError for an unknown field or a value of another kind.
    """
    kept: dict[str, list[str]] = {}
    for text in refine:
        name, sql = _one("refine", text, scope)
        kept.setdefault(name, []).append(sql)
    parts = ["(" + " OR ".join(each) + ")" for each in kept.values()]
    return parts + [f"({_one('exclude', text, scope)[1]} IS NOT TRUE)" for text in exclude]


def _one(parameter: str, text: str, scope: Scope) -> tuple[str, str]:
    name, colon, wanted = text.partition(":")
    name, wanted = name.strip().strip("`"), wanted.strip()
    if len(wanted) > 1 and wanted[0] == wanted[-1] and wanted[0] in "'\"":
        wanted = wanted[1:-1]
    if not colon or not name:
        raise ParameterError(
            "serve.parameter",
            "The parameter {name} takes field:value; found “{value}”.",
            field=parameter,
            value=text[:80],
        )
    column = scope.column(name)
    sql = column_sql(column)
    if column.kind.is_temporal:
        return name, _during(parameter, sql, column.kind, wanted, scope)
    other = adapted(tree.Literal(wanted), Value(sql, column.kind, computed=False), scope)
    return name, f"({sql} = {other.sql})"


def _during(parameter: str, sql: str, kind: Kind, wanted: str, scope: Scope) -> str:
    found = _DATE_PREFIX.fullmatch(wanted)
    try:
        start, end = _bounds(*(int(part or 0) for part in found.groups())) if found else _bounds(0, 0, 0)
    except (ValueError, OverflowError) as error:
        raise ParameterError(
            "serve.parameter",
            "The parameter {name} takes a date such as 2024, 2024/05 or 2024/05/31; found “{value}”.",
            field=parameter,
            value=wanted[:80],
        ) from error
    if kind is Kind.DATE:
        low, high = scope.bind(start.date()), scope.bind(end.date())
    else:
        low, high = (scope.bind(moment(tree.DateLiteral(each, timed=True), scope)) for each in (start, end))
    return f"({sql} >= {low} AND {sql} < {high})"


def _bounds(year: int, month: int, day: int) -> tuple[datetime, datetime]:
    start = datetime(year, month or 1, day or 1)  # noqa: DTZ001 -- the reader's zone is put on it by `moment`
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, start + timedelta(days=calendar.monthrange(year, month)[1])
    return start, datetime(year + 1, 1, 1)  # noqa: DTZ001 -- likewise
