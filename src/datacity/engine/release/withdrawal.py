# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Withdrawal: a version is taken back on a stated legal ground; its fingerprint, ground and date remain."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from datacity.engine.ports import Store
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Use, moment
from datacity.engine.release.publishing import Press, publish, without_version
from datacity.engine.release.snapshots import Published, Snapshot, State, current
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Conflict, Invalid, Missing
from datacity.kernel.words import Words

Vault = Callable[[str, BinaryIO], object]
"""Takes (SHA-256, content); may be called again with the same after an interruption, and must then keep one copy."""
_TRIES = 50


@dataclass(frozen=True)
class Withdrawal:
    """Why a version goes. ground: the legal ground; by_capacity: in which capacity it was decided, never a name."""

    reason: Words
    ground: str
    by_capacity: str

    def __post_init__(self) -> None:
        """Raise Invalid when ground or capacity is empty."""
        for name, text in (("ground", self.ground), ("by_capacity", self.by_capacity)):
            if not text.strip():
                raise Invalid(
                    "release.withdrawal_empty",
                    "Say on which legal ground, and in which capacity, the version is withdrawn.",
                    field=name,
                )


def withdraw(
    slug: str, version: int, why: Withdrawal, *, store: Store, keys: KeyRing, at: datetime, vault: Vault
) -> Published:
    """Take a version back and give it with its tombstone: first `CURRENT` says so, then its bytes go to the vault and leave the store.

    Bytes that a standing version shares stay. Manifest and tombstone stay for ever. Idempotent: again after an interruption, it finishes
    with the reason given first. Raises Missing when there is no such version; what `current` raises.
    """
    press, trust = Press(store, keys, at), keys.trust(Use.SEAL)
    for _ in range(_TRIES):
        before = current(store, trust)
        found = _find(before, slug, version)
        if found.state is State.WITHDRAWN:
            _move_bytes(before, found, store, vault)
            return found
        stone = _tombstone(found, why, at, keys)
        data = canonical_bytes(stone)
        store.put(f"tombstones/{sha256_hex(data)}.json", data)
        publish(press, before, without_version(before, replace(found, state=State.WITHDRAWN, tombstone=stone)))
    raise Conflict(
        "release.crowded",
        "Others release at the same time; {tries} tries did not get through.",
        hint="Try again.",
        tries=_TRIES,
    )


def _find(snapshot: Snapshot, slug: str, version: int) -> Published:
    for each in snapshot.datasets.get(slug, ()):
        if each.version == version:
            return each
    raise Missing("release.no_version", "There is no version {version} of {slug}.", version=version, slug=slug)


def _tombstone(published: Published, why: Withdrawal, at: datetime, keys: KeyRing) -> dict[str, Any]:
    return {
        "datacity": 1,
        "kind": "tombstone",
        "slug": published.slug,
        "version": published.version,
        "manifest": published.sha256,
        "reason": why.reason.as_dict(),
        "ground": why.ground.strip(),
        "by_capacity": why.by_capacity.strip(),
        "at": moment(at),
        "sealed_by": keys.key(Use.SEAL, at=at).named(),
    }


def _move_bytes(snapshot: Snapshot, gone: Published, store: Store, vault: Vault) -> None:
    standing = {
        file["sha256"]
        for each in snapshot.all_versions()
        if each.state is not State.WITHDRAWN
        for file in each.manifest["files"]
    }
    for file in gone.manifest["files"]:
        name = f"blobs/{file['sha256']}"
        if file["sha256"] in standing or not store.exists(name):
            continue
        with store.open(name) as data:
            vault(file["sha256"], data)
        store.delete(name)
