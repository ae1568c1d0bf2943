# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A sheet written by a process of its own is the sheet written here, refuses alike, and leaves nothing behind."""

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from datacity.engine.serve import apart, sheets
from datacity.engine.serve.database import Database, Limits
from datacity.engine.serve.exchange import Response
from datacity.engine.serve.refusals import TooLong
from tests.factories.publications import BASE, Publisher, Reader, content


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Write every sheet apart; the numbers of the processes started."""
    numbers: list[int] = []

    class Noted(apart.Apart):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            numbers.append(self._process.pid)

    monkeypatch.setattr(apart, "HERE_CELLS", 0)
    monkeypatch.setattr(apart, "Apart", Noted)
    return numbers


def _export(reader: Reader, query: Any = "") -> Response:
    return reader.get(f"{BASE}/comptages/exports/xlsx", query)


def _cells(response: Response) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content(response))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def _left(publisher: Publisher) -> list[Path]:
    return [path for path in publisher.spool.rglob("*") if path.is_file() and path.suffix != ""]


@pytest.mark.parametrize(
    "query", [{}, {"select": "passages, jour", "where": "passages > 20", "timezone": "Europe/Paris"}]
)
def test_sheet_from_a_process_apart_is_the_sheet_written_here(
    counts: Reader, monkeypatch: pytest.MonkeyPatch, started: list[int], query: dict[str, str]
) -> None:
    away = _cells(_export(counts, query))
    monkeypatch.setattr(apart, "HERE_CELLS", 10**9)
    here = _cells(_export(counts, {**query, "limit": "-1"}))

    assert (len(started), len(away) > 200) == (1, True)
    assert away == here


def test_process_apart_refuses_a_cell_in_the_same_words_and_leaves_nothing(
    publisher: Publisher, serve: Callable[..., Reader], started: list[int]
) -> None:
    publisher.release("comptages", "SELECT repeat('x', 40000) AS t FROM range(2000)", {"t": "text"})

    response = _export(serve())

    assert (response.status, len(started)) == (409, 1)
    assert "Row 1, column t: 40000 characters" in json.loads(content(response))["message"]
    assert _left(publisher) == []


@pytest.mark.parametrize("most", [3, 299])
def test_more_rows_than_a_sheet_holds_are_refused_and_leave_nothing(
    counts: Reader, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, started: list[int], most: int
) -> None:
    monkeypatch.setattr(sheets, "ROWS", most)

    response = _export(counts)

    assert response.status == 409
    assert f"A sheet holds {most} rows" in json.loads(content(response))["message"]
    assert (_left(publisher), started) == ([], [])


def _plan(folder: Path) -> sheets.Plan:
    (folder / "rows").mkdir()
    return sheets.Plan(("t",), ("text",), "UTC", str(folder / "x.xlsx"), str(folder / "rows"))


def test_process_whose_time_is_over_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    rows = pa.record_batch({"t": ["x" * 100] * 10_000})
    writer = apart.Apart(_plan(tmp_path), rows.schema, until=time.monotonic())
    writer.add(rows)

    with pytest.raises(TimeoutError):
        writer.close()
    writer.abandon()

    assert writer._process.returncode == -9
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_fault_of_the_process_is_a_fault_here(tmp_path: Path) -> None:
    schema = pa.schema({"t": pa.string()})
    plan = sheets.Plan(("t",), ("no kind",), "UTC", str(tmp_path / "x.xlsx"), str(tmp_path))
    writer = apart.Apart(plan, schema, until=time.monotonic() + 60)

    with pytest.raises(RuntimeError, match="ended with 1"):
        writer.close()
    writer.abandon()


def test_rows_taken_too_slowly_are_refused_as_too_long_a_question(tmp_path: Path) -> None:
    database = Database([tmp_path], Limits(export_seconds=0.05))

    with pytest.raises(TooLong):
        database.batches(
            "SELECT i FROM range(50000000) r(i)",
            {},
            lambda _batch: time.sleep(0.2),
            target=tmp_path / "x",
            maximum_bytes=10**9,
        )

    database.close()
