# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one sequencer: gives entries their place in the one order, in batches.

Positions are not given inside the deed's transaction: chaining there makes every writer wait for the one before
(measured on PostgreSQL: 16 transactions a second with a listener, against 466 when entries are only appended).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from datacity.programme.journal import queries, rules
from datacity.programme.journal.models import Position

_ADVISORY_LOCK = 0x64617461
"""The number of the sequencer's advisory lock on PostgreSQL."""


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
    if connection.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite's wrapper has it; such a database is this process's alone
        yield True
        return
    file = os.open(
        Path(connection.settings_dict["NAME"]).with_name("sequencer.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
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
        rows.append(
            Position(position=number, entry=entry, leaf_hash=leaf_hash.hex(), chain_hash=chain.hex(), given_at=at)
        )
    if rows:
        with transaction.atomic():
            Position.objects.bulk_create(rows)
    return len(rows)
