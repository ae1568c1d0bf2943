# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sequencer, the check of the whole journal, and what is published."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof import keys
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.merkle import root as root_of
from datacity.engine.proof.merkle import verify_inclusion
from datacity.frame import guards
from datacity.frame.sqlite.base import DatabaseWrapper
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict
from datacity.programme.journal import actions, queries, rules
from datacity.programme.journal.actions import publication
from datacity.programme.journal.actions.publication import Log, check_published
from datacity.programme.journal.models import Detail, Entry, Position
from tests.factories.deeds import AT, Somebody, deed

pytestmark = pytest.mark.django_db
OFFICER = Somebody(9, ("data_protection_officer",))


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Keys that are valid when the deeds happen."""
    return keys.make(tmp_path / "keys", at=AT - timedelta(days=1))


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Iterator[FolderStore]:
    """An empty store and scratch."""
    settings.HOME = tmp_path
    cache.clear()
    yield FolderStore(tmp_path / "public")
    cache.clear()


def _many(count: int) -> None:
    """Place so many restricted entries at once."""
    entries = Entry.objects.bulk_create(
        Entry(
            verb="thing.kept",
            publicity="restricted",
            edition="city",
            actor="a" * 64,
            subject=f"thing:{n}",
            at=AT,
            recorded_at=AT,
            payload_digest="b" * 64,
        )
        for n in range(count)
    )
    Detail.objects.bulk_create(Detail(entry=entry, nonce=bytes(32), payload="{}") for entry in entries)
    while actions.give_positions(at=AT, most=5000):
        pass


def _publish(store: FolderStore, ring: KeyRing, log: Log | None = None) -> int:
    return actions.publish(log or Log(), store=store, keys=ring, name="https://valmire.example", at=AT)


def _published(store: FolderStore) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give the head and the lines of the whole journal as a stranger reads it."""
    head, *lines = [json.loads(line) for line in store.get("log/journal.jsonl").splitlines()]
    return head, lines


def test_positions_follow_the_numbers_and_chain_every_entry() -> None:
    entries = [deed(payload={"n": n}) for n in range(5)]

    counts = [
        actions.give_positions(at=AT, most=3),
        actions.give_positions(at=AT, most=3),
        actions.give_positions(at=AT, most=3),
    ]

    chain, wanted = rules.CHAIN_START, []
    for number, entry in enumerate(entries):
        chain = rules.chained(chain, entry.leaf().hash())
        wanted.append((number, entry.pk, entry.leaf().hash().hex(), chain.hex()))
    assert counts == [3, 2, 0]
    assert (
        list(Position.objects.order_by("position").values_list("position", "entry", "leaf_hash", "chain_hash"))
        == wanted
    )


def test_an_entry_that_committed_late_gets_the_next_position() -> None:
    first, late, third = deed(), deed(), deed()
    Position.objects.bulk_create(
        [
            Position(position=0, entry=first, leaf_hash="0" * 64, chain_hash="0" * 64, given_at=AT),
            Position(position=1, entry=third, leaf_hash="0" * 64, chain_hash="0" * 64, given_at=AT),
        ]
    )

    actions.give_positions(at=AT)

    assert Position.objects.get(entry=late).position == 2


def test_a_sound_journal_has_no_fault() -> None:
    entry = deed(payload={"n": 1})
    deed("thing.kept")
    actions.erase(entry, by=OFFICER, at=AT, reason="Article 17")
    actions.give_positions(at=AT)

    assert queries.check_all() == queries.Check(entries=3, positions=3, erased=1, faults=())


@pytest.mark.parametrize(
    ("forgery", "fault"),
    [
        (
            "UPDATE journal_entry SET subject = 'thing:2' WHERE id = (SELECT max(id) - 1 FROM journal_entry)",
            "the entry does not give its leaf hash",
        ),
        ("UPDATE journal_position SET chain_hash = '{}' WHERE position = 1".format("0" * 64), "the chain breaks here"),
        (
            "UPDATE journal_detail SET payload = '{\"n\":7}' WHERE entry_id = (SELECT max(id) - 1 FROM journal_entry)",
            "the payload does not give its digest",
        ),
        ("DELETE FROM journal_position WHERE position = 1", "position 1 is missing"),
    ],
)
def test_a_forged_journal_is_found_out(forgery: str, fault: str, owner: Any) -> None:
    for n in range(3):
        deed(payload={"n": n})
    actions.give_positions(at=AT)
    with owner(), guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(forgery)

    assert any(fault in each for each in queries.check_all().faults)


def test_what_is_published_holds_public_entries_whole_and_of_others_the_hashes(
    store: FolderStore, ring: KeyRing
) -> None:
    shown, kept = deed(payload={"n": 1}), deed("thing.kept", payload={"n": 2})
    actions.give_positions(at=AT)

    assert _publish(store, ring) == 2

    head, (first, second) = _published(store)
    assert (first["leaf"], first["payload"], first["position"]) == (shown.leaf().as_dict(), {"n": 1}, 0)
    assert second == {"position": 1, "leaf_hash": kept.leaf().hash().hex(), "chain_hash": second["chain_hash"]}
    assert head == {"datacity": 1, "kind": "journal", "checkpoint": json.loads(store.get("log/checkpoint.json"))}


def test_the_checkpoint_is_sealed_over_root_chain_and_size(store: FolderStore, ring: KeyRing) -> None:
    for _ in range(5):
        deed()
    actions.give_positions(at=AT)
    _publish(store, ring)

    checkpoint = json.loads(store.get("log/checkpoint.json"))

    statement, leaves = (
        checkpoint["statement"],
        [bytes.fromhex(each) for each in Position.objects.order_by("position").values_list("leaf_hash", flat=True)],
    )
    assert (statement["size"], statement["root"], statement["log"]) == (
        5,
        root_of(leaves).hex(),
        "https://valmire.example",
    )
    assert statement["chain"] == Position.objects.get(position=4).chain_hash
    assert ring.public[0].signed(base64.b64decode(checkpoint["signature"]), canonical_bytes(statement))


def test_publishing_again_without_news_writes_nothing(store: FolderStore, ring: KeyRing) -> None:
    deed()
    actions.give_positions(at=AT)
    _publish(store, ring)
    before = store.get("log/checkpoint.json")

    assert actions.publish(Log(), store=store, keys=ring, name="another", at=AT + timedelta(hours=1)) == 1

    assert store.get("log/checkpoint.json") == before


def test_an_erased_payload_leaves_the_published_files_too(store: FolderStore, ring: KeyRing) -> None:
    log, entry = Log(), deed(payload={"text": "must go"})
    actions.give_positions(at=AT)
    _publish(store, ring, log)
    actions.erase(entry, by=OFFICER, at=AT, reason="Article 17")
    actions.give_positions(at=AT)

    _publish(store, ring, log)

    everything = b"".join(store.get(name) for name in store.list("log/"))
    assert b"must go" not in everything
    assert "nonce" not in _published(store)[1][0]
    assert check_published(store) == []


def test_segments_are_cut_at_1024_entries_and_every_entry_has_its_proof(store: FolderStore, ring: KeyRing) -> None:
    _many(2051)
    leaves = list(Position.objects.order_by("position").values_list("position", "leaf_hash"))
    store.put(
        "log/checkpoint.json", canonical_bytes(ring.seal_statement({"size": 2051, "root": Log().upto(2051)[0]}, at=AT))
    )

    for position, leaf_hash in [leaves[n] for n in (0, 1, 1023, 1024, 2047, 2048, 2050)]:
        proof = queries.inclusion(Position.objects.get(position=position), store)
        assert proof is not None
        root = bytes.fromhex(proof.checkpoint["statement"]["root"])
        assert verify_inclusion(
            bytes.fromhex(leaf_hash), [bytes.fromhex(each) for each in proof.path], index=position, size=2051, root=root
        )


def test_a_log_that_is_not_the_beginning_of_this_journal_stops_publication(store: FolderStore, ring: KeyRing) -> None:
    deed()
    actions.give_positions(at=AT)
    checkpoint = ring.seal_statement({"size": 1, "root": "0" * 64}, at=AT)
    store.put("log/checkpoint.json", canonical_bytes(checkpoint))
    deed()
    actions.give_positions(at=AT)

    with pytest.raises(Conflict, match="not the beginning of this journal"):
        _publish(store, ring)

    assert json.loads(store.get("log/checkpoint.json")) == checkpoint
    assert check_published(store) != []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_only_one_sequencer_is_admitted_to_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite3.connect(tmp_path / "control.sqlite3").close()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "control.sqlite3"))
    monkeypatch.setattr(DatabaseWrapper, "is_in_memory_db", lambda _self: False)

    with actions.only_sequencer() as first, actions.only_sequencer() as second:
        during = (first, second)
    with actions.only_sequencer() as after:
        pass

    assert (during, after) == ((True, False), True)


def test_a_long_journal_is_published_part_by_part(
    store: FolderStore, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "_SEGMENTS_AT_ONCE", 1)
    _many(1500)
    log = Log()

    sizes = [_publish(store, ring, log) for _ in range(3)]

    assert sizes == [1024, 1500, 1500]
    assert len(_published(store)[1]) == 1500
    assert _published(store)[0]["checkpoint"]["statement"]["size"] == 1500
    assert check_published(store) == []
