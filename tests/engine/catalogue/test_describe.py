# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Types over all rows, the steward's decisions, what is shown and what is masked."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.catalogue import (
    Answer,
    Axis,
    Bar,
    ColumnDecision,
    ColumnType,
    Description,
    Role,
    describe,
    write_typed,
)
from datacity.engine.sources import ReadingReport, read
from datacity.kernel.errors import Invalid


def described(
    folder: Path, columns: dict[str, list[str]], **decisions: ColumnDecision
) -> tuple[Description, list[dict[str, Any]]]:
    """Read a CSV of these columns, describe it, write it typed; give the description and the typed rows."""
    description, text = described_only(folder, columns, **decisions)
    write_typed(text, description, folder / "typed.parquet")
    return description, pq.read_table(folder / "typed.parquet").to_pylist()


def described_only(
    folder: Path, columns: dict[str, list[str]], **decisions: ColumnDecision
) -> tuple[Description, Path]:
    """Read a CSV of these columns and describe it."""
    cells = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    (folder / "x.csv").write_text("\n".join(quoted) + "\n", encoding="utf-8")
    report: ReadingReport = read(folder / "x.csv", folder / "text.parquet")
    return describe(folder / "text.parquet", report, decisions=decisions), folder / "text.parquet"


def one(
    folder: Path, cells: list[str], header: str = "valeur", **decision: Any
) -> tuple[ColumnType, list[Any], list[str]]:
    """Describe one column beside a number; give its type, its typed cells and the codes of its doubts."""
    fixed = {header: ColumnDecision(**decision)} if decision else {}
    description, rows = described(folder, {header: cells, "autre": ["1"] * len(cells)}, **fixed)
    column = description.columns[0]
    return column.type, [row[column.name] for row in rows], [doubt.code for doubt in column.doubts]


def moment(*parts: int) -> datetime:
    """Give a time stamp without zone, as typed files hold them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", "", "1 000", "12\u202f345\u00a0678"], ColumnType.INTEGER, [1, -2, None, 1000, 12345678]),
        (["1,5", "1 234,50", "7", ""], ColumnType.NUMBER, [1.5, 1234.5, 7.0, None]),
        (["1.5", ".25", "1e-3", "-7"], ColumnType.NUMBER, [1.5, 0.25, 0.001, -7.0]),
        (["OUI", "non", "Oui", ""], ColumnType.BOOLEAN, [True, False, True, None]),
        (["true", "FALSE", "True", ""], ColumnType.BOOLEAN, [True, False, True, None]),
        (["VRAI", "FAUX", "vrai", ""], ColumnType.BOOLEAN, [True, False, True, None]),
        (["2024-02-29", "1700-01-01"], ColumnType.DATE, [date(2024, 2, 29), date(1700, 1, 1)]),
        (
            ["31/12/2024", "01-02-2024", "3.4.2024"],
            ColumnType.DATE,
            [date(2024, 12, 31), date(2024, 2, 1), date(2024, 4, 3)],
        ),
        (
            ["1700-01-01T01:02:21+00:53", "2024-07-01 10:00Z"],
            ColumnType.DATETIME,
            [moment(1700, 1, 1, 0, 9, 21), moment(2024, 7, 1, 10)],
        ),
        (
            ["2024-07-01T10:00:00+0200", "2024-07-01T10:00:00.5+02"],
            ColumnType.DATETIME,
            [moment(2024, 7, 1, 8), moment(2024, 7, 1, 8, 0, 0, 500000)],
        ),
        (["7:30", "19:05:10", "7h45"], ColumnType.TIME, ["07:30", "19:05:10", "07:45"]),
        (["48.85, 2.35", "48.8,2.3"], ColumnType.GEO_POINT, [{"lon": 2.35, "lat": 48.85}, {"lon": 2.3, "lat": 48.8}]),
        (['{"type":"Point","coordinates":[2.5,48.5]}', ""], ColumnType.GEO_POINT, [{"lon": 2.5, "lat": 48.5}, None]),
        (
            ['{"type":"MultiPoint","coordinates":[[2.5,48.5]]}'],
            ColumnType.GEO_SHAPE,
            ['{"type":"MultiPoint","coordinates":[[2.5,48.5]]}'],
        ),
        (["00123", "45678"], ColumnType.TEXT, ["00123", "45678"]),
        (["1234567890123456", "1"], ColumnType.TEXT, ["1234567890123456", "1"]),
        (["1.5", "1,5"], ColumnType.TEXT, ["1.5", "1,5"]),
        (["0", "1"], ColumnType.INTEGER, [0, 1]),
        (["0.0", "1.0"], ColumnType.NUMBER, [0.0, 1.0]),
        (["2024-02-30", "2024-01-01"], ColumnType.TEXT, ["2024-02-30", "2024-01-01"]),
        ([" a ", "b"], ColumnType.TEXT, [" a ", "b"]),
        (["OUI", "false"], ColumnType.TEXT, ["OUI", "false"]),
        (["", ""], ColumnType.TEXT, [None, None]),
    ],
)
def test_column_gets_the_type_that_all_cells_fit(
    tmp_path: Path, cells: list[str], kind: ColumnType, values: list[Any]
) -> None:
    found, typed, _ = one(tmp_path, cells)

    assert (found, typed) == (kind, values)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Code INSEE", ["75101", "75102"]),
        ("cp", ["75001", "13002"]),
        ("SIREN", ["732829320", "552100554"]),
        ("Téléphone", ["612345678", "712345678"]),
    ],
)
def test_header_of_a_code_keeps_digits_as_text(tmp_path: Path, header: str, cells: list[str]) -> None:
    description, rows = described(tmp_path, {header: cells, "n": ["1", "2"]})

    assert description.columns[0].type is ColumnType.TEXT
    assert [row[description.columns[0].name] for row in rows] == cells


def test_company_numbers_without_a_telling_header_stay_text(tmp_path: Path) -> None:
    found, _, doubts = one(
        tmp_path,
        ["732829320", "552100554", "123456782", "404833048", "542051180", "380129866", "318771623", "111111118"],
    )

    assert (found, doubts) == (ColumnType.TEXT, ["catalogue.registration_numbers"])


def test_late_letter_keeps_a_column_text_and_names_the_cell(tmp_path: Path) -> None:
    cells = [str(number) for number in range(1, 1200)] + ["12 K"]

    description, _ = described(tmp_path, {"valeur": cells, "autre": ["1"] * 1200})

    column = description.columns[0]
    assert column.type is ColumnType.TEXT
    assert [(doubt.code, doubt.line, doubt.value) for doubt in column.doubts] == [
        ("catalogue.nearly_typed", None, None),
        ("catalogue.cell_unfit", 1201, "12 K"),
    ]
    assert column.doubts[0].values == {"count": 1, "type": "integer"}


def test_dates_that_do_not_tell_day_from_month_raise_a_doubt(tmp_path: Path) -> None:
    kind, values, doubts = one(tmp_path, ["01/02/2024", "11/12/2024"])
    _, turned, _ = one(tmp_path, ["01/02/2024", "11/12/2024"], type=ColumnType.DATE, month_first=True)

    assert (kind, doubts) == (ColumnType.DATE, ["catalogue.day_or_month"])
    assert (values, turned) == ([date(2024, 2, 1), date(2024, 12, 11)], [date(2024, 1, 2), date(2024, 11, 12)])


def test_impossible_date_is_named(tmp_path: Path) -> None:
    cells = ["31/01/2024"] * 150 + ["31/02/2024"]

    description, _ = described_only(tmp_path, {"jour": cells, "n": ["1"] * 151})

    assert [(doubt.line, doubt.value) for doubt in description.columns[0].doubts if doubt.line] == [(152, "31/02/2024")]


def test_fixed_type_converts_what_fits(tmp_path: Path) -> None:
    assert one(tmp_path, ["0.0", "1.0", ""], type=ColumnType.BOOLEAN)[:2] == (ColumnType.BOOLEAN, [False, True, None])
    assert one(tmp_path, ["12.0", "7"], type=ColumnType.INTEGER)[:2] == (ColumnType.INTEGER, [12, 7])
    assert one(tmp_path, ["007", "12"], type=ColumnType.INTEGER)[:2] == (ColumnType.INTEGER, [7, 12])
    assert one(tmp_path, ["12", "7"], type=ColumnType.TEXT)[:2] == (ColumnType.TEXT, ["12", "7"])


def test_fixed_type_that_a_cell_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        one(tmp_path, ["1", "2", "trois", "4,5"], type=ColumnType.INTEGER)

    assert (caught.value.code, caught.value.field) == ("catalogue.type_unfit", "valeur")
    assert caught.value.values["cells"] == [{"line": 4, "value": "trois"}, {"line": 5, "value": "4,5"}]
    assert not (tmp_path / "typed.parquet").exists()


def test_words_for_no_value_become_empty_when_the_steward_says_so(tmp_path: Path) -> None:
    assert one(tmp_path, ["1", "NC", "3"])[0] is ColumnType.TEXT
    assert one(tmp_path, ["1", "NC", "3"], missing=("NC",))[:2] == (ColumnType.INTEGER, [1, None, 3])


def test_decisions_win_over_proposals(tmp_path: Path) -> None:
    decision = ColumnDecision(label="Hauteur", unit="cm", meaning="Mesurée au sommet", role=Role.SENSITIVE)

    description, _ = described_only(tmp_path, {"HAUTEUR (m)": ["1.5", "2"], "n": ["1", "2"]}, hauteur_m=decision)

    column = description.columns[0]
    assert (column.label, column.unit, column.meaning, column.role) == (
        "Hauteur",
        "cm",
        "Mesurée au sommet",
        Role.SENSITIVE,
    )


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("HAUTEUR (m)", "m"),
        ("circonference en cm", "cm"),
        ("Surface (m2)", "m²"),
        ("duree_min", None),
        ("Voie(s)", None),
        ("conso_kwh", "kWh"),
        ("Prix (€)", "€"),
    ],
)
def test_unit_is_read_from_the_header(tmp_path: Path, header: str, unit: str | None) -> None:
    description, _ = described_only(tmp_path, {header: ["1.5", "2"], "autre": ["1", "2"]})

    assert description.columns[0].unit == unit


def test_figures_are_those_of_all_rows(tmp_path: Path) -> None:
    description, _ = described_only(
        tmp_path, {"n": [str(number % 100) for number in range(1000)], "ville": ["A", "B"] * 500}
    )

    number, town = description.columns
    assert (number.nulls, number.distinct, number.minimum, number.maximum) == (0, 100, "0", "99")
    assert [bar.count for bar in number.distribution] == [100] * 10
    assert town.distribution == (Bar("A", 500), Bar("B", 500))


def test_description_survives_json(tmp_path: Path) -> None:
    description, _ = described_only(tmp_path, {"courriel": ["a.martin@valmire.example", ""], "n": ["1", "x"]})

    assert Description.from_dict(description.as_dict()) == description


def test_table_of_persons_gets_roles_and_axes(tmp_path: Path) -> None:
    columns = {
        "Prénom": ["Lina", "Omar", "Zoé"],
        "Date de naissance": ["1980-01-02", "1990-03-04", "2001-05-06"],
        "sexe": ["F", "M", "F"],
        "code postal": ["75001", "75002", "75003"],
        "diagnostic": ["x", "y", "z"],
        "montant": ["1", "2", "3"],
    }

    description, _ = described_only(tmp_path, columns)

    assert {column.name: column.role.value for column in description.columns} == {
        "prenom": "identifier",
        "date_de_naissance": "quasi_identifier",
        "sexe": "quasi_identifier",
        "code_postal": "quasi_identifier",
        "diagnostic": "sensitive",
        "montant": "insensitive",
    }
    assert [(axis.axis, axis.answer) for axis in description.axes] == [
        (Axis.PERSONAL, Answer.YES),
        (Axis.COLLECTIVE, Answer.POSSIBLE),
        (Axis.BUSINESS, Answer.POSSIBLE),
        (Axis.SECURITY, Answer.NO),
    ]
    assert description.column("prenom").examples == ("L•••", "O•••", "Z••")


def test_quality_marks_say_what_to_look_at(tmp_path: Path) -> None:
    description, _ = described_only(
        tmp_path, {"a": ["1", "1", "2"], "vide": ["", "", ""], "mot": ["CafÃ©", "CafÃ©", "x"]}
    )

    marks = {mark.code: (mark.ok, dict(mark.values)) for mark in description.quality}
    assert marks["duplicate_rows"] == (False, {"count": 1})
    assert marks["empty_columns"] == (False, {"count": 1, "columns": "vide"})
    assert marks["broken_characters"] == (False, {"count": 1, "columns": "mot"})
    assert marks["encoding"] == (True, {"encoding": "utf-8"})
    assert marks["completeness"] == (False, {"share": "66.7"})


@settings(max_examples=25)
@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1, max_size=20))
def test_any_whole_numbers_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, numbers: list[int]) -> None:
    kind, values, _ = one(tmp_path_factory.mktemp("x"), [str(number) for number in numbers])

    assert (kind, values) == (ColumnType.INTEGER, numbers)


@settings(max_examples=25)
@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda value: value + 0.0),
        min_size=1,
        max_size=20,
    )
)
def test_any_numbers_come_back_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    _, values, _ = one(tmp_path_factory.mktemp("x"), [f"{number:.17e}" for number in numbers], type=ColumnType.NUMBER)

    assert values == numbers


@pytest.mark.parametrize(
    "name",
    [
        "belib-donnees-statiques.csv",
        "stationnement-voie-publique-emplacements_extract.csv",
        "velib-disponibilite-en-temps-reel_2023-02-23.csv",
    ],
)
def test_typed_numbers_add_up_as_duckdb_reads_them(name: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "data" / "paris" / name
    report = read(source, tmp_path / "text.parquet")
    description = describe(tmp_path / "text.parquet", report)
    write_typed(tmp_path / "text.parquet", description, tmp_path / "typed.parquet")
    numbers = [column for column in description.columns if column.type in {ColumnType.INTEGER, ColumnType.NUMBER}]
    ours = ", ".join(f'sum("{column.name}"::DOUBLE)' for column in numbers)
    theirs = ", ".join(f'sum("{column.label}"::DOUBLE)' for column in numbers)

    found = duckdb.sql(f"SELECT count(*), {ours} FROM '{tmp_path / 'typed.parquet'}'").fetchone()
    expected = duckdb.sql(
        f"SELECT count(*), {theirs} FROM read_csv('{source}', delim=';', header=true, all_varchar=true)"
    ).fetchone()

    assert found == pytest.approx(expected, rel=1e-12)
    assert len(numbers) >= 2


def test_numbers_too_far_apart_for_bars_are_still_described(tmp_path: Path) -> None:
    cells = ["1.7976931348623157e308", "-9.9e307", *(f"{number}.5" for number in range(10))]

    description, rows = described(tmp_path, {"valeur": cells, "autre": ["1"] * 12})

    assert (description.columns[0].type, description.columns[0].distribution) == (ColumnType.NUMBER, ())
    assert rows[0]["valeur"] == 1.7976931348623157e308
