# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What `CURRENT` names, name by name: what a copy of a store must hold to show the same to strangers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from datacity.engine.ports import Store
from datacity.engine.release.snapshots import CURRENT, State

_OWN = ("blobs/", "manifests/", "tombstones/", "snapshots/", "log/")
"""Beginnings of the names that a snapshot, or the journal's log, accounts for."""


@dataclass(frozen=True)
class Holdings:
    """Names in a store. needed: without one of them something public is broken. useful: those that may be there too."""

    needed: tuple[str, ...]
    useful: tuple[str, ...]


def mark(store: Store) -> bytes:
    """Give what `CURRENT` says now; no bytes when there is none."""
    return store.get(CURRENT) if store.exists(CURRENT) else b""


def holdings(store: Store, current: bytes) -> Holdings:
    """Give what the snapshot of this mark names, and what lies beside it. Raises Missing when a part of it is gone.

    Bytes of withdrawn versions are useful only: they are on their way to the vault. So are search indexes of older snapshots.
    """
    needed: dict[str, None] = {}
    useful = {name: None for name in store.list() if not name.startswith(_OWN) and name != CURRENT}
    sha = current.decode("ascii").strip()
    if sha:
        for state, name in _of_snapshot(store, sha):
            (useful if state is State.WITHDRAWN else needed)[name] = None
        useful.update(dict.fromkeys(_of_history(store, sha)))
    return Holdings(tuple(needed), tuple(name for name in useful if name not in needed))


def _of_snapshot(store: Store, sha: str) -> Iterator[tuple[State, str]]:
    yield from (
        (State.RELEASED, f"snapshots/{sha}/{name}") for name in ("snapshot.json", "snapshot.sig", "search.sqlite3")
    )
    for dataset in json.loads(store.get(f"snapshots/{sha}/snapshot.json"))["datasets"]:
        for version in dataset["versions"]:
            seal = f"manifests/{version['manifest']}"
            yield from ((State.RELEASED, f"{seal}{ending}") for ending in (".json", ".sig"))
            if "tombstone" in version:
                yield State.RELEASED, f"tombstones/{version['tombstone']}.json"
            files = json.loads(store.get(f"{seal}.json"))["files"]
            yield from ((State(version["state"]), f"blobs/{file['sha256']}") for file in files)


def _of_history(store: Store, sha: str) -> Iterator[str]:
    """Give the names of the snapshots before this one, as far back as they are kept."""
    seen = {sha}
    while sha and store.exists(f"snapshots/{sha}/snapshot.json"):
        sha = json.loads(store.get(f"snapshots/{sha}/snapshot.json"))["previous"] or ""
        if sha in seen:
            return
        seen.add(sha)
        yield from (f"snapshots/{sha}/{name}" for name in ("snapshot.json", "snapshot.sig", "search.sqlite3") if sha)
