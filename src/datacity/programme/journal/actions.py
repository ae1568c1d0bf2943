# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write an entry, give entries their place in the one order, erase what must not stay."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from datacity.kernel import bus
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, require
from datacity.kernel.ref import Ref
from datacity.programme.journal import permissions, queries, rules
from datacity.programme.journal.models import Detail, Entry, Position, Secret

_ADVISORY_LOCK = 0x64617461
"""The number of the sequencer's advisory lock on PostgreSQL."""


def record(
    actor: Actor, verb: str, subject: Ref, *, at: datetime, payload: Mapping[str, Any] | None = None, edition: str = rules.NO_EDITION
) -> Entry:
    """Write who did what to what, inside the caller's transaction, and tell the listeners of the verb.

    at: when the deed happened, aware. payload: texts and whole numbers, no personal data in a public verb.
    edition: slug of the edition, which decides the actor's pseudonym; `city` outside any.
    Raises Missing for an unknown verb, Conflict for a silent one, outside a transaction or for an unlinked actor, Invalid for a
    payload of another shape; then nothing is written.
    """
    if not connection.in_atomic_block:
        raise Conflict("journal.no_transaction", "The deed {verb} is recorded outside its transaction.", verb=verb)
    publicity = rules.known_verb(verb, bus.registry.verbs).publicity
    data = rules.payload_bytes(payload)
    nonce = secrets.token_bytes(rules.NONCE_BYTES)
    rules.moment_text(at)
    entry = Entry.objects.create(
        verb=verb, publicity=publicity.value, edition=edition, actor=rules.pseudonym(_secret_of(actor.ref), edition), subject=subject,
        at=at, recorded_at=timezone.now(), payload_digest=rules.payload_digest(nonce, data).hex(),
    )  # fmt: skip
    Detail.objects.create(entry=entry, nonce=nonce, payload=data.decode())
    bus.announce(
        {"verb": verb, "subject": str(subject), "actor": str(actor.ref), "payload": dict(payload or {}), "at": at, "edition": edition, "entry": entry.pk}
    )
    return entry


def _secret_of(ref: Ref) -> bytes:
    """Give the secret of this actor, made at the first deed. Raises Conflict when it was erased."""
    row, _ = Secret.objects.get_or_create(ref=ref, defaults={"secret": secrets.token_bytes(rules.SECRET_BYTES)})
    if not row.secret:
        raise Conflict("journal.unlinked", "This account was unlinked from the journal and can no longer act.")
    return bytes(row.secret)


def erase(entry: Entry, *, by: Actor, at: datetime, reason: str) -> None:
    """Empty the details of an entry; its leaf, its place and its digest stay, so every proof still holds.

    reason: the legal ground, shown to everybody. Raises Forbidden for who may not, Conflict when they are empty already.
    """
    require(permissions.may_erase(by))
    with transaction.atomic():
        changed = Detail.objects.filter(pk=entry.pk).exclude(payload="").update(nonce=b"", payload="")
        if not changed:
            raise Conflict("journal.erased_already", "The details of this entry are already erased.")
        record(by, "entry.erased", rules.entry_ref(entry.pk), payload={"reason": reason}, at=at)


def unlink(ref: Ref, *, by: Actor, at: datetime, reason: str) -> None:
    """Empty somebody's secret: nobody can say any more which entries are theirs. The entries stay.

    Raises Forbidden for who may not, Conflict when there is nothing to empty.
    """
    require(permissions.may_erase(by))
    with transaction.atomic():
        if not Secret.objects.filter(ref=ref).exclude(secret=b"").update(secret=b""):
            raise Conflict("journal.nothing_to_unlink", "The journal holds no secret of this person.")
        record(by, "actor.unlinked", ref, payload={"reason": reason}, at=at)


@contextmanager
def only_sequencer() -> Iterator[bool]:
    """Be the one sequencer of this home for a while; gives False at once when another process is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK])
            mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
        return
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:  # a database in memory belongs to this process alone
        yield True
        return
    file = os.open(Path(name).with_name("sequencer.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = True
    except BlockingIOError:
        mine = False
    try:
        yield mine
    finally:
        os.close(file)


def give_positions(*, at: datetime, most: int = 1000, everywhere: bool = False) -> int:
    """Give the entries that have none their positions, in the order of their numbers; only the sequencer may call it.

    at: when, aware. most: entries in this batch. everywhere: look at all entries, not only at the recent ones.
    Result: how many were placed. The hashes are computed outside the transaction, which then only inserts.
    """
    entries = queries.without_position(everywhere=everywhere)[:most]
    last = Position.objects.order_by("-position").first()
    number, chain = (last.position, bytes.fromhex(last.chain_hash)) if last else (-1, rules.CHAIN_START)
    rows = []
    for entry in entries:
        leaf_hash = entry.leaf().hash()
        chain = rules.chained(chain, leaf_hash)
        number += 1
        rows.append(Position(position=number, entry=entry, leaf_hash=leaf_hash.hex(), chain_hash=chain.hex(), given_at=at))
    if rows:
        with transaction.atomic():
            Position.objects.bulk_create(rows)
    return len(rows)
