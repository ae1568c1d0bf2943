# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows through the gate: what is written, what is refused, what always holds."""

import math
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.protection.gate import ProtectionResult, protect
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.previews import preview
from datacity.engine.protection.risk import measure_risk
from datacity.kernel.errors import Conflict, Invalid, Missing
from tests.engine.protection.conftest import columns_of, plan_of, rows_of

PEOPLE = ["mail VARCHAR", "age BIGINT", "zone VARCHAR", "illness VARCHAR"]
ROWS = [
    ("a@x.example", 21, "N", "flu"), ("b@x.example", 25, "N", "flu"), ("c@x.example", 29, "N", "cold"),
    ("d@x.example", 41, "S", "flu"), ("e@x.example", 44, "S", "flu"), ("f@x.example", 78, "S", "cold"),
    ("g@x.example", None, None, "flu"), ("h@x.example", None, None, "cold"),
]  # fmt: skip
PLAN = """
[privacy]
k = 2
suppression_limit = 0.2
[columns.mail]
role = "identifier"
[columns.age]
role = "quasi_identifier"
method = "generalise"
width = 10
level = 1
[columns.zone]
role = "quasi_identifier"
method = "keep"
[columns.illness]
role = "sensitive"
"""


def test_protect_writes_what_the_plan_allows_and_counts_what_it_removed(table, tmp_path: Path):
    typed = table(PEOPLE, ROWS)

    result = protect(typed, plan_of(PLAN), tmp_path / "out.parquet")

    assert columns_of(tmp_path / "out.parquet") == ["age", "zone", "illness"]
    assert rows_of(tmp_path / "out.parquet") == [
        ("[20, 30[", "N", "cold"), ("[20, 30[", "N", "flu"), ("[20, 30[", "N", "flu"),
        ("[40, 50[", "S", "flu"), ("[40, 50[", "S", "flu"), (None, None, "cold"), (None, None, "flu"),
    ]  # fmt: skip
    assert {**result.as_dict(), "load_seconds": 0, "loss": 0} == {
        "start_seconds": 0.0,
        "write_seconds": 0.0,
        "kind": "rows", "levels": {"age": 1, "zone": 0}, "metric": "loss_am", "loss": 0, "suppressed": 1, "classes": 3,
        "smallest_class": 2, "rows_in": 8, "rows_out": 7, "seconds": 0.0, "load_seconds": 0, "checked_nodes": 1, "hidden_cells": 0,
    }  # fmt: skip
    assert ProtectionResult.from_dict(result.as_dict()) == result


def test_more_suppression_than_allowed_is_a_conflict_and_leaves_the_old_file(table, tmp_path: Path):
    typed, out = table(PEOPLE, ROWS), tmp_path / "out.parquet"
    out.write_bytes(b"old")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(Conflict) as refusal:
        protect(typed, plan_of(PLAN.replace("0.2", "0.1")), out)

    assert (refusal.value.code, refusal.value.values["share"], refusal.value.values["limit"]) == (
        "protection.suppression_limit", "12.5", "10",
    )  # fmt: skip
    assert (out.read_bytes(), sorted(tmp_path.iterdir())) == (b"old", before)


def test_table_without_quasi_identifier_passes_whole_and_in_its_order(table, tmp_path: Path):
    typed = table(["n BIGINT", "v DOUBLE"], [(3, 0.5), (1, None), (2, 7.0)])

    result = protect(typed, Plan(), tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet") == [(3, 0.5), (1, None), (2, 7.0)]
    assert (result.suppressed, result.levels, result.loss) == (0, {}, 0.0)


def test_mask_keeps_the_ends_and_hides_the_length(table, tmp_path: Path):
    typed = table(["id VARCHAR", "n BIGINT"], [("FR7630001007", 1), ("FR76300010070012", 2), ("FR76", 3), (None, 4)])
    plan = plan_of('[columns.id]\nrole = "identifier"\nmethod = "mask"\nkeep_first = 2\nkeep_last = 1')

    protect(typed, plan, tmp_path / "out.parquet")

    assert sorted(rows_of(tmp_path / "out.parquet"), key=lambda row: row[1]) == [
        ("FR***7", 1), ("FR***2", 2), ("***", 3), (None, 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "left"),
    [
        ('kind = "distinct_l"\nl = 2', {"N"}),
        ('kind = "entropy_l"\nl = 1.8', {"N"}),
        ('kind = "entropy_l"\nl = 2', set()),
        ('kind = "recursive_cl"\nl = 2\nc = 3', {"N"}),
        ('kind = "recursive_cl"\nl = 2\nc = 2', set()),
        ('kind = "t_closeness"\nt = 0.15', {"N"}),
        ('kind = "t_closeness"\nt = 0.4', {"N", "S"}),
    ],
)
def test_class_that_tells_too_much_about_the_sensitive_column_is_removed(table, tmp_path: Path, model, left):
    # N: flu, flu, cold (entropy 1.89 values); S: flu, flu; overall 4/5 flu, so distances 2/15 and 1/5
    typed = table(
        ["zone VARCHAR", "illness VARCHAR"], [("N", "flu"), ("N", "flu"), ("N", "cold"), ("S", "flu"), ("S", "flu")]
    )
    head = "[privacy]\nk = 1\nsuppression_limit = 1\n[[privacy.models]]\n"
    columns = '\ncolumn = "illness"\n[columns.zone]\nrole = "quasi_identifier"\nmethod = "keep"\n[columns.illness]\nrole = "sensitive"'
    plan, out = plan_of(head + model + columns), tmp_path / "out.parquet"

    if left:
        protect(typed, plan, out)
        assert {row[0] for row in rows_of(out)} == left
    else:
        with pytest.raises(Conflict, match="Nothing would be left"):
            protect(typed, plan, out)


@pytest.mark.parametrize(
    ("body", "refused", "code"),
    [
        ('[columns.agee]\nmethod = "drop"', Invalid, "protection.unknown_column"),
        ('[columns.zone]\nrole = "quasi_identifier"', Invalid, "protection.ladder_missing"),
        (
            "".join(f'[columns.{name}]\nmethod = "drop"\n' for name in ("mail", "age", "zone", "illness")),
            Conflict,
            "protection.nothing_left",
        ),
    ],
)
def test_plan_that_does_not_fit_the_table_writes_nothing(table, tmp_path: Path, body, refused, code):
    typed = table(PEOPLE, ROWS)

    with pytest.raises(refused) as refusal:
        protect(typed, plan_of(body), tmp_path / "out.parquet")

    assert refusal.value.code == code
    assert sorted(each.name for each in tmp_path.iterdir()) == ["typed.parquet"]


def test_unknown_column_is_told_with_the_close_name(table, tmp_path: Path):
    with pytest.raises(Invalid) as refusal:
        protect(table(PEOPLE, ROWS), plan_of('[columns.agee]\nmethod = "drop"'), tmp_path / "o.parquet")

    assert refusal.value.values["nearest"] == "age"


def test_empty_or_absent_table_is_refused(table, tmp_path: Path):
    with pytest.raises(Invalid, match="no rows"):
        protect(table(PEOPLE, []), Plan(), tmp_path / "out.parquet")
    with pytest.raises(Missing):
        protect(tmp_path / "absent.parquet", Plan(), tmp_path / "out.parquet")


def test_preview_shows_rows_before_and_after_and_which_would_go(table):
    shown = preview(table(PEOPLE, ROWS), plan_of(PLAN.replace("0.2", "0")), rows=6)

    assert (shown.columns_before, shown.columns) == (("mail", "age", "zone", "illness"), ("age", "zone", "illness"))
    assert shown.before[0] == ("a@x.example", "21", "N", "flu")
    assert shown.after == (
        ("[20, 30[", "N", "flu"), ("[20, 30[", "N", "flu"), ("[20, 30[", "N", "cold"),
        ("[40, 50[", "S", "flu"), ("[40, 50[", "S", "flu"), None,
    )  # fmt: skip
    assert (shown.sample_rows, shown.total_rows, shown.classes, shown.suppressed, shown.smallest_class) == (
        8,
        8,
        3,
        1,
        2,
    )


OPTIMA = [
    ("adult", "k5", 0.05, "loss_am", {"sex": 0, "age": 3, "race": 0, "marital-status": 0, "education": 2, "native-country": 1, "workclass": 1, "occupation": 2, "salary-class": 0}, 1346, 397, 0.26963466275555553),
    ("adult", "k5", 0.05, "entropy", {"sex": 0, "age": 0, "race": 1, "marital-status": 1, "education": 2, "native-country": 2, "workclass": 2, "occupation": 1, "salary-class": 1}, 1285, 998, 264341.93830412335),
    ("adult", "t", 1.0, "loss_am", {"sex": 1, "age": 2, "race": 0, "marital-status": 0, "education": 3, "native-country": 0, "workclass": 2, "salary-class": 1}, 8156, 23, 0.6434940713999999),
    ("fars10k", "k5", 0.05, "loss_am", {"iage": 4, "irace": 1, "ideathmon": 2, "ideathday": 2, "isex": 0, "ihispanic": 0, "istatenum": 2, "iinjury": 1}, 474, 182, 0.28071397697499995),
]  # fmt: skip
SENSITIVE = '[[privacy.models]]\nkind = "t_closeness"\nt = 0.2\ncolumn = "occupation"\n[columns.occupation]\nrole = "sensitive"\n'


@pytest.mark.parametrize(("name", "privacy", "limit", "metric", "levels", "suppressed", "classes", "loss"), OPTIMA)
def test_stated_levels_give_the_figures_an_independent_tool_found(
    survey, tmp_path: Path, *, name, privacy, limit, metric, levels, suppressed, classes, loss
):
    typed, folder, _ = survey(name)
    quasi = "".join(
        f'[columns."{column}"]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "{column}.csv"\nlevel = {level}\n'
        for column, level in levels.items()
    )
    head = f'[privacy]\nk = 5\nsuppression_limit = {limit}\nmetric = "{metric}"\n'

    result = protect(
        typed, plan_of(head + (SENSITIVE if privacy == "t" else "") + quasi), tmp_path / "o.parquet", hierarchies=folder
    )

    assert (result.suppressed, result.classes, dict(result.levels)) == (suppressed, classes, levels)
    assert math.isclose(result.loss or 0, loss, rel_tol=1e-9)


def sizes(typed: Path, plan: Plan) -> list[tuple[str, str, int]]:
    """Give the classes of the generalised table, worked out apart from the gate."""
    level = plan.columns["age"].level
    age = "age" if level == 0 else f"floor(age / {3 * 2 ** (int(level) - 1)})"
    return rows_of(typed, f"SELECT {age}, zone, count(*) FROM t GROUP BY ALL")


VALUES = st.tuples(st.integers(0, 40), st.sampled_from(["N", "S", None]), st.sampled_from(["flu", "cold"]))


@settings(max_examples=15)
@given(rows=st.lists(VALUES, min_size=1, max_size=40), k=st.integers(1, 4), level=st.integers(0, 6))
def test_every_class_left_has_k_rows_none_is_invented_and_k_never_falls(tmp_path_factory, rows, k, level):
    folder = tmp_path_factory.mktemp("property")
    typed, out = folder / "typed.parquet", folder / "out.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (age BIGINT, zone VARCHAR, illness VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.execute(f"COPY t TO '{typed}' (FORMAT parquet)")
    plan = plan_of(
        f'[privacy]\nk = {k}\nsuppression_limit = 1\n[columns.age]\nrole = "quasi_identifier"\nmethod = "generalise"\nwidth = 3\n'
        f'level = {level}\n[columns.zone]\nrole = "quasi_identifier"\nmethod = "keep"'
    )

    if not any(row[2] >= k for row in sizes(typed, plan)):
        with pytest.raises(Conflict, match="Nothing would be left"):
            protect(typed, plan, out)
        return
    result = protect(typed, plan, out)

    kept = Counter(row[:2] for row in rows_of(out))
    after, before = measure_risk(out, plan), measure_risk(typed, plan)
    assert min(kept.values()) == result.smallest_class == after.k >= max(k, before.k or 0)
    assert sum(kept.values()) + result.suppressed == len(rows)
    assert Counter(row[2] for row in rows_of(out)) <= Counter(row[2] for row in rows)
