# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The frozen files: read elsewhere, they hold the table; twice, they are the same bytes."""

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from datacity.engine.release import ColumnDetails, Published
from tests.factories.sealed import City


def _file(city: City, released: Published, form: str) -> Path:
    return city.download(released, form) / dict(city.names(released))[form]


def test_csv_has_mark_semicolons_and_unchanged_cells(city: City) -> None:
    data = _file(city, city.release(), "csv").read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))

    assert data.startswith(
        b"\xef\xbb\xbfpassages;voie;vitesse;jour;releve;actif;point;forme;arrondissement;vide;formule\n"
    )
    assert (len(rows), b"\r" in data) == (301, False)
    assert rows[1] == ["1", 'Rue; "de" la\nRépublique 1', "0.5", "2024-01-02", "2024-06-30T23:30:00+00:00", "false", "48.5, 3.0",
                       '{"type":"Point","coordinates":[2.0,48.5]}', "01", "", "=1+1"]  # fmt: skip
    assert rows[4][2] == ""


def test_csv_tells_empty_text_from_nothing(city: City) -> None:
    data = _file(city, city.release("SELECT unnest(['', NULL, 'x']) AS a, 1 AS b"), "csv").read_bytes()

    assert data == b'\xef\xbb\xbfa;b\n"";1\n;1\nx;1\n'


def test_csv_quotes_what_would_break_a_line(city: City) -> None:
    cells = ["a;b", 'a"b', "a\nb", "a\rb", "a\r\nb", " a ", "#a", "a,b"]
    city.folder.joinpath("cells.json").write_text(json.dumps([{"a": cell} for cell in cells]))
    released = city.release(f"SELECT a, 1 AS b FROM read_json('{city.folder}/cells.json')")

    text = _file(city, released, "csv").read_bytes().decode("utf-8-sig")

    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")] == ["a", *cells]


def test_json_is_an_array_of_objects_in_row_order(city: City) -> None:
    rows = json.loads(
        _file(city, city.release(columns={"forme": ColumnDetails(type="geo_shape")}), "json").read_bytes()
    )

    assert [row["passages"] for row in rows] == list(range(1, 301))
    assert rows[3] == {
        "passages": 4, "voie": 'Rue; "de" la\nRépublique 4', "vitesse": None, "jour": "2024-01-05", "releve": "2024-07-01T02:30:00+00:00",
        "actif": True, "point": {"lon": 6.0, "lat": 48.5}, "forme": {"type": "Point", "coordinates": [2.0, 48.5]}, "arrondissement": "04",
        "vide": "", "formule": "=1+4",
    }  # fmt: skip
    assert rows[2]["vide"] is None


def test_xlsx_keeps_types_and_never_makes_a_formula(city: City) -> None:
    book = openpyxl.load_workbook(_file(city, city.release(), "xlsx"))
    rows = list(book["data"].iter_rows())

    assert (len(rows), book.sheetnames) == (301, ["data", "columns"])
    assert [cell.value for cell in rows[4]] == [4, 'Rue; "de" la\nRépublique 4', None, datetime.fromisoformat("2024-01-05"), datetime.fromisoformat("2024-07-01T02:30"), True,
                                                "48.5, 6.0", '{"type":"Point","coordinates":[2.0,48.5]}', "04", "", "=1+4"]  # fmt: skip
    assert {cell.data_type for cell in (rows[4][10], rows[4][8])} <= {"s", "inlineStr"}
    assert [cell.value for cell in book["columns"][2]] == ["passages", "passages", "", "integer", "", "", ""]


def test_xlsx_writes_as_text_what_a_sheet_would_round_or_not_know(city: City) -> None:
    released = city.release(
        "SELECT 12345678901234567 AS large, DATE '1870-09-04' AS day, '0033' AS code, 'https://valmire.example' AS link"
    )
    sheet = openpyxl.load_workbook(_file(city, released, "xlsx"))["data"]

    assert [cell.value for cell in sheet[2]] == ["12345678901234567", "1870-09-04", "0033", "https://valmire.example"]
    assert sheet["D2"].hyperlink is None


def test_xlsx_ends_lines_inside_a_cell_with_a_line_feed(city: City) -> None:
    released = city.release("SELECT 'a' || chr(13) || chr(10) || 'b' || chr(13) || 'c' AS a, 1 AS b")
    sheet = openpyxl.load_workbook(_file(city, released, "xlsx"))["data"]

    assert sheet["A2"].value == "a\nb\nc"


@pytest.mark.parametrize(("sql", "reason"), [
    ("SELECT repeat('x', 32768) AS long, 1 AS b", {"format": "xlsx", "reason": "cell", "column": "long", "most": 32767}),
    ("SELECT 1::TINYINT AS a FROM range(1048576)", {"format": "xlsx", "reason": "rows", "most": 1048575}),
])  # fmt: skip
def test_xlsx_is_left_out_with_its_reason_where_a_sheet_is_too_small(
    city: City, sql: str, reason: dict[str, object]
) -> None:
    manifest = city.release(sql).manifest

    assert (manifest["omitted"], [each["format"] for each in manifest["files"]]) == (
        [reason],
        ["parquet", "csv", "json", "report"],
    )


def test_same_table_gives_the_same_bytes(city: City, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = City(tmp_path / "other")
    sql = "SELECT i AS id, i * 0.1 AS x, md5(i::VARCHAR) AS t, DATE '2024-01-01' + (i % 99)::INTEGER AS d FROM range(5000) r(i)"

    one = {each["format"]: each["sha256"] for each in city.release(sql).manifest["files"]}
    two = {each["format"]: each["sha256"] for each in other.release(sql).manifest["files"]}

    assert one == two


def test_every_form_holds_the_same_table(city: City) -> None:
    released = city.release(
        "SELECT i AS id, i * 0.1 AS x, 'é' || i AS t, DATE '2024-01-01' + (i % 99)::INTEGER AS d FROM range(3000) r(i)"
    )
    frames = [
        pd.read_parquet(_file(city, released, "parquet")),
        pd.read_csv(_file(city, released, "csv"), sep=";", encoding="utf-8-sig", parse_dates=["d"]),
        pd.DataFrame(json.loads(_file(city, released, "json").read_bytes())),
        pd.read_excel(_file(city, released, "xlsx"), sheet_name="data", engine="openpyxl"),
    ]

    summaries = [(len(frame), int(frame["id"].sum()), round(float(frame["x"].sum()), 6), frame["t"].iloc[-1], pd.Timestamp(frame["d"].iloc[5]).date())
                 for frame in frames]  # fmt: skip

    assert summaries == [(3000, 4498500, 449850.0, "é2999", date(2024, 1, 6))] * 4
