# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The page of a dataset: what everybody reads of a sealed version, filtered, sorted, paged and checked."""

import html
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.engine.release import Published
from datacity.programme.people.rules import Proof
from datacity.programme.releases import actions
from datacity.programme.releases.queries import public_now, store
from datacity.web.worker.loop import run_due
from tests.factories import data
from tests.factories.portal import Home, empty_store, home

pytestmark = pytest.mark.django_db
PAGE = "/en/datasets/passages/"
NASTY = "SELECT * FROM (VALUES ('<script>alert(1)</script>', repeat('long ', 60), true, 48.5), ('=1+1', NULL, false, NULL)) t(nom, note, actif, mesure)"
GROWING = (
    "SELECT 'A' AS compteur, 1 AS passages",
    "SELECT * FROM (VALUES ('A', 1), ('B', 2)) t(compteur, passages)",
    "SELECT * FROM (VALUES ('A', 1, DATE '2026-10-01'), ('B', 2, NULL), ('C', 3, NULL)) t(compteur, passages, jour)",
)


@pytest.fixture(autouse=True)
def city() -> Home:
    """An empty public folder."""
    empty_store()
    return home()


def rows(page: bytes) -> list[list[str]]:
    """Give the cells of the table of rows as text."""
    body = re.search(r'<table class="ds-table city-table city-data">.*?<tbody>(.*?)</tbody>', page.decode(), re.DOTALL)
    lines = re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL) if body else []
    return [
        [html.unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]
        for line in lines
    ]


def parquet(version: Published) -> Path:
    """Give the sealed Parquet file."""
    return Path(settings.STORE) / version.blob("parquet")


def test_page_shows_what_is_sealed(client: Client, city: Home) -> None:
    city.publish()

    page = client.get(PAGE).content.decode()

    for said in (
        "Bike counts",
        "one counter on one day",
        "Direction de la voirie de Valmire",
        "Anne Martel",
        "112 rows",
    ):
        assert said in page
    assert "Risk measured" in page
    assert "no personal data" not in page.lower()


def test_rows_filtered_and_sorted_are_those_of_duckdb(client: Client, city: Home) -> None:
    version = city.publish()

    page = client.get(PAGE, {"f_compteur": "Quai 2", "min_passages": "150", "sort": "-passages", "size": "20"})

    expected = duckdb.execute(
        f"SELECT compteur, passages FROM read_parquet('{parquet(version)}') WHERE compteur = 'Quai 2' AND passages >= 150 ORDER BY passages DESC LIMIT 20"
    ).fetchall()
    assert [(row[0], int(row[2])) for row in rows(page.content)] == expected
    assert f"{len(expected)} rows of 112" in page.content.decode()
    assert 'aria-sort="descending"' in page.content.decode()


def test_second_page_goes_on_where_the_first_ends(client: Client, city: Home) -> None:
    version = city.publish()

    page = client.get(PAGE, {"page": "2", "sort": "passages"})

    found = duckdb.execute(
        f"SELECT passages FROM read_parquet('{parquet(version)}') ORDER BY passages LIMIT 20 OFFSET 20"
    ).fetchall()
    assert [int(row[2]) for row in rows(page.content)] == [value for (value,) in found]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"sort": "nothing"}, 422),
        ({"size": "7"}, 422),
        ({"page": "0"}, 422),
        ({"page": "999"}, 404),
        ({"view": "map"}, 422),
        ({"min_passages": "abc"}, 422),
        ({"min_jour": "2026-13-45"}, 422),
        ({"q": "???"}, 422),
    ],
)
def test_address_that_asks_for_nonsense_is_refused(
    client: Client, city: Home, query: dict[str, str], status: int
) -> None:
    city.publish()

    assert client.get(PAGE, query).status_code == status
    assert client.get(PAGE).status_code == 200


def test_cells_are_escaped_cut_and_named_when_empty(client: Client, city: Home) -> None:
    city.publish(NASTY)

    page = client.get(PAGE).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert 'title="no value"' in page
    assert "<summary>long" in page
    assert [row[0] for row in rows(page.encode())] == ["<script>alert(1)</script>", "=1+1"]
    assert [row[2:] for row in rows(page.encode())] == [["yes", "48.5"], ["no", "—"]]


@pytest.mark.parametrize("view", ["columns", "versions", "use"])
def test_every_view_answers_in_both_languages(client: Client, city: Home, view: str) -> None:
    city.publish()

    for language in ("fr", "en"):
        page = client.get(f"/{language}/datasets/passages/", {"view": view})
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.content.decode()


def test_columns_show_how_values_are_spread(client: Client, city: Home) -> None:
    city.publish()

    page = client.get(PAGE, {"view": "columns"}).content.decode()

    assert "4 different values" in page
    assert page.count('<th scope="row">Quai ') == 4
    assert "Columns whose meaning is not written" in page


def test_unknown_dataset_and_version_are_missing(client: Client, city: Home) -> None:
    city.publish()

    assert client.get("/en/datasets/nothing/").status_code == 404
    assert client.get(f"{PAGE}v/7/").status_code == 404
    assert client.get("/en/datasets/nothing/report/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_draft_is_not_shown_and_a_withdrawn_dataset_says_why(client: Client) -> None:
    release = data.release()
    page = "/en/datasets/passages-de-velos/"
    shown = client.get(page).content.decode()
    reason = "Un commerce peut être reconnu dans ces chiffres."

    actions.withdraw(
        release, ground="business", reason=reason, by=data.representative("Paul Nord"), at=data.NOW, proven=Proof.SHELL
    )
    run_due()

    assert "Claire Fontanel" in shown
    assert "/en/decisions/" in shown
    assert client.get("/en/datasets/not-released/").status_code == 404
    for path in (page, f"{page}v/1/", f"{page}report/"):
        gone = client.get(path)
        assert gone.status_code == 410
        assert reason in gone.content.decode()
        assert "A business secret is in it" in gone.content.decode()


def test_report_shows_every_section(client: Client, city: Home) -> None:
    city.publish()

    page = client.get(f"{PAGE}report/").content.decode()

    for said in ("en one", "en two", "en three", "en limits", "Anne Martel"):
        assert said in page


def test_page_answers_304_when_nothing_changed(client: Client, city: Home) -> None:
    city.publish()
    first = client.get(PAGE)

    again = client.get(PAGE, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("view", ["table", "columns", "versions", "use"])
def test_query_count_does_not_grow_with_rows_and_versions(client: Client, city: Home, view: str) -> None:
    counts = []
    for sql in GROWING:
        city.publish(sql)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE, {"view": view}).status_code == 200
        counts.append(len(captured))

    assert len(public_now().datasets["passages"]) == 3
    assert counts[1:] == counts[:1] * 2
    assert counts[0] <= 6


def test_old_version_leads_to_the_newest_and_versions_say_what_changed(client: Client, city: Home) -> None:
    for sql in GROWING:
        city.publish(sql)

    old = client.get(f"{PAGE}v/1/").content.decode()
    versions = client.get(PAGE, {"view": "versions"}).content.decode()

    assert "This is an old version" in old
    assert f'href="{PAGE}"' in old
    assert "This is an old version" not in client.get(f"{PAGE}v/3/").content.decode()
    assert "Columns added: jour." in versions
    assert "1 row added." in versions


def test_seal_lines_hold_with_the_real_tools(client: Client, city: Home, tmp_path: Path) -> None:
    version = city.publish()
    page = client.get(PAGE, {"view": "use"}).content.decode()
    lines = [html.unescape(each) for each in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)]
    fetch, seal, check = (
        next(each for each in lines if each.startswith(start)) for start in ("curl -fsSO", "openssl", "echo")
    )
    for address in re.findall(r"curl -fsSO (\S+)", fetch):
        _save(version, unquote(address.rpartition("/")[2]), tmp_path)

    sealed, summed = (
        subprocess.run(["sh", "-c", each], cwd=tmp_path, capture_output=True, text=True, check=False)
        for each in (seal, check)
    )

    assert (sealed.returncode, sealed.stdout.strip()) == (0, "Signature Verified Successfully")
    assert summed.returncode == 0
    (tmp_path / "manifest.json").write_bytes((tmp_path / "manifest.json").read_bytes().replace(b"112", b"113"))
    assert subprocess.run(["sh", "-c", seal], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def _save(version: Published, name: str, folder: Path) -> None:
    """Save a file under the name its address ends with, as curl does; the bytes are those of the public folder."""
    held = {
        "manifest.json": f"manifests/{version.sha256}.json",
        "manifest.sig": f"manifests/{version.sha256}.sig",
        **{each["name"]: f"blobs/{each['sha256']}" for each in version.manifest["files"]},
    }
    (folder / name).write_bytes(store().get(held.get(name, f"keys/{name}")))
