# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""From one snapshot to the next: everything is written aside first, then `CURRENT` is replaced."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datacity.engine.ports import Store
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Use, moment
from datacity.engine.release.indexing import build_index
from datacity.engine.release.snapshots import CURRENT, KEYS, Published, Snapshot, State
from datacity.kernel.canonical import canonical_bytes, sha256_hex

_INDEXES_KEPT = 5
"""How many older snapshots keep their search index, for readers that still hold them."""


@dataclass(frozen=True)
class Press:
    """What publishing needs: the store, the keys, the moment, and a folder for what is under way (None: the system's)."""

    store: Store
    keys: KeyRing
    at: datetime
    scratch: Path | None = None


def put_blob(store: Store, sha256: str, size: int, source: Path | bytes) -> None:
    """Keep bytes under their hash, once."""
    name = f"blobs/{sha256}"
    if not (store.exists(name) and store.size(name) == size):
        store.put(name, source)


def put_manifest(press: Press, manifest: Mapping[str, Any]) -> Published:
    """Seal a manifest and keep it under its hash."""
    data = canonical_bytes(dict(manifest))
    sha = sha256_hex(data)
    signature = press.keys.seal(data, at=press.at).raw
    press.store.put(f"manifests/{sha}.sig", signature)
    press.store.put(f"manifests/{sha}.json", data)
    return Published(manifest, sha, signature, State.RELEASED)


def publish(press: Press, before: Snapshot, datasets: Mapping[str, Sequence[Published]]) -> Snapshot | None:
    """Make these datasets current; None when another snapshot took the place of `before` in the meantime, and nothing visible changed.

    Result: the new snapshot. Its files and the public keys are on disk before `CURRENT` names it.
    """
    _put_keys(press)
    with TemporaryDirectory(dir=press.scratch) as folder:
        index = Path(folder) / "search.sqlite3"
        build_index(index, (each.manifest for each in _newest(datasets)))
        digest = digest_file(index)
        content = _content(press, before, datasets, {"sha256": digest.sha256, "bytes": digest.bytes})
        data = canonical_bytes(content)
        sha = sha256_hex(data)
        press.store.put(f"snapshots/{sha}/search.sqlite3", index)
    press.store.put(f"snapshots/{sha}/snapshot.sig", press.keys.seal(data, at=press.at).raw)
    press.store.put(f"snapshots/{sha}/snapshot.json", data)
    expected = f"{before.sha256}\n".encode() if before.sha256 else None
    if not press.store.put_if(CURRENT, f"{sha}\n".encode(), expected):
        return None
    _drop_old_index(press.store, content)
    return Snapshot(sha, content, {slug: tuple(versions) for slug, versions in datasets.items()}, press.store)


def with_version(before: Snapshot, fresh: Published) -> dict[str, tuple[Published, ...]]:
    """Give all datasets with a version more; the ones before it are superseded."""
    older = tuple(
        replace(each, state=State.SUPERSEDED) if each.state is State.RELEASED else each
        for each in before.datasets.get(fresh.slug, ())
    )
    return {**before.datasets, fresh.slug: (*older, fresh)}


def without_version(before: Snapshot, gone: Published) -> dict[str, tuple[Published, ...]]:
    """Give all datasets with `gone` withdrawn; the newest that still stands is the released one."""
    versions = [gone if each.sha256 == gone.sha256 else each for each in before.datasets[gone.slug]]
    standing = [place for place, each in enumerate(versions) if each.state is not State.WITHDRAWN]
    if standing:
        versions[standing[-1]] = replace(versions[standing[-1]], state=State.RELEASED)
    return {**before.datasets, gone.slug: tuple(versions)}


def _newest(datasets: Mapping[str, Sequence[Published]]) -> Iterator[Published]:
    for slug in sorted(datasets):
        yield from (each for each in datasets[slug] if each.state is State.RELEASED)


def _content(
    press: Press, before: Snapshot, datasets: Mapping[str, Sequence[Published]], search: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "datacity": 1,
        "kind": "snapshot",
        "number": before.number + 1,
        "previous": before.sha256 or None,
        "at": moment(press.at),
        "datasets": [
            {"slug": slug, "versions": [_entry(each) for each in datasets[slug]]} for slug in sorted(datasets)
        ],
        "search": dict(search),
        "sealed_by": press.keys.key(Use.SEAL, at=press.at).named(),
    }


def _entry(published: Published) -> dict[str, Any]:
    entry: dict[str, Any] = {"version": published.version, "manifest": published.sha256, "state": str(published.state)}
    if published.difference:
        entry["difference"] = dict(published.difference)
    if published.tombstone:
        entry["tombstone"] = sha256_hex(canonical_bytes(dict(published.tombstone)))
    return entry


def _put_keys(press: Press) -> None:
    data = canonical_bytes(press.keys.as_dict())
    if press.store.exists(KEYS) and press.store.get(KEYS) == data:
        return
    for key in press.keys.public:
        press.store.put(f"keys/{key.use}-{key.id}.pem", key.pem.encode())
        press.store.put(f"keys/{key.use}.pem", key.pem.encode())
    press.store.put(KEYS, data)


def _drop_old_index(store: Store, content: Mapping[str, Any]) -> None:
    """Remove the index of the snapshot so many steps back; what a killed process leaves is `tidy`'s."""
    sha = content["previous"]
    for _ in range(_INDEXES_KEPT):
        if not sha or not store.exists(f"snapshots/{sha}/snapshot.json"):
            return
        sha = json.loads(store.get(f"snapshots/{sha}/snapshot.json"))["previous"]
    if sha:
        store.delete(f"snapshots/{sha}/search.sqlite3")
