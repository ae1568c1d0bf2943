# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A whole folder of publications: the current snapshot and everything it names."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from datacity.engine.proof.checks.journals import verify_log
from datacity.engine.proof.checks.reading import parse_json
from datacity.engine.proof.checks.releases import Sealed, clearance_checks, manifest_checks, seal_checks
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.public import Trust, listed_keys
from datacity.engine.proof.verification import CLEARANCE_SIGNER, SIGNER, Check, Verification, failed, passed
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Refusal
from datacity.kernel.words import msg


def verify_store(root: Path, *, trust: Trust) -> Verification:
    """Verify CURRENT, its snapshot, search index, manifests, tombstones and blobs; the log too when there is one."""
    trust = _extended(root, trust)
    sha = (root / "CURRENT").read_bytes()[:100].decode("ascii", errors="replace").strip()
    if not (len(sha) == 64 and sha.isalnum() and (root / "snapshots" / sha / "snapshot.json").is_file()):
        return Verification("store", (failed("current", msg("CURRENT names a snapshot that is not there.")),))
    sealed = Sealed.read(root / "snapshots" / sha / "snapshot.json")
    if sha256_hex(sealed.data) != sha or not isinstance(sealed.value, dict) or sealed.value.get("kind") != "snapshot":
        return Verification("store", (failed("current", msg("The snapshot is not the one that CURRENT names.")),))
    checks = [
        passed(
            "current",
            msg("CURRENT names snapshot {number} of {at}."),
            number=sealed.value["number"],
            at=sealed.value["at"],
        )
    ]
    checks += seal_checks("snapshot.json", sealed, trust, at=str(sealed.value["at"]))
    if any(check.code == "seal" and not check.holds for check in checks):
        return Verification("store", tuple(checks))
    checks.append(_file_check(sealed.path.with_name("search.sqlite3"), sealed.value["search"]))
    for dataset in sealed.value["datasets"]:
        for version in dataset["versions"]:
            checks += _version_checks(root, version, trust)
    if (root / "log" / "checkpoint.json").is_file():
        checks += verify_log(root / "log", trust=trust).checks
    return Verification("store", tuple(checks))


def _extended(root: Path, trust: Trust) -> Trust:
    listed = root / "keys" / "keys.json"
    try:
        return trust.extended(listed_keys(parse_json(listed.read_bytes()))) if trust and listed.is_file() else trust
    except Refusal:
        return trust


def _version_checks(root: Path, version: Mapping[str, Any], trust: Trust) -> Iterator[Check]:
    path = root / "manifests" / f"{version['manifest']}.json"
    if not path.is_file() or sha256_hex(path.read_bytes()) != version["manifest"]:
        yield failed(
            "manifest", msg("The manifest {name} is not there or was changed."), name=str(version["manifest"])[:16]
        )
        return
    sealed = Sealed.read(path)
    for check in (*manifest_checks(sealed, trust), *clearance_checks(sealed.value, trust)):
        if check.holds is False and check.code not in (SIGNER, CLEARANCE_SIGNER):
            yield check
    yield from _tombstone_checks(root, version)
    standing = version["state"] != "withdrawn"
    wrong = [check for check in _blob_checks(root, sealed.value, standing=standing) if not check.holds]
    yield from wrong
    if not wrong:
        said = (
            msg("{slug}, version {version}: every file as sealed.")
            if standing
            else msg("{slug}, version {version}: withdrawn.")
        )
        yield passed("version", said, slug=sealed.value["slug"], version=sealed.value["version"])


def _tombstone_checks(root: Path, version: Mapping[str, Any]) -> Iterator[Check]:
    if "tombstone" not in version:
        return
    path = root / "tombstones" / f"{version['tombstone']}.json"
    if not path.is_file() or sha256_hex(path.read_bytes()) != version["tombstone"]:
        yield failed(
            "tombstone", msg("The tombstone {name} is not there or was changed."), name=str(version["tombstone"])[:16]
        )


def _blob_checks(root: Path, manifest: Mapping[str, Any], *, standing: bool) -> Iterator[Check]:
    if standing:
        yield from (_file_check(root / "blobs" / each["sha256"], each) for each in manifest["files"])


def _file_check(path: Path, stated: Mapping[str, Any]) -> Check:
    name = str(stated.get("name", path.name))
    if not path.is_file():
        return failed("file", msg("{name} is not there."), name=name)
    if digest_file(path).sha256 != stated["sha256"]:
        return failed("file", msg("{name} was changed after it was sealed."), name=name)
    return passed("file", msg("{name} is as sealed."), name=name)
