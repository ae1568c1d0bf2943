# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of the journal: what waits for a position, the list people search, who is behind a pseudonym."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Max, Min, Q, QuerySet

from datacity.engine.ports.store import Store
from datacity.engine.proof.merkle import EMPTY_ROOT, inclusion_proof, root
from datacity.kernel.bus import Publicity
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Missing
from datacity.kernel.ref import Ref
from datacity.programme.journal import rules
from datacity.programme.journal.models import Detail, Entry, Position, Secret

CHECKPOINT = "log/checkpoint.json"
WHOLE = "log/journal.jsonl"
SEGMENT = 1024
"""Entries of a full segment: a power of two, so that a segment is a subtree."""

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


def lag_seconds(*, at: datetime) -> float:
    """Give the age of the oldest recent entry that waits for its position, 0 when none waits."""
    oldest = without_position().aggregate(oldest=Min("recorded_at"))["oldest"]
    return 0.0 if oldest is None else max(0.0, (at - oldest).total_seconds())


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


def segment_name(number: int) -> str:
    """Give the store's name of a segment."""
    return f"log/entries/{number:08d}.jsonl"


def published(store: Store) -> dict[str, Any]:
    """Give the statement of the newest checkpoint; a size of 0 when there is none."""
    if not store.exists(CHECKPOINT):
        return {"size": 0, "at": "", "root": EMPTY_ROOT.hex()}
    statement: dict[str, Any] = json.loads(store.get(CHECKPOINT))["statement"]
    return statement


@dataclass(frozen=True)
class Inclusion:
    """The proof that an entry is a leaf of the sealed tree: hashes in hexadecimal, path nearest first, and the checkpoint."""

    position: int
    leaf_hash: str
    path: tuple[str, ...]
    checkpoint: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Give the proof as the JSON value that is downloaded."""
        return {
            "datacity": 1,
            "kind": "inclusion",
            "position": self.position,
            "leaf_hash": self.leaf_hash,
            "path": list(self.path),
            "checkpoint": self.checkpoint,
        }


def place_of(position: int) -> Position:
    """Give the placed entry with its details. Raises Missing."""
    place = Position.objects.select_related("entry__detail").filter(position=position).first()
    if place is None:
        raise Missing(
            "journal.no_position",
            "The journal has no entry number {number} yet; it has {size}.",
            number=position,
            size=size(),
        )
    return place


def inclusion(place: Position, store: Store) -> Inclusion | None:
    """Give the proof for this entry in the tree of the newest published checkpoint; None while it is not sealed yet.

    A segment of 1,024 leaves is a subtree, so the path is that within the segment, then that over the roots of the segments.
    Source: RFC 6962 section 2.1.1.
    """
    if not store.exists(CHECKPOINT):
        return None
    checkpoint = json.loads(store.get(CHECKPOINT))
    count = checkpoint["statement"]["size"]
    if place.position >= count:
        return None
    segment = place.position // SEGMENT
    leaves = _leaves(segment, count)
    roots = [_segment_root(number, count) for number in range(-(-count // SEGMENT))]
    path = inclusion_proof(place.position % SEGMENT, leaves) + inclusion_proof(segment, roots)
    return Inclusion(place.position, place.leaf_hash, tuple(each.hex() for each in path), checkpoint)


def _leaves(segment: int, count: int) -> list[bytes]:
    """Give the leaf hashes of a segment, up to the tree's size."""
    places = Position.objects.filter(
        position__gte=segment * SEGMENT, position__lt=min(count, (segment + 1) * SEGMENT)
    ).order_by("position")
    return [bytes.fromhex(leaf_hash) for leaf_hash in places.values_list("leaf_hash", flat=True)]


def _segment_root(segment: int, count: int) -> bytes:
    """Give the root of a segment; that of a full one never changes and is kept in the cache."""
    leaves = _leaves(segment, count) if (segment + 1) * SEGMENT > count else None
    if leaves is not None:
        return root(leaves)
    kept: bytes | None = cache.get(f"journal-segment-{segment}")
    if kept is None:
        kept = root(_leaves(segment, count))
        cache.set(f"journal-segment-{segment}", kept, timeout=None)
    return kept


def sealed_inclusion(place: Position, store: Store) -> Inclusion:
    """Give the proof for this entry. Raises Conflict while no published checkpoint counts it."""
    found = inclusion(place, store)
    if found is None:
        raise Conflict(
            "journal.not_sealed",
            "The entry {number} is not in the sealed tree yet.",
            hint="Try again in a minute.",
            number=place.position,
        )
    return found


def placed(visible: Q) -> QuerySet[Position]:
    """Give the placed entries that fulfil this condition on entries, with their details; the newest first."""
    return (
        Position.objects.filter(entry__in=Entry.objects.filter(visible)).select_related("entry").order_by("-position")
    )
