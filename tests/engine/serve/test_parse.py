# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DTZ001 -- datetimes are kept in UTC without offset
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.serve.odsql import tree
from datacity.engine.serve.odsql.parse import (
    MAXIMUM_CHARACTERS,
    MAXIMUM_DEPTH,
    parse_group_by,
    parse_moment,
    parse_order_by,
    parse_select,
    parse_where,
)
from datacity.engine.serve.refusals import OdsqlError

A, B = tree.Field("a"), tree.Field("b")


def number(value: float) -> tree.Literal:
    return tree.Literal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", tree.Comparison("=", A, number(1))),
        ("a: 1", tree.Comparison("=", A, number(1))),
        ("a != 1", tree.Not(tree.Comparison("=", A, number(1)))),
        ("`a`>=-2.5", tree.Comparison(">=", A, number(-2.5))),
        ("a or b and not a", tree.Logical("or", (A, tree.Logical("and", (B, tree.Not(A)))))),
        ("(a OR b) AND a", tree.Logical("and", (tree.Logical("or", (A, B)), A))),
        ("a in (1, 'x')", tree.Among(A, (number(1), tree.Literal("x")))),
        ("a not in (1)", tree.Not(tree.Among(A, (number(1),)))),
        ("a in [1..5[", tree.Within(A, tree.Range(number(1), number(5), low_included=True, high_included=False))),
        ("a: ]1 TO 5]", tree.Within(A, tree.Range(number(1), number(5), low_included=False, high_included=True))),
        ("a like 'x y'", tree.Like(A, tree.Literal("x y"))),
        ("a is null", tree.IsNull(A)),
        ("a IS NOT NULL", tree.Not(tree.IsNull(A))),
        ("a is not true", tree.Not(tree.IsTruth(A, truth=True))),
        ('"arbre"', tree.Literal("arbre")),
        (r"'l\'arbre'", tree.Literal("l'arbre")),
        ("a = b * 2 + 1", tree.Comparison("=", A, tree.Arithmetic("+", tree.Arithmetic("*", B, number(2)), number(1)))),
        ("date'2024-05-31' < a", tree.Comparison("<", tree.DateLiteral(datetime(2024, 5, 31), timed=False), A)),
        ("search(a, 'x')", tree.Call("search", (A, tree.Literal("x")))),
        ("search(*, 'x')", tree.Call("search", (tree.Literal("x"),))),
    ],
)
def test_where_is_read_as_written(text: str, expected: tree.Node) -> None:
    assert parse_where(text) == expected


def test_select_keeps_what_was_written_as_the_key() -> None:
    items = parse_select("*, a as x, count( * ), count(distinct b)")

    assert items == (
        tree.Selection(None),
        tree.Selection(A, "x"),
        tree.Selection(tree.Call("count", rows=True)),
        tree.Selection(tree.Call("count", (B,), distinct=True)),
    )
    assert [item.text for item in items[2:]] == ["count( * )", "count(distinct b)"]


def test_order_and_groups_are_lists() -> None:
    assert parse_order_by("a desc, b ASC, a") == (tree.Ordering(A, descending=True), tree.Ordering(B), tree.Ordering(A))
    assert parse_group_by("year(a) as y, b") == (tree.Grouping(tree.Call("year", (A,)), "y"), tree.Grouping(B))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("a =", "stops too early"),
        ("a = 'x", "opened at character 5 is not closed"),
        ("a ; drop table x", "character 3"),
        ("a.b = 1", "character 2"),
        ("a = 1 b", "character 7"),
        ("within_distance(a, geom'POINT(1 1)', 10km)", "within_distance()"),
        ("a = 1 and RANGE(b, 5)", "range()"),
        ("date'2024-13-01' = a", "2024-13-01"),
        ("a = 99999999999999999999", "too large"),
        ("a = 1e999", "too large"),
        ("(" * (MAXIMUM_DEPTH + 1) + "a" + ")" * (MAXIMUM_DEPTH + 1), "nests"),
        ("not " * 200 + "a", "too large"),
        ("a" + "+a" * 200 + " = 1", "too large"),
        ("a = '" + "x" * MAXIMUM_CHARACTERS + "'", "characters"),
        ("a in (" + ",".join("1" * 1 for _ in range(2600)) + ")", "too large"),
    ],
)
def test_where_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(OdsqlError) as refused:
        parse_where(text)

    assert says in str(refused.value)


def test_a_function_name_inside_a_text_or_a_quoted_field_is_not_a_function() -> None:
    assert parse_where("a = 'range(1)' and `bbox (x)` is null") == tree.Logical(
        "and", (tree.Comparison("=", A, tree.Literal("range(1)")), tree.IsNull(tree.Field("bbox (x)")))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", (datetime(2024, 1, 1), False)),
        ("2024/05", (datetime(2024, 5, 1), False)),
        ("2024-05-31T10:20", (datetime(2024, 5, 31, 10, 20), True)),
        ("2024-05-31 10:20:30.5+02:00", (datetime(2024, 5, 31, 8, 20, 30, 500_000, UTC), True)),
        ("2024-02-30", None),
        ("hier", None),
        ("0000", None),
    ],
)
def test_moments_are_read_or_not_at_all(text: str, expected: tuple[datetime, bool] | None) -> None:
    assert parse_moment(text) == expected


@given(st.text(alphabet="ab1 .,'\"`()[]*+-/=<>:!_%\\éndorlike\n", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (parse_where, parse_select, parse_group_by, parse_order_by):
        try:
            parse(text)
        except OdsqlError as refusal:
            assert str(refusal)  # noqa: PT017 -- a refusal is as good as an answer
