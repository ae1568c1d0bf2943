# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Verify a thing that was downloaded: whatever it is, off-line, from its own bytes and the keys the reader trusts."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from datacity.engine.proof.checks.journals import verify_inclusion_file, verify_journal, verify_log
from datacity.engine.proof.checks.reading import MOST_BYTES, parse_json, read_json
from datacity.engine.proof.checks.releases import data_in, manifests_in, verify_release
from datacity.engine.proof.checks.statements import KINDS, verify_statement
from datacity.engine.proof.checks.stores import verify_store
from datacity.engine.proof.public import PublicKey, Trust
from datacity.engine.proof.verification import Verification
from datacity.kernel.errors import Invalid, Missing


def verify(
    thing: Path, *, data: Path | Sequence[Path] | None = None, trust: Trust | Iterable[Path | str | PublicKey] = ()
) -> Verification:
    """Give every check of the thing, and whether all hold.

    thing: the manifest of a release, a data file beside its manifest, a folder with both, a store (the folder with `CURRENT`), a published log
    (the folder with `checkpoint.json`, or that file), a clearance, a deposit receipt, a journal export, a proof of inclusion, or a
    certificate of optimality.
    data: files to compare with what the thing says. trust: keys; without any, the signer stays unchecked and the whole does not hold.
    Raises Missing when the thing is not there, Invalid when it is nothing that can be verified; a changed thing is no refusal but a failed check.
    """
    files = [data] if isinstance(data, Path) else list(data or ())
    for path in (thing, *files):
        if not path.exists():
            raise Missing("verify.none", "There is no file {name}.", name=str(path))
    trusted = Trust.of(trust)
    return _verify_folder(thing, files, trusted) if thing.is_dir() else _verify_file(thing, files, trusted)


def _verify_folder(folder: Path, data: Sequence[Path], trust: Trust) -> Verification:
    if (folder / "CURRENT").is_file():
        return verify_store(folder, trust=trust)
    if (folder / "checkpoint.json").is_file() and (folder / "entries").is_dir():
        return verify_log(folder, trust=trust)
    manifests = manifests_in(folder)
    if len(manifests) != 1:
        raise Invalid(
            "verify.folder",
            "The folder {name} holds {count} manifests; one is expected.",
            hint="Name the manifest itself.",
            name=folder.name,
            count=len(manifests),
        )
    return verify_release(manifests[0], data=list(data) or data_in(folder, manifests[0]), trust=trust)


def _verify_file(path: Path, data: Sequence[Path], trust: Trust) -> Verification:
    value = read_json(path) if path.stat().st_size <= MOST_BYTES else None
    if isinstance(value, dict):
        found = _verify_value(path, value, data, trust)
        if found is not None:
            return found
    if _first_line_kind(path) == "journal":
        return verify_journal(path, trust=trust)
    if path.name == "manifest.json" or path.with_suffix(".sig").is_file():
        return verify_release(path, data=data, trust=trust)
    for manifest in manifests_in(path.absolute().parent):
        if manifest != path.absolute():
            return verify_release(manifest, data=[path.absolute(), *data], trust=trust)
    raise Invalid(
        "verify.unknown",
        "{name} is nothing that can be verified alone.",
        name=path.name,
        hint="For a data file, put manifest.json and manifest.sig of its release beside it.",
    )


def _verify_value(path: Path, value: dict[str, Any], data: Sequence[Path], trust: Trust) -> Verification | None:
    statement = value.get("statement")
    kind = statement.get("kind") if isinstance(statement, dict) else value.get("kind")
    if kind == "checkpoint" and path.name == "checkpoint.json" and (path.parent / "entries").is_dir():
        return verify_log(path.parent, trust=trust)
    if kind in KINDS and statement is not None:
        return verify_statement(value, kind, data=data, trust=trust)
    if kind == "inclusion":
        return verify_inclusion_file(value, trust=trust)
    if kind == "release":
        return verify_release(path, data=data, trust=trust)
    if kind == "optimality":
        from datacity.engine.proof.checks.optimality import (
            verify_optimality,  # loads NumPy and Arrow, which nothing else here needs
        )

        return verify_optimality(value, data=data)
    return None


def _first_line_kind(path: Path) -> str:
    with path.open("rb") as lines:
        head = parse_json(lines.readline(1 << 20))
    return str(head.get("kind", "")) if isinstance(head, dict) else ""
