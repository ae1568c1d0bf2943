# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DTZ001 -- datetimes are kept in UTC without offset
import csv
import io
import json
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from datacity.engine.serve.database import Limits
from datacity.engine.serve.exchange import FileBody, Response
from datacity.engine.serve.plane import Room
from tests.factories.publications import BASE, COUNTS_COLUMNS, COUNTS_SQL, Publisher, Reader, content


def export(reader: Reader, form: str, query: Any = "", **headers: str) -> Response:
    return reader.get(f"{BASE}/comptages/exports/{form}", query, **headers)


def table(response: Response, **options: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(response).decode("utf-8-sig")), **{"delimiter": ";", **options}))


def test_csv_has_a_mark_semicolons_and_every_row(counts: Reader) -> None:
    response = export(counts, "csv")

    rows = table(response)
    assert content(response).startswith(b"\xef\xbb\xbfpassages;voie")
    assert len(rows) == 301
    assert rows[1] == [
        "1",
        "Rue de la République 1",
        "0.5",
        "2024-01-02",
        "2024-06-30T23:30:00+00:00",
        "false",
        "48.5, 3.0",
        '{"type":"Point","coordinates":[2.0,48.5]}',
        "01",
    ]


def test_csv_is_written_as_asked(counts: Reader) -> None:
    response = export(
        counts,
        "csv",
        {"delimiter": ",", "with_bom": "false", "quote_all": "true", "select": "passages, voie", "limit": 1},
    )

    assert content(response).decode() == '"passages","voie"\n"1","Rue de la République 1"\n'


def test_the_mark_stands_before_a_quoted_header_too(counts: Reader) -> None:
    quoted = export(counts, "csv", {"quote_all": "true", "select": "passages", "limit": 1})
    named = export(counts, "csv", {"select": "passages + 1", "limit": 1})

    assert content(quoted) == b'\xef\xbb\xbf"passages"\n"1"\n'
    assert content(named) == b"\xef\xbb\xbfpassages + 1\n2\n"


def test_labels_replace_names_when_asked(counts: Reader) -> None:
    rows = table(export(counts, "csv", {"use_labels": "true", "select": "passages, voie as rue", "limit": 1}))

    assert rows == [["Passages", "rue"], ["1", "Rue de la République 1"]]


def test_json_and_lines_hold_what_records_hold(counts: Reader) -> None:
    query = {"where": "passages in (3, 4)", "timezone": "Europe/Paris"}
    records = counts.records("comptages", **query)

    assert json.loads(content(export(counts, "json", query))) == records
    assert [json.loads(line) for line in content(export(counts, "jsonl", query)).splitlines()] == records
    assert json.loads(content(export(counts, "json", {"where": "passages < 0"}))) == []


def test_parquet_holds_the_rows_of_the_release_unchanged(counts: Reader, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    path.write_bytes(content(export(counts, "parquet", {"parquet_compression": "zstd"})))

    assert duckdb.sql(f"FROM '{path}'").fetchall() == duckdb.sql(COUNTS_SQL).fetchall()


def test_groups_are_exported_too(counts: Reader) -> None:
    rows = table(export(counts, "csv", {"select": "count(*) as n", "group_by": "actif"}))

    assert rows == [["n", "actif"], ["150", "false"], ["150", "true"]]


def test_xlsx_keeps_texts_as_texts_and_dates_as_dates(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    sql = "SELECT '=1+1' AS t, 3 AS n, DATE '2024-05-31' AS d, TIMESTAMP '2024-05-31 10:00:00' AS m, true AS f, {'lon': 2.0, 'lat': 48.0} AS p, NULL::DOUBLE AS x, '007' AS code"
    publisher.release(
        "comptages",
        sql,
        {
            "t": "text",
            "n": "integer",
            "d": "date",
            "m": "datetime",
            "f": "boolean",
            "p": "geo_point",
            "x": "number",
            "code": "text",
        },
    )

    sheet = openpyxl.load_workbook(io.BytesIO(content(export(serve(), "xlsx")))).active

    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [
        ["t", "n", "d", "m", "f", "p", "x", "code"],
        ["=1+1", 3, datetime(2024, 5, 31), datetime(2024, 5, 31, 10), True, "48.0, 2.0", None, "007"],
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_xlsx_refuses_a_cell_it_could_not_hold_and_leaves_nothing(
    publisher: Publisher, serve: Callable[..., Reader]
) -> None:
    publisher.release("comptages", "SELECT repeat('x', 40000) AS t", {"t": "text"})
    reader = serve()

    response = export(reader, "xlsx")

    assert response.status == 409
    assert "Row 1, column t: 40000 characters" in json.loads(content(response))["message"]
    assert [path for path in publisher.spool.rglob("*") if path.is_file()] == []
    assert export(reader, "csv").status == 200


@pytest.mark.parametrize(
    ("form", "query", "says"),
    [
        ("csv", "offset=5", "offset"),
        ("pdf", "", "pdf"),
        ("csv", "delimiter=x", "delimiter"),
        ("json", "delimiter=;", "delimiter"),
        ("csv", "limit=-2", "limit"),
        ("csv", "with_bom=peut-etre", "with_bom"),
        ("parquet", "parquet_compression=lzma", "parquet_compression"),
    ],
)
def test_a_wrong_export_is_refused(counts: Reader, publisher: Publisher, form: str, query: str, says: str) -> None:
    response = export(counts, form, query)

    assert response.status == 400
    assert says in json.loads(content(response))["message"]
    assert [path for path in publisher.spool.glob("*") if path.is_file()] == []


def test_an_export_says_that_it_is_not_sealed(counts: Reader) -> None:
    response = export(counts, "csv")

    assert response.header("x-datacity-sealed") == "no"
    assert (
        response.header("content-disposition")
        == "attachment; filename=\"comptages.csv\"; filename*=UTF-8''comptages.csv"
    )


@pytest.fixture
def large(publisher: Publisher, serve: Callable[..., Reader]) -> Reader:
    publisher.release(
        "comptages", "SELECT i AS n, md5(i::VARCHAR) AS t FROM range(60000) r(i)", {"n": "integer", "t": "text"}
    )
    return serve()


def test_a_large_export_is_a_file_that_can_be_resumed(large: Reader) -> None:
    whole = export(large, "csv")
    part = export(large, "csv", range="bytes=1000000-", if_range=str(whole.header("etag")))

    assert isinstance(whole.body, FileBody)
    assert whole.header("accept-ranges") == "bytes"
    assert part.status == 206
    assert content(whole)[1_000_000:] == content(part)
    assert export(large, "csv", if_none_match=str(whole.header("etag"))).status == 304


def test_readers_of_the_same_export_get_one_file(large: Reader, publisher: Publisher) -> None:
    bodies: list[Any] = []
    threads = [threading.Thread(target=lambda: bodies.append(export(large, "csv").body)) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({body.path for body in bodies}) == 1
    assert len(list(publisher.spool.glob("*.csv"))) == 1


def test_an_export_larger_than_the_spool_allows_is_refused_and_leaves_nothing(
    publisher: Publisher, serve: Callable[..., Reader]
) -> None:
    publisher.release(
        "comptages",
        "SELECT i AS n, md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS t FROM range(1500000) r(i)",
        {"n": "integer", "t": "text"},
    )
    reader = serve(Room(spool_bytes=4_000_000, limits=Limits(threads=1)))

    response = export(reader, "csv")

    assert (response.status, json.loads(content(response))["error_code"]) == (400, "QueryTimeoutError")
    assert [path for path in publisher.spool.glob("*") if path.is_file()] == []
    assert export(reader, "csv", {"limit": 1}).status == 200


def test_every_kind_of_column_can_be_exported_in_every_format(
    publisher: Publisher, serve: Callable[..., Reader]
) -> None:
    publisher.release("comptages", COUNTS_SQL, COUNTS_COLUMNS)
    reader = serve()

    assert [export(reader, form).status for form in ("csv", "json", "jsonl", "parquet", "xlsx")] == [200] * 5
    assert date.fromisoformat(table(export(reader, "csv"))[1][3]) == date(2024, 1, 2)
