# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the steward says of columns without touching a cell holds at once, and is what a description from the cells would say."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.engine.catalogue import ColumnDecision, ColumnType, Role, describe, said_anew, touches_cells
from datacity.engine.sources import ReadingReport, read

ROWS = 40
CELLS = {
    "nom": [f"Ysaline Corbeval {n}" for n in range(ROWS)],
    "naissance": [f"19{50 + n}-03-0{1 + n % 9}" for n in range(ROWS)],
    "montant": [f"{n},5" for n in range(ROWS)],
    "code": [str(n % 4) for n in range(ROWS)],
}


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ReadingReport]:
    """A small table read once: its text Parquet and how it was read."""
    folder = tmp_path_factory.mktemp("text")
    lines = [";".join(CELLS), *(";".join(row) for row in zip(*CELLS.values(), strict=True))]
    (folder / "x.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "text.parquet", read(folder / "x.csv", folder / "text.parquet")


_decisions = st.builds(
    ColumnDecision,
    label=st.none() | st.sampled_from(["Autre nom", "Prix (€)"]),
    unit=st.none() | st.sampled_from(["", "€"]),
    meaning=st.none() | st.just("Ce que c’est."),
    role=st.none() | st.sampled_from(Role),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(CELLS)), _decisions))
def test_saying_anew_gives_what_describing_gives(
    text: tuple[Path, ReadingReport], decisions: dict[str, ColumnDecision]
) -> None:
    path, reading = text
    plain = describe(path, reading)

    assert said_anew(plain, reading, decisions) == describe(path, reading, decisions=decisions)


@pytest.mark.parametrize(
    ("new", "touches"),
    [
        (ColumnDecision(label="x", unit="y", meaning="z", role=Role.SENSITIVE), False),
        (ColumnDecision(type=ColumnType.TEXT), True),
        (ColumnDecision(missing=("NC",)), True),
        (ColumnDecision(month_first=True), True),
    ],
)
def test_only_kind_missing_words_and_order_of_days_touch_cells(new: ColumnDecision, touches: bool) -> None:
    assert touches_cells(ColumnDecision(), new) is touches


@pytest.mark.parametrize("rows", [3, 200])
def test_gathering_equal_cells_changes_no_figure(tmp_path: Path, rows: int) -> None:
    """Many equal cells are gathered, few are not; the description of every row twice is that of a row, but for its counts."""
    cells = [f"{n % 3},5;2024-0{1 + n % 3}-01 10:00;{['oui', 'non', ''][n % 3]}" for n in range(rows * 3)]
    (tmp_path / "x.csv").write_text("a;b;c\n" + "\n".join(cells), encoding="utf-8")

    found = describe(tmp_path / "t.parquet", read(tmp_path / "x.csv", tmp_path / "t.parquet"))

    a, b, c = found.columns
    assert [column.type.value for column in found.columns] == ["number", "datetime", "boolean"]
    assert [(column.nulls, column.distinct) for column in found.columns] == [(0, 3), (0, 3), (rows, 2)]
    assert (a.minimum, a.maximum, b.minimum) == ("0.5", "2.5", "2024-01-01T10:00:00")
    assert [bar.count for bar in (*a.distribution, *c.distribution)] == [rows] * 5
    assert c.examples == ("oui", "non")
