# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Attacks: planted weaknesses are found, protected tables resist, evidence names nobody."""

import json
from pathlib import Path

import pytest

from datacity.engine.protection.attacks import AttackReport, attack
from datacity.engine.protection.gate import protect
from datacity.engine.protection.risk import measure_risk
from datacity.kernel.errors import Invalid
from tests.engine.protection.conftest import plan_of
from tests.engine.protection.test_cells import FIRMS
from tests.engine.protection.test_cells import PLAN as CELL_PLAN
from tests.engine.protection.test_gate import PEOPLE, PLAN, ROWS


def outcome(report: AttackReport) -> dict[str, tuple[int, int]]:
    """Give name → (succeeded, tried)."""
    return {each.name: (each.succeeded, each.tried) for each in report.attempts}


def test_linkage_finds_every_unique_row_of_a_raw_table_and_none_after_protection(table, tmp_path: Path):
    typed, plan = table(PEOPLE, ROWS), plan_of(PLAN)
    protect(typed, plan, tmp_path / "out.parquet")

    raw, protected = (attack(typed, path, plan) for path in (typed, tmp_path / "out.parquet"))

    assert outcome(raw)["linkage"] == (6, 8)
    assert outcome(protected)["linkage"] == (0, 8)
    assert dict(protected.attempts[0].values) == {"found": 7, "rows": 8, "smallest": 2}


def test_homogeneity_finds_the_class_that_shows_one_value_only(table, tmp_path: Path):
    typed, plan = table(PEOPLE, ROWS), plan_of(PLAN)
    protect(typed, plan, tmp_path / "out.parquet")

    found = next(each for each in attack(typed, tmp_path / "out.parquet", plan).attempts if each.name == "homogeneity")

    assert (found.column, found.succeeded, found.tried, found.share, found.baseline) == ("illness", 2, 7, 2 / 7, 5 / 7)


def test_distinct_values_in_every_class_leave_homogeneity_nothing(table, tmp_path: Path):
    head = '[privacy]\nk = 2\nsuppression_limit = 0.5\n[[privacy.models]]\nkind = "distinct_l"\nl = 2\ncolumn = "illness"\n'
    typed, plan = table(PEOPLE, ROWS), plan_of(head + PLAN[PLAN.index("[columns.mail]") :])
    protect(typed, plan, tmp_path / "out.parquet")

    assert outcome(attack(typed, tmp_path / "out.parquet", plan))["homogeneity"] == (0, 5)


def test_differencing_finds_the_class_that_one_person_joined(table, tmp_path: Path):
    plan = plan_of(PLAN)
    older = table(PEOPLE, ROWS, "older.parquet")
    newer = table(PEOPLE, [*ROWS, ("i@x.example", 22, "N", "measles")], "newer.parquet")
    protect(older, plan, tmp_path / "v1.parquet")
    protect(newer, plan, tmp_path / "v2.parquet")

    grown = attack(newer, tmp_path / "v2.parquet", plan, previous=[tmp_path / "v1.parquet"])
    same = attack(newer, tmp_path / "v2.parquet", plan, previous=[tmp_path / "v2.parquet"])

    assert (outcome(grown)["differencing"], outcome(same)["differencing"]) == ((1, 3), (0, 3))


def test_evidence_holds_counts_only(table):
    typed = table(PEOPLE, ROWS)

    report = attack(typed, typed, plan_of(PLAN))

    written = json.dumps(report.as_dict())
    assert not any(str(value) in written for row in ROWS for value in (row[0], row[3]))
    assert all(isinstance(value, int) for each in report.attempts for value in each.values.values())
    assert AttackReport.from_dict(json.loads(written)) == report


def test_weak_aggregate_gives_away_lone_and_dominating_units(table, tmp_path: Path):
    rows = [("N", "A", 85), ("N", "B", 10), ("N", "C", 5), ("S", "A", 7), ("E", "A", 3), ("E", "B", 4), ("E", "C", 5)]
    typed, plan = table(FIRMS, rows), plan_of(CELL_PLAN)
    weak = plan_of(CELL_PLAN.replace('profile = "enterprise-3-85"', "minimum_contributors = 1"))
    protect(typed, weak, tmp_path / "weak.parquet")
    protect(typed, plan, tmp_path / "strong.parquet")

    assert outcome(attack(typed, tmp_path / "weak.parquet", weak)) == {
        "lone_unit": (1, 3),
        "dominance": (2, 3),
        "known_total": (0, 0),
    }
    assert outcome(attack(typed, tmp_path / "strong.parquet", plan)) == {
        "lone_unit": (0, 1),
        "dominance": (0, 1),
        "known_total": (0, 2),
    }


def test_single_hidden_cell_is_told_to_be_computable_from_a_total(table, tmp_path: Path):
    rows = [("N", "A", 7), *(("E", name, 3) for name in "ABC")]
    protect(table(FIRMS, rows), plan_of(CELL_PLAN), tmp_path / "out.parquet")

    report = attack(table(FIRMS, rows), tmp_path / "out.parquet", plan_of(CELL_PLAN))

    assert outcome(report)["known_total"] == (1, 1)
    assert report.succeeded == 0


def test_cell_that_one_unit_joined_between_two_versions_is_found(table, tmp_path: Path):
    plan = plan_of(CELL_PLAN)
    older = table(FIRMS, [("N", name, 3) for name in "ABC"], "older.parquet")
    newer = table(FIRMS, [("N", name, 3) for name in "ABCD"], "newer.parquet")
    protect(older, plan, tmp_path / "v1.parquet")
    protect(newer, plan, tmp_path / "v2.parquet")

    report = attack(newer, tmp_path / "v2.parquet", plan, previous=[tmp_path / "v1.parquet"])

    assert outcome(report)["differencing"] == (1, 1)


def test_table_without_quasi_identifier_gives_nothing_to_attack(table):
    typed = table(["n BIGINT"], [(1,), (2,)])

    assert outcome(attack(typed, typed, plan_of(""))) == {"linkage": (0, 0)}


def test_attack_on_a_table_of_another_plan_is_refused(table):
    with pytest.raises(Invalid, match="has no column age"):
        attack(table(PEOPLE, ROWS), table(["n BIGINT"], [(1,)], "other.parquet"), plan_of(PLAN))


def test_real_table_falls_raw_and_stands_protected(survey, tmp_path: Path):
    typed, folder, _ = survey("adult")
    levels = {
        "sex": 0,
        "age": 3,
        "race": 0,
        "marital-status": 0,
        "education": 2,
        "native-country": 1,
        "workclass": 1,
        "salary-class": 0,
    }
    body = "".join(
        f'[columns."{name}"]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "{name}.csv"\nlevel = {level}\n'
        for name, level in levels.items()
    )
    plan = plan_of(f'{body}[columns.occupation]\nrole = "sensitive"')
    protect(typed, plan, tmp_path / "out.parquet", hierarchies=folder)

    raw, protected = (attack(typed, path, plan, hierarchies=folder) for path in (typed, tmp_path / "out.parquet"))

    assert outcome(raw)["linkage"] == (measure_risk(typed, plan).uniques, 30162) == (8841, 30162)
    assert outcome(protected)["linkage"] == (0, 30162)
    assert outcome(protected)["homogeneity"][0] < outcome(raw)["homogeneity"][0] / 10
