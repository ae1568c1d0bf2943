# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is released now: one sealed snapshot over all manifests, named by `CURRENT`.

`snapshots/<sha>/snapshot.json` (canonical) and `snapshot.sig`; sha is the SHA-256 of `snapshot.json`, and `CURRENT` holds it and a line end.
snapshot.json: datacity 1 · kind "snapshot" · number · previous (sha or null) · at · datasets [{slug, versions [{version, manifest, state,
difference?, tombstone?}]}] · search {sha256, bytes} · sealed_by. `search.sqlite3` beside it is the search index.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from datacity.engine.ports import Store
from datacity.engine.proof.public import PublicKey, Trust, Use, listed_keys
from datacity.engine.proof.statements import read_signer
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Conflict, Forbidden, Missing, Refusal

CURRENT = "CURRENT"
KEYS = "keys/keys.json"


class State(StrEnum):
    """What a version is now."""

    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Published:
    """A version as the snapshot shows it.

    manifest: the sealed value; sha256: of its canonical bytes; signature: 64 raw bytes. difference: to the version before, {} for the first.
    tombstone: why and when it was withdrawn, {} while it stands.
    """

    manifest: Mapping[str, Any]
    sha256: str
    signature: bytes
    state: State
    difference: Mapping[str, Any] = field(default_factory=dict)
    tombstone: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The dataset."""
        return str(self.manifest["slug"])

    @property
    def version(self) -> int:
        """The number of the version, from 1."""
        return int(self.manifest["version"])

    def blob(self, form: str) -> str:
        """Give the name in the store of the file of that format. Raises Missing when there is none."""
        for each in self.manifest["files"]:
            if each["format"] == form:
                return f"blobs/{each['sha256']}"
        raise Missing(
            "release.no_format",
            "{slug} version {version} has no {form} file.",
            slug=self.slug,
            version=self.version,
            form=form,
        )


@dataclass(frozen=True)
class Snapshot:
    """A verified snapshot. datasets: slug → versions, oldest first, withdrawn ones included. content: its signed value, {} when empty."""

    sha256: str
    content: Mapping[str, Any]
    datasets: Mapping[str, tuple[Published, ...]]
    store: Store | None = None

    @property
    def number(self) -> int:
        """How many snapshots led here; 0 for the empty one."""
        return int(self.content.get("number", 0))

    def versions(self, slug: str) -> tuple[Published, ...]:
        """Give the versions of a dataset that stand, oldest first; () when there is none."""
        return tuple(each for each in self.datasets.get(slug, ()) if each.state is not State.WITHDRAWN)

    def latest(self, slug: str) -> Published | None:
        """Give the newest version that stands."""
        return next(reversed(self.versions(slug)), None)

    def all_versions(self) -> Iterator[Published]:
        """Give every version of every dataset, withdrawn ones included."""
        return (each for versions in self.datasets.values() for each in versions)

    @property
    def tombstones(self) -> Mapping[tuple[str, int], Mapping[str, Any]]:
        """(slug, version) → tombstone of what was withdrawn."""
        return {(each.slug, each.version): each.tombstone for each in self.all_versions() if each.tombstone}

    @property
    def search_index(self) -> Path | None:
        """The search index on this machine; None when the snapshot is empty or the store keeps no local files."""
        return (
            self.store.local_path(f"snapshots/{self.sha256}/search.sqlite3")
            if self.store is not None and self.sha256
            else None
        )


EMPTY = Snapshot("", {}, {})
"""What a store without `CURRENT` shows."""


def current(store: Store, trust: Trust | Iterable[Path | str | PublicKey]) -> Snapshot:
    """Give the verified snapshot that `CURRENT` names, kept in memory as long as it names it; `EMPTY` when there is no `CURRENT`.

    trust: seal keys; their successors, endorsed in `keys/keys.json` of the store, count too.
    Raises Forbidden when the snapshot is sealed by a key nobody trusts; Conflict when a byte of it, or of a manifest, is not as sealed.
    """
    if not store.exists(CURRENT):
        return EMPTY
    return _load(store, store.get(CURRENT), Trust.of(trust))


@lru_cache(maxsize=8)
def _load(store: Store, mark: bytes, trust: Trust) -> Snapshot:
    sha = mark.decode("ascii", errors="replace").strip()
    try:
        data = store.get(f"snapshots/{sha}/snapshot.json")
        signature = store.get(f"snapshots/{sha}/snapshot.sig")
    except Refusal as error:
        raise Conflict("release.no_snapshot", "CURRENT names a snapshot that is not there.") from error
    if sha256_hex(data) != sha:
        raise _broken("snapshot.json")
    content = _parsed(data, "snapshot.json")
    _check_seal(
        read_signer(content.get("sealed_by")), signature, data, _extended(store, trust), str(content.get("at", ""))
    )
    datasets = {
        each["slug"]: tuple(_published(store, version) for version in each["versions"]) for each in content["datasets"]
    }
    return Snapshot(sha, content, datasets, store)


def _check_seal(signer: PublicKey, signature: bytes, data: bytes, trust: Trust, at: str) -> None:
    key = trust.find(signer, use=Use.SEAL)
    if key is None or not key.valid_at(at):
        raise Forbidden(
            "release.untrusted",
            "The snapshot is sealed with the key {key}, which is not trusted here.",
            hint="Trust that key only if you know from elsewhere whose it is.",
            key=signer.id,
        )
    if not key.signed(signature, data):
        raise _broken("snapshot.sig")


def _extended(store: Store, trust: Trust) -> Trust:
    if not store.exists(KEYS):
        return trust
    return trust.extended(listed_keys(_parsed(store.get(KEYS), KEYS)))


def _published(store: Store, entry: Mapping[str, Any]) -> Published:
    manifest, signature = _manifest(store, entry["manifest"])
    tombstone = _tombstone(store, entry["tombstone"]) if "tombstone" in entry else {}
    return Published(
        manifest, entry["manifest"], signature, State(entry["state"]), entry.get("difference", {}), tombstone
    )


@lru_cache(maxsize=4096)
def _manifest(store: Store, sha: str) -> tuple[Mapping[str, Any], bytes]:
    data = _sealed_bytes(store, f"manifests/{sha}.json", sha)
    try:
        return _parsed(data, f"manifests/{sha}.json"), store.get(f"manifests/{sha}.sig")
    except Missing as error:
        raise _broken(f"manifests/{sha}.sig") from error


def _tombstone(store: Store, sha: str) -> Mapping[str, Any]:
    return _parsed(_sealed_bytes(store, f"tombstones/{sha}.json", sha), f"tombstones/{sha}.json")


def _sealed_bytes(store: Store, name: str, sha: str) -> bytes:
    try:
        data = store.get(name)
    except Missing as error:
        raise _broken(name) from error
    if sha256_hex(data) != sha:
        raise _broken(name)
    return data


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(name) from error
    if not isinstance(value, dict):
        raise _broken(name)
    return value


def _broken(name: str) -> Conflict:
    return Conflict(
        "release.broken",
        "{name} is not as it was sealed.",
        hint="Restore the store from a copy; nothing of this snapshot is served.",
        name=name,
    )
