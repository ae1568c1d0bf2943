# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files that went wrong, through the whole command: a clear refusal that leaves nothing, or a warning that names the place."""

import csv
import resource
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.factories import broken
from tests.factories.publishing import Stranger, left_behind, publish

Make = Callable[[Path], Path]
MEMORY_MB = 400


@pytest.mark.parametrize("name", sorted(broken.REFUSED))
def test_broken_file_is_refused_with_its_place_and_leaves_nothing(home: Path, tmp_path: Path, name: str) -> None:
    make, code, place = broken.REFUSED[name]

    told = publish(make(tmp_path))

    assert (told.code, told.refusal) == (2, code), told.messages
    assert place in told.messages.splitlines()[-1]
    assert told.data["error"]["hint"]
    assert left_behind() == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(broken.READ))
def test_odd_file_is_published_with_a_warning_that_names_its_place(home: Path, tmp_path: Path, name: str) -> None:
    make, code, line = broken.READ[name]

    told = publish(make(tmp_path), about=broken.ABOUT)

    assert told.code == 0, told.messages
    doubts = {each["code"]: each["line"] for each in told.data["reading"]["doubts"]}
    assert doubts == ({code: line} if code else {})
    assert line is None or str(line) in told.messages


def test_file_that_is_refused_passes_when_it_is_mended(home: Path, tmp_path: Path) -> None:
    file = broken.REFUSED["duplicate_headers"][0](tmp_path)

    refused = publish(file)
    told = publish(file, about={**broken.ABOUT, "reading": {"renames": refused.data["error"]["values"]["renames"]}})

    assert (refused.refusal, refused.data["error"]["values"]["renames"]) == (
        "sources.duplicate_headers",
        {"#3": "Jour 2"},
    )
    assert told.code == 0, told.messages
    assert told.data["reading"]["columns"] == 3


@pytest.mark.slow
def test_three_hundred_columns_are_read_and_a_thousand_and_one_refused(home: Path, tmp_path: Path) -> None:
    refused = publish(broken.wide(1_001)(tmp_path))
    left = left_behind()
    told = publish(broken.wide(300)(tmp_path), about=broken.ABOUT)

    assert (refused.refusal, left) == ("sources.too_many_columns", {})
    assert told.code == 0, told.messages
    assert told.data["reading"]["columns"] == 300


@pytest.mark.slow
def test_line_of_a_gigabyte_is_refused_in_flat_memory(home: Path, tmp_path: Path) -> None:
    file = broken.one_line(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    told = publish(file)

    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert (told.code, told.refusal, "Line 2" in told.messages) == (2, "sources.line_too_long", True), told.messages
    assert grown < MEMORY_MB
    assert left_behind() == {}


@pytest.mark.parametrize("name", ["../../evasion.csv", "..\\evasion.csv", "a/b.csv", ".cache.csv", "x\nNom: y.csv"])
def test_path_in_the_file_name_leads_nowhere(home: Path, tmp_path: Path, name: str) -> None:
    deposit = broken.deposited_as(name)

    shown = deposit.filename

    assert shown in {"evasion.csv", "b.csv", "cache.csv", ".cache.csv", "x Nom: y.csv"}
    assert "\n" not in shown
    assert sorted(path.parent for path in tmp_path.rglob("*.age")) == [home / "vault"]
    assert list(tmp_path.rglob("*evasion*")) == []


def test_markup_and_formulas_stay_as_they_are_in_csv_and_become_text_in_xlsx(home: Path, tmp_path: Path) -> None:
    cells = ["=1+1", "<script>alert(1)</script>", "@SUM(A1)", "+cmd|' /C calc'!A0", "Quai 1"]
    file = broken.text("cellules.csv", "Mot;Nombre\n" + "".join(f'"{each}";{n}\n' for n, each in enumerate(cells)))

    told = publish(file(tmp_path), about=broken.ABOUT)

    assert told.code == 0, told.messages
    files = Stranger.arrive().download(told.data["dataset"], 1, tmp_path / "saved")
    with files["csv"].open(encoding="utf-8-sig", newline="") as text:
        rows = [row["mot"] for row in csv.DictReader(text, delimiter=";")]
    sheet = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    column = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert rows == cells
    assert [(cell.value, cell.data_type) for cell in column] == [(each, "s") for each in cells]
    assert {each["code"]: each["line"] for each in told.data["reading"]["doubts"]} == {
        "sources.formula": 2,
        "sources.markup": 3,
    }
