# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What `CURRENT` names is all that a copy of the store needs."""

import shutil
from pathlib import Path

import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.verifying import verify
from datacity.engine.release.holdings import holdings, mark
from datacity.kernel.errors import Missing
from tests.factories.sealed import City


def copy_of(store: FolderStore, folder: Path) -> FolderStore:
    """Give a store that holds only what `CURRENT` needs."""
    for name in (*holdings(store, mark(store)).needed, "CURRENT", "keys/keys.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(store.root / name, folder / name)
    return FolderStore(folder)


def test_a_store_with_nothing_released_needs_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)

    assert (mark(store), holdings(store, b"").needed) == (b"", ())


def test_what_is_needed_verifies_alone(city: City, tmp_path: Path) -> None:
    city.release()

    copy = copy_of(city.store, tmp_path / "copy")

    assert verify(copy.root, trust=(city.folder / "keys" / "keys.json",)).first_wrong is None


def test_a_part_that_is_gone_is_missing(city: City) -> None:
    city.release()
    current = mark(city.store)
    (manifest,) = [
        name
        for name in holdings(city.store, current).needed
        if name.startswith("manifests/") and name.endswith(".json")
    ]

    city.store.delete(manifest)

    with pytest.raises(Missing):
        holdings(city.store, current)
