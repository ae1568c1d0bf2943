# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A searched plan on a table: what is published, what is removed, what is refused."""

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.engine.cli.start import main
from datacity.engine.proof.verifying import verify
from datacity.engine.protection.gate import protect
from datacity.engine.protection.parts import ModelKind
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.previews import preview
from datacity.engine.protection.search.settling import settled_plan
from datacity.kernel.errors import Conflict, Invalid

HEAD = 'plan = 1\n[privacy]\nk = {k}\nsuppression_limit = {limit}\nmetric = "{metric}"\n'
COLUMNS = """
[columns.age]
role = "quasi_identifier"
method = "search"
hierarchy = "ages.csv"
[columns.born]
role = "quasi_identifier"
[columns.zone]
role = "quasi_identifier"
method = "search"
hierarchy = "whole"
[columns.illness]
role = "sensitive"
"""
ROW = st.tuples(
    st.integers(20, 29), st.integers(1, 3), st.sampled_from("NSE"), st.sampled_from(["flu", "cough", "gout"])
)


def table(folder: Path, rows: list[tuple[int, int, str, str]], name: str = "typed.parquet") -> Path:
    """Write a table of people and the hierarchy of their ages."""
    (folder / "ages.csv").write_text(
        "".join(f"{age};{age // 5 * 5};{age // 10 * 10};*\n" for age in range(20, 40)), encoding="utf-8"
    )
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (age BIGINT, born DATE, zone VARCHAR, illness VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, make_date(1990, ?, 5), ?, ?)", rows)
        connection.execute(f"COPY t TO '{folder / name}' (FORMAT parquet)")
    return folder / name


def plan_of(k: int, limit: float, metric: str = "loss_am", models: str = "") -> Plan:
    """Give a plan that searches age, date of birth and zone."""
    return Plan.parse(HEAD.format(k=k, limit=limit, metric=metric) + models + COLUMNS)


def classes_of(path: Path) -> Counter[tuple[str, ...]]:
    """Count the classes of a published table."""
    with duckdb.connect() as connection:  # the shared one remembers pieces of a file that had this name before
        rows = connection.sql(f"SELECT age::VARCHAR, born::VARCHAR, zone FROM read_parquet('{path}')").fetchall()
    return Counter(rows)


PEOPLE = [(20 + i % 10, 1 + i % 3, "NSE"[i % 2], ["flu", "cough", "gout"][i % 3]) for i in range(40)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=5, max_size=40), k=st.integers(1, 4), limit=st.sampled_from([0.0, 0.2, 0.6]))
def test_protecting_keeps_rows_together_and_never_lowers_k(
    tmp_path: Path, rows: list[tuple[int, int, str, str]], k: int, limit: float
):
    typed, out = table(tmp_path, rows), tmp_path / "out.parquet"
    before = min(Counter((age, born, zone) for age, born, zone, _ in rows).values())

    try:
        result = protect(typed, plan_of(k, limit), out, hierarchies=tmp_path)
    except Conflict:
        assert not out.exists()  # nothing satisfies so small a table
        return

    published = classes_of(out)
    assert min(published.values()) >= max(k, 1)
    assert min(published.values()) >= min(before, k)
    assert sum(published.values()) + result.suppressed == len(rows)
    assert (result.rows_out, result.classes, result.smallest_class) == (
        sum(published.values()),
        len(published),
        min(published.values()),
    )
    assert result.suppressed <= int(limit * len(rows) + 1e-9)
    out.unlink()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=5, max_size=40), limit=st.sampled_from([0.0, 0.2]))
def test_certificate_of_whatever_was_protected_holds(
    tmp_path: Path, rows: list[tuple[int, int, str, str]], limit: float
):
    table(tmp_path, rows)
    with (tmp_path / "f.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, delimiter=";").writerows(
            [("age", "zone", "illness"), *((age, zone, illness) for age, _, zone, illness in rows)]
        )
    body = COLUMNS.replace('[columns.born]\nrole = "quasi_identifier"\n', "")
    (tmp_path / "plan.toml").write_text(HEAD.format(k=2, limit=limit, metric="loss_am") + body, encoding="utf-8")
    names = [str(tmp_path / name) for name in ("f.csv", "plan.toml", "out.parquet", "c.json")]

    code = main(
        ["protect", names[0], "--plan", names[1], "-o", names[2], "--certificate", names[3], "--language", "en"]
    )

    assert code in {0, 5}
    assert code == 5 or verify(tmp_path / "c.json", data=tmp_path / "f.csv").holds
    for name in names[2:]:
        Path(name).unlink(missing_ok=True)


def test_stating_the_levels_the_search_chose_gives_the_same_table(tmp_path: Path):
    typed = table(tmp_path, PEOPLE)
    searched = protect(typed, plan_of(3, 0.1), tmp_path / "searched.parquet", hierarchies=tmp_path)

    plan = settled_plan(plan_of(3, 0.1), typed, hierarchies=tmp_path)
    stated = protect(typed, plan, tmp_path / "stated.parquet", hierarchies=tmp_path)

    assert {name: plan.columns[name].level for name in searched.levels} == dict(searched.levels)
    assert (stated.levels, stated.suppressed, stated.classes) == (
        searched.levels,
        searched.suppressed,
        searched.classes,
    )
    assert stated.loss == pytest.approx(searched.loss, rel=1e-12)
    assert (tmp_path / "stated.parquet").read_bytes() == (tmp_path / "searched.parquet").read_bytes()


@pytest.mark.parametrize("metric", ["loss_gm", "entropy", "precision", "discernibility", "class_size"])
def test_search_runs_the_same_twice(tmp_path: Path, metric: str):
    typed = table(tmp_path, PEOPLE)

    first, second = (
        protect(typed, plan_of(3, 0.2, metric), tmp_path / name, hierarchies=tmp_path)
        for name in ("a.parquet", "b.parquet")
    )

    assert (first.levels, first.loss, first.suppressed, first.checked_nodes) == (
        second.levels,
        second.loss,
        second.suppressed,
        second.checked_nodes,
    )
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


MODELS = {
    ModelKind.T_CLOSENESS: 'column = "illness"\nt = 0.4\ndistance = "ordered"',
    ModelKind.DELTA_DISCLOSURE: 'column = "illness"\ndelta = 1.5',
    ModelKind.ENHANCED_BETA: 'column = "illness"\nbeta = 1.0',
    ModelKind.K_MAP: "k = 5\npopulation_size = 400",
    ModelKind.AVERAGE_RISK: "threshold = 0.2",
    ModelKind.SAMPLE_UNIQUENESS: "threshold = 0.0",
    ModelKind.POPULATION_UNIQUENESS: "threshold = 0.05\npopulation_size = 400",
}


@pytest.mark.parametrize("kind", list(MODELS))
def test_conditions_only_the_search_counts_hold_at_stated_levels_too(tmp_path: Path, kind: ModelKind):
    typed = table(tmp_path, PEOPLE)
    models = f'[[privacy.models]]\nkind = "{kind.value}"\n{MODELS[kind]}\n'
    searched = protect(typed, plan_of(2, 0.5, models=models), tmp_path / "searched.parquet", hierarchies=tmp_path)

    plan = plan_of(2, 0.5, models=models).settled(searched.levels)
    stated = protect(typed, plan, tmp_path / "stated.parquet", hierarchies=tmp_path)

    assert (stated.levels, stated.suppressed, stated.loss, stated.checked_nodes) == (
        searched.levels,
        searched.suppressed,
        searched.loss,
        1,
    )


def test_population_file_is_counted(tmp_path: Path):
    typed = table(tmp_path, PEOPLE)
    people = [
        ("Age", "born", "zone"),
        *((age, f"1990-0{born}-05", zone) for age, born, zone, _ in PEOPLE for _ in range(3)),
    ]
    with (tmp_path / "p.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, delimiter=";").writerows(people)
    three = '[[privacy.models]]\nkind = "k_map"\nk = {k}\npopulation = "p.csv"\n'

    easy = protect(typed, plan_of(1, 0.0, models=three.format(k=3)), tmp_path / "easy.parquet", hierarchies=tmp_path)
    hard = protect(typed, plan_of(1, 0.0, models=three.format(k=30)), tmp_path / "hard.parquet", hierarchies=tmp_path)

    assert easy.loss == 0
    assert hard.loss is not None
    assert hard.loss > 0
    assert min(classes_of(tmp_path / "hard.parquet").values()) * 3 >= 30


@pytest.mark.parametrize(("age", "zone", "levels"), [(1.0, 0.1, (0, 1)), (0.1, 1.0, (1, 0))])
def test_weight_moves_the_loss_to_other_columns(tmp_path: Path, age: float, zone: float, levels: tuple[int, int]):
    typed = table(tmp_path, [(20 + i % 10, 1, "NS"[i // 10 % 2], "flu") for i in range(40)])
    body = COLUMNS.replace('[columns.born]\nrole = "quasi_identifier"\n', "").replace(
        '"ages.csv"', f'"ages.csv"\nweight = {age}'
    )
    plan = Plan.parse(
        HEAD.format(k=4, limit=0, metric="loss_am") + body.replace('"whole"', f'"whole"\nweight = {zone}')
    )

    found = protect(typed, plan, tmp_path / "out.parquet", hierarchies=tmp_path).levels

    assert (found["age"], found["zone"]) == levels


def test_plan_nothing_can_satisfy_is_a_conflict_and_writes_nothing(tmp_path: Path):
    typed = table(tmp_path, PEOPLE)
    body = COLUMNS.replace('hierarchy = "ages.csv"', 'hierarchy = "flat.csv"')
    (tmp_path / "flat.csv").write_text("".join(f"{age};{age}\n" for age in range(20, 40)), encoding="utf-8")

    with pytest.raises(Conflict) as refusal:
        protect(
            typed,
            Plan.parse(HEAD.format(k=39, limit=0.1, metric="loss_am") + body),
            tmp_path / "out.parquet",
            hierarchies=tmp_path,
        )

    assert (refusal.value.code, refusal.value.values["least"]) == ("protection.nothing_satisfies", 40)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ages.csv", "flat.csv", "typed.parquet"]


@pytest.mark.parametrize(
    ("lines", "code", "named"),
    [
        ("20;2;*\n20;3;*\n", "protection.hierarchy_twice", {"line": 2, "value": "20"}),
        ("20;2;*\n21;2\n", "protection.hierarchy_ragged", {"line": 2, "found": 2}),
        ("20;2;*\n", "protection.hierarchy_lacks", {"column": "age"}),
        ("20;2;a\n21;2;b\n", "protection.hierarchy_splits", {"line": 2, "value": "2"}),
    ],
)
def test_hierarchy_that_does_not_serve_is_refused_naming_the_place(
    tmp_path: Path, lines: str, code: str, named: dict[str, object]
):
    typed = table(tmp_path, PEOPLE)
    (tmp_path / "ages.csv").write_text(lines, encoding="utf-8")

    with pytest.raises(Invalid) as refusal:
        protect(typed, plan_of(3, 0.1), tmp_path / "out.parquet", hierarchies=tmp_path)

    assert refusal.value.code == code
    assert named.items() <= dict(refusal.value.values).items()
    assert not (tmp_path / "out.parquet").exists()


def test_preview_shows_the_levels_the_search_would_choose_on_the_sample(tmp_path: Path):
    typed = table(tmp_path, PEOPLE)

    shown = preview(typed, plan_of(3, 0.1), hierarchies=tmp_path)

    assert dict(shown.levels) == dict(
        protect(typed, plan_of(3, 0.1), tmp_path / "o.parquet", hierarchies=tmp_path).levels
    )


def test_searched_file_is_protected_and_attacked_on_the_command_line(tmp_path: Path):
    table(tmp_path, PEOPLE)
    with (tmp_path / "f.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, delimiter=";").writerows(
            [("age", "zone", "illness"), *((age, zone, illness) for age, _, zone, illness in PEOPLE)]
        )
    body = COLUMNS.replace('[columns.born]\nrole = "quasi_identifier"\n', "")
    (tmp_path / "plan.toml").write_text(HEAD.format(k=3, limit=0.1, metric="loss_am") + body, encoding="utf-8")
    names = [str(tmp_path / name) for name in ("f.csv", "plan.toml", "out.parquet", "r.json")]

    protected = main(["protect", names[0], "--plan", names[1], "-o", names[2], "--json", names[3], "--language", "en"])
    attacked = main(["attack", names[0], names[2], "--plan", names[1], "--language", "en"])

    assert (protected, attacked) == (0, 0)


def test_importing_the_gate_does_not_load_the_compiler():
    import subprocess
    import sys

    code = "import sys; import datacity.engine.protection.gate, datacity.engine.cli.protect; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
