# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The benchmarks: which there are, how their rows become one table, what stands next to what."""

import json
from pathlib import Path

import pytest

import bench

TOOLS = Path(__file__).resolve().parents[2] / "tools"
MADE = '''
"""Two cases next to each other, one that fails, one row of its own."""
import sys
BESIDE = {"ours": "theirs"}
def quick(folder):
    return lambda: (folder / "x").write_text("x")
def wrong(folder):
    sys.exit("nothing to measure")
CASES = {"ours": quick, "theirs": quick, "wrong": wrong}
def figures(folder):
    yield {"case": "own", "seconds": 1.5, "told": 7}
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of benchmarks in a checkout of its own."""
    made = tmp_path / "benchmarks"
    made.mkdir()
    (made / "made.py").write_text(MADE, encoding="utf-8")
    (made / "helps.py").write_text("def help(): ...\n", encoding="utf-8")
    copied = tmp_path / "tools"
    copied.mkdir()
    for name in ("bench.py", "launch.py"):
        (copied / name).write_text((TOOLS / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(bench, "FOLDER", made)
    monkeypatch.setattr(bench, "__file__", str(copied / "bench.py"))
    return made


def test_all_rows_stand_in_one_table_and_in_the_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = bench.run(["--json", str(tmp_path / "rows.json")])

    lines = capsys.readouterr().out.splitlines()
    rows = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert (code, [row["case"] for row in rows]) == (1, ["theirs", "wrong", "ours", "own"])
    assert [row.get("failed") for row in rows] == [None, "nothing to measure", None, None]
    assert rows[2]["beside"] == rows[0]["seconds"]
    assert rows[2]["ratio"] == pytest.approx(rows[0]["seconds"] / rows[2]["seconds"])
    assert len(lines) == 1 + len(rows)
    assert lines[-1].split() == ["made", "own", "1.500", "told", "7"]


def test_what_only_helps_is_no_benchmark(folder: Path) -> None:
    assert bench.available() == ["made"]


def test_every_benchmark_says_what_it_compares_and_stands_next_to_cases_it_has() -> None:
    assert {"size", "pages", "reading", "data_api", "journal", "release", "search", "slow_readers"} <= set(
        bench.available()
    )
    for name in bench.available():
        cases = set(bench.cases(name))
        assert (bench.FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()[2].startswith('"""')
        assert {*bench.beside(name), *bench.beside(name).values()} <= cases, name
