# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Aggregates: what is counted, what is hidden, what cannot be computed back."""

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.protection.cells import check_second_aggregate
from datacity.engine.protection.gate import protect
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.previews import preview
from datacity.engine.protection.risk import measure_risk
from datacity.kernel.errors import Conflict, Invalid
from tests.engine.protection.conftest import columns_of, plan_of, rows_of

FIRMS = ["zone VARCHAR", "firm VARCHAR", "kwh BIGINT"]
ROWS = [
    *(("N", f"F{i}", 100 + i) for i in range(4)),  # four firms of like size
    *(("S", f"G{i}", 10) for i in range(3)), ("S", "G9", 900),  # one firm of 900 / 930
    ("E", "H1", 5), ("E", "H1", 6), ("E", "H2", 7),  # two firms in three rows
    (None, "J1", 1), (None, "J2", 2), (None, "J3", 3),
]  # fmt: skip
PLAN = """
[columns.firm]
role = "identifier"
[aggregate]
by = ["zone"]
unit_column = "firm"
measures = [{name = "rows", function = "count"}, {name = "energy", function = "sum", column = "kwh", unit = "kWh"}]
[cells]
profile = "enterprise-3-85"
"""


def test_cells_of_too_few_units_or_dominated_by_one_are_hidden_and_say_so(table, tmp_path: Path):
    result = protect(table(FIRMS, ROWS), plan_of(PLAN), tmp_path / "out.parquet")

    assert columns_of(tmp_path / "out.parquet") == ["zone", "rows", "rows_status", "energy", "energy_status"]
    assert rows_of(tmp_path / "out.parquet") == [
        ("E", None, "hidden", None, "hidden"),
        ("N", 4, "published", 406, "published"),
        ("S", None, "hidden", None, "hidden"),
        (None, 3, "published", 6, "published"),
    ]
    assert (result.kind, result.rows_in, result.rows_out, result.hidden_cells, result.smallest_class, result.loss) == (
        "cells", 14, 4, 2, 3, None,
    )  # fmt: skip


def test_share_of_exactly_the_profile_is_hidden(table, tmp_path: Path):
    rows = [("N", "A", 85), ("N", "B", 10), ("N", "C", 5), ("S", "A", 84), ("S", "B", 10), ("S", "C", 6)]

    protect(table(FIRMS, rows), plan_of(PLAN), tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet", "SELECT zone, energy FROM t") == [("N", None), ("S", 100)]


def test_weights_count_the_households_behind_a_row(table, tmp_path: Path):
    typed = table(
        ["block VARCHAR", "homes BIGINT", "kwh DOUBLE"], [("a", 11, 1.5), ("b", 10, 2.5), ("c", 6, 1.0), ("c", 5, 2.0)]
    )
    plan = plan_of(
        '[aggregate]\nby = ["block"]\nweight_column = "homes"\nmeasures = [{name = "kwh", function = "sum", column = "kwh"}]\n'
        '[cells]\nprofile = "household-11"'
    )

    protect(typed, plan, tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet") == [
        ("a", 1.5, "published"),
        ("b", None, "hidden"),
        ("c", 3.0, "published"),
    ]


def test_every_function_gives_what_duckdb_gives(table, tmp_path: Path):
    rows = [("N", "x", i * i % 37) for i in range(50)] + [("S", "y", None), ("S", "z", 4)]
    names = ("count", "sum", "mean", "min", "max", "median")
    measures = ", ".join(f'{{name = "f_{name}", function = "{name}", column = "kwh"}}' for name in names)
    typed = table(FIRMS, rows)

    protect(typed, plan_of(f'[aggregate]\nby = ["zone"]\nmeasures = [{measures}]'), tmp_path / "out.parquet")

    wanted = "SELECT zone, count(kwh), sum(kwh)::BIGINT, avg(kwh), min(kwh), max(kwh), median(kwh) FROM t GROUP BY zone ORDER BY zone"
    assert rows_of(tmp_path / "out.parquet") == rows_of(typed, wanted)


def test_cells_are_counted_by_values_as_the_plan_writes_them(table, tmp_path: Path):
    typed = table(["day DATE"], [("2026-01-03",), ("2026-01-30",), ("2026-02-01",)])
    plan = plan_of(
        '[columns.day]\nmethod = "generalise"\nlevel = "month"\n[aggregate]\nby = ["day"]\nmeasures = [{name = "n", function = "count"}]'
    )

    result = protect(typed, plan, tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet") == [("2026-01", 2), ("2026-02", 1)]
    assert result.levels == {"day": 1}


def test_aggregate_of_nothing_but_hidden_cells_is_a_conflict_and_writes_nothing(table, tmp_path: Path):
    with pytest.raises(Conflict) as refusal:
        protect(table(FIRMS, ROWS[-1:]), plan_of(PLAN), tmp_path / "out.parquet")

    assert refusal.value.code == "protection.all_hidden"
    assert [each.name for each in tmp_path.iterdir()] == ["typed.parquet"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            '[aggregate]\nby = ["zone"]\nmeasures = [{name = "n", function = "sum", column = "firm"}]',
            "protection.measure_type",
        ),
        (
            '[columns.zone]\nmethod = "drop"\n[aggregate]\nby = ["zone"]\nmeasures = [{name = "n", function = "count"}]',
            "protection.by_dropped",
        ),
        ('[aggregate]\nby = ["zonee"]\nmeasures = [{name = "n", function = "count"}]', "protection.unknown_column"),
    ],
)
def test_aggregate_that_cannot_be_computed_is_refused(table, tmp_path: Path, body, code):
    with pytest.raises(Invalid) as refusal:
        protect(table(FIRMS, ROWS), plan_of(body), tmp_path / "out.parquet")

    assert refusal.value.code == code


def test_negative_weights_are_refused(table, tmp_path: Path):
    plan = plan_of('[aggregate]\nby = ["zone"]\nweight_column = "kwh"\nmeasures = [{name = "n", function = "count"}]')

    with pytest.raises(Invalid, match="1 rows that are no whole number"):
        protect(table(FIRMS, [("N", "A", -1), ("N", "A", 2)]), plan, tmp_path / "out.parquet")


def test_second_aggregate_of_the_same_data_is_refused_but_not_the_same_plan_again():
    first, rows = plan_of(PLAN), Plan()
    other = plan_of(PLAN.replace('by = ["zone"]', 'by = ["firm"]').replace('[columns.firm]\nrole = "identifier"\n', ""))

    check_second_aggregate([rows, first], first)
    check_second_aggregate([first], rows)
    with pytest.raises(Conflict) as refusal:
        check_second_aggregate([rows, first], other)

    assert (refusal.value.code, refusal.value.values["by"]) == ("protection.second_aggregate", "zone")


def test_risk_of_an_aggregate_is_that_of_its_published_counts(table, tmp_path: Path):
    protect(table(FIRMS, ROWS), plan_of(PLAN), tmp_path / "out.parquet")

    report = measure_risk(tmp_path / "out.parquet", plan_of(PLAN))

    assert (report.kind, report.rows, report.suppressed, report.classes, report.k) == ("cells", 7, 2, 2, 3)


def test_preview_of_an_aggregate_shows_its_first_cells(table):
    shown = preview(table(FIRMS, ROWS), plan_of(PLAN), rows=2)

    assert (shown.kind, shown.classes, shown.hidden_cells) == ("cells", 4, 2)
    assert shown.after == (("E", None, "hidden", None, "hidden"), ("N", "4", "published", "406", "published"))


UNITS = st.tuples(st.sampled_from("NSEW"), st.sampled_from("ABCDEF"), st.integers(0, 1000))


@settings(max_examples=15)
@given(rows=st.lists(UNITS, min_size=1, max_size=60), minimum=st.integers(1, 5))
def test_no_row_of_the_table_tells_anything_about_a_hidden_cell(tmp_path_factory, rows, minimum):
    folder = tmp_path_factory.mktemp("cells")
    plan = plan_of(PLAN.replace('profile = "enterprise-3-85"', f"minimum_contributors = {minimum}"))
    published = []
    # the same table twice, but for the figures of the cells that are hidden: what is published must not change
    firms, groups = defaultdict(set), defaultdict(list)
    for zone, firm, kwh in rows:
        firms[zone].add(firm)
        groups[zone].append((zone, firm, kwh))
    hidden = {zone for zone in firms if len(firms[zone]) < minimum}
    for change in (0, 1):
        changed = [(zone, firm, kwh + change * (zone in hidden)) for zone, firm, kwh in rows]
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t (zone VARCHAR, firm VARCHAR, kwh BIGINT)")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", changed)
            connection.execute(f"COPY t TO '{folder / 'typed.parquet'}' (FORMAT parquet)")
        if hidden == set(firms):
            with pytest.raises(Conflict, match="would be hidden"):
                protect(folder / "typed.parquet", plan, folder / "out.parquet")
            return
        protect(folder / "typed.parquet", plan, folder / "out.parquet")
        published.append(rows_of(folder / "out.parquet"))

    assert published[0] == published[1]
    assert {row[0] for row in published[0] if row[4] == "hidden"} == hidden
    assert {row[0]: row[3] for row in published[0] if row[4] == "published"} == {
        zone: sum(kwh for _, _, kwh in group) for zone, group in groups.items() if zone not in hidden
    }
