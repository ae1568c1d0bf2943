# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every accepted format, and what is refused because of what it is."""

import json
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from datacity.engine.sources import Format, ReadingReport, ReadOptions, read
from datacity.kernel.errors import Invalid


def reading(source: Path, **options: Any) -> tuple[ReadingReport, list[dict[str, Any]]]:
    """Read this file; give the report and the rows."""
    target = source.with_name("text.parquet")
    report = read(source, target, options=ReadOptions(**options))
    return report, pq.read_table(target).to_pylist()


def refused(source: Path, **options: Any) -> Invalid:
    """Read this file, which is refused; nothing may be left beside it."""
    with pytest.raises(Invalid) as caught:
        read(source, source.with_name("text.parquet"), options=ReadOptions(**options))
    assert [path.name for path in source.parent.iterdir()] == [source.name]
    assert str(caught.value)
    return caught.value


def written(folder: Path, content: bytes | str, name: str = "deposit.csv") -> Path:
    """Write the content under a name that says nothing true."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """Write a workbook with these sheets of rows."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return path


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "PNG (image)"),
        (b"\xff\xd8\xff\xe0\x00", "JPEG (image)"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "HTML"),
        (b'<?xml version="1.0"?><kml></kml>', "KML"),
        (b"\x7fELF\x02\x01\x01\x00", "ELF (executable)"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x01\x02\x05", "Windows (executable)"),
        (b"#!/bin/sh\nrm x\n", "script (executable)"),
        (b"\x1f\x8b\x08\x00", "gzip (archive)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS, DOC (before 2007) or a workbook with a password"),
        (bytes(range(1, 200)) * 4, "binary data"),
    ],
)
def test_type_that_is_not_accepted_is_refused_by_content(tmp_path: Path, content: bytes, looks_like: str) -> None:
    found = refused(written(tmp_path, content))

    assert (found.code, found.values["looks_like"]) == ("sources.type_not_accepted", looks_like)
    assert "GeoJSON" in str(found)


@pytest.mark.parametrize(
    ("entry", "looks_like"),
    [("notes.txt", "ZIP (archive)"), ("word/document.xml", "DOCX (document)"), ("a/b.shp", "Shapefile (ZIP)")],
)
def test_archives_are_refused_by_what_they_hold(tmp_path: Path, entry: str, looks_like: str) -> None:
    with zipfile.ZipFile(tmp_path / "table.csv", "w") as archive:
        archive.writestr(entry, "x")

    assert refused(tmp_path / "table.csv").values["looks_like"] == looks_like


def test_text_that_starts_like_a_program_is_still_read(tmp_path: Path) -> None:
    _, rows = reading(written(tmp_path, "MZ;BM\n1;2\n"))

    assert rows == [{"__line": 2, "mz": "1", "bm": "2"}]


def test_format_that_the_content_contradicts_is_refused(tmp_path: Path) -> None:
    found = refused(written(tmp_path, "a;b\n1;2\n"), format=Format.XLSX)

    assert (found.code, found.values["wanted"], found.values["found"]) == ("sources.format_differs", "xlsx", "csv")


def test_sheet_gives_canonical_text_and_row_numbers(tmp_path: Path) -> None:
    rows = [
        ["nom", "n", "jour", "ouvert"],
        ["=1+1", 12, date(2024, 2, 3), True],
        ["", "", "", ""],
        ["b", 1.5, date(2024, 2, 4), False],
    ]
    source = workbook(tmp_path / "x.bin", {"Feuil1": rows})

    report, found = reading(source)

    assert found == [
        {"__line": 2, "nom": "=1+1", "n": "12", "jour": "2024-02-03", "ouvert": "true"},
        {"__line": 4, "nom": "b", "n": "1.5", "jour": "2024-02-04", "ouvert": "false"},
    ]
    assert (report.format, report.sheet, report.sheets) == (Format.XLSX, "Feuil1", ("Feuil1",))
    assert [column.native_type for column in report.columns] == [None, "number", "date", "boolean"]
    assert [doubt.code for doubt in report.doubts] == ["sources.blank_lines", "sources.formula"]


def test_several_filled_sheets_are_refused_until_one_is_chosen(tmp_path: Path) -> None:
    source = workbook(tmp_path / "x.xlsx", {"Sites": [["a"], [1]], "Notes": [["b"], [2]]})

    found = refused(source)
    report, rows = reading(source, sheet="Notes")

    assert (found.code, found.values["names"]) == ("sources.sheet_not_chosen", ["Sites", "Notes"])
    assert (report.sheet, rows) == ("Notes", [{"__line": 2, "b": "2"}])


def test_only_filled_sheet_is_read_with_a_doubt(tmp_path: Path) -> None:
    report, _ = reading(workbook(tmp_path / "x.xlsx", {"Vide": [], "Sites": [["a"], [1]]}))

    assert (report.sheet, [doubt.code for doubt in report.doubts]) == ("Sites", ["sources.other_sheets_empty"])


def test_sheet_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    found = refused(workbook(tmp_path / "x.xlsx", {"Sites": [["a"], [1]]}), sheet="Autre")

    assert (found.code, found.values["names"]) == ("sources.sheet_unknown", ["Sites"])


def test_empty_sheet_and_header_alone_are_refused(tmp_path: Path) -> None:
    empty, header = tmp_path / "empty", tmp_path / "header"
    empty.mkdir()
    header.mkdir()

    assert refused(workbook(empty / "x.xlsx", {"S": []})).code == "sources.no_header"
    assert refused(workbook(header / "x.xlsx", {"S": [["a", "b"]]})).code == "sources.no_rows"


def test_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    source = workbook(tmp_path / "x.xlsx", {"S": [["a"], [1]]})
    with zipfile.ZipFile(source, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 60_000_000)

    found = refused(source)
    limited = refused(source, maximum_unpacked_bytes=50_000_000)

    assert (found.code, limited.code) == ("sources.unpacks_too_large", "sources.unpacks_too_large")


def test_workbook_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    source = workbook(tmp_path / "x.xlsx", {"S": [["a"], [1]]})
    with zipfile.ZipFile(source, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 60_000_000)
    data = source.read_bytes()
    source.write_bytes(data.replace((60_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")))

    assert refused(source).code in {"sources.workbook_damaged", "sources.unpacks_too_large"}


def test_stray_cell_in_the_last_corner_is_refused_before_it_costs_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, 1)

    found = refused(path)

    assert (found.code, found.values["row"], found.values["column"]) == ("sources.sheet_too_wide", 1_048_576, 16_384)


def test_damaged_workbook_is_refused(tmp_path: Path) -> None:
    source = workbook(tmp_path / "x.xlsx", {"S": [["a"], [1]] * 500})
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:300]
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    assert refused(source).code in {"sources.workbook_damaged", "sources.no_rows", "sources.no_header"}


def test_json_array_keeps_every_digit_and_nested_values(tmp_path: Path) -> None:
    content = (
        '[{"id": 12345678901234567890, "v": 1.10, "tags": ["a", 2.50], "ok": true}, {"id": 2, "v": null, "new": "é"}]'
    )

    report, rows = reading(written(tmp_path, content))

    assert rows == [
        {"__line": 1, "id": "12345678901234567890", "v": "1.10", "tags": '["a",2.50]', "ok": "true", "new": None},
        {"__line": 2, "id": "2", "v": None, "tags": None, "ok": None, "new": "é"},
    ]
    assert [column.native_type for column in report.columns] == ["integer", "number", "json", "boolean", "string"]
    assert [doubt.code for doubt in report.doubts] == ["sources.mixed_keys"]


def test_json_table_within_three_levels_is_found(tmp_path: Path) -> None:
    report, rows = reading(written(tmp_path, '{"ttl": 60, "data": {"fr": {"stations": [{"a": 1}]}}}'))

    assert (report.format, rows) == (Format.JSON, [{"__line": 1, "a": "1"}])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"a": 1}', "sources.json_no_table"),
        ("[1, 2]", "sources.json_no_table"),
        ("[]", "sources.no_records"),
        ('{"a": {"b": {"c": {"d": [{"x": 1}]}}}}', "sources.json_no_table"),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', "sources.json_several_tables"),
        ('[{"a": NaN}]', "sources.json_constant"),
        ("[" * 100_000, "sources.json_no_table"),
        ('{"type": "FeatureCollection", "features": []}', "sources.no_records"),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": 3}]}',
            "sources.geojson_feature",
        ),
    ],
)
def test_json_that_is_not_one_table_is_refused(tmp_path: Path, content: str, code: str) -> None:
    assert refused(written(tmp_path, content)).code == code


def test_broken_json_is_refused_with_line_and_column(tmp_path: Path) -> None:
    found = refused(written(tmp_path, '[{"a": 1},\n {"a": }]'))

    assert (found.code, found.values["line"], found.values["column"]) == ("sources.json_broken", 2, 8)


def test_geojson_gives_properties_and_geometry(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [2.35, 48.85]}
    features = [
        {"type": "Feature", "id": 7, "geometry": point, "properties": {"nom": "A"}},
        {"type": "Feature", "id": 8, "geometry": None, "properties": {"autre": 1}},
    ]

    report, rows = reading(written(tmp_path, json.dumps({"type": "FeatureCollection", "features": features})))

    assert rows == [
        {"__line": 1, "id": "7", "nom": "A", "geometry": '{"type":"Point","coordinates":[2.35,48.85]}', "autre": None},
        {"__line": 2, "id": "8", "nom": None, "geometry": None, "autre": "1"},
    ]
    assert (report.format, report.columns[2].native_type) == (Format.GEOJSON, "geometry")
    assert [doubt.code for doubt in report.doubts] == ["sources.null_geometry", "sources.mixed_keys"]


def test_parquet_gives_canonical_text_and_native_types(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    table = pa.table(
        {
            "Entier": pa.array([1, None], pa.int64()),
            "Réel": [1.5, 2.0],
            "jour": [date(2024, 1, 2), None],
            "moment": [moment, None],
            "heure": [time(7, 30), None],
            "vrai": [True, False],
            "prix": [Decimal("1.20"), None],
            "liste": [[1, 2], None],
            "mot": pa.array(["a", ""]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "x.csv")

    report, rows = reading(tmp_path / "x.csv")

    assert rows[0] == {
        "__line": 1,
        "entier": "1",
        "reel": "1.5",
        "jour": "2024-01-02",
        "moment": "2024-01-02T03:04:05Z",
        "heure": "07:30:00.000000",
        "vrai": "true",
        "prix": "1.20",
        "liste": "[1,2]",
        "mot": "a",
    }
    assert rows[1] == {
        "__line": 2,
        **dict.fromkeys(("entier", "jour", "moment", "heure", "prix", "liste", "mot")),
        "reel": "2.0",
        "vrai": "false",
    }
    assert [column.native_type for column in report.columns] == [
        "integer",
        "number",
        "date",
        "datetime",
        "time",
        "boolean",
        "number",
        "json",
        "string",
    ]


def test_parquet_of_bytes_empty_or_cut_is_refused(tmp_path: Path) -> None:
    found = []
    for name, table in (
        ("bytes", pa.table({"b": [b"x"]})),
        ("empty", pa.table({"a": pa.array([], pa.int64())})),
        ("cut", pa.table({"a": [1]})),
    ):
        folder = tmp_path / name
        folder.mkdir()
        pq.write_table(table, folder / "x")
        if name == "cut":
            (folder / "x").write_bytes((folder / "x").read_bytes()[:-5])
        found.append(refused(folder / "x").code)

    assert found == ["sources.binary_column", "sources.no_rows", "sources.parquet_cut"]


def test_parquet_with_a_false_end_is_refused_as_damaged(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"PAR1" + b"\x07" * 300 + b"PAR1")).code == "sources.parquet_damaged"


PARIS = {
    "arbresremarquablesparis.csv": (180, 36),
    "belib-disponibilite-temps-reel.csv": (2084, 8),
    "belib-donnees-statiques.csv": (2084, 42),
    "chantiers-a-paris.csv": (1725, 14),
    "chantiers-perturbants.csv": (52, 19),
    "chantiers-perturbants.geojson": (1136, 26),
    "emplacement-des-gares-idf.csv": (1173, 39),
    "les-arbres_extract.csv": (197, 17),
    "les-arbres_extract.geojson": (3542, 16),
    "marches-decouverts.csv": (81, 25),
    "sanisettesparis.csv": (617, 11),
    "stationnement-voie-publique-emplacements_extract.csv": (9198, 43),
    "velib-disponibilite-en-temps-reel_2023-02-23.csv": (1452, 14),
    "velib-emplacement-des-stations.csv": (1505, 5),
    "zones-touristiques-internationales.csv": (12, 12),
    "arrondissements.geojson": (20, 10),
    "quartier_paris.geojson": (80, 12),
    "gbfs_velib_station_information.json": (1495, 8),
    "gbfs_velib_station_status.json": (1495, 12),
    "comptages-routiers-permanents.xlsx": (493, 4),
}


@pytest.mark.parametrize("name", PARIS)
def test_real_city_file_is_read_whole(name: str, shared: Path, tmp_path: Path) -> None:
    report = read(shared / "data" / "paris" / name, tmp_path / "text.parquet")

    assert (report.rows, len(report.columns)) == PARIS[name]
    assert pq.read_metadata(tmp_path / "text.parquet").num_rows == report.rows


@pytest.mark.parametrize(
    "cells",
    [
        "<c s='0' r='A1'><v>1</v></c></row><row r='1048576'><c t='n' r = 'XFD1048576' ><v>1</v></c>",
        "<x:c xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main' r='XFD1048576'><x:v>1</x:v></x:c>",
        "<c><v>1</v></c></row><row r='9000000'>" + "<c><v>1</v></c>" * 20,
    ],
)
def test_stray_cell_is_seen_however_it_is_written(tmp_path: Path, cells: str) -> None:
    source = workbook(tmp_path / "x.xlsx", {"S": [["a"], [1]]})
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start, end = sheet.index("<sheetData>"), sheet.index("</sheetData>")
    parts["xl/worksheets/sheet1.xml"] = f"{sheet[:start]}<sheetData><row r='1'>{cells}</row>{sheet[end:]}".encode()
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    assert refused(source).code == "sources.sheet_too_wide"


def test_json_with_half_a_character_or_an_odd_type_is_still_read(tmp_path: Path) -> None:
    _, rows = reading(written(tmp_path, '{"type": ["x"], "rows": [{"a\\ud800": "b\\ud800", "c": ["\\ud800"]}]}'))

    assert rows == [{"__line": 1, "a": "b?", "c": '["?"]'}]


@pytest.mark.parametrize(
    "content",
    ['[{"a": "x\\u0000y"}]', '[{"a\\u0000": "x"}]', '[{"a": ["\\\\\\u0000"]}]', '{"data": [{"a": {"b": "\\u0000"}}]}'],
)
def test_a_nul_character_in_json_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(written(tmp_path, content)).code == "sources.nul_character"


def test_a_backslash_before_u0000_is_text_like_any_other(tmp_path: Path) -> None:
    _, rows = reading(written(tmp_path, '[{"a": "C:\\\\u0000"}]'))

    assert rows[0]["a"] == "C:\\u0000"


@pytest.mark.parametrize("table", [{"a": ["x", "y\0z"]}, {"a\0": ["x"]}])
def test_a_nul_character_in_parquet_is_refused(tmp_path: Path, table: dict[str, Any]) -> None:
    pq.write_table(pa.table(table), tmp_path / "deposit.parquet")

    assert refused(tmp_path / "deposit.parquet").code == "sources.nul_character"
