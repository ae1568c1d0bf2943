# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of the journal: what waits for a position, the list people search, who is behind a pseudonym."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from datacity.kernel.bus import Publicity
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Missing
from datacity.kernel.ref import Ref
from datacity.programme.journal import rules
from datacity.programme.journal.models import Detail, Entry, Position, Secret

_WINDOW = 10_000
"""How many numbers before the last placed one an entry may still commit late (PostgreSQL gives numbers before commit)."""


def without_position(*, everywhere: bool = False) -> QuerySet[Entry]:
    """Give the entries without position by number; only among the recent ones unless `everywhere`."""
    entries = Entry.objects.filter(place__isnull=True).order_by("pk")
    last = None if everywhere else Position.objects.aggregate(last=Max("entry_id"))["last"]
    return entries if last is None else entries.filter(pk__gt=last - _WINDOW)


def late_entries(*, at: datetime) -> int:
    """Count the entries that have waited more than 60 seconds for their position: any is an alarm."""
    return without_position().filter(recorded_at__lt=at - timedelta(seconds=rules.ALARM_SECONDS)).count()


def size() -> int:
    """Give how many entries have a position."""
    last = Position.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def payload_of(entry: Entry) -> dict[str, Any] | None:
    """Give the payload of an entry, or None when its details were erased."""
    text = Detail.objects.values_list("payload", flat=True).get(pk=entry.pk)
    return json.loads(text) if text else None


def entries_about(subject: Ref) -> QuerySet[Entry]:
    """Give the entries whose subject is this thing, the oldest first; filter by `visible_to` before showing."""
    return Entry.objects.filter(subject=subject).select_related("place", "detail").order_by("pk")


def actors_of(entries: Iterable[Entry]) -> Mapping[str, Ref]:
    """Give who stands behind the pseudonyms of these entries, for an auditor; unlinked persons are absent.

    Costs one HMAC for each person and edition.
    """
    wanted = {(entry.edition, entry.actor) for entry in entries}
    editions = {edition for edition, _ in wanted}
    found = {}
    for row in Secret.objects.exclude(secret=b""):
        for edition in editions:
            name = rules.pseudonym(bytes(row.secret), edition)
            if (edition, name) in wanted:
                found[name] = row.ref
    return found


def entries_by(ref: Ref) -> QuerySet[Entry]:
    """Give the entries of this actor, the oldest first; none when unlinked or never seen."""
    row = Secret.objects.filter(ref=ref).first()
    if row is None or not row.secret:
        return Entry.objects.none()
    editions = Entry.objects.order_by().values_list("edition", flat=True).distinct()
    names = [rules.pseudonym(bytes(row.secret), edition) for edition in editions]
    return Entry.objects.filter(actor__in=names).select_related("place", "detail").order_by("pk")


@dataclass(frozen=True)
class Check:
    """The result of going through the whole journal: what was counted and every fault found, in words."""

    entries: int
    positions: int
    erased: int
    faults: tuple[str, ...]


def check_all() -> Check:
    """Go through the journal in order and recompute every leaf hash, the chain and every payload digest.

    Entries without position are counted, not faulted; details that were erased cannot be checked and are counted.
    """
    faults: list[str] = []
    chain, expected, erased = rules.CHAIN_START, 0, 0
    for row in Position.objects.select_related("entry__detail").order_by("position").iterator(chunk_size=2000):
        if row.position != expected:
            faults.append(f"position {expected} is missing; {row.position} follows")
            expected = row.position
        leaf_hash = row.entry.leaf().hash()
        chain = rules.chained(chain, leaf_hash)
        if leaf_hash.hex() != row.leaf_hash:
            faults.append(f"position {row.position}: the entry does not give its leaf hash")
        if chain.hex() != row.chain_hash:
            faults.append(f"position {row.position}: the chain breaks here")
            chain = bytes.fromhex(row.chain_hash)
        detail = row.entry.detail
        if not detail.payload:
            erased += 1
        elif rules.payload_digest(bytes(detail.nonce), detail.payload.encode()).hex() != row.entry.payload_digest:
            faults.append(f"position {row.position}: the payload does not give its digest")
        expected += 1
    return Check(entries=Entry.objects.count(), positions=Position.objects.count(), erased=erased, faults=tuple(faults))


def entry_by_number(number: int) -> Entry:
    """Give the entry of this number, placed or not. Raises Missing."""
    entry = Entry.objects.filter(pk=number).first()
    if entry is None:
        raise Missing("journal.no_entry", "The journal has no entry {number}.", number=number)
    return entry


def public_line(place: Position) -> bytes:
    """Give what everybody may read of a placed entry, as one line of canonical JSON; `entry__detail` should be read along.

    Of a restricted entry these are the hashes alone; nonce and payload are left out once they were erased.
    """
    line: dict[str, Any] = {"position": place.position, "leaf_hash": place.leaf_hash, "chain_hash": place.chain_hash}
    if place.entry.publicity == Publicity.PUBLIC:
        line["leaf"] = place.entry.leaf().as_dict()
        if place.entry.detail.payload:
            line["nonce"] = bytes(place.entry.detail.nonce).hex()
            line["payload"] = json.loads(place.entry.detail.payload)
    return canonical_bytes(line) + b"\n"
