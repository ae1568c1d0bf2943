# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DTZ001 -- datetimes are kept in UTC without offset
"""Questions are compiled, put to DuckDB, and compared with what Python says about the same rows."""

import statistics
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.serve.odsql.schema import Column, Kind
from datacity.engine.serve.odsql.statement import Question, compile_question
from datacity.engine.serve.refusals import OdsqlError, ParameterError
from datacity.kernel.errors import Refusal

COLUMNS = (
    Column("n", Kind.INTEGER),
    Column("x", Kind.NUMBER),
    Column("t", Kind.TEXT),
    Column("d", Kind.DATE),
    Column("m", Kind.DATETIME),
    Column("f", Kind.BOOLEAN),
    Column("p", Kind.GEO_POINT),
)
TEXTS = (None, "", "Café du Marché", "cafe", "Rue de l'Église", "10%", "a_b")
ROWS: list[dict[str, Any]] = [
    {
        "n": None if i % 5 == 4 else i - 6,
        "x": None if i % 6 == 5 else i / 4 - 1,
        "t": TEXTS[i % 7],
        "d": None if i % 7 == 6 else date(2024, 1, 1) + timedelta(days=20 * i),
        "m": datetime(2024, 3, 30, 22) + timedelta(hours=i),
        "f": (True, False, None)[i % 3],
        "p": None if i % 2 else {"lon": 2.0, "lat": 48.0},
    }
    for i in range(24)
]


@pytest.fixture(scope="module")
def ask() -> Iterator[Any]:
    """Ask the rows; gives rows as tuples."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE rows (__record BIGINT, n BIGINT, x DOUBLE, t VARCHAR, d DATE, m TIMESTAMP, f BOOLEAN, p STRUCT(lon DOUBLE, lat DOUBLE))"
    )
    connection.executemany(
        "INSERT INTO rows VALUES (?,?,?,?,?,?,?,?)", [(i, *row.values()) for i, row in enumerate(ROWS)]
    )

    def answer(**question: Any) -> list[tuple[Any, ...]]:
        statement = compile_question(Question(**question), COLUMNS, "rows")
        return connection.execute(statement.sql, dict(statement.parameters)).fetchall()

    yield answer
    connection.close()


def numbers(ask: Any, where: str, **question: Any) -> list[int]:
    return [row[0] - 1 for row in ask(select="_id", where=(where,), **question)]


def those(keep: Any) -> list[int]:
    return [i for i, row in enumerate(ROWS) if keep(row)]


def fold(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each))


@pytest.mark.parametrize(
    ("where", "keep"),
    [
        ("n > 3", lambda r: r["n"] is not None and r["n"] > 3),
        ("not n > 3", lambda r: r["n"] is None or not r["n"] > 3),
        ("n != 2", lambda r: r["n"] != 2),
        ("n in [0..4[", lambda r: r["n"] is not None and 0 <= r["n"] < 4),
        ("x in ]0..1.5]", lambda r: r["x"] is not None and 0 < r["x"] <= 1.5),
        ("n in (1, 2, '7')", lambda r: r["n"] in (1, 2, 7)),
        ("t = 'cafe'", lambda r: r["t"] == "cafe"),
        ("t like 'CAFE'", lambda r: r["t"] in ("cafe", "Café du Marché")),
        ("t like 'marche cafe'", lambda r: r["t"] == "Café du Marché"),
        ("t like '%eglise'", lambda r: r["t"] == "Rue de l'Église"),
        ("t like 'rue%egl%e'", lambda r: r["t"] == "Rue de l'Église"),
        ("t like 'a_b%'", lambda r: r["t"] == "a_b"),
        ("'cafe*'", lambda r: r["t"] in ("cafe", "Café du Marché")),
        ("'caf'", lambda _: False),
        ("search(t, 'cofe')", lambda r: r["t"] in ("cafe", "Café du Marché")),
        ("search('marc')", lambda r: r["t"] == "Café du Marché"),
        ("startswith(t, 'RUE')", lambda r: r["t"] == "Rue de l'Église"),
        ("t is null", lambda r: r["t"] is None),
        ("p is not null", lambda r: r["p"] is not None),
        ("f", lambda r: r["f"] is True),
        ("f is not true", lambda r: r["f"] is not True),
        ("f: false", lambda r: r["f"] is False),
        (
            "d >= date'2024-05' and d < '2024-08-01'",
            lambda r: r["d"] is not None and date(2024, 5, 1) <= r["d"] < date(2024, 8, 1),
        ),
        ("year(d) = 2025 or month(d) = 2", lambda r: r["d"] is not None and (r["d"].year == 2025 or r["d"].month == 2)),
        ("day(m) = 31 and hour(m) > 2", lambda r: r["m"].day == 31 and r["m"].hour > 2),
        ("length(t) > 4", lambda r: r["t"] is not None and len(r["t"]) > 4),
        ("lower(t) = 'a_b'", lambda r: r["t"] == "a_b"),
        ("ifnull(n, 100) > 10", lambda r: r["n"] is None or r["n"] > 10),
        ("n / 0 is null", lambda _: True),
        ("n * 2 - 1 = x + 1", lambda r: None not in (r["n"], r["x"]) and r["n"] * 2 - 1 == r["x"] + 1),
        ("-n > 3", lambda r: r["n"] is not None and -r["n"] > 3),
    ],
)
def test_where_keeps_the_rows_python_keeps(ask: Any, where: str, keep: Any) -> None:
    assert numbers(ask, where) == those(keep)


def test_several_where_must_all_hold(ask: Any) -> None:
    rows = ask(select="_id", where=("n > 0", "f"))

    assert [row[0] - 1 for row in rows] == those(lambda r: r["n"] is not None and r["n"] > 0 and r["f"] is True)


def test_refined_values_of_a_field_are_alternatives_and_fields_must_all_hold(ask: Any) -> None:
    rows = ask(select="_id", refine=("t:cafe", "t:10%", "d:2024"), exclude=("f:true",))

    assert [row[0] - 1 for row in rows] == those(
        lambda r: r["t"] in ("cafe", "10%") and r["d"] is not None and r["d"].year == 2024 and r["f"] is not True
    )


def test_hours_are_those_of_the_readers_zone(ask: Any) -> None:
    paris = ZoneInfo("Europe/Paris")

    rows = ask(select="hour(m) as h", zone=paris)

    assert [row[0] for row in rows] == [row["m"].replace(tzinfo=ZoneInfo("UTC")).astimezone(paris).hour for row in ROWS]


def test_a_date_without_offset_is_one_of_the_readers_zone(ask: Any) -> None:
    found = numbers(ask, "m >= date'2024-03-31T03:30'", zone=ZoneInfo("Europe/Paris"))

    assert found == those(lambda r: r["m"] >= datetime(2024, 3, 31, 1, 30))


def test_empty_cells_come_last_in_both_directions_and_equal_rows_keep_their_order(ask: Any) -> None:
    upwards = [row[0] - 1 for row in ask(select="_id", order_by="n")]
    downwards = [row[0] - 1 for row in ask(select="_id", order_by="n desc")]

    known, empty = (
        [i for i, row in enumerate(ROWS) if row["n"] is not None],
        [i for i, row in enumerate(ROWS) if row["n"] is None],
    )
    assert upwards == sorted(known, key=lambda i: ROWS[i]["n"]) + empty
    assert downwards == sorted(known, key=lambda i: -ROWS[i]["n"]) + empty


def test_groups_hold_what_python_counts_and_empty_is_a_group(ask: Any) -> None:
    rows = ask(
        select="count(*) as c, sum(x) as s, avg(n) as a, median(n) as md, count(distinct t) as u, min(d), max(m)",
        group_by="f",
        order_by="c desc, f",
    )

    expected = []
    for flag in (False, True, None):
        group = [row for row in ROWS if row["f"] is flag]
        n = [row["n"] for row in group if row["n"] is not None]
        expected.append(
            (
                len(group),
                pytest.approx(sum(row["x"] for row in group if row["x"] is not None)),
                pytest.approx(statistics.mean(n)),
                statistics.median(n),
                len({row["t"] for row in group} - {None}),
                min(row["d"] for row in group if row["d"]),
                max(row["m"] for row in group),
                flag,
            )
        )
    assert rows == expected


def test_a_summary_without_groups_is_one_row(ask: Any) -> None:
    assert ask(select="count(*), count(n), max(n) - min(n) as spread, sum(n) / 0 as nothing") == [(24, 20, 23, None)]


def test_results_keep_the_name_written_or_the_alias() -> None:
    statement = compile_question(
        Question(select="count(*) as c, avg( x )", group_by="year(d) as y, t"), COLUMNS, "rows"
    )

    assert [(output.key, output.kind) for output in statement.outputs] == [
        ("c", Kind.INTEGER),
        ("avg( x )", Kind.NUMBER),
        ("y", Kind.INTEGER),
        ("t", Kind.TEXT),
    ]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"where": ("zz = 1",)}, "no field “zz”"),
        ({"where": ("N = 1",)}, "Did you mean n?"),
        ({"where": ("n = 'x'",)}, "integer"),
        ({"where": ("t = 3",)}, "between quotes"),
        ({"where": ("p = 1",)}, "is null"),
        ({"where": ("n",)}, "condition is expected"),
        ({"where": ("count(*) > 1",)}, "before any aggregation"),
        ({"where": ("t > n",)}, "cannot be compared"),
        ({"where": ("year(n) = 1",)}, "works on a date"),
        ({"where": ("n like 'x'",)}, "works on a text"),
        ({"where": ("t like '%a%b%c%d%e%f%g%h%i%j%k%'",)}, "times %"),
        ({"where": ("'***'",)}, "no word"),
        ({"where": ("'" + "a " * 30 + "'",)}, "words"),
        ({"where": ("n in (" + ",".join(["1"] * 1_001) + ")",)}, "values are listed"),
        ({"where": ("n = 1",) * 21}, "times"),
        ({"select": "sum(sum(n))"}, "inside sum()"),
        ({"select": "n, count(*)"}, "must be in group_by"),
        ({"select": "n", "group_by": "t"}, "must be in group_by"),
        ({"select": "n as a, t as A"}, "two fields"),
        ({"select": "n > 1 as y"}, "condition stands"),
        ({"select": "sum(t)"}, "works on numbers"),
        ({"order_by": "count(*)"}, "only with group_by"),
        ({"order_by": "p"}, "does not work"),
        ({"order_by": "'a'"}, "not a constant"),
        ({"select": "2 as two", "order_by": "two"}, "not a constant"),
        ({"group_by": "count(*)"}, "not aggregations"),
        ({"group_by": "p"}, "does not work"),
        ({"exclude": ("d:hier",)}, "takes a date"),
        ({"refine": ("nothing",)}, "field:value"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_its_reason(question: dict[str, Any], says: str) -> None:
    with pytest.raises((OdsqlError, ParameterError)) as refused:
        compile_question(Question(**question), COLUMNS, "rows")

    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["'; DROP TABLE rows; --", 'x" OR 1=1 --', "\\", "$p0", "é\x00"])
def test_values_never_become_sql(ask: Any, text: str) -> None:
    statement = compile_question(
        Question(where=("t = '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'",)), COLUMNS, "rows"
    )

    assert text not in statement.sql or text == "$p0"
    assert statement.parameters == {"p0": text}
    assert len(ask(select="count(*)")) == 1


WHOLE = st.integers(-8, 20)
LEAF = st.one_of(
    st.tuples(st.just("n"), st.sampled_from(["=", "<", ">", "<=", ">=", "!="]), WHOLE),
    st.tuples(st.just("x"), st.sampled_from(["<", ">", "<=", ">="]), st.integers(-2, 5)),
    st.tuples(st.just("t"), st.just("="), st.sampled_from([text for text in TEXTS if text])),
    st.tuples(st.sampled_from(["n", "x", "t", "d", "f"]), st.just("is"), st.just("null")),
)
CONDITION = st.recursive(
    LEAF,
    lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=8,
)


def written(condition: tuple[Any, ...]) -> str:
    match condition:
        case ("not", inner):
            return f"not ({written(inner)})"
        case (("and" | "or") as joint, left, right):
            return f"({written(left)}) {joint} ({written(right)})"
        case (name, "is", _):
            return f"{name} is null"
        case (name, operator, str() as text):
            quoted = text.replace("'", "\\'")
            return f"{name} {operator} '{quoted}'"
        case (name, operator, value):
            return f"{name} {operator} {value}"
    raise AssertionError(condition)


def holds(condition: tuple[Any, ...], row: dict[str, Any]) -> bool:
    match condition:
        case ("not", inner):
            return not holds(inner, row)
        case ("and", left, right):
            return holds(left, row) and holds(right, row)
        case ("or", left, right):
            return holds(left, row) or holds(right, row)
        case (name, "is", _):
            return row[name] is None
        case (name, "!=", value):
            return bool(row[name] != value)
        case (name, operator, value):
            found = row[name]
            tests = {
                "=": lambda: found == value,
                "<": lambda: found < value,
                ">": lambda: found > value,
                "<=": lambda: found <= value,
                ">=": lambda: found >= value,
            }
            return found is not None and tests[operator]()
    raise AssertionError(condition)


@given(CONDITION)
def test_any_condition_keeps_the_rows_python_keeps(ask: Any, condition: tuple[Any, ...]) -> None:
    assert numbers(ask, written(condition)) == those(lambda row: holds(condition, row))


WORDS = st.sampled_from(
    [
        "n",
        "x",
        "t",
        "d",
        "m",
        "f",
        "p",
        "zz",
        "1",
        "2.5",
        "'a'",
        "date'2024'",
        "true",
        "null",
        "(",
        ")",
        "[",
        "]",
        "..",
        ",",
        "*",
        "+",
        "-",
        "/",
        "=",
        "<",
        ">=",
        ":",
        "and",
        "or",
        "not",
        "in",
        "like",
        "is",
        "count",
        "sum",
        "avg",
        "median",
        "year",
        "lower",
        "ifnull",
        "search",
        "startswith",
        "distinct",
        "as",
        "desc",
        "'%'",
        "'%a%'",
        "9223372036854775807",
        "1e308",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join), st.sampled_from(["where", "select", "group_by", "order_by"]))
def test_any_sequence_of_words_is_answered_or_refused(ask: Any, text: str, clause: str) -> None:
    try:
        ask(**{clause: (text,) if clause == "where" else text})
    except Refusal as refusal:
        assert str(refusal)  # noqa: PT017 -- a refusal is as good as an answer
    except duckdb.OutOfRangeException:
        pass  # the database says so only when it computes; the data plane answers 400
