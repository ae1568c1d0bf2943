# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A backup holds together whatever happens while it is made: each deed is done at each moment, and the restored home is sound."""

import json
from pathlib import Path

import pytest

from datacity.web.backup import checking
from tests.factories import backing
from tests.factories.killing import Mortal

pytestmark = pytest.mark.slow
LOG, FIXING, BLOBS, VAULT, END = "public/log/checkpoint", "fixing", "public/blobs", "vault/", "manifest"
MOMENTS = {
    "withdraw": (LOG, FIXING, BLOBS, VAULT, END),
    "release": (LOG, FIXING, BLOBS, END),
    "destroy": (LOG, FIXING, VAULT, END),
    "upload": (FIXING, VAULT),
}
"""What is done, and just before what: the moments at which it could tear database, publications and vault apart."""


def public_versions(city: Mortal) -> dict[int, str]:
    """Give the state of each version as strangers see it."""
    here = city.home / "public"
    sha = (here / "CURRENT").read_text().strip()
    snapshot = json.loads((here / "snapshots" / sha / "snapshot.json").read_text())
    return {each["version"]: each["state"] for dataset in snapshot["datasets"] for each in dataset["versions"]}


def noted_versions(city: Mortal) -> dict[int, str]:
    """Give the state of each version as the database has it."""
    count = city.one("SELECT count(*) FROM releases_release")
    rows = (city.one(f"SELECT version || ' ' || state FROM releases_release ORDER BY pk LIMIT 1 OFFSET {place}".replace("pk", "id")) for place in range(count))  # fmt: skip
    return {int(version): state for version, state in (row.split() for row in rows)}


@pytest.mark.parametrize(("deed", "moment"), [(deed, each) for deed, moments in MOMENTS.items() for each in moments])
def test_a_backup_made_during_a_deed_restores_to_a_sound_home(city: Mortal, tmp_path: Path, deed: str, moment: str) -> None:  # fmt: skip
    busy, target = Mortal.copy_of(city, tmp_path), tmp_path / "home.tar.zst"
    before = busy.in_vault()
    busy.run(f"from tests.factories import backing\nbacking.back_up_meanwhile({str(target)!r}, {deed!r}, {moment!r})")
    destroyed = before - busy.in_vault()

    checking.check(target, scratch=tmp_path)
    newer = (
        (busy.home / "vault" / "destroyed.log",) if (deed, moment) == ("destroy", END) else ()
    )  # its own was read before
    back, _ = backing.brought_back(target, tmp_path / "back", keys=busy.home / "keys", logs=newer)
    at_once = back.public_fault()
    back.recover()

    wrong = back.wrong()
    assert set(wrong.pop("lost", [])) == destroyed
    assert (at_once, wrong) == ("", {})
    assert public_versions(back) == noted_versions(back)
    assert back.in_vault() & destroyed == set()
    assert back.stranger().plane.publications.current() is not None


def test_withdrawn_bytes_are_not_in_a_backup_that_says_withdrawn(city: Mortal, tmp_path: Path) -> None:
    busy, target = Mortal.copy_of(city, tmp_path), tmp_path / "home.tar.zst"
    busy.run(
        f"from tests.factories import backing\nbacking.back_up_meanwhile({str(target)!r}, 'withdraw', 'public/blobs')"
    )

    back, restored = backing.brought_back(target, tmp_path / "back", keys=busy.home / "keys")

    assert public_versions(back) == {1: "withdrawn"}
    assert [path.name for path in (back.home / "public").rglob("*") if path.parent.name == "blobs"] == []
    assert len([name for name in restored.manifest.files if name.startswith("vault/withdrawn-")]) == 10
