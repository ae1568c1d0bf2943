# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A certificate of optimality is checked apart, and every way of doctoring it is noticed."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacity.engine.cli.start import main
from datacity.engine.proof.checks.optimality_counting import readings
from datacity.engine.proof.verifying import verify

Value = dict[str, Any]
AGES = "".join(f"{age};{age // 5 * 5}+;{age // 10 * 10}s;{'young' if age < 40 else 'old'};*\n" for age in range(20, 70))
ZONES = "".join(f"Z{zone};{'NS'[zone % 2]};*\n" for zone in range(6))
JOBS = "nurse;care;*\nbaker;craft;*\nclerk;office;*\nmason;craft;*\n"
MODELS = {
    "none": "",
    "distinct_l": "l = 2",
    "entropy_l": "l = 1.8",
    "recursive_cl": "l = 2\nc = 3.0",
    "t_closeness": "t = 0.3",
    "t_closeness ordered": 't = 0.15\ndistance = "ordered"',
    "t_closeness hierarchical": 't = 0.25\ndistance = "hierarchical"\nhierarchy = "jobs.csv"',
    "enhanced_beta": "beta = 1.5",
    "delta_disclosure": "delta = 1.6",
}


def make(folder: Path, *, limit: float, model: str = "none", metric: str = "loss_am") -> Path:
    """Protect a small file and give the folder, with f.csv and c.json in it."""
    chance = random.Random(7)
    people = [
        (chance.randint(20, 69), chance.randrange(6), chance.choice(["nurse", "baker", "clerk", "mason"]))
        for _ in range(160)
    ]
    lines = [f"{age};Z{zone};{'mf'[age % 2]};{job}" for age, zone, job in people]
    (folder / "f.csv").write_text("Âge;Zone;sex;Métier\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for name, text in (("ages.csv", AGES), ("zones.csv", ZONES), ("jobs.csv", JOBS)):
        (folder / name).write_text(text, encoding="utf-8")
    condition = (
        f'[[privacy.models]]\nkind = "{model.split(maxsplit=1)[0]}"\ncolumn = "Métier"\n{MODELS[model]}\n'
        if model != "none"
        else ""
    )
    (folder / "plan.toml").write_text(
        f'plan = 1\n[privacy]\nk = 3\nsuppression_limit = {limit}\nmetric = "{metric}"\n{condition}'
        '[columns."Âge"]\nrole = "quasi_identifier"\nhierarchy = "ages.csv"\n[columns.Zone]\nrole = "quasi_identifier"\nhierarchy = "zones.csv"\n'
        '[columns.sex]\nrole = "quasi_identifier"\nhierarchy = "whole"\n[columns."Métier"]\nrole = "sensitive"\n',
        encoding="utf-8",
    )
    code = main(
        ["protect", str(folder / "f.csv"), "--plan", str(folder / "plan.toml"), "-o", str(folder / "out.parquet"),
         "--certificate", str(folder / "c.json"), "--language", "en"]
    )  # fmt: skip
    assert code == 0
    return folder


@pytest.mark.parametrize("limit", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("model", list(MODELS))
def test_certificate_holds_for_every_condition(tmp_path: Path, limit: float, model: str) -> None:
    folder = make(tmp_path, limit=limit, model=model)

    found = verify(folder / "c.json", data=folder / "f.csv")

    assert (found.kind, [(check.code, check.holds) for check in found.checks]) == (
        "optimality",
        [("form", True), ("answer", True), ("steps", True)],
    )


@pytest.mark.parametrize("metric", ["loss_gm", "entropy", "precision"])
def test_certificate_holds_for_every_metric_that_is_a_sum(tmp_path: Path, metric: str) -> None:
    folder = make(tmp_path, limit=0.1, metric=metric)

    assert verify(folder / "c.json", data=folder / "f.csv").holds


def test_certificate_without_data_is_not_believed(tmp_path: Path) -> None:
    folder = make(tmp_path, limit=0.1)

    found = verify(folder / "c.json")

    assert [(check.code, check.holds) for check in found.checks] == [("data", False)]


def _other_answer(value: Value) -> None:
    """A feasible node that loses more, with its true figures."""
    top = [len(column["rows"][0]) - 2 for column in value["question"]["columns"]]
    value["answer"] = {"node": top, "loss": 1.0, "suppressed": 0}


DOCTORED: dict[str, tuple[Callable[[Value], object], str]] = {
    "a better loss": (lambda v: v["answer"].update(loss=v["answer"]["loss"] * 0.9), "loss"),
    "fewer rows removed": (lambda v: v["answer"].update(suppressed=v["answer"]["suppressed"] + 1), "suppressed"),
    "a worse node": (_other_answer, "step"),
    "another node": (lambda v: v["answer"].update(node=[0, 0, 0]), "suppressed"),
    "a node outside": (lambda v: v["answer"].update(node=[0, 0, 9]), "form"),
    "no steps": (lambda v: v.update(steps=[]), "open"),
    "the last steps left out": (lambda v: v.update(steps=v["steps"][: len(v["steps"]) // 3]), "open"),
    "a count of a step": (lambda v: v["steps"][2].update(suppressed=v["steps"][2]["suppressed"] + 1), "step"),
    "a loss of a step": (
        lambda v: next(step for step in v["steps"] if step["loss"] is not None).update(loss=0.9999),
        "step",
    ),
    "a witness where rows may go": (lambda v: v["steps"].insert(0, {"witness": ["20", "Z0", "m"]}), "step"),
    "a step of no form": (lambda v: v["steps"].insert(0, {"knot": 3}), "step"),
    "a smaller k": (lambda v: v["question"].update(k=2), "suppressed"),
    "a smaller limit": (lambda v: v["question"].update(limit=0), "limit"),
    "another table's rows": (lambda v: v["question"].update(rows=161), "form"),
    "a ladder that splits": (lambda v: v["question"]["columns"][0]["rows"][0].__setitem__(4, "+"), "form"),
    "a ladder that lacks a value": (lambda v: v["question"]["columns"][0]["rows"].pop(0), "form"),
    "a ladder with a value more": (lambda v: v["question"]["columns"][2]["rows"].append(["x", "x", "*"]), "form"),
    "an unknown condition": (lambda v: v["question"]["models"].append({"kind": "magic", "column": "sex"}), "form"),
    "another form": (lambda v: v.update(form=2), "form"),
    "no question": (lambda v: v.pop("question"), "form"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("optimality"), limit=0.1)


@pytest.mark.parametrize("doctored", list(DOCTORED))
def test_doctored_certificate_is_refused(made: Path, tmp_path: Path, doctored: str) -> None:
    change, wrong = DOCTORED[doctored]
    value = json.loads((made / "c.json").read_text(encoding="utf-8"))
    before = copy.deepcopy(value)
    change(value)
    assert value != before
    (tmp_path / "c.json").write_text(json.dumps(value), encoding="utf-8")

    found = verify(tmp_path / "c.json", data=made / "f.csv")

    assert found.first_wrong is not None
    assert (found.holds, found.first_wrong.code) == (False, wrong)


def test_first_unsound_step_is_named(made: Path, tmp_path: Path) -> None:
    value = json.loads((made / "c.json").read_text(encoding="utf-8"))
    for number in (1, 3):
        value["steps"][number]["suppressed"] += 7
    (tmp_path / "c.json").write_text(json.dumps(value), encoding="utf-8")

    wrong = verify(tmp_path / "c.json", data=made / "f.csv").first_wrong

    assert wrong is not None
    assert (wrong.values["number"], wrong.values["stated"] - wrong.values["found"]) == (2, 7)


def test_changed_data_are_noticed(made: Path, tmp_path: Path) -> None:
    lines = (made / "f.csv").read_text(encoding="utf-8").splitlines()
    age = lines[1].split(";")[0]
    (tmp_path / "f.csv").write_text(
        "\n".join([lines[0], lines[1].replace(age, "69" if age != "69" else "20", 1), *lines[2:]]), encoding="utf-8"
    )

    found = verify(made / "c.json", data=tmp_path / "f.csv")

    assert not found.holds


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("1\u202f234,5", [1234.5]),
        ("Oui", ["true"]),
        ("0", [0.0, "false"]),
        ("5/1/1990", ["1990-01-05"]),
        ("Métier", []),
    ],
)
def test_cell_is_read_as_what_it_can_mean(cell: str, means: list[Any]) -> None:
    assert readings(cell) == means


def test_checker_shares_no_code_with_the_search() -> None:
    folder = Path(__file__).parents[3] / "src" / "datacity" / "engine" / "proof" / "checks"

    texts = [path.read_text(encoding="utf-8") for path in folder.glob("optimality*.py")]

    assert len(texts) == 3
    assert not any("engine.protection" in text or "numba" in text for text in texts)
