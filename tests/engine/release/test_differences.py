# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed between two versions."""

from pathlib import Path

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.release.differences import difference


def _table(path: Path, sql: str) -> Path:
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path


def _columns(**types: str) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in types.items()]


def test_difference_without_key_counts_whole_rows_with_repeats(tmp_path: Path) -> None:
    older = _table(tmp_path / "a.parquet", "SELECT unnest([1, 1, 1, 2, NULL]) AS x")
    newer = _table(tmp_path / "b.parquet", "SELECT unnest([1, 2, 3, NULL, NULL]) AS x")

    found = difference(older, newer, columns=(_columns(x="integer"), _columns(x="integer")))

    assert found == {
        "columns": {"added": [], "removed": [], "retyped": []},
        "rows": {"before": 5, "after": 5, "added": 2, "removed": 2},
    }


def test_difference_with_other_columns_compares_rows_by_key_only(tmp_path: Path) -> None:
    older = _table(tmp_path / "a.parquet", "SELECT i AS id, i AS x, 'o' AS gone FROM range(5) r(i)")
    newer = _table(tmp_path / "b.parquet", "SELECT i AS id, i::VARCHAR AS x, 'n' AS fresh FROM range(2, 6) r(i)")
    columns = (_columns(id="integer", x="integer", gone="text"), _columns(id="integer", x="text", fresh="text"))
    schema = {"added": ["fresh"], "removed": ["gone"], "retyped": [{"name": "x", "before": "integer", "after": "text"}]}

    assert difference(older, newer, columns=columns, key=("id",)) == {
        "columns": schema, "rows": {"before": 5, "after": 4, "added": 1, "removed": 2, "changed": 0}}  # fmt: skip
    assert difference(older, newer, columns=columns) == {"columns": schema, "rows": {"before": 5, "after": 4}}


def test_difference_ignores_a_key_that_names_rows_twice(tmp_path: Path) -> None:
    older = _table(tmp_path / "a.parquet", "SELECT 1 AS id, unnest([1, 2]) AS x")
    newer = _table(tmp_path / "b.parquet", "SELECT 1 AS id, unnest([2, 3]) AS x")
    columns = (_columns(id="integer", x="integer"),) * 2

    assert difference(older, newer, columns=columns, key=("id",))["rows"] == {
        "before": 2,
        "after": 2,
        "added": 1,
        "removed": 1,
    }


@given(st.dictionaries(st.integers(0, 9), st.sampled_from(["a", "b", None]), min_size=1),
       st.dictionaries(st.integers(0, 9), st.sampled_from(["a", "b", None]), min_size=1))  # fmt: skip
def test_difference_by_key_is_that_of_the_mappings(
    tmp_path_factory, before: dict[int, str | None], after: dict[int, str | None]
) -> None:
    folder = tmp_path_factory.mktemp("difference")
    paths = []
    for name, rows in (("a", before), ("b", after)):
        values = ", ".join(f"({key}, {'NULL' if value is None else repr(value)})" for key, value in rows.items())
        paths.append(_table(folder / name, f"SELECT id, x::VARCHAR AS x FROM (VALUES {values}) t(id, x)"))

    found = difference(*paths, columns=(_columns(id="integer", x="text"),) * 2, key=("id",))["rows"]

    assert found == {
        "before": len(before), "after": len(after), "added": len(after.keys() - before.keys()), "removed": len(before.keys() - after.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
    }  # fmt: skip
