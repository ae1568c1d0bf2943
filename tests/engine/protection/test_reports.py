# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report in words, and the first plan proposed for a described file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from datacity.engine.catalogue import Description, Role, describe, write_typed
from datacity.engine.protection.attacks import attack
from datacity.engine.protection.gate import protect
from datacity.engine.protection.parts import Method
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.proposals import propose, round_width
from datacity.engine.protection.reports import bilingual, report
from datacity.engine.protection.risk import measure_risk
from datacity.engine.sources import read
from datacity.kernel.canonical import canonical_bytes
from tests.engine.protection.conftest import plan_of
from tests.engine.protection.test_gate import PLAN

HEADER = "Courriel;Âge;Zone;Maladie"
LINES = [f"p{i}@exemple.example;{20 + i % 30};{'NS'[i % 2]};{'rhume' if i % 3 else 'grippe'}" for i in range(240)]


@pytest.fixture
def described(tmp_path: Path) -> tuple[Path, Description]:
    """Read and describe a small survey of persons."""
    (tmp_path / "enquete.csv").write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    reading = read(tmp_path / "enquete.csv", tmp_path / "text.parquet")
    description = describe(tmp_path / "text.parquet", reading)
    write_typed(tmp_path / "text.parquet", description, tmp_path / "typed.parquet")
    return tmp_path / "typed.parquet", description


def gate(typed: Path, description: Description, plan: Plan, out: Path) -> dict[str, Any]:
    """Go through the gate and give both reports."""
    result = protect(typed, plan, out)
    risks = measure_risk(typed, plan), measure_risk(out, plan)
    return bilingual(description, plan, *risks, attack(typed, out, plan), result)


SURVEY = PLAN.replace("columns.mail", "columns.courriel").replace("columns.illness", "columns.maladie")


def test_report_says_in_three_sentences_what_was_done_what_is_left_and_how_it_was_tried(described, tmp_path: Path):
    typed, description = described

    both = gate(typed, description, plan_of(SURVEY), tmp_path / "out.parquet")

    assert both["en"]["sentences"] == [
        "Of 240 rows, 240 are published. Columns left out: 1; made less precise: 1; rows removed: 0.",
        "Before, 0 of 240 rows were alone of their kind; now none is, and the smallest group of look-alikes has 40 rows.",
        "We tried to break it with the raw table in hand: none of our 2 attacks succeeded, which measures a risk and does not exclude it.",
    ]
    assert [section["key"] for section in both["fr"]["sections"]] == [
        "singling_out", "linkability", "inference", "utility", "columns", "attacks", "limits",
    ]  # fmt: skip
    assert all(
        section["paragraphs"] or section["rows"] for language in ("fr", "en") for section in both[language]["sections"]
    )


def test_report_is_the_same_bytes_every_time_and_never_promises_too_much(described, tmp_path: Path):
    typed, description = described
    plan = plan_of(SURVEY)

    first, second = (canonical_bytes(gate(typed, description, plan, tmp_path / "out.parquet")) for _ in range(2))

    assert first == second
    assert not any(word in first.decode().lower() for word in ("anonym", "compliant", "conforme", "@exemple"))


def test_report_names_columns_by_their_header_and_says_what_was_done_to_each(described, tmp_path: Path):
    typed, description = described
    plan = plan_of(SURVEY)
    result = protect(typed, plan, tmp_path / "out.parquet")
    risk = measure_risk(typed, plan)

    written = report(
        description, plan, risk, measure_risk(tmp_path / "out.parquet", plan), attack(typed, tmp_path / "out.parquet", plan), result,
        language="en",
    )  # fmt: skip

    rows: list[Mapping[str, str]] = next(each for each in written["sections"] if each["key"] == "columns")["rows"]
    assert [(row["label"], row["done"]) for row in rows] == [
        ("Courriel", "left out"), ("Âge", "less precise: level 1"), ("Zone", "kept as it is"), ("Maladie", "kept as it is"),
    ]  # fmt: skip


def test_table_kept_whole_is_said_to_be_kept_whole(described, tmp_path: Path):
    typed, description = described

    both = gate(typed, description, Plan(), tmp_path / "out.parquet")

    assert both["en"]["sentences"] == [
        "All 240 rows are published as they are: every column is kept.",
        "No column was found that points at persons, so no risk of recognition was computed.",
        "There was nothing to attack: no row or cell of the table points at a person or a unit.",
    ]


def test_aggregate_is_told_in_cells(described, tmp_path: Path):
    typed, description = described
    plan = plan_of(
        '[columns.courriel]\nrole = "identifier"\n[aggregate]\nby = ["maladie"]\nunit_column = "courriel"\n'
        'measures = [{name = "n", function = "count"}]\n[cells]\nminimum_contributors = 100'
    )

    both = gate(typed, description, plan, tmp_path / "out.parquet")

    assert both["en"]["sentences"] == [
        "240 rows were summed up into 2 cells. Cells hidden because too few units stand behind them: 1.",
        "The published cell with the fewest units has 160; the rule asks for 100 at least.",
        "We tried to break it with the raw table in hand: our one attack did not succeed, which measures a risk and does not exclude it.",
    ]


def test_every_sentence_of_the_french_report_is_in_french(described, tmp_path: Path):
    typed, description = described

    both = gate(typed, description, plan_of(SURVEY), tmp_path / "out.parquet")

    if both["fr"]["sections"][0]["title"] == "Singling out":
        pytest.skip("the French catalogue is not compiled in this checkout")
    english = json.dumps(both["en"]["sections"]).split('"')
    french = json.dumps(both["fr"]["sections"]).split('"')
    assert not {text for text in english if " " in text.strip(" :,[]{}0.")} & set(french)


def test_persons_get_an_explicit_method_for_every_column_and_the_plan_runs(tmp_path: Path):
    lines = ["nom;courriel;date_naissance;code_postal;sexe;revenu"]
    lines += [
        f"Nom{i};p{i}@exemple.example;19{40 + i % 60}-0{1 + i % 9}-1{i % 9};7500{1 + i % 3};{'FM'[i % 2]};{1000 + i}"
        for i in range(300)
    ]
    (tmp_path / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = read(tmp_path / "f.csv", tmp_path / "text.parquet")
    description = describe(tmp_path / "text.parquet", reading)
    write_typed(tmp_path / "text.parquet", description, tmp_path / "typed.parquet")

    plan = propose(description)

    assert list(plan.columns) == [column.name for column in description.columns]
    assert {name: plan.columns[name].method for name in ("courriel", "date_naissance")} == {
        "courriel": Method.DROP, "date_naissance": Method.GENERALISE,
    }  # fmt: skip
    assert plan.columns["date_naissance"].level == "year"
    assert Plan.parse(plan.to_toml()) == plan
    plan.require_ready()
    lenient = Plan.from_dict({**plan.as_dict(), "privacy": {"k": 2, "suppression_limit": 0.9}})
    assert protect(tmp_path / "typed.parquet", lenient, tmp_path / "out.parquet").smallest_class >= 2


def test_data_without_persons_is_proposed_to_be_kept_whole(tmp_path: Path):
    (tmp_path / "f.csv").write_text(
        "compteur;date;passages\n" + "".join(f"C{i % 5};2026-01-0{1 + i % 9};{i}\n" for i in range(90)),
        encoding="utf-8",
    )
    reading = read(tmp_path / "f.csv", tmp_path / "text.parquet")

    plan = propose(describe(tmp_path / "text.parquet", reading))

    assert {(column.role, column.method) for column in plan.columns.values()} == {(Role.INSENSITIVE, Method.KEEP)}


@pytest.mark.parametrize(("width", "rounded"), [(0, 1), (0.07, 0.1), (3, 5), (12, 20), (50, 50), (999, 1000)])
def test_widths_are_rounded_up_to_one_two_or_five(width, rounded):
    assert round_width(width) == rounded
