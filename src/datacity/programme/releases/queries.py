# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of clearances and releases, and of what is public now."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Use
from datacity.engine.release import Published, Snapshot, current
from datacity.kernel import policy
from datacity.kernel.errors import Missing
from datacity.programme.datasets.models import Protection
from datacity.programme.datasets.queries import waiting_for_decision
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.privacy.rules import opinion_needed, review_needed
from datacity.programme.releases.models import Clearance, Release
from datacity.programme.releases.rules import Case, State


def store() -> FolderStore:
    """Give the folder of publications of this home."""
    return FolderStore(Path(settings.STORE))


def keys() -> KeyRing:
    """Give the keys of this home."""
    return _keys(Path(settings.KEYS), (Path(settings.KEYS) / "keys.json").stat().st_mtime_ns)


@cache
def _keys(folder: Path, _changed: int) -> KeyRing:
    return KeyRing.load(folder)


def public_now() -> Snapshot:
    """Give the verified snapshot of what is public."""
    return current(store(), keys().trust(Use.SEAL))


def published(slug: str, version: int | None = None) -> Published:
    """Give a version of a dataset, withdrawn ones included; the newest that stands, else the newest, when None.

    Raises Missing when nothing of that slug or number was ever released.
    """
    versions = public_now().datasets.get(slug, ())
    if version is None and versions:
        return public_now().latest(slug) or versions[-1]
    for each in versions:
        if each.version == version:
            return each
    raise Missing("releases.missing", "No dataset {slug} was released here.", slug=slug)


def case_of(protection: Protection, representative: str, *, at: datetime | None = None) -> Case:
    """Give what a clearance looks at. representative: the reference of who would clear."""
    description = protection.description
    answers = description.answers()
    opinion, review = opinion_on(protection.ref), review_of(protection.ref)
    return Case(
        representative=representative,
        depositor=f"person:{description.deposit.deposited_by_id}",
        steward=f"person:{protection.planned_by_id}",
        officer=f"person:{opinion.given_by_id}" if opinion and opinion.given_by_id else None,
        opinion_needed=opinion_needed(answers, policy.in_force(at=at)["privacy.opinion"]),
        opinion=opinion.outcome or None if opinion else None,
        review_needed=review_needed(answers),
        review=review.outcome if review else None,
    )


def undecided() -> QuerySet[Protection]:
    """Give the protections presented and neither cleared nor refused, oldest first."""
    decided = Clearance.objects.values("protection_id")
    return waiting_for_decision().exclude(pk__in=decided).select_related("description__dataset", "description__deposit")


def clearance_of(protection: Protection) -> Clearance | None:
    """Give the decision about a protection."""
    return Clearance.objects.filter(protection=protection).select_related("person").first()


def releases_of(slug: str) -> QuerySet[Release]:
    """Give every release of a dataset, newest version first, with its clearance and withdrawal."""
    return (
        Release.objects.filter(dataset__slug=slug)
        .select_related("clearance__person", "withdrawal", "dataset")
        .order_by("-version")
    )


def refusals() -> QuerySet[Clearance]:
    """Give every refusal, newest first."""
    rows = Clearance.objects.filter(outcome="refused")
    return rows.select_related("protection__description__dataset", "person")


def unfinished() -> QuerySet[Release]:
    """Give the releases whose publication is under way."""
    return Release.objects.filter(state=State.RELEASING).select_related("dataset", "clearance__protection")


def history(slug: str) -> list[dict[str, Any]]:
    """Give what happened to a dataset's versions, newest first: released and withdrawn, with who decided and why."""
    events: list[dict[str, Any]] = []
    for release in releases_of(slug):
        if release.released_at:
            events.append(
                {"verb": "released", "at": release.released_at, "release": release, "clearance": release.clearance}
            )
        withdrawal = getattr(release, "withdrawal", None)
        if withdrawal is not None:
            events.append({"verb": "withdrawn", "at": withdrawal.at, "release": release, "withdrawal": withdrawal})
    return sorted(events, key=lambda event: event["at"], reverse=True)
