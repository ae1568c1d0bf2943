# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Release: a cleared table becomes a frozen, sealed, numbered version."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datacity.engine.ports import Store
from datacity.engine.proof.clearances import Cleared, check_clearance
from datacity.engine.proof.hashes import Digest, digest_file
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Use
from datacity.engine.release.details import ReleaseDetails
from datacity.engine.release.differences import difference
from datacity.engine.release.formats import write_formats
from datacity.engine.release.manifest import Frozen, Place, manifest, stated
from datacity.engine.release.publishing import Press, publish, put_blob, put_manifest, with_version
from datacity.engine.release.snapshots import Published, Snapshot, State, current
from datacity.engine.release.tables import Table, inspect
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Conflict

_TRIES = 50


def _silent(done: int, total: int, note: str = "", /, **values: int) -> None:
    """Show nothing."""


def freeze(
    table: Path, details: ReleaseDetails, clearance: Mapping[str, Any], report: Mapping[str, Any], *, keys: KeyRing, store: Store, at: datetime,
    scratch: Path | None = None, progress: Callable[..., None] = _silent,
) -> Published:  # fmt: skip
    """Release the table as the next version of its dataset, and give it.

    progress: told done, total, a note and the values of its places. table: the cleared Parquet file. clearance: signed by `KeyRing.clear` of the same keys. report: the gate's report, JSON values.
    Idempotent: a clearance releases once; asked again with it, the version it made is given, and a first try that was interrupted anywhere
    left nothing visible and is done over. Two processes at once get consecutive versions.
    Raises Invalid for a table or details that cannot be frozen; Forbidden, Conflict for a clearance that does not let this table leave
    (see `check_clearance`), was used for other details, or whose release was withdrawn. Then nothing visible changed.
    """
    trust = keys.trust(Use.SEAL)
    digest = digest_file(table)
    before = current(store, trust)
    done = _released_by(before, clearance)
    if done is not None:
        return _same_again(done, details, digest)
    check_clearance(clearance, Cleared(digest.sha256, details.plan_fingerprint), at=at, trust=keys.trust(Use.CLEARANCE))
    checked = inspect(table, details)
    press = Press(store, keys, at, scratch)
    with TemporaryDirectory(dir=scratch) as folder:
        frozen = _write(checked, report, store, Path(folder), progress)
        for _ in range(_TRIES):
            fresh = _version(press, before, details, frozen, clearance)
            if publish(press, before, with_version(before, fresh)) is not None:
                return fresh
            before = current(store, trust)
            done = _released_by(before, clearance)
            if done is not None:
                return _same_again(done, details, digest)
    raise Conflict(
        "release.crowded",
        "Others release at the same time; {tries} tries did not get through.",
        hint="Try again.",
        tries=_TRIES,
    )


def _write(
    table: Table, report: Mapping[str, Any], store: Store, folder: Path, progress: Callable[..., None]
) -> Frozen:
    """Write every form and keep it as a blob."""
    files, omitted = write_formats(table, folder, progress=progress)
    digests = {}
    for form, path in files.items():
        digests[form] = table.digest if path == table.path else digest_file(path)
        put_blob(store, digests[form].sha256, digests[form].bytes, path)
    data = canonical_bytes(dict(report))
    put_blob(store, sha256_hex(data), len(data), data)
    return Frozen(table, digests, omitted, Digest(sha256_hex(data), len(data)))


def _version(
    press: Press, before: Snapshot, details: ReleaseDetails, frozen: Frozen, clearance: Mapping[str, Any]
) -> Published:
    """Seal the manifest of the next version, with its difference to the newest one that stands."""
    versions = before.datasets.get(details.slug, ())
    place = Place(len(versions) + 1, versions[-1].sha256 if versions else "", press.at)
    fresh = put_manifest(
        press, manifest(details, frozen, clearance, place=place, key=press.keys.key(Use.SEAL, at=press.at))
    )
    older = before.latest(details.slug)
    return replace(fresh, difference=_difference(press, older, fresh, frozen.table.path)) if older else fresh


def _difference(press: Press, older: Published, fresh: Published, table: Path) -> Mapping[str, Any]:
    columns = (older.manifest["columns"], fresh.manifest["columns"])
    with _local(press, older.blob("parquet")) as path, TemporaryDirectory(dir=press.scratch) as spill:
        found = difference(path, table, columns=columns, key=fresh.manifest["key"], scratch=Path(spill))
    return {"to": older.version, **found}


@contextmanager
def _local(press: Press, name: str) -> Iterator[Path]:
    path = press.store.local_path(name)
    if path is not None:
        yield path
        return
    with TemporaryDirectory(dir=press.scratch) as folder:
        copy = Path(folder) / "older.parquet"
        with press.store.open(name) as data, copy.open("wb") as out:
            while piece := data.read(1 << 20):
                out.write(piece)
        yield copy


def _released_by(snapshot: Snapshot, clearance: Mapping[str, Any]) -> Published | None:
    signature = clearance.get("signature")
    return next(
        (each for each in snapshot.all_versions() if each.manifest["clearance"]["signature"] == signature), None
    )


def _same_again(done: Published, details: ReleaseDetails, digest: Digest) -> Published:
    if done.state is State.WITHDRAWN:
        raise Conflict(
            "release.withdrawn",
            "This clearance released version {version} of {slug}, which was withdrawn.",
            hint="Ask for a new clearance.",
            version=done.version,
            slug=done.slug,
        )
    same = {name: done.manifest[name] for name in stated(details)} == stated(details) and done.slug == details.slug
    if not same or done.blob("parquet") != f"blobs/{digest.sha256}":
        raise Conflict(
            "release.used",
            "This clearance has already released version {version} of {slug}, with other details.",
            hint="A clearance releases once; ask for a new one.",
            version=done.version,
            slug=done.slug,
        )
    return done
