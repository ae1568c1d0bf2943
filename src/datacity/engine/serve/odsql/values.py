# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Compile values: fields, literals, arithmetic and functions, each with its kind."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from datacity.engine.serve.odsql import tree
from datacity.engine.serve.odsql.parse import AGGREGATES, SCALARS, parse_moment
from datacity.engine.serve.odsql.schema import Kind, Scope, column_sql
from datacity.engine.serve.refusals import OdsqlError
from datacity.kernel.words import msg

_DATE_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second"})
_MAXIMUM_TEXT = 1_000


@dataclass(frozen=True)
class Value:
    """SQL that gives one value, and what it is. computed: not simply a field, so it may overflow."""

    sql: str
    kind: Kind
    computed: bool = True


def value(node: tree.Node, scope: Scope) -> Value:
    """Compile a value. Raises OdsqlError when the parts do not fit together."""
    match node:
        case tree.Literal() | tree.DateLiteral():
            return _literal(node, scope)
        case tree.Field(name=name):
            column = scope.column(name)
            return Value(column_sql(column), column.kind, computed=False)
        case tree.Negative(operand=operand):
            inner = _numeric(operand, scope, "-")
            return Value(f"(- {inner.sql})", inner.kind)
        case tree.Arithmetic():
            return _arithmetic(node, scope)
        case tree.Call(name=name) if name in AGGREGATES:
            return _aggregate(node, scope)
        case tree.Call(name=name) if name in SCALARS:
            return _scalar(node, scope)
        case tree.Call(name=name):
            raise OdsqlError("serve.odsql", "{name}() is a condition; it belongs in where.", name=name)
        case _:
            raise OdsqlError("serve.odsql", "A condition stands where a value is expected.")


def pair(left: tree.Node, right: tree.Node, scope: Scope) -> tuple[Value, Value]:
    """Compile two values that are to be compared; a literal takes the kind of the other side.

    Raises OdsqlError when the kinds cannot be compared.
    """
    if _is_literal(left) and not _is_literal(right):
        other = value(right, scope)
        return adapted(left, other, scope), other
    first = value(left, scope)
    return first, adapted(right, first, scope)


def adapted(node: tree.Node, model: Value, scope: Scope) -> Value:
    """Compile a value so that it compares with the model. Raises OdsqlError when it cannot."""
    if not model.kind.is_ordered:
        raise OdsqlError(
            "serve.odsql", "A field of type {kind} can only be tested with “is null”.", kind=model.kind.value
        )
    if not _is_literal(node):
        other = value(node, scope)
        if not _comparable(model.kind, other.kind):
            raise OdsqlError(
                "serve.odsql", "{left} and {right} cannot be compared.", left=model.kind.value, right=other.kind.value
            )
        return other
    bound = _bound(node, model.kind, scope)
    if bound is None:
        raise OdsqlError(
            "serve.odsql",
            "“{literal}” does not fit the type {kind}.",
            hint=_advice(model.kind),
            literal=_shown(node),
            kind=model.kind.value,
        )
    return Value(bound, model.kind)


def moment(literal: tree.DateLiteral, scope: Scope) -> datetime:
    """Give the moment of a date literal in UTC, without offset, as datetimes are kept."""
    return _in_utc(literal.moment, scope)


def folded(sql: str) -> str:
    """Give the SQL of a text without capitals and accents."""
    return f"strip_accents(lower({sql}))"


def _is_literal(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal | tree.DateLiteral)


def _shown(node: tree.Node) -> str:
    return str(node.value)[:80] if isinstance(node, tree.Literal) else "date'…'"


def _advice(kind: Kind) -> str:
    if kind.is_textual:
        return msg("Write a text between quotes.")
    if kind.is_temporal:
        return msg("Write a date as date'2024-05-31'.")
    return msg("Write true or false.") if kind is Kind.BOOLEAN else msg("Write a number.")


def _comparable(left: Kind, right: Kind) -> bool:
    return (
        left is right
        or (left.is_numeric and right.is_numeric)
        or (left.is_textual and right.is_textual)
        or (left.is_temporal and right.is_temporal)
    ) and left.is_ordered


def _literal(node: tree.Node, scope: Scope) -> Value:
    if isinstance(node, tree.DateLiteral):
        if node.timed:
            return Value(scope.bind(moment(node, scope)), Kind.DATETIME)
        return Value(scope.bind(node.moment.date()), Kind.DATE)
    if not isinstance(node, tree.Literal):
        raise TypeError(node)
    match node.value:
        case bool():
            return Value(scope.bind(node.value), Kind.BOOLEAN)
        case int():
            return Value(scope.bind(node.value), Kind.INTEGER)
        case float():
            return Value(scope.bind(node.value), Kind.NUMBER)
        case _:
            return Value(_text(node.value, scope), Kind.TEXT)


def _text(text: str, scope: Scope) -> str:
    if len(text) > _MAXIMUM_TEXT:
        raise OdsqlError(
            "serve.odsql",
            "A text of {length} characters; at most {limit} are compared.",
            length=len(text),
            limit=_MAXIMUM_TEXT,
        )
    return scope.bind(text)


def _bound(node: tree.Node, kind: Kind, scope: Scope) -> str | None:
    written = node.value if isinstance(node, tree.Literal) else None
    if kind.is_temporal:
        return _bound_moment(node, kind, scope)
    if kind.is_textual:
        return _text(written, scope) if isinstance(written, str) else None
    if kind is Kind.BOOLEAN:
        if isinstance(written, str) and written.lower() in ("true", "false"):
            written = written.lower() == "true"
        return scope.bind(written) if isinstance(written, bool) else None
    if isinstance(written, str):
        written = _number(written)
    return scope.bind(written) if isinstance(written, int | float) and not isinstance(written, bool) else None


def _bound_moment(node: tree.Node, kind: Kind, scope: Scope) -> str | None:
    if isinstance(node, tree.Literal):
        read = parse_moment(node.value) if isinstance(node.value, str) else None
        if read is None:
            return None
        node = tree.DateLiteral(*read)
    if not isinstance(node, tree.DateLiteral):
        return None
    if kind is Kind.DATE and not node.timed:
        return scope.bind(node.moment.date())
    return scope.bind(moment(node, scope))


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    try:
        return int(text) if abs(number) < 2**62 else number
    except ValueError:
        return number


def _in_utc(moment: datetime, scope: Scope) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=scope.zone)
    try:
        return aware.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise OdsqlError("serve.odsql", "The date is out of the calendar.") from error


def _numeric(node: tree.Node, scope: Scope, operator: str) -> Value:
    inner = value(node, scope)
    if not inner.kind.is_numeric:
        raise OdsqlError(
            "serve.odsql",
            "“{operator}” works on numbers, not on the type {kind}.",
            operator=operator,
            kind=inner.kind.value,
        )
    return inner


def _arithmetic(node: tree.Arithmetic, scope: Scope) -> Value:
    left = _numeric(node.left, scope, node.operator)
    right = _numeric(node.right, scope, node.operator)
    if node.operator == "/":
        return Value(f"({left.sql}::DOUBLE / nullif({right.sql}::DOUBLE, 0))", Kind.NUMBER)
    both = Kind.INTEGER if left.kind is right.kind is Kind.INTEGER else Kind.NUMBER
    cast = "BIGINT" if both is Kind.INTEGER else "DOUBLE"
    return Value(f"({left.sql}::{cast} {node.operator} {right.sql}::{cast})", both)


def _scalar(node: tree.Call, scope: Scope) -> Value:
    wanted = 2 if node.name == "ifnull" else 1
    if node.rows or node.distinct or len(node.arguments) != wanted:
        raise OdsqlError("serve.odsql", "{name}() takes {count} argument(s).", name=node.name, count=wanted)
    if node.name == "ifnull":
        first, second = pair(node.arguments[0], node.arguments[1], scope)
        return Value(f"coalesce({first.sql}, {second.sql})", first.kind if first.kind is second.kind else Kind.NUMBER)
    inner = value(node.arguments[0], scope)
    if node.name in _DATE_PARTS:
        return Value(_part(node.name, inner, scope), Kind.INTEGER)
    if not inner.kind.is_textual:
        raise OdsqlError(
            "serve.odsql", "{name}() works on a text, not on the type {kind}.", name=node.name, kind=inner.kind.value
        )
    return Value(f"{node.name}({inner.sql})", Kind.TEXT if node.name == "lower" else Kind.INTEGER)


def _part(name: str, inner: Value, scope: Scope) -> str:
    if not inner.kind.is_temporal:
        raise OdsqlError(
            "serve.odsql", "{name}() works on a date, not on the type {kind}.", name=name, kind=inner.kind.value
        )
    sql = inner.sql
    if inner.kind is Kind.DATETIME and scope.zone.key != "UTC":
        sql = f"timezone({scope.bind(scope.zone.key)}, timezone('UTC', {sql}))"
    return f"{name}({sql}::TIMESTAMP)"


def _aggregate(node: tree.Call, scope: Scope) -> Value:
    if node.rows and node.name == "count":
        return Value("count(*)", Kind.INTEGER)
    if node.rows or len(node.arguments) != 1 or (node.distinct and node.name != "count"):
        raise OdsqlError("serve.odsql", "{name}() takes one field; only count() takes * or distinct.", name=node.name)
    inner = value(node.arguments[0], scope)
    if node.name == "count":
        return Value(f"count({'DISTINCT ' if node.distinct else ''}{inner.sql})", Kind.INTEGER)
    if node.name in ("min", "max"):
        if not inner.kind.is_ordered:
            raise OdsqlError(
                "serve.odsql",
                "{name}() needs values that have an order, not the type {kind}.",
                name=node.name,
                kind=inner.kind.value,
            )
        return Value(f"{node.name}({inner.sql})", inner.kind)
    if not inner.kind.is_numeric:
        raise OdsqlError(
            "serve.odsql", "{name}() works on numbers, not on the type {kind}.", name=node.name, kind=inner.kind.value
        )
    if node.name == "median":
        return Value(f"median({inner.sql})", Kind.NUMBER)
    # fsum and favg carry the rounding error along: the sum no longer depends on the order in which threads add.
    function = {"sum": "fsum", "avg": "favg"}[node.name] if inner.kind is Kind.NUMBER else node.name
    return Value(f"{function}({inner.sql})", inner.kind if node.name == "sum" else Kind.NUMBER)
