# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Remove what interrupted releases left: bytes that no snapshot names."""

import json
from collections.abc import Iterable
from pathlib import Path

from datacity.engine.ports import Store
from datacity.engine.proof.public import PublicKey, Trust
from datacity.engine.release.snapshots import current
from datacity.kernel.canonical import fingerprint


def tidy(store: Store, trust: Trust | Iterable[Path | str | PublicKey]) -> list[str]:
    """Remove blobs, manifests, tombstones and snapshots that the current snapshot and its predecessors do not name; give their names.

    Call it only while nothing is being released or withdrawn: it cannot tell what is left from what is under way.
    Blobs of withdrawn versions are left to `withdraw`, which hands them to the vault. Raises what `current` raises.
    """
    snapshot = current(store, trust)
    kept = {f"blobs/{file['sha256']}" for each in snapshot.all_versions() for file in each.manifest["files"]}
    for each in snapshot.all_versions():
        kept |= {f"manifests/{each.sha256}.json", f"manifests/{each.sha256}.sig"}
        if each.tombstone:
            kept.add(f"tombstones/{fingerprint(dict(each.tombstone))}.json")
    chain = _chain(store, snapshot.sha256)
    left = [
        name for prefix in ("blobs/", "manifests/", "tombstones/") for name in store.list(prefix) if name not in kept
    ]
    left += [name for name in store.list("snapshots/") if name.split("/")[1] not in chain]
    for name in left:
        store.delete(name)
    return left


def _chain(store: Store, sha: str) -> set[str]:
    found: set[str] = set()
    while sha and sha not in found and store.exists(f"snapshots/{sha}/snapshot.json"):
        found.add(sha)
        sha = json.loads(store.get(f"snapshots/{sha}/snapshot.json"))["previous"] or ""
    return found
