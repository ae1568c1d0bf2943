# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A release: manifest, seal, clearance, and the data files beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacity.engine.proof.checks.reading import is_canonical, parse_json
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.public import PublicKey, Trust, Use
from datacity.engine.proof.statements import read_signer, read_statement
from datacity.engine.proof.verification import (
    CLEARANCE_SIGNER,
    Check,
    Verification,
    check_signer,
    failed,
    passed,
    remark,
)
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Refusal
from datacity.kernel.words import msg

_MOST_BYTES = 16 << 20
DATA_ENDINGS = (".parquet", ".csv", ".json", ".xlsx")


@dataclass(frozen=True)
class Sealed:
    """A manifest as found: where, its bytes and value, and the signature beside it (b"" when there is none)."""

    path: Path
    data: bytes
    value: Any
    signature: bytes

    @classmethod
    def read(cls, path: Path) -> "Sealed":
        """Read a manifest and its signature: the file of the same name ending in .sig, or the same name and .sig."""
        data = path.read_bytes()
        beside = [each for each in (path.with_suffix(".sig"), path.with_name(path.name + ".sig")) if each.is_file()]
        return cls(path, data, parse_json(data), beside[0].read_bytes()[:65] if beside else b"")


def verify_release(manifest: Path, *, data: Sequence[Path], trust: Trust) -> Verification:
    """Verify a manifest with its signature, and data files: those given, else those found beside it or in the store it lies in."""
    sealed = Sealed.read(manifest)
    checks = manifest_checks(sealed, trust)
    if any(check.holds is False for check in checks if check.code in {"form", "seal"}):
        return Verification("release", tuple(checks))
    checks += clearance_checks(sealed.value, trust)
    files = list(data) or _beside(sealed)
    checks += file_checks(sealed.value, files)
    return Verification("release", tuple(checks))


def manifest_checks(sealed: Sealed, trust: Trust) -> list[Check]:
    """Check form and seal of a manifest, and who sealed it."""
    name, value = sealed.path.name, sealed.value
    if not _is_manifest(value):
        return [failed("form", msg("{name} is not the manifest of a release."), name=name)]
    if not is_canonical(sealed.data, value):
        return [failed("form", msg("{name} is not in canonical form: it was changed after it was sealed."), name=name)]
    checks = [
        passed(
            "form",
            msg("{name} is the manifest of {slug}, version {version}."),
            name=name,
            slug=value["slug"],
            version=value["version"],
        )
    ]
    return checks + seal_checks(name, sealed, trust, at=str(value["released_at"]))


def seal_checks(name: str, sealed: Sealed, trust: Trust, *, at: str) -> list[Check]:
    """Check the detached signature over the bytes, and the signer."""
    if not sealed.signature:
        return [failed("seal", msg("There is no signature beside {name}."), name=name)]
    try:
        signer: PublicKey = read_signer(sealed.value.get("sealed_by"))
    except Refusal as refusal:
        return [failed("seal", refusal.message, **refusal.values)]
    if not signer.signed(sealed.signature, sealed.data):
        return [failed("seal", msg("The seal does not fit {name}: one of the two was changed."), name=name)]
    return [passed("seal", msg("The seal fits {name}."), name=name), check_signer(signer, trust, use=Use.SEAL, at=at)]


def clearance_checks(manifest: Mapping[str, Any], trust: Trust) -> list[Check]:
    """Check that the clearance in the manifest is signed, and is for this table, this plan and that day."""
    try:
        clearance = read_statement(manifest["clearance"], "clearance")
    except Refusal as refusal:
        return [failed("clearance", refusal.message, **refusal.values)]
    if not clearance.is_signed:
        return [failed("clearance", msg("The clearance in the manifest was changed after it was signed."))]
    tables = [each["sha256"] for each in manifest["files"] if each["format"] == "parquet"]
    if tables != [clearance.text("table")]:
        return [failed("clearance", msg("The clearance is for another table than the Parquet file of the release."))]
    if clearance.text("plan") != manifest["plan_fingerprint"]:
        return [failed("clearance", msg("The clearance is for another plan than the one of the release."))]
    if not clearance.text("at") <= manifest["released_at"] <= clearance.text("valid_until"):
        return [
            failed(
                "clearance",
                msg("The release of {at} lies outside the validity of its clearance."),
                at=manifest["released_at"],
            )
        ]
    checks = [
        passed(
            "clearance",
            msg("Cleared by {person}, {capacity}, on {at}: for this table and this plan."),
            person=clearance.text("person"),
            capacity=clearance.text("capacity"),
            at=clearance.text("at"),
        )
    ]
    known = [key for key in trust.keys if key.use == Use.CLEARANCE]
    if known and trust.find(clearance.signer, use=Use.CLEARANCE) is None:
        checks.append(
            failed(
                CLEARANCE_SIGNER,
                msg("The clearance is signed by {key}, none of the trusted clearance keys."),
                key=clearance.signer.id,
            )
        )
    return checks


def file_checks(manifest: Mapping[str, Any], files: Iterable[Path]) -> list[Check]:
    """Check every file against the manifest: by its SHA-256, whatever its name."""
    listed = {each["sha256"]: each for each in manifest["files"]}
    by_name = {each["name"]: each for each in manifest["files"]}
    checks: list[Check] = []
    for path in sorted(files):
        found = digest_file(path)
        entry, named = listed.get(found.sha256), by_name.get(path.name)
        if entry is not None:
            checks.append(
                passed(
                    "data", msg("{name} is the {format} file of the release."), name=path.name, format=entry["format"]
                )
            )
        elif named is not None:
            checks.append(
                failed(
                    "data",
                    msg("{name} was changed: its SHA-256 begins with {found}, sealed is {stated}."),
                    name=path.name,
                    found=found.sha256[:16],
                    stated=named["sha256"][:16],
                )
            )
        else:
            checks.append(failed("data", msg("{name} is no file of this release, or was changed."), name=path.name))
    if not checks:
        checks.append(
            failed(
                "data",
                msg(
                    "No data file of the release was there to check: put one beside the manifest, or name it with --data."
                ),
            )
        )
    absent = [each["name"] for each in manifest["files"] if each["format"] != "report" and not _was_seen(each, checks)]
    return (
        [*checks, remark("absent", msg("Not here, not checked: {names}."), names=", ".join(absent))]
        if absent
        else checks
    )


def manifest_hash(sealed: Sealed) -> str:
    """Give the SHA-256 by which snapshots and later versions name this manifest."""
    return sha256_hex(sealed.data)


def manifests_in(folder: Path) -> list[Path]:
    """Give the files of a folder that are manifests of releases; `manifest.json` counts whatever it holds."""
    return [path for path in sorted(folder.glob("*.json")) if path.name == "manifest.json" or _may_be_manifest(path)]


def data_in(folder: Path, manifest: Path) -> list[Path]:
    """Give the files of a folder that look like data of a release."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in DATA_ENDINGS and path != manifest
    ]


def _may_be_manifest(path: Path) -> bool:
    return path.stat().st_size < _MOST_BYTES and _is_manifest(parse_json(path.read_bytes()))


def _is_manifest(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("datacity") != 1 or value.get("kind") != "release":
        return False
    files = value.get("files")
    texts = all(isinstance(value.get(name), str) for name in ("slug", "released_at", "plan_fingerprint"))
    return (
        texts
        and "version" in value
        and "clearance" in value
        and isinstance(files, list)
        and all(
            isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ("name", "format", "sha256"))
            for each in files
        )
    )


def _beside(sealed: Sealed) -> list[Path]:
    """Give the data files beside a manifest: those of a listed name or size, or called data; in a store, its blobs."""
    folder = sealed.path.absolute().parent
    blobs = folder.parent / "blobs"
    if folder.name == "manifests" and blobs.is_dir():
        return [path for each in sealed.value["files"] if (path := blobs / each["sha256"]).is_file()]
    names, sizes = (
        {each["name"] for each in sealed.value["files"]},
        {each.get("bytes") for each in sealed.value["files"]},
    )
    return [
        path
        for path in data_in(folder, sealed.path.absolute())
        if path.name in names or path.stat().st_size in sizes or path.stem == "data"
    ]


def _was_seen(entry: Mapping[str, Any], checks: Iterable[Check]) -> bool:
    return any(
        check.code == "data" and check.holds and check.values.get("format") == entry["format"] for check in checks
    )
