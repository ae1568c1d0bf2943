# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Deeds that must see each other's outcome: the second waits until the first is committed.

On SQLite every transaction that writes waits for the one before. On PostgreSQL two may read the same state and both write:
that the last administrator stays, say, cannot be read off any one row that both would lock. Such deeds take a turn by name.
"""

from hashlib import sha256

from django.db import connection


def take(name: str) -> None:
    """Wait for the turn of this name and hold it to the end of the transaction, inside which it must be called."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
