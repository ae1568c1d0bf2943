# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Read an ODSQL clause into its tree, or say where it stops making sense.

The grammar is `odsql.lark`; the parser is LALR(1), linear in the length of the text. Length, nesting and size
are bounded before and after, so that no clause costs more than a few milliseconds to refuse.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError
from lark.tree import Meta

from datacity.engine.serve.odsql import tree
from datacity.engine.serve.refusals import OdsqlError

MAXIMUM_CHARACTERS = 8_000
"""Longest clause read, characters."""
MAXIMUM_DEPTH = 60
"""Deepest nesting of a clause, levels; also the most operands of one chain of + - * /."""
MAXIMUM_NODES = 2_500
"""Largest clause, in literals, fields, functions and operators."""

SCALARS = frozenset({"year", "month", "day", "hour", "minute", "second", "lower", "length", "ifnull"})
"""Functions of one row that are answered."""
AGGREGATES = frozenset({"avg", "count", "min", "max", "sum", "median"})
"""Functions of many rows that are answered."""
PREDICATES = frozenset({"search", "startswith"})
"""Functions that filter."""

_WORDS_BEFORE_PARENTHESIS = frozenset({"and", "or", "not", "in", "like", "is", "by", "distinct", "to"})
_CALL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|([A-Za-z_]\w*)\s*\(""")
_STRINGS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`""")
_DATE = re.compile(
    r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?"
)


def parse_where(text: str) -> tree.Node:
    """Give the condition of a `where`. Raises OdsqlError with the place of the first fault."""
    return cast("tree.Node", _parse("where_clause", "where", text))


def parse_select(text: str) -> tuple[tree.Selection, ...]:
    """Give the items of a `select`. Raises OdsqlError with the place of the first fault."""
    return cast("tuple[tree.Selection, ...]", _parse("select_clause", "select", text))


def parse_group_by(text: str) -> tuple[tree.Grouping, ...]:
    """Give the items of a `group_by`. Raises OdsqlError with the place of the first fault."""
    return cast("tuple[tree.Grouping, ...]", _parse("group_clause", "group_by", text))


def parse_order_by(text: str) -> tuple[tree.Ordering, ...]:
    """Give the items of an `order_by`. Raises OdsqlError with the place of the first fault."""
    return cast("tuple[tree.Ordering, ...]", _parse("order_clause", "order_by", text))


def parse_moment(text: str) -> tuple[datetime, bool] | None:
    """Read 2024, 2024-05, 2024/05/31, 2024-05-31T10:00[:00[.5]][Z|+02:00]; None for anything else.

    Result: the first moment so named (naive, or UTC-aware when an offset was written) and whether a time was written.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    iso = f"{year}-{int(month or 1):02d}-{int(day or 1):02d}T{int(hour or 0):02d}:{minute or '00'}:{second or '00'}"
    iso += f".{fraction.ljust(6, '0')}" if fraction else ""
    try:
        moment = datetime.fromisoformat(iso + (offset or ""))
        return (moment.astimezone(UTC) if moment.tzinfo else moment), hour is not None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=2048)
def _parse(rule: str, clause: str, text: str) -> tree.Node | tuple[Any, ...]:
    _check_size(clause, text)
    _check_functions(clause, text)
    try:
        parsed = _grammar().parse(text, start=rule)
        result = _Builder(text).transform(parsed)
    except UnexpectedInput as error:
        raise _fault(clause, text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, OdsqlError):
            raise error.orig_exc from error
        raise
    _check_tree(clause, result if isinstance(result, tuple) else (result,))
    return cast("tree.Node | tuple[Any, ...]", result)


@cache
def _grammar() -> Lark:
    return Lark(
        (Path(__file__).parent / "odsql.lark").read_text(encoding="utf-8"),
        parser="lalr",
        start=["where_clause", "select_clause", "group_clause", "order_clause"],
        propagate_positions=True,
        maybe_placeholders=True,
    )


def _check_size(clause: str, text: str) -> None:
    if not text.strip():
        raise OdsqlError(
            "serve.odsql",
            "The {clause} clause is empty. Leave the parameter out, or write an expression.",
            clause=clause,
        )
    if len(text) > MAXIMUM_CHARACTERS:
        raise OdsqlError(
            "serve.odsql",
            "The {clause} clause has {length} characters; at most {limit} are read.",
            clause=clause,
            length=len(text),
            limit=MAXIMUM_CHARACTERS,
        )
    depth = deepest = 0
    for character in _STRINGS.sub("", text):
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAXIMUM_DEPTH:
        raise OdsqlError(
            "serve.odsql",
            "The {clause} clause nests {depth} parentheses; at most {limit} are read.",
            clause=clause,
            depth=deepest,
            limit=MAXIMUM_DEPTH,
        )


def _check_functions(clause: str, text: str) -> None:
    for found in _CALL.finditer(text):
        name = (found.group(1) or "").lower()
        if name and name not in SCALARS | AGGREGATES | PREDICATES | _WORDS_BEFORE_PARENTHESIS:
            raise OdsqlError(
                "serve.odsql",
                "The function {name}() of the {clause} clause is not supported here. Supported: {supported}.",
                name=name,
                clause=clause,
                supported=", ".join(sorted(SCALARS | AGGREGATES | PREDICATES)),
            )


def _check_tree(clause: str, items: Sequence[Any]) -> None:
    total = 0
    for item in items:
        node = item.expression if isinstance(item, tree.Selection | tree.Grouping | tree.Ordering) else item
        if node is None:
            continue
        nodes, depth = tree.measure(node)
        total += nodes
        if depth > MAXIMUM_DEPTH or total > MAXIMUM_NODES:
            raise OdsqlError(
                "serve.odsql",
                "The {clause} clause is too large: at most {depth} levels and {nodes} elements are read.",
                clause=clause,
                depth=MAXIMUM_DEPTH,
                nodes=MAXIMUM_NODES,
            )


def _fault(clause: str, text: str, error: UnexpectedInput) -> OdsqlError:
    if isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        return OdsqlError(
            "serve.odsql", "The {clause} clause stops too early, after “{text}”.", clause=clause, text=text[-40:]
        )
    place = int(getattr(error, "pos_in_stream", 0) or 0)
    found = str(error.token) if isinstance(error, UnexpectedToken) else text[place : place + 1]
    if isinstance(error, UnexpectedCharacters) and found in "'\"`":
        return OdsqlError(
            "serve.odsql",
            "In the {clause} clause, the quote opened at character {place} is not closed.",
            clause=clause,
            place=place + 1,
        )
    return OdsqlError(
        "serve.odsql",
        "The {clause} clause is not understood at character {place}: “{found}”.",
        clause=clause,
        place=place + 1,
        found=found[:40],
    )


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Turns the parser's tree into ours, from the leaves up; each method is one alternative of the grammar."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def where_clause(self, condition: tree.Node) -> tree.Node:
        return condition

    def select_clause(self, *items: tree.Selection) -> tuple[tree.Selection, ...]:
        return items

    def group_clause(self, *items: tree.Grouping) -> tuple[tree.Grouping, ...]:
        return items

    def order_clause(self, *items: tree.Ordering) -> tuple[tree.Ordering, ...]:
        return items

    def everything(self) -> tree.Selection:
        return tree.Selection(None)

    @v_args(meta=True, inline=True)
    def selected(self, meta: Meta, expression: tree.Node, alias: str | None) -> tree.Selection:
        return tree.Selection(expression, alias, self._text(meta))

    @v_args(meta=True, inline=True)
    def grouped(self, meta: Meta, expression: tree.Node, alias: str | None) -> tree.Grouping:
        return tree.Grouping(expression, alias, self._text(meta))

    def _text(self, meta: Meta) -> str:
        return " ".join(self._source[meta.start_pos : meta.end_pos].split())

    def ascending(self, expression: tree.Node) -> tree.Ordering:
        return tree.Ordering(expression)

    def descending(self, expression: tree.Node) -> tree.Ordering:
        return tree.Ordering(expression, descending=True)

    def disjunction(self, *operands: tree.Node) -> tree.Node:
        return tree.Logical("or", operands)

    def conjunction(self, *operands: tree.Node) -> tree.Node:
        return tree.Logical("and", operands)

    def negation(self, operand: tree.Node) -> tree.Node:
        return tree.Not(operand)

    def comparison(self, left: tree.Node, operator: Token, right: tree.Node) -> tree.Node:
        if operator in ("!=", "<>"):
            return tree.Not(tree.Comparison("=", left, right))
        return tree.Comparison(str(operator), left, right)

    def equals(self, left: tree.Node, right: tree.Node) -> tree.Node:
        return tree.Comparison("=", left, right)

    def range(self, opening: Token, low: tree.Node, high: tree.Node, closing: Token) -> tree.Range:
        return tree.Range(low, high, opening == "[", closing == "]")

    def list(self, *values: tree.Node) -> tuple[tree.Node, ...]:
        return values

    def within(self, operand: tree.Node, limits: tree.Range) -> tree.Node:
        return tree.Within(operand, limits)

    def not_within(self, operand: tree.Node, limits: tree.Range) -> tree.Node:
        return tree.Not(tree.Within(operand, limits))

    def among(self, operand: tree.Node, values: tuple[tree.Node, ...]) -> tree.Node:
        return tree.Among(operand, values)

    def not_among(self, operand: tree.Node, values: tuple[tree.Node, ...]) -> tree.Node:
        return tree.Not(tree.Among(operand, values))

    def like(self, operand: tree.Node, pattern: tree.Node) -> tree.Node:
        return tree.Like(operand, pattern)

    def not_like(self, operand: tree.Node, pattern: tree.Node) -> tree.Node:
        return tree.Not(tree.Like(operand, pattern))

    def is_null(self, operand: tree.Node) -> tree.Node:
        return tree.IsNull(operand)

    def is_not_null(self, operand: tree.Node) -> tree.Node:
        return tree.Not(tree.IsNull(operand))

    def is_truth(self, operand: tree.Node, truth: Token) -> tree.Node:
        return tree.IsTruth(operand, truth.lower() == "true")

    def is_not_truth(self, operand: tree.Node, truth: Token) -> tree.Node:
        return tree.Not(tree.IsTruth(operand, truth.lower() == "true"))

    def arithmetic(self, left: tree.Node, operator: Token, right: tree.Node) -> tree.Node:
        return tree.Arithmetic(str(operator), left, right)

    def times(self, left: tree.Node, right: tree.Node) -> tree.Node:
        return tree.Arithmetic("*", left, right)

    def divided(self, left: tree.Node, right: tree.Node) -> tree.Node:
        return tree.Arithmetic("/", left, right)

    def sign(self, sign: Token, operand: tree.Node) -> tree.Node:
        if sign == "+":
            return operand
        if isinstance(operand, tree.Literal) and isinstance(operand.value, int | float):
            return tree.Literal(-operand.value)
        return tree.Negative(operand)

    def number(self, token: Token) -> tree.Node:
        value = float(token) if set(token) & set(".eE") else int(token)
        if not math.isfinite(value) or (isinstance(value, int) and value >= 2**63):
            raise OdsqlError("serve.odsql", "The number {number} is too large.", number=str(token)[:40])
        return tree.Literal(value)

    def text(self, token: Token) -> tree.Node:
        return tree.Literal(_ESCAPE.sub(r"\1", token[1:-1]))

    def date(self, token: Token) -> tree.Node:
        written = str(token)[4:].strip()[1:-1]
        moment = parse_moment(written)
        if moment is None:
            raise OdsqlError(
                "serve.odsql",
                "“{date}” is not a date; write date'2024-05-31' or date'2024-05-31T10:00'.",
                date=written[:40],
            )
        return tree.DateLiteral(*moment)

    def truth(self, token: Token) -> tree.Node:
        return tree.Literal(token.lower() == "true")

    def name(self, token: Token) -> str:
        return str(token)[1:-1] if token.type == "QUOTED_NAME" else str(token)

    def field(self, name: str) -> tree.Node:
        return tree.Field(name)

    def arguments(self, *nodes: tree.Node) -> tuple[tree.Node, ...]:
        return nodes

    def call(self, name: Token, arguments: tuple[tree.Node, ...] = ()) -> tree.Node:
        return tree.Call(name.lower(), arguments)

    def call_on_rows(self, name: Token) -> tree.Node:
        return tree.Call(name.lower(), rows=True)

    def call_on_all(self, name: Token, arguments: tuple[tree.Node, ...]) -> tree.Node:
        return tree.Call(name.lower(), arguments)

    def call_on_distinct(self, name: Token, argument: tree.Node) -> tree.Node:
        return tree.Call(name.lower(), (argument,), distinct=True)
