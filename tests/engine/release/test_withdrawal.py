# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A version taken back: what remains, what goes, what a second try does."""

import pytest

from datacity.engine.proof.verifying import verify
from datacity.engine.release import State, Withdrawal, tidy, withdraw
from datacity.kernel.errors import Conflict, Invalid, Missing
from datacity.kernel.words import Words
from tests.factories.sealed import City

ONE, TWO = "SELECT 1 AS number, 'a' AS name", "SELECT 2 AS number, 'a' AS name"


def test_withdrawn_version_leaves_manifest_and_tombstone_and_its_bytes_go_to_the_vault(city: City) -> None:
    first, second = city.release(ONE), city.release(TWO)

    gone, vault = city.withdraw(version=1)

    shared = first.manifest["report"]
    files = {each["sha256"] for each in first.manifest["files"]}
    assert set(vault) == files - {shared}
    assert [sha for sha in files if city.store.exists(f"blobs/{sha}")] == [shared]
    assert city.store.exists(f"manifests/{first.sha256}.json")
    assert gone.tombstone == {
        "datacity": 1, "kind": "tombstone", "slug": "comptages", "version": 1, "manifest": first.sha256, "ground": "CRPA L311-6",
        "reason": {"fr": "Une erreur d'arrondi révèle un commerce.", "en": "A rounding error reveals a shop."},
        "by_capacity": "Représentante de la ville", "at": "2026-05-04T12:00:00Z", "sealed_by": second.manifest["sealed_by"],
    }  # fmt: skip
    snapshot = city.snapshot
    assert [(each.version, each.state) for each in snapshot.datasets["comptages"]] == [
        (1, State.WITHDRAWN),
        (2, State.RELEASED),
    ]
    assert snapshot.tombstones == {("comptages", 1): gone.tombstone}
    assert snapshot.versions("comptages") == (snapshot.latest("comptages"),)
    assert verify(city.store.root, trust=city.trust).holds


def test_withdrawing_the_newest_version_brings_back_the_one_before(city: City) -> None:
    first = city.release(ONE)
    city.release(TWO)

    city.withdraw(version=2)

    latest = city.snapshot.latest("comptages")
    assert latest is not None
    assert (latest.sha256, latest.state) == (first.sha256, State.RELEASED)


def test_withdrawing_the_only_version_leaves_no_dataset_to_find(city: City) -> None:
    city.release(ONE)

    city.withdraw()

    assert (city.snapshot.latest("comptages"), city.snapshot.versions("comptages")) == (None, ())


def test_version_after_a_withdrawal_has_the_next_number_and_continues_the_chain(city: City) -> None:
    first = city.release(ONE)
    city.withdraw()

    second = city.release(TWO)

    assert (second.version, second.manifest["previous"], second.difference) == (2, first.sha256, {})


def test_withdrawing_twice_keeps_the_first_reason_and_moves_nothing_more(city: City) -> None:
    city.release(ONE)
    first, _ = city.withdraw()
    names = list(city.store.list())
    other = Withdrawal(Words("autre"), "autre", "autre")
    vault: list[str] = []

    again = withdraw(
        "comptages", 1, other, store=city.store, keys=city.ring, at=city.at, vault=lambda sha, _: vault.append(sha)
    )

    assert (again.tombstone, vault, list(city.store.list())) == (first.tombstone, [], names)


def test_clearance_of_a_withdrawn_version_releases_nothing_more(city: City) -> None:
    city.release(ONE)
    city.withdraw()

    with pytest.raises(Conflict, match="which was withdrawn"):
        city.release(ONE)
    assert len(city.snapshot.datasets["comptages"]) == 1


def test_withdrawal_that_fails_at_the_vault_is_finished_by_the_next(city: City) -> None:
    released = city.release(ONE)

    def broken(sha: str, data: object) -> None:
        raise OSError("vault is full")

    with pytest.raises(OSError, match="full"):
        withdraw(
            "comptages", 1, Withdrawal(Words("r"), "g", "c"), store=city.store, keys=city.ring, at=city.at, vault=broken
        )
    state = city.snapshot.datasets["comptages"][0].state
    _, vault = city.withdraw()

    assert state is State.WITHDRAWN
    assert set(vault) == {each["sha256"] for each in released.manifest["files"]}


@pytest.mark.parametrize(("slug", "version"), [("comptages", 2), ("autre", 1)])
def test_withdrawing_what_is_not_there_is_refused(city: City, slug: str, version: int) -> None:
    city.release(ONE)
    before = city.store.get("CURRENT")

    with pytest.raises(Missing, match=f"no version {version} of {slug}"):
        city.withdraw(slug, version)
    assert city.store.get("CURRENT") == before


@pytest.mark.parametrize(("ground", "capacity"), [("", "Représentante"), ("RGPD art. 17", " ")])
def test_withdrawal_without_ground_or_capacity_is_refused(ground: str, capacity: str) -> None:
    with pytest.raises(Invalid, match="on which legal ground, and in which capacity"):
        Withdrawal(Words("parce que"), ground, capacity)


def test_tidying_removes_what_no_snapshot_names_and_nothing_else(city: City) -> None:
    city.release(ONE)
    city.release(TWO)
    city.withdraw()
    kept = set(city.store.list())
    left = [
        f"blobs/{'0' * 64}",
        f"manifests/{'1' * 64}.json",
        f"tombstones/{'2' * 64}.json",
        f"snapshots/{'3' * 64}/search.sqlite3",
    ]
    for name in left:
        city.store.put(name, b"left")

    removed = tidy(city.store, city.trust)

    assert (sorted(removed), set(city.store.list())) == (sorted(left), kept)
    assert verify(city.store.root, trust=city.trust).holds
