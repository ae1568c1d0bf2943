# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Keys on disk, seals that openssl verifies, successors, and secrets that do not leak."""

import json
import pickle
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datacity.engine.proof import keys
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import PublicKey, Trust, Use
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = AT + timedelta(days=300)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return keys.make(tmp_path / "keys", at=AT, years=1)


def openssl_verifies(pem: Path, data: Path, signature: Path) -> bool:
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", pem, "-in", data, "-sigfile", signature]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_seal_is_what_openssl_verifies(ring: KeyRing, tmp_path: Path) -> None:
    data, signature = tmp_path / "manifest.json", tmp_path / "manifest.sig"
    data.write_bytes(canonical_bytes({"b": 1, "a": "é"}))
    signature.write_bytes(ring.seal(data.read_bytes(), at=AT).raw)

    held = openssl_verifies(tmp_path / "keys" / "seal.pem", data, signature)
    by_the_other_key = openssl_verifies(tmp_path / "keys" / "clearance.pem", data, signature)
    data.write_bytes(data.read_bytes().replace(b"1", b"2"))

    assert (held, by_the_other_key, openssl_verifies(tmp_path / "keys" / "seal.pem", data, signature)) == (
        True,
        False,
        False,
    )


def test_key_id_is_the_beginning_of_the_hash_of_the_raw_key(ring: KeyRing, tmp_path: Path) -> None:
    seal = ring.key(Use.SEAL)

    assert seal.id == sha256_hex(seal.raw)[:16]
    assert PublicKey.from_pem((tmp_path / "keys" / f"seal-{seal.id}.pem").read_text()).raw == seal.raw
    assert ring.as_dict() == json.loads((tmp_path / "keys" / "keys.json").read_text())


def test_private_files_are_closed_to_others(ring: KeyRing, tmp_path: Path) -> None:
    modes = {
        path.name.partition("-")[0]: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").glob("*.key")
    }

    assert modes == {"seal": 0o600, "clearance": 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_private_file_that_others_read_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    next((tmp_path / "keys").glob("seal-*.key")).chmod(0o644)

    with pytest.raises(Forbidden, match="Others can read"):
        KeyRing.load(tmp_path / "keys")


def test_ring_shows_no_secret(ring: KeyRing, tmp_path: Path) -> None:
    secrets = [path.read_text().splitlines()[1] for path in (tmp_path / "keys").glob("*.key")]
    shown = repr(ring) + str(ring) + json.dumps(ring.as_dict()) + repr(ring.public)

    assert [secret for secret in secrets if secret in shown] == []
    with pytest.raises(Forbidden, match="not copied"):
        pickle.dumps(ring)


def test_making_keys_twice_is_refused_and_keeps_the_first(ring: KeyRing, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="has keys already"):
        keys.make(tmp_path / "keys", at=AT)
    assert KeyRing.load(tmp_path / "keys").public == ring.public


def test_key_swapped_for_another_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    keys.make(tmp_path / "other", at=AT)
    shutil.copy(next((tmp_path / "other").glob("seal-*.key")), next((tmp_path / "keys").glob("seal-*.key")))

    with pytest.raises(Invalid, match="belongs to another key"):
        KeyRing.load(tmp_path / "keys")


def test_successor_is_trusted_through_its_predecessor(ring: KeyRing, tmp_path: Path) -> None:
    renewed = keys.renew(tmp_path / "keys", Use.SEAL, at=LATER)
    old, new = [key for key in renewed.public if key.use == Use.SEAL]
    trust = Trust.of([tmp_path / "keys" / f"seal-{old.id}.pem"])

    assert renewed.key(Use.SEAL, at=LATER) == new
    assert trust.find(new, use=Use.SEAL) is None
    assert trust.extended(renewed.public).find(new, use=Use.SEAL) == new


def test_forged_successor_is_not_trusted(ring: KeyRing, tmp_path: Path) -> None:
    thief = keys.make(tmp_path / "thief", at=AT)
    keys.renew(tmp_path / "thief", Use.SEAL, at=LATER)
    stolen = KeyRing.load(tmp_path / "thief").public[-1]
    forged = PublicKey(
        stolen.raw, "seal", stolen.valid_from, stolen.valid_until, ring.key(Use.SEAL).id, stolen.endorsement
    )

    extended = ring.trust().extended([forged, *thief.public])

    assert extended == ring.trust()


def test_clearance_key_endorses_no_seal_key(ring: KeyRing, tmp_path: Path) -> None:
    renewed = keys.renew(tmp_path / "keys", Use.CLEARANCE, at=LATER)
    newest = renewed.public[-1]
    trust = Trust(frozenset([ring.key(Use.SEAL)]))

    assert trust.extended(renewed.public).find(newest, use=Use.SEAL) is None
    assert trust.extended(renewed.public).find(newest, use=Use.CLEARANCE) is None


def test_expired_key_neither_seals_nor_endorses(ring: KeyRing, tmp_path: Path) -> None:
    too_late = AT + timedelta(days=400)

    with pytest.raises(Conflict, match="No seal key is valid now"):
        ring.seal(b"data", at=too_late)
    with pytest.raises(Conflict, match="No seal key is valid now"):
        keys.renew(tmp_path / "keys", Use.SEAL, at=too_late)
    assert len(KeyRing.load(tmp_path / "keys").public) == 2


@pytest.mark.parametrize("years", [0, 21, -1])
def test_validity_outside_of_its_bounds_is_refused(tmp_path: Path, years: int) -> None:
    with pytest.raises(Invalid, match="1 to 20 years"):
        keys.make(tmp_path / "keys", at=AT, years=years)
    with pytest.raises(Missing, match="no keys"):
        KeyRing.load(tmp_path / "keys")


def test_trust_reads_pem_list_and_hexadecimal(ring: KeyRing, tmp_path: Path) -> None:
    seal = ring.key(Use.SEAL)
    folder = tmp_path / "keys"

    found = [
        Trust.of([source]).find(seal, use=Use.SEAL) is not None
        for source in (folder / "seal.pem", folder / "keys.json", seal.raw.hex(), seal)
    ]

    assert found == [True, True, True, True]
    assert Trust.of([folder / "keys.json"]).find(seal, use=Use.CLEARANCE) is None


@pytest.mark.parametrize(
    "content",
    ["", "no key", "{}", '{"keys": [{"public": "ab"}]}', "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"],
)
def test_trust_refuses_a_file_without_key(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(Invalid):
        Trust.of([tmp_path / "key"])
    with pytest.raises(Missing, match="no key file"):
        Trust.of([tmp_path / "gone"])
