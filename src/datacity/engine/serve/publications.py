# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is published now: datasets, their versions, and the tombstones of what was withdrawn.

Read only through `release.current`, which verifies the seal of the snapshot with the trusted keys; what does not verify
is not served. A publication that stops verifying leaves the last good one in place and is logged.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from datacity.engine.ports.store import Store
from datacity.engine.serve.odsql.schema import Column, Kind
from datacity.engine.serve.refusals import NotVerified, Withdrawn
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Missing, Refusal
from datacity.kernel.words import Words

_LOOK_EVERY_SECONDS = 1.0
_log = logging.getLogger(__name__)

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media type by file ending; others are sent as application/octet-stream."""


@dataclass(frozen=True)
class PublishedFile:
    """A frozen file of a version: its name, bytes, SHA-256 and the name of its blob in the store."""

    name: str
    size: int
    sha256: str

    @property
    def blob(self) -> str:
        """Give its name in the store."""
        return f"blobs/{self.sha256}"

    @property
    def media_type(self) -> str:
        """Give the media type its ending stands for."""
        return MEDIA_TYPES.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


@dataclass(frozen=True)
class Version:
    """A released version: manifest as sealed, its bytes' SHA-256, its files by name."""

    slug: str
    number: int
    manifest: Mapping[str, Any]
    manifest_bytes: bytes
    signature: bytes
    sha256: str
    files: Mapping[str, PublishedFile]
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """Give the number of rows of the table."""
        return int(self.manifest["rows"])

    @property
    def table(self) -> PublishedFile:
        """Give the Parquet file that questions are put to."""
        return next(each for each in self.files.values() if each.name.endswith(".parquet"))

    def label(self, column: str, language: str) -> str:
        """Give what people read above a column; its technical name when nobody wrote a label."""
        for each in self.manifest["columns"]:
            if each["name"] == column:
                return in_language(each.get("label"), language) or column
        return column

    def words(self, key: str, language: str) -> str:
        """Give a text of the manifest in this language, or in the other."""
        return in_language(self.manifest.get(key), language)


@dataclass(frozen=True)
class Tombstone:
    """What remains of a withdrawn version: when, by which capacity, on which ground, why."""

    slug: str
    number: int
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """One snapshot: versions by dataset, newest last, and tombstones. sha256 names the snapshot, "" for an empty store."""

    sha256: str = ""
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    tombstones: Mapping[tuple[str, int], Tombstone] = field(default_factory=dict)

    def datasets(self) -> list[Version]:
        """Give the newest version of every dataset, by slug."""
        return [self.versions[slug][-1] for slug in sorted(self.versions)]

    def version(self, slug: str, number: int | None = None) -> Version:
        """Give a version, the newest without number. Raises Withdrawn with the reason, or Missing."""
        found = self.versions.get(slug, ())
        if number is None and found:
            return found[-1]
        for each in found:
            if each.number == number:
                return each
        stones = [stone for key, stone in self.tombstones.items() if key[0] == slug and number in (None, key[1])]
        if stones:
            raise withdrawn(max(stones, key=lambda stone: stone.number))
        if found:
            raise Missing(
                "serve.no_version",
                "The dataset {slug} has no version {number}; it has {known}.",
                slug=slug,
                number=number,
                known=", ".join(str(each.number) for each in found),
            )
        raise Missing("serve.no_dataset", "There is no dataset {slug}.", slug=slug[:80])


def withdrawn(stone: Tombstone) -> Withdrawn:
    """Give the refusal that says why a version is gone."""
    reason = in_language(stone.content.get("reason"), "en")
    return Withdrawn(
        "serve.withdrawn",
        "Version {number} of {slug} was withdrawn on {day}. Reason: {reason}",
        number=stone.number,
        slug=stone.slug,
        day=str(stone.content.get("at", ""))[:10],
        reason=reason,
        ground=str(stone.content.get("ground", "")),
    )


def in_language(value: object, language: str) -> str:
    """Give a text kept in one or two languages; "" when there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and any(str(text).strip() for text in value.values()):
        return Words.of({str(key): str(text) for key, text in value.items()}).within(language)
    return ""


def version_of(manifest: Mapping[str, Any], sha256: str, signature: bytes) -> Version:
    """Read a verified manifest."""
    files = [PublishedFile(str(each["name"]), int(each["bytes"]), str(each["sha256"])) for each in manifest["files"]]
    columns = tuple(
        Column(str(each["name"]), Kind(each["type"]), in_language(each.get("label"), "fr") or str(each["name"]))
        for each in manifest["columns"]
    )
    return Version(
        slug=str(manifest["slug"]),
        number=int(manifest["version"]),
        manifest=manifest,
        manifest_bytes=canonical_bytes(dict(manifest)),
        signature=signature,
        sha256=sha256,
        files={each.name: each for each in files},
        columns=columns,
    )


class Publications:
    """The current catalogue, read again when `CURRENT` changes."""

    def __init__(
        self, store: Store, load: Callable[[], Catalogue], *, look_every_seconds: float = _LOOK_EVERY_SECONDS
    ) -> None:
        """Take the store, and how a verified catalogue is read from it; nothing is read yet."""
        self._store = store
        self._load = load
        self._every = look_every_seconds
        self._lock = Lock()
        self._looked = float("-inf")
        self._mark: bytes | None = None
        self._refused: bytes | None = None
        self._catalogue: Catalogue | None = None

    def current(self) -> Catalogue:
        """Give the catalogue. Raises NotVerified when nothing verified was ever read and what is there does not verify."""
        with self._lock:
            if time.monotonic() - self._looked >= self._every or self._catalogue is None:
                self._look()
            if self._catalogue is None:
                raise NotVerified(
                    "serve.not_verified", "The publications do not verify with the trusted keys; nothing is served."
                )
            return self._catalogue

    def _look(self) -> None:
        self._looked = time.monotonic()
        mark = self._store.get("CURRENT") if self._store.exists("CURRENT") else b""
        if mark == self._mark:
            return
        try:
            self._catalogue = self._load() if mark else Catalogue()
            self._mark = mark
        except Refusal as refusal:
            # the last good snapshot stays in place and the next look tries again; the operator sees why, once
            if mark != self._refused:
                _log.error("The snapshot named by CURRENT is not served: %s", refusal)
            self._refused = mark


def local_file(store: Store, file: PublishedFile) -> Path:
    """Give the path of a frozen file on this machine. Raises Missing when the store keeps no file here."""
    path = store.local_path(file.blob)
    if path is None:
        raise Missing("serve.not_local", "The bytes of {name} are not on this machine.", name=file.name)
    return path
