# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a stranger verifies, and every way of doctoring it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacity.engine.proof import keys
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.merkle import Tree, inclusion_proof, leaf_hash
from datacity.engine.proof.public import Use, moment
from datacity.engine.proof.verification import Verification
from datacity.engine.proof.verifying import verify
from datacity.engine.release import Published
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Invalid, Missing
from tests.factories.sealed import AT, City

SQL = "SELECT i AS number, 'x' AS name FROM range(5) r(i)"


@pytest.fixture
def released(city: City) -> Published:
    return city.release(SQL)


@pytest.fixture
def folder(city: City, released: Published) -> Path:
    return city.download(released, "csv", "parquet")


def codes(found: Verification) -> list[tuple[str, bool | None]]:
    return [(check.code, check.holds) for check in found.checks]


WHOLE = [
    ("form", True),
    ("seal", True),
    ("signer", True),
    ("clearance", True),
    ("data", True),
    ("data", True),
    ("absent", None),
]


@pytest.mark.parametrize("thing", ["", "manifest.json", "comptages-v1.csv"])
def test_download_holds_when_the_seal_key_is_trusted(city: City, folder: Path, thing: str) -> None:
    found = verify(folder / thing, trust=[city.folder / "keys" / "seal.pem"])

    one_file = [*WHOLE[:4], ("data", True), ("absent", None)]
    assert (found.kind, found.holds, codes(found)) == ("release", True, one_file if thing.endswith("csv") else WHOLE)


def test_download_without_trust_is_intact_but_does_not_hold(folder: Path) -> None:
    found = verify(folder)

    assert (found.holds, found.intact) == (False, True)
    assert found.first_wrong is not None
    assert found.first_wrong.code == "signer"


def test_download_sealed_by_somebody_else_does_not_hold(folder: Path, tmp_path: Path) -> None:
    stranger = keys.make(tmp_path / "stranger", at=AT)

    found = verify(folder, trust=stranger.trust())

    assert (found.holds, found.intact, found.first_wrong and found.first_wrong.message) == (
        False,
        True,
        "The signer {key} is none of the trusted keys.",
    )


def test_renamed_files_are_known_by_their_hash(city: City, folder: Path) -> None:
    (folder / "comptages-v1.csv").rename(folder / "data.csv")
    (folder / "comptages-v1.parquet").unlink()

    assert verify(folder / "manifest.json", trust=city.trust).holds
    assert verify(folder / "data.csv", trust=city.trust).holds


def test_files_elsewhere_are_named_with_data(city: City, folder: Path) -> None:
    moved = shutil.move(folder / "comptages-v1.csv", city.folder / "elsewhere.csv")
    (folder / "comptages-v1.parquet").unlink()

    alone = verify(folder / "manifest.json", trust=city.trust)

    assert (alone.holds, alone.first_wrong and alone.first_wrong.code) == (False, "data")
    assert verify(folder / "manifest.json", data=Path(moved), trust=city.trust).holds


def _flip(path: Path, place: int = -2) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def _rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical_bytes(value))


def _other_signature(folder: Path) -> None:
    thief = keys.make(folder.parent / "thief", at=AT)
    (folder / "manifest.sig").write_bytes(thief.seal((folder / "manifest.json").read_bytes()).raw)


def _indented(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1))


def _twice_named(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"rows":5', b'"rows":5,"rows":5'))


DOCTORED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a byte of the data": (lambda folder: _flip(folder / "comptages-v1.csv"), "data", "comptages-v1.csv was changed"),
    "a byte of the signature": (
        lambda folder: _flip(folder / "manifest.sig"),
        "seal",
        "The seal does not fit manifest.json",
    ),
    "a short signature": (lambda folder: (folder / "manifest.sig").write_bytes(b"x"), "seal", "The seal does not fit"),
    "a long signature": (
        lambda folder: (folder / "manifest.sig").write_bytes((folder / "manifest.sig").read_bytes() + b"x"),
        "seal",
        "does not fit",
    ),
    "no signature": (
        lambda folder: (folder / "manifest.sig").unlink(),
        "seal",
        "There is no signature beside manifest.json",
    ),
    "a signature by another key": (_other_signature, "seal", "The seal does not fit"),
    "a changed row count": (
        lambda folder: _rewrite(folder / "manifest.json", lambda value: value.update(rows=6)),
        "seal",
        "does not fit",
    ),
    "another spelling of the manifest": (_indented, "form", "not in canonical form"),
    "a name twice in the manifest": (_twice_named, "form", "not in canonical form"),
    "no JSON": (lambda folder: (folder / "manifest.json").write_bytes(b"{"), "form", "not the manifest of a release"),
    "a manifest that is a list": (
        lambda folder: (folder / "manifest.json").write_bytes(b"[]"),
        "form",
        "not the manifest",
    ),
    "a file more": (
        lambda folder: (folder / "more.csv").write_text("a"),
        "data",
        "more.csv is no file of this release",
    ),
    "deep JSON": (lambda folder: (folder / "manifest.json").write_bytes(b"[" * 200_000), "form", "not the manifest"),
}


@pytest.mark.parametrize("what", sorted(DOCTORED))
def test_doctored_download_does_not_hold_and_the_first_wrong_thing_is_named(
    city: City, folder: Path, what: str
) -> None:
    doctor, code, said = DOCTORED[what]
    doctor(folder)

    trusted, alone = verify(folder, trust=city.trust), verify(folder)

    for found in (trusted, alone):
        assert (found.holds, found.intact) == (False, False)
        assert found.first_wrong is not None
        assert found.first_wrong.code == code
        assert said in found.first_wrong.message.format_map(found.first_wrong.values)


def _resealed(city: City, folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    _rewrite(folder / "manifest.json", change)
    (folder / "manifest.sig").write_bytes(city.ring.seal((folder / "manifest.json").read_bytes()).raw)


def _for_another_table(value: dict[str, Any]) -> None:
    value["files"][0]["sha256"] = "0" * 64


@pytest.mark.parametrize(("change", "said"), [
    (lambda value: value["clearance"]["statement"].update(person="Somebody"), "changed after it was signed"),
    (_for_another_table, "for another table"),
    (lambda value: value.update(plan_fingerprint="cd" * 32), "for another plan"),
    (lambda value: value.update(released_at="2027-01-01T00:00:00Z"), "outside the validity"),
    (lambda value: value.update(clearance={}), "not a signed statement"),
])  # fmt: skip
def test_clearance_that_does_not_fit_is_found_even_under_a_good_seal(
    city: City, folder: Path, change: Any, said: str
) -> None:
    _resealed(city, folder, change)

    found = verify(folder, trust=[city.folder / "keys" / "seal.pem"])

    wrong = found.first_wrong
    assert wrong is not None
    assert wrong.code == "clearance"
    assert said in wrong.message.format_map({"kind": "clearance", **wrong.values})


def test_clearance_key_is_checked_where_clearance_keys_are_trusted(city: City, folder: Path, tmp_path: Path) -> None:
    other = keys.make(tmp_path / "other", at=AT)
    trust = [city.ring.key(Use.SEAL), other.key(Use.CLEARANCE)]

    found = verify(folder, trust=trust)

    assert (found.holds, found.first_wrong and found.first_wrong.code) == (False, "clearance_signer")
    assert verify(folder, trust=[city.folder / "keys" / "keys.json"]).holds


def test_whole_store_holds_until_a_blob_changes(city: City, released: Published) -> None:
    before = verify(city.store.root, trust=city.trust)
    path = city.store.local_path(released.blob("xlsx"))
    assert path is not None
    _flip(path)

    after = verify(city.store.root, trust=city.trust)

    assert (before.holds, before.kind) == (True, "store")
    assert after.first_wrong is not None
    assert (
        after.first_wrong.message.format_map(after.first_wrong.values)
        == "comptages-v1.xlsx was changed after it was sealed."
    )


@pytest.mark.parametrize("kind", ["clearance", "receipt"])
def test_statement_holds_with_its_file_and_not_when_either_changed(city: City, tmp_path: Path, kind: str) -> None:
    data = city.table(SQL)
    sealed = city.ring.seal_statement(
        {"datacity": 1, "kind": "receipt", "sha256": sha256_hex(data.read_bytes()), "at": moment(AT)}, at=AT
    )
    signed = city.clear(data) if kind == "clearance" else sealed
    thing = tmp_path / "thing.json"
    thing.write_text(json.dumps(signed, indent=2))

    whole, alone = verify(thing, data=data, trust=city.ring.trust()), verify(thing, data=data)
    _flip(data)
    other_file = verify(thing, data=data, trust=city.ring.trust())
    signed["statement"]["at"] = "2020-01-01T00:00:00Z"
    thing.write_text(json.dumps(signed))
    changed = verify(thing, trust=city.ring.trust())

    assert (whole.kind, whole.holds, alone.holds, alone.intact) == (kind, True, False, True)
    assert [found.first_wrong and found.first_wrong.code for found in (other_file, changed)] == ["data", "signature"]


def test_seal_key_signs_no_clearance(city: City, tmp_path: Path) -> None:
    data = city.table(SQL)
    forged = city.ring.seal_statement(city.clear(data)["statement"], at=AT)
    (tmp_path / "C.json").write_text(json.dumps(forged))

    assert not verify(tmp_path / "C.json", trust=[city.folder / "keys" / "keys.json"]).holds


def _journal(ring: KeyRing, count: int = 9) -> list[dict[str, Any]]:
    tree, chain, lines = Tree(), bytes(32), []
    for position in range(count):
        payload, nonce = {"rows": position}, bytes([position]) * 32
        leaf = {
            "verb": "release.released",
            "position": str(position),
            "payload_digest": sha256_hex(nonce + canonical_bytes(payload)),
        }
        hashed = leaf_hash(canonical_bytes(leaf))
        chain = bytes.fromhex(sha256_hex(chain + hashed))
        tree.append(hashed)
        line = {"position": position, "leaf_hash": hashed.hex(), "chain_hash": chain.hex()}
        if position != 3:
            line |= {"leaf": leaf}
        if position not in (3, 5):
            line |= {"nonce": nonce.hex(), "payload": payload}
        lines.append(line)
    statement = {"datacity": 1, "kind": "checkpoint", "log": "https://valmire.example", "size": count, "root": tree.root.hex(), "chain": chain.hex(),
                 "at": moment(AT)}  # fmt: skip
    return [{"datacity": 1, "kind": "journal", "checkpoint": ring.seal_statement(statement, at=AT)}, *lines]


def _write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(canonical_bytes(line) + b"\n" for line in lines))
    return path


def test_journal_export_holds_with_restricted_and_erased_entries(city: City, tmp_path: Path) -> None:
    found = verify(_write(tmp_path / "journal.jsonl", _journal(city.ring)), trust=city.trust)

    assert (found.kind, found.holds) == ("journal", True)
    assert codes(found) == [("form", True), ("signature", True), ("signer", True), ("root", True), ("erased", None)]


def _drop(lines: list[dict[str, Any]]) -> None:
    del lines[5]


def _swap(lines: list[dict[str, Any]]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


@pytest.mark.parametrize(("change", "said"), [
    (lambda lines: lines[2]["leaf"].update(verb="release.withdrawn"), "Entry 1 was changed"),
    (lambda lines: lines[2]["payload"].update(rows=7), "The details of entry 1 were changed"),
    (lambda lines: lines[2].update(chain_hash="0" * 64), "The chain breaks at entry 1"),
    (lambda lines: lines[4].update(leaf_hash="0" * 64), "The chain breaks at entry 3"),
    (_drop, "Where entry 4 should stand, another stands"),
    (_swap, "Where entry 1 should stand, another stands"),
    (lambda lines: lines.pop(), "counts 9 entries, there are 8"),
    (lambda lines: lines[4].pop("chain_hash"), "Entry 3 cannot be read"),
    (lambda lines: lines[0]["checkpoint"]["statement"].update(size=8), "changed after it was signed"),
    (lambda lines: lines[0].update(checkpoint={}), "no checkpoint that can be read"),
])  # fmt: skip
def test_doctored_journal_names_the_entry(city: City, tmp_path: Path, change: Any, said: str) -> None:
    lines = _journal(city.ring)
    change(lines)

    found = verify(_write(tmp_path / "journal.jsonl", lines), trust=city.trust)

    assert (found.holds, found.intact) == (False, False)
    assert found.first_wrong is not None
    assert said in found.first_wrong.message.format_map(found.first_wrong.values)


def test_published_log_is_verified_by_folder_or_checkpoint(city: City, tmp_path: Path) -> None:
    lines = _journal(city.ring)
    (tmp_path / "log" / "entries").mkdir(parents=True)
    (tmp_path / "log" / "checkpoint.json").write_bytes(canonical_bytes(lines[0]["checkpoint"]))
    _write(tmp_path / "log" / "entries" / "00000000.jsonl", lines[1:5])
    _write(tmp_path / "log" / "entries" / "00000001.jsonl", [*lines[5:], {"position": 9}])

    assert [verify(tmp_path / name, trust=city.trust).holds for name in ("log", "log/checkpoint.json")] == [True, True]
    _write(tmp_path / "log" / "entries" / "00000001.jsonl", lines[6:])
    assert not verify(tmp_path / "log", trust=city.trust).holds


def test_proof_of_inclusion_holds_for_its_entry_only(city: City, tmp_path: Path) -> None:
    lines = _journal(city.ring)
    leaves = [bytes.fromhex(line["leaf_hash"]) for line in lines[1:]]
    proof = {"datacity": 1, "kind": "inclusion", "position": 4, "leaf_hash": leaves[4].hex(),
             "path": [each.hex() for each in inclusion_proof(4, leaves)], "checkpoint": lines[0]["checkpoint"]}  # fmt: skip

    held = [verify(_write(tmp_path / "proof.json", [{**proof, **change}]), trust=city.trust).holds
            for change in ({}, {"position": 5}, {"leaf_hash": leaves[5].hex()}, {"path": []}, {"checkpoint": 7})]  # fmt: skip

    assert held == [True, False, False, False, False]


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", "{}", '{"kind": "poem"}', "[1]"])
def test_thing_that_is_nothing_of_ours_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "thing").write_text(content)

    with pytest.raises(Invalid, match="nothing that can be verified alone"):
        verify(tmp_path / "thing")
    with pytest.raises(Missing, match="no file"):
        verify(tmp_path / "gone")
    with pytest.raises(Invalid, match="holds 0 manifests"):
        verify(tmp_path)


def test_verifying_needs_neither_django_nor_a_database(folder: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('django', 'duckdb', 'pyarrow', 'numpy', 'pandas', 'ibis'): sys.modules[name] = None\n"
        "from datacity.engine.cli import main\n"
        f"code = main(['verify', {str(folder)!r}, '--json', '-', '--language', 'en'])\n"
        "sys.exit(code)"
    )

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (answer.returncode, json.loads(answer.stdout)["intact"]) == (1, True)
