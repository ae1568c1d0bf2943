# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`risk`, `protect` and `attack` on the command line."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from datacity.engine.cli.start import main

PLAN = """plan = 1
[privacy]
k = 5
suppression_limit = 0.1
[columns.Courriel]
role = "identifier"
[columns."Né le"]
role = "quasi_identifier"
method = "generalise"
hierarchy = "decades.csv"
level = 1
[columns.zone]
role = "quasi_identifier"
method = "keep"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a file, its plan, which calls columns by their header, and a hierarchy beside it."""
    lines = ["Courriel;Né le;zone", *(f"p{i}@exemple.example;{1950 + i % 20};{'NS'[i % 2]}" for i in range(100))]
    (tmp_path / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "decades.csv").write_text(
        "".join(f"{year};{year // 10}0s;*\n" for year in range(1950, 1970)), encoding="utf-8"
    )
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command and give its exit code and its JSON."""
    target = folder / "result.json"
    code = main([*arguments, "--json", str(target), "--language", "en"])
    return code, json.loads(target.read_text(encoding="utf-8"))


def test_file_is_measured_protected_and_attacked_by_its_headers(folder: Path):
    file, plan, out = (str(folder / name) for name in ("f.csv", "plan.toml", "out.parquet"))

    risk = run(folder, "risk", file, "--plan", plan)
    protected = run(folder, "protect", file, "--plan", plan, "-o", out)
    attacked = run(folder, "attack", file, out, "--plan", plan)

    assert (risk[0], risk[1]["rows"], risk[1]["k"], risk[1]["classes"]) == (0, 100, 5, 20)
    assert (protected[0], protected[1]["levels"], protected[1]["suppressed"], protected[1]["classes"]) == (
        0, {"Né le": 1, "zone": 0}, 0, 4,
    )  # fmt: skip
    assert duckdb.sql(f"SELECT ne_le, zone, count(*) FROM read_parquet('{out}') GROUP BY ALL ORDER BY ALL").fetchall() == [
        ("1950s", "N", 25), ("1950s", "S", 25), ("1960s", "N", 25), ("1960s", "S", 25),
    ]  # fmt: skip
    assert (attacked[0], [(each["name"], each["succeeded"]) for each in attacked[1]["attempts"]]) == (
        0, [("linkage", 0), ("singling_out", 0)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "exit_code", "error"),
    [
        (("k = 5", "k = 60"), 5, "protection.suppression_limit"),
        (("k = 5", "kk = 5"), 2, "protection.unknown_key"),
        (('method = "keep"', 'method = "search"'), 2, "protection.ladder_missing"),
        (('method = "keep"\n', ""), 2, "protection.ladder_missing"),
        (("decades.csv", "absent.csv"), 4, "protection.hierarchy_missing"),
        (("[columns.zone]", "[columns.zones]"), 2, "protection.unknown_column"),
    ],
)
def test_refused_plan_ends_with_its_code_and_writes_nothing(folder: Path, change, exit_code, error):
    (folder / "plan.toml").write_text(PLAN.replace(*change), encoding="utf-8")

    code, result = run(
        folder, "protect", str(folder / "f.csv"), "--plan", str(folder / "plan.toml"), "-o", str(folder / "out.parquet")
    )

    assert (code, result["error"]["code"]) == (exit_code, error)
    assert sorted(each.name for each in folder.iterdir()) == ["decades.csv", "f.csv", "plan.toml", "result.json"]


def test_certificate_is_refused_where_nothing_is_searched(folder: Path):
    arguments = [
        str(folder / "f.csv"),
        "--plan",
        str(folder / "plan.toml"),
        "-o",
        str(folder / "out.parquet"),
        "--certificate",
        str(folder / "c.json"),
    ]

    assert run(folder, "protect", *arguments)[1]["error"]["code"] == "protection.certificate_without_search"
    assert not (folder / "out.parquet").exists()
    assert not (folder / "c.json").exists()
