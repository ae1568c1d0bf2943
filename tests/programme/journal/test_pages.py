# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The journal's pages, as a visitor and as an auditor see them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof import keys
from datacity.programme.journal import actions
from datacity.programme.journal.actions.publication import Log
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.deeds import AT, deed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An empty store."""
    settings.HOME, settings.STORE = tmp_path, tmp_path / "public"
    cache.clear()
    yield settings.STORE
    cache.clear()


def _seal(folder: Path) -> None:
    ring = keys.make(folder.parent / "seal", at=AT - timedelta(days=1))
    actions.publish(Log(), store=FolderStore(folder), keys=ring, name="https://valmire.example", at=AT)


def _auditor() -> Client:
    return people.sign_in(Client(), people.person(Role.AUDITOR))


def _place() -> None:
    actions.give_positions(at=AT)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_list_shows_public_entries_and_no_others_to_visitors(client: Client, language: str) -> None:
    deed(subject="dataset:bikes")
    deed("thing.kept", subject="person:4242")
    _place()

    page = client.get(f"/{language}/journal/")

    assert page.status_code == 200
    assert "dataset:bikes" in page.text
    assert "person:4242" not in page.text
    assert "Thing kept" not in page.text


def test_a_visitor_learns_nothing_of_restricted_entries_by_searching_or_filtering(client: Client) -> None:
    deed("thing.kept", subject="person:4242")
    _place()

    found = [client.get("/en/journal/", query).text for query in ({"q": "person:4242"}, {"verb": "thing.kept"})]

    assert not any("Entry 0" in text or "/en/journal/0/" in text for text in found)


def test_an_auditor_sees_both_classes_and_finds_by_subject() -> None:
    deed(subject="dataset:bikes")
    deed("thing.kept", subject="person:4242")
    _place()

    page = _auditor().get("/en/journal/", {"q": "person:4242"})

    assert "person:4242" in page.text
    assert "dataset:bikes" not in page.text


def test_the_list_comes_as_csv(client: Client) -> None:
    deed(subject="dataset:bikes")
    _place()

    answer = client.get("/en/journal/", {"format": "csv"})

    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert (len(lines), "dataset:bikes" in lines[1]) == (2, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many_entries_as_for_one(
    client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        deed()
    _place()

    with django_assert_max_num_queries(6):
        client.get("/en/journal/")


def test_an_entry_page_shows_what_it_says_and_how_to_check_it(client: Client, store: Path) -> None:
    entry = deed(subject="dataset:bikes", payload={"rows": 1234, "reason": "<b>because</b>"})
    _place()
    _seal(store)

    text = client.get("/en/journal/0/").text

    assert "1234" in text
    assert "&lt;b&gt;because&lt;/b&gt;" in text
    assert entry.leaf().hash().hex()[:8] in text
    assert "sha256sum" in text


def test_a_restricted_entry_shows_a_visitor_its_hashes_alone(client: Client) -> None:
    entry = deed("thing.kept", subject="person:4242", payload={"text": "private"})
    _place()

    page = client.get("/en/journal/0/")
    leaf = client.get("/en/journal/0/leaf.json")

    assert (page.status_code, leaf.status_code) == (200, 403)
    assert entry.leaf().hash().hex()[:8] in page.text
    assert not any(
        hidden in page.text for hidden in ("4242", "private", "Thing kept", entry.payload_digest, entry.actor[:8])
    )


def test_an_auditor_reads_who_acted_behind_the_pseudonym() -> None:
    deed("thing.kept", payload={"text": "private"})
    _place()

    text = _auditor().get("/en/journal/0/").text

    assert "private" in text
    assert "person:1" in text


def test_the_bytes_of_an_entry_give_its_hash(client: Client) -> None:
    entry = deed()
    _place()

    data = client.get("/en/journal/0/leaf.json").content

    assert hashlib.sha256(b"\x00" + data).digest() == entry.leaf().hash()


def test_the_proof_is_given_once_the_entry_is_sealed(client: Client, store: Path) -> None:
    deed("thing.kept")
    _place()
    before = client.get("/en/journal/0/proof.json")
    _seal(store)

    after = client.get("/en/journal/0/proof.json")

    assert (before.status_code, after.status_code) == (409, 200)
    assert json.loads(after.content)["checkpoint"] == json.loads((store / "log" / "checkpoint.json").read_bytes())


def test_an_entry_that_does_not_exist_is_missing(client: Client) -> None:
    assert client.get("/en/journal/99/").status_code == 404


def test_a_text_in_two_languages_is_shown_in_the_readers(client: Client) -> None:
    deed(payload={"title": {"fr": "Comptages", "en": "Counts"}})
    _place()

    shown = [
        ("Comptages" in text, "Counts" in text)
        for text in (client.get(f"/{code}/journal/0/").text for code in ("fr", "en"))
    ]

    assert shown == [(True, False), (False, True)]
