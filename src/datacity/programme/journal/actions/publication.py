# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The public side of the journal: files under `log/` in the store, which the data plane serves.

`log/checkpoint.json` is the sealed head of the tree, `log/entries/00000000.jsonl` … hold 1,024 entries each, `log/journal.jsonl` is
everything in one file. Segments are written before the checkpoint that counts them, so a reader who goes by the checkpoint
always finds them. Only the sequencer calls this: it sees an erasure placed before it writes, and rewrites what it concerns.
"""

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from datacity.engine.ports.store import Store
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.merkle import Tree
from datacity.engine.proof.public import moment
from datacity.frame import scratch
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict
from datacity.programme.journal import queries, rules
from datacity.programme.journal.models import Entry, Position
from datacity.programme.journal.queries import CHECKPOINT, SEGMENT, WHOLE, published, segment_name

_SEGMENTS_AT_ONCE = 16
"""How many segments one call writes at most, so that positions go on being given while a long journal is first published."""

_SMALL_BYTES = 1_000_000
_WHOLE_EVERY_SECONDS = 600


class Log:
    """What the sequencer keeps in memory of the tree, so that a checkpoint costs only the new leaves."""

    def __init__(self) -> None:
        """Start empty; the first use reads all leaf hashes once."""
        self._tree = Tree()
        self._chain = rules.CHAIN_START
        self.whole = 0
        """How many entries the whole file counts, as far as this process wrote it."""

    def upto(self, size: int) -> tuple[str, str]:
        """Give root and chain hash, in hexadecimal, over the first `size` entries; asked with growing sizes."""
        places = Position.objects.filter(position__gte=self._tree.size, position__lt=size).order_by("position")
        for leaf_hash, chain_hash in places.values_list("leaf_hash", "chain_hash").iterator(chunk_size=2000):
            self._tree.append(bytes.fromhex(leaf_hash))
            self._chain = bytes.fromhex(chain_hash)
        return self._tree.root.hex(), self._chain.hex()


def publish(log: Log, *, store: Store, keys: KeyRing, name: str, at: datetime) -> int:
    """Write the segments that grew or lost details, then the sealed checkpoint; give how many entries it counts.

    name: of the log, the public address of the site. At most 16 segments are written: call it until nothing is new.
    Raises Missing or Conflict when there is no valid seal key; Conflict when the published log is not the beginning of
    this journal.
    """
    before, there = published(store), queries.size()
    if there < before["size"] or log.upto(before["size"])[0] != before["root"]:
        raise Conflict(
            "journal.log_differs", "The published log of {size} entries is not the beginning of this journal.",
            hint="Do not go on: compare the database with the published log and with the backups.", size=before["size"],
        )  # fmt: skip
    size: int = min(there, (int(before["size"]) // SEGMENT + _SEGMENTS_AT_ONCE) * SEGMENT)
    erased = _erased_since(before["size"], size)
    if size > before["size"]:
        grown = range(before["size"] // SEGMENT, (size - 1) // SEGMENT + 1)
        for number in sorted({*grown, *(place // SEGMENT for place in erased)}):
            store.put(segment_name(number), _segment(number))
        store.put(CHECKPOINT, canonical_bytes(_checkpoint(log, keys, size=size, name=name, at=at)))
    if erased or (log.whole < size and _whole_is_due(store, at)):
        _put_whole(store, size=size)
        log.whole = size
    return size


def _checkpoint(log: Log, keys: KeyRing, *, size: int, name: str, at: datetime) -> dict[str, Any]:
    """Give the sealed head over the first `size` entries."""
    root, chain = log.upto(size)
    statement = {"datacity": 1, "kind": "checkpoint", "log": name, "size": size, "root": root, "chain": chain}
    return keys.seal_statement({**statement, "at": moment(at)}, at=at)


def _erased_since(first: int, size: int) -> list[int]:
    """Give the positions of the entries whose details were erased by deeds placed from `first` on."""
    deeds = Entry.objects.filter(verb="entry.erased", place__position__gte=first, place__position__lt=size)
    numbers = [int(subject.id) for subject in deeds.values_list("subject", flat=True)]
    return list(Position.objects.filter(entry_id__in=numbers).values_list("position", flat=True))


def _segment(number: int) -> bytes:
    places = Position.objects.filter(position__gte=number * SEGMENT, position__lt=(number + 1) * SEGMENT)
    return b"".join(queries.public_line(place) for place in places.select_related("entry__detail").order_by("position"))


def _whole_is_due(store: Store, at: datetime) -> bool:
    """Tell whether to write the whole file now: at once while it is small, else some minutes after the last time."""
    if not store.exists(WHOLE) or store.size(WHOLE) < _SMALL_BYTES:
        return True
    with store.open(WHOLE) as file:
        written = datetime.fromisoformat(json.loads(file.readline())["checkpoint"]["statement"]["at"])
    return (at - written).total_seconds() > _WHOLE_EVERY_SECONDS


def _put_whole(store: Store, *, size: int) -> None:
    """Write the whole journal as one file: its head, then the segments as they are."""
    head = {"datacity": 1, "kind": "journal", "checkpoint": json.loads(store.get(CHECKPOINT))}
    with tempfile.NamedTemporaryFile(dir=scratch.folder()) as file:
        file.write(canonical_bytes(head) + b"\n")
        for number in range(-(-size // SEGMENT)):
            lines = store.get(segment_name(number)).splitlines(keepends=True)
            file.writelines(lines[: size - number * SEGMENT])
        file.flush()
        store.put(WHOLE, Path(file.name))


def check_published(store: Store) -> list[str]:
    """Give the faults, in words, between this journal and the published log: another root, a segment that differs."""
    before = published(store)
    if queries.size() < before["size"]:
        return [f"the published log has {before['size']} entries, this journal only {queries.size()}"]
    faults = []
    if Log().upto(before["size"])[0] != before["root"]:
        faults.append(f"the published checkpoint of {before['size']} entries has another root")
    for number in range(-(-before["size"] // SEGMENT)):
        count = min(SEGMENT, before["size"] - number * SEGMENT)
        written = store.get(segment_name(number)).splitlines() if store.exists(segment_name(number)) else []
        if written[:count] != _segment(number).splitlines()[:count]:
            faults.append(f"the published segment {number} differs from this journal")
    return faults
