# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Read the catalogue from the verified snapshot of a store."""

from collections.abc import Iterable
from pathlib import Path

from datacity.engine.ports.store import Store
from datacity.engine.proof.public import PublicKey, Trust
from datacity.engine.release import Published, current
from datacity.engine.serve.publications import Catalogue, Tombstone, Version, version_of


def load(store: Store, trust: Trust | Iterable[Path | str | PublicKey]) -> Catalogue:
    """Give the catalogue of the current snapshot; empty when nothing was released yet.

    Raises what `release.current` raises: Forbidden for a seal nobody trusts here, Conflict for bytes that are not as sealed.
    """
    snapshot = current(store, trust)
    standing = {slug: tuple(_version(each) for each in snapshot.versions(slug)) for slug in snapshot.datasets}
    tombstones = {key: Tombstone(*key, content) for key, content in snapshot.tombstones.items()}
    return Catalogue(snapshot.sha256, {slug: versions for slug, versions in standing.items() if versions}, tombstones)


def _version(published: Published) -> Version:
    return version_of(published.manifest, published.sha256, published.signature)
