# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.serve.exchange import Request
from datacity.engine.serve.files import disposition
from datacity.engine.serve.ranges import requested_range
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from tests.factories.publications import Publisher, Reader, content

FILE = "/files/comptages/1/comptages.parquet"


def blob(publisher: Publisher) -> bytes:
    version = publisher.versions["comptages"][0]
    return (publisher.folder / version.table.blob).read_bytes()


def test_a_file_is_the_sealed_bytes_under_their_hash(counts: Reader, publisher: Publisher) -> None:
    response = counts.get(FILE)

    assert content(response) == blob(publisher)
    assert dict(response.headers) | {} == {
        **dict(response.headers),
        "etag": f'"{sha256_hex(blob(publisher))}"',
        "content-length": str(len(blob(publisher))),
        "cache-control": "public, max-age=300",
        "x-content-type-options": "nosniff",
        "x-datacity-sealed": "yes",
        "content-type": "application/vnd.apache.parquet",
        "accept-ranges": "bytes",
        "content-disposition": "attachment; filename=\"comptages.parquet\"; filename*=UTF-8''comptages.parquet",
    }


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=5-99999999", 206, slice(5, None)),
        ("bytes=-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("bytes=5-2", 200, slice(None)),
        ("bytes=a-b", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
    ],
)
def test_a_range_gives_its_bytes_or_the_whole(
    counts: Reader, publisher: Publisher, asked: str, status: int, part: slice
) -> None:
    whole = blob(publisher)

    response = counts.get(FILE, range=asked)

    assert (response.status, content(response)) == (status, whole[part])
    assert response.header("content-length") == str(len(whole[part]))
    if status == 206:
        start = range(len(whole))[part].start
        assert response.header("content-range") == f"bytes {start}-{start + len(whole[part]) - 1}/{len(whole)}"
    if status == 416:
        assert response.header("content-range") == f"bytes */{len(whole)}"


def test_a_range_holds_only_while_the_file_is_the_same(counts: Reader, publisher: Publisher) -> None:
    tag = f'"{sha256_hex(blob(publisher))}"'

    assert counts.get(FILE, range="bytes=0-3", if_range=tag).status == 206
    assert counts.get(FILE, range="bytes=0-3", if_range='"other"').status == 200
    assert counts.get(FILE, range="bytes=0-3", if_range=f"W/{tag}").status == 200


def test_who_has_the_file_is_not_sent_it_again(counts: Reader, publisher: Publisher) -> None:
    tag = f'"{sha256_hex(blob(publisher))}"'

    response = counts.get(FILE, if_none_match=f'"x", W/{tag}', range="bytes=0-3")

    assert (response.status, content(response), response.header("etag")) == (304, b"", tag)


def test_head_says_what_get_would_send(counts: Reader) -> None:
    head = counts.plane.answer(Request("HEAD", FILE, headers={"range": "bytes=0-3"}))

    assert (head.status, head.headers) == (200, counts.get(FILE).headers)


def test_manifest_and_signature_are_served_as_sealed(counts: Reader, publisher: Publisher) -> None:
    version = publisher.versions["comptages"][0]
    manifest = counts.get("/files/comptages/1/manifest.json")

    assert content(manifest) == canonical_bytes(dict(version.manifest))
    assert manifest.header("etag") == f'"{version.sha256}"'
    assert content(counts.get("/files/comptages/1/manifest.sig")) == version.signature


@pytest.mark.parametrize(
    "path",
    [
        "/files/comptages/1/autre.csv",
        "/files/comptages/2/comptages.parquet",
        "/files/comptages/un/comptages.parquet",
        "/files/inconnu/1/x.csv",
        "/files/comptages/1/../../CURRENT",
        "/files/comptages/1/..",
        "/files/comptages/1/",
        "/files/../CURRENT/1/x",
        "/log/../CURRENT",
        "/log/",
        "/.well-known/../CURRENT",
        "/.well-known/absent.pem",
        "/ogc/",
        "/catalog.jsonld",
        "/",
    ],
)
def test_nothing_else_can_be_reached(counts: Reader, path: str) -> None:
    response = counts.get(path)

    assert response.status == 404
    assert b"CURRENT" not in content(response)


def test_a_missing_file_is_told_in_plain_words_in_both_languages(counts: Reader) -> None:
    response = counts.get("/files/inconnu/1/x.csv", accept="text/html")

    assert response.header("content-type") == "text/plain; charset=utf-8"
    assert content(response).decode() == "Il n’y a pas de jeu de données inconnu.\n\nThere is no dataset inconnu.\n"


def test_a_withdrawn_file_is_gone_with_its_reason(counts: Reader, publisher: Publisher) -> None:
    publisher.withdraw("comptages", 1, "Une rue était reconnaissable.")

    plain, machine = counts.get(FILE), counts.get(FILE, accept="application/json")

    assert (plain.status, machine.status) == (410, 410)
    assert "Une rue était reconnaissable." in content(plain).decode()
    assert json.loads(content(machine))["ground"] == "RGPD art. 17"


def test_the_public_journal_is_served_as_it_is(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.store.put("log/checkpoint.json", b'{"size": 2}')
    publisher.store.put("log/entries/00000000.jsonl", b"{}\n" * 500_000)
    reader = serve()

    checkpoint, entries = (
        reader.get("/log/checkpoint.json"),
        reader.get("/log/entries/00000000.jsonl", range="bytes=0-2"),
    )

    assert (content(checkpoint), checkpoint.header("cache-control")) == (b'{"size": 2}', "public, no-cache")
    assert (entries.status, content(entries)) == (206, b"{}\n")
    publisher.store.put("log/checkpoint.json", b'{"size": 3}')
    assert reader.get("/log/checkpoint.json", if_none_match=str(checkpoint.header("etag"))).status == 200


def test_the_data_plane_tells_its_health(counts: Reader) -> None:
    found = json.loads(content(counts.get("/healthz")))

    assert (found["status"], found["datasets"]) == ("ok", 1)


def test_an_empty_store_has_no_datasets(serve: Callable[..., Reader]) -> None:
    assert serve().json("") == {"total_count": 0, "results": []}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.csv", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
        ('é"\r\nX: 1', "attachment; filename=\"X_1\"; filename*=UTF-8''%C3%A9%22%0D%0AX%3A%201"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''"),
    ],
)
def test_a_file_name_cannot_break_its_header(name: str, header: str) -> None:
    assert disposition(name) == ("content-disposition", header)


@given(st.integers(0, 50), st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60)))
def test_a_range_is_what_the_standard_says(size: int, first: int, last: int | None) -> None:
    found = requested_range(f"bytes={first}-{'' if last is None else last}", size)

    if last is not None and last < first:
        assert found is None
    else:
        assert list(found or ()) == [
            place for place in range(size) if first <= place and (last is None or place <= last)
        ]
