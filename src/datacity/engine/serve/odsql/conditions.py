# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Compile conditions, full-text search included.

An empty cell satisfies no condition, so `not` is true there: `not (a = 1)` keeps the rows without `a`, as clients of
this API expect. Text search ignores capitals and accents. Every pattern is matched in linear time (RE2) or by comparison
of words, never by a backtracking matcher.
"""

import re
from collections.abc import Sequence

from datacity.engine.serve.odsql import patterns as patterns_of
from datacity.engine.serve.odsql import tree
from datacity.engine.serve.odsql.parse import PREDICATES
from datacity.engine.serve.odsql.schema import Kind, Scope, column_sql
from datacity.engine.serve.odsql.values import Value, adapted, folded, pair, value
from datacity.engine.serve.refusals import OdsqlError

MAXIMUM_WORDS = 20
"""Words of one full-text question."""
MAXIMUM_PATTERN = 200
"""Characters of a `like` pattern or of a full-text question."""
MAXIMUM_WILDCARDS = 10
"""Times `%` may stand in a pattern."""
MAXIMUM_LISTED = 1_000
"""Values in one `in (…)`."""

_WORD = re.compile(r"[^\W_]+\*?")


def condition(node: tree.Node, scope: Scope) -> str:  # noqa: PLR0911 -- one line a kind of node
    """Compile a condition to SQL. Raises OdsqlError when the parts do not fit together."""
    match node:
        case tree.Logical(operator=operator, operands=operands):
            return "(" + f" {operator.upper()} ".join(condition(each, scope) for each in operands) + ")"
        case tree.Not(operand=operand):
            return f"({condition(operand, scope)} IS NOT TRUE)"
        case tree.Literal(value=bool() as truth):
            return "TRUE" if truth else "FALSE"
        case tree.Literal(value=str() as words):
            return contains_words([column_sql(each) for each in scope.texts()], words, scope)
        case tree.IsTruth(operand=operand, truth=truth):
            return f"({condition(operand, scope)} IS {'TRUE' if truth else 'FALSE'})"
        case tree.IsNull(operand=operand):
            return f"({value(operand, scope).sql} IS NULL)"
        case tree.Call(name=name) if name in PREDICATES:
            return _predicate(node, scope)
        case tree.Comparison(operator=operator, left=left, right=right):
            first, second = pair(left, right, scope)
            return f"({first.sql} {operator} {second.sql})"
        case tree.Among() | tree.Within() | tree.Like():
            return _membership(node, scope)
        case _:
            return _truth(node, scope)


def contains_words(columns: Sequence[str], text: str, scope: Scope) -> str:
    """Give the condition that all words of the text stand in the columns (SQL of text values); `word*` is a beginning."""
    words = _words(text)
    if not columns:
        return "FALSE"
    where = _joined(columns)
    patterns = (patterns_of.word(each.removesuffix("*"), beginning=each.endswith("*")) for each in words)
    return "(" + " AND ".join(f"regexp_matches({where}, {scope.bind(each)})" for each in patterns) + ")"


def _words(text: str) -> list[str]:
    if len(text) > MAXIMUM_PATTERN:
        raise OdsqlError(
            "serve.odsql",
            "A search of {length} characters; at most {limit} are read.",
            length=len(text),
            limit=MAXIMUM_PATTERN,
        )
    words = _WORD.findall(text)
    if not words:
        raise OdsqlError("serve.odsql", "“{text}” has no word to search for.", text=text[:40])
    if len(words) > MAXIMUM_WORDS:
        raise OdsqlError(
            "serve.odsql", "{count} words are searched; at most {limit} are.", count=len(words), limit=MAXIMUM_WORDS
        )
    return words


def _joined(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"concat_ws(chr(31), {', '.join(columns)})"


def _truth(node: tree.Node, scope: Scope) -> str:
    found = value(node, scope)
    if found.kind is not Kind.BOOLEAN:
        raise OdsqlError(
            "serve.odsql",
            "A value of type {kind} stands where a condition is expected; compare it with something.",
            kind=found.kind.value,
        )
    return found.sql


def _membership(node: tree.Node, scope: Scope) -> str:
    match node:
        case tree.Among(operand=operand, values=values):
            if len(values) > MAXIMUM_LISTED:
                raise OdsqlError(
                    "serve.odsql",
                    "{count} values are listed; at most {limit} are.",
                    count=len(values),
                    limit=MAXIMUM_LISTED,
                )
            model = value(operand, scope)
            listed = ", ".join(adapted(each, model, scope).sql for each in values)
            return f"({model.sql} IN ({listed}))"
        case tree.Within(operand=operand, range=limits):
            model = value(operand, scope)
            low, high = adapted(limits.low, model, scope), adapted(limits.high, model, scope)
            return (
                f"({model.sql} >{'=' if limits.low_included else ''} {low.sql}"
                f" AND {model.sql} <{'=' if limits.high_included else ''} {high.sql})"
            )
        case tree.Like(operand=operand, pattern=pattern):
            return _like(value(operand, scope), pattern, scope)
        case _:
            raise TypeError(node)


def _like(model: Value, pattern: tree.Node, scope: Scope) -> str:
    if not model.kind.is_textual:
        raise OdsqlError("serve.odsql", "like works on a text, not on the type {kind}.", kind=model.kind.value)
    if not isinstance(pattern, tree.Literal) or not isinstance(pattern.value, str):
        raise OdsqlError("serve.odsql", "like takes a text between quotes.")
    text = pattern.value
    if "%" not in text:
        return contains_words([model.sql], text, scope)
    if len(text) > MAXIMUM_PATTERN or text.count("%") > MAXIMUM_WILDCARDS:
        raise OdsqlError(
            "serve.odsql",
            "A pattern has at most {limit} characters and {wildcards} times %.",
            limit=MAXIMUM_PATTERN,
            wildcards=MAXIMUM_WILDCARDS,
        )
    return _matches(model.sql, [part for part in re.split("(%)%*", text) if part], scope)


def _matches(where: str, parts: list[str], scope: Scope) -> str:
    if parts == ["%"]:
        return f"({where} IS NOT NULL)"
    inner = ["" if part == "%" and place in (0, len(parts) - 1) else ".*" if part == "%" else patterns_of.spelt(part)
             for place, part in enumerate(parts)]  # fmt: skip
    start, end = "" if parts[0] == "%" else "^", "" if parts[-1] == "%" else "$"
    pattern = f"(?is){start}{''.join(inner)}{end}"
    return f"regexp_matches({where}, {scope.bind(pattern)})"


def _predicate(node: tree.Call, scope: Scope) -> str:
    *fields, last = node.arguments or (tree.Literal(0),)
    if node.rows or node.distinct or not isinstance(last, tree.Literal) or not isinstance(last.value, str):
        raise OdsqlError("serve.odsql", "{name}() takes fields, then a text between quotes.", name=node.name)
    columns = [_searched(each, node.name, scope) for each in fields]
    columns = columns or [column_sql(each) for each in scope.texts()]
    if not columns:
        return "FALSE"
    if node.name == "startswith":
        if not 0 < len(last.value) <= MAXIMUM_PATTERN:
            raise OdsqlError(
                "serve.odsql", "startswith() takes a text of 1 to {limit} characters.", limit=MAXIMUM_PATTERN
            )
        start = scope.bind(f"(?i)^{patterns_of.spelt(last.value)}")
        return "(" + " OR ".join(f"regexp_matches({each}, {start})" for each in columns) + ")"
    return _search(columns, last.value, scope)


def _searched(node: tree.Node, name: str, scope: Scope) -> str:
    found = value(node, scope)
    if not isinstance(node, tree.Field) or not found.kind.is_textual:
        raise OdsqlError("serve.odsql", "{name}() looks into text fields only.", name=name)
    return found.sql


def _search(columns: Sequence[str], text: str, scope: Scope) -> str:
    """Fuzzy: a word may differ by 2 letters when it has more than 5, by 1 when it has more than 2; the last may be a beginning.

    Source: description of search() in the Explore API v2.1 contract.
    """
    tokens = rf"regexp_split_to_array({folded(_joined(columns))}, '[^\pL\pN]+')"
    tests = []
    words = _words(text)
    for position, word in enumerate(words):
        plain = word.removesuffix("*")
        bound = folded(scope.bind(plain))
        allowed = 2 if len(plain) > 5 else 1 if len(plain) > 2 else 0
        near = [f"__w = {bound}"]
        if position == len(words) - 1 or word.endswith("*"):
            near.append(f"starts_with(__w, {bound})")
        if allowed:
            near.append(
                f"(abs(length(__w) - {len(plain)}) <= {allowed} AND damerau_levenshtein(__w, {bound}) <= {allowed})"
            )
        tests.append(f"len(list_filter({tokens}, lambda __w: {' OR '.join(near)})) > 0")
    return "(" + " AND ".join(tests) + ")"
