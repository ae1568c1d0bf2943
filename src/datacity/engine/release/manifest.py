# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The manifest: everything a stranger must know of a version, in one canonical JSON value under one seal.

datacity 1 · kind "release" · slug · version (1, 2, …) · title, description, unit_of_observation, change_note, note (texts by language, may be {})
· producer · legal_title {kind, reference} · licence · period {start, end} (ISO days or null) · keywords · columns [{name, label, type, unit, meaning}]
· rows · key (columns that name a row) · plan_fingerprint, policy_fingerprint · report (SHA-256 of report.json) · clearance (the signed statement)
· files [{name, format, bytes, sha256}] · omitted [{format, reason, …}] · previous (SHA-256 of the version before, or null) · released_at · sealed_by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datacity.engine.proof.hashes import Digest
from datacity.engine.proof.public import PublicKey, moment
from datacity.engine.release.details import ReleaseDetails
from datacity.engine.release.tables import Table
from datacity.kernel.words import Words

REPORT = "report.json"


@dataclass(frozen=True)
class Frozen:
    """What was written and measured of a table: its form, each file's digest by format, the forms left out."""

    table: Table
    files: Mapping[str, Digest]
    omitted: list[dict[str, Any]]
    report: Digest


@dataclass(frozen=True)
class Place:
    """Where a manifest stands among the versions of its dataset. previous: SHA-256 of the manifest before, "" for the first."""

    version: int
    previous: str
    at: datetime


def manifest(
    details: ReleaseDetails, frozen: Frozen, clearance: Mapping[str, Any], *, place: Place, key: PublicKey
) -> dict[str, Any]:
    """Give the manifest of a version."""
    statement = clearance["statement"]
    return {
        "datacity": 1,
        "kind": "release",
        "slug": details.slug,
        "version": place.version,
        **stated(details),
        "columns": [column.as_dict() for column in frozen.table.columns],
        "rows": frozen.table.rows,
        "plan_fingerprint": statement["plan"],
        "policy_fingerprint": details.policy_fingerprint or statement.get("policy", ""),
        "report": frozen.report.sha256,
        "clearance": {"statement": dict(statement), "signature": clearance["signature"]},
        "files": _files(details.slug, place.version, frozen),
        "omitted": frozen.omitted,
        "previous": place.previous or None,
        "released_at": moment(place.at),
        "sealed_by": key.named(),
    }


def stated(details: ReleaseDetails) -> dict[str, Any]:
    """Give the part of the manifest that people wrote."""
    start, end = details.period.start, details.period.end
    return {
        "title": details.title.as_dict(),
        "description": _texts(details.description),
        "producer": details.producer,
        "legal_title": {"kind": str(details.legal_title), "reference": details.legal_reference},
        "licence": details.licence,
        "period": {"start": start.isoformat() if start else None, "end": end.isoformat() if end else None},
        "unit_of_observation": _texts(details.unit_of_observation),
        "keywords": list(details.keywords),
        "key": list(details.key),
        "change_note": _texts(details.change_note),
        "note": _texts(details.note),
    }


def _texts(words: Words | None) -> dict[str, str]:
    return words.as_dict() if words else {}


def _files(slug: str, version: int, frozen: Frozen) -> list[dict[str, Any]]:
    files = [(f"{slug}-v{version}.{form}", form, digest) for form, digest in frozen.files.items()]
    files.append((REPORT, "report", frozen.report))
    return [
        {"name": name, "format": form, "bytes": digest.bytes, "sha256": digest.sha256} for name, form, digest in files
    ]
