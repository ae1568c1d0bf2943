# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What releases give to the search: what stands, tombstones, decisions with the opinions and reviews before them.

A withdrawn version is found by its tombstone alone: not by its description and columns, nor by the decision that let it leave.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from datacity.engine.release import Published
from datacity.engine.release.indexing import document
from datacity.engine.search import Document
from datacity.frame.search import Kind, found_as, joined, page, said
from datacity.kernel.bus import Provider
from datacity.kernel.words import Words, msg
from datacity.programme.privacy.models import CollectiveReview, Opinion
from datacity.programme.privacy.rules import OUTCOME_NAMES as OPINION_NAMES
from datacity.programme.privacy.rules import REVIEW_OUTCOME_NAMES, Outcome, ReviewOutcome
from datacity.programme.releases import queries
from datacity.programme.releases.models import Clearance
from datacity.programme.releases.rules import GROUND_NAMES, OUTCOME_NAMES, ClearanceOutcome, Ground


def datasets() -> Iterator[Document]:
    """Give the newest standing version of every dataset, and the tombstone of every withdrawn one."""
    snapshot = queries.public_now()
    for slug in sorted(snapshot.datasets):
        latest = snapshot.latest(slug)
        if latest is not None:
            yield _dataset(latest)
        yield from (_tombstone(each) for each in snapshot.datasets[slug] if each.tombstone)


def decisions() -> Iterator[Document]:
    """Give every decision that stands, with the opinion and the review that were published with it; three queries in all."""
    opinions = {str(each.subject): each for each in queries.opinions_given()}
    reviews = {str(each.subject): each for each in queries.reviews_concluded()}
    for clearance in queries.decisions():
        release = queries.release_of(clearance)
        if release is None or not hasattr(release, "withdrawal"):
            subject = str(clearance.protection.ref)
            yield from _decided(clearance, opinions.get(subject), reviews.get(subject))


def _dataset(version: Published) -> Document:
    found = document(version.manifest)
    return found_as(
        Kind.DATASET,
        version.slug,
        found.title,
        page("releases:dataset", version.slug),
        text=found.text,
        keywords=found.keywords,
        note=joined([str(version.manifest["producer"])]),
        when=datetime.fromisoformat(version.manifest["released_at"]),
    )


def _tombstone(version: Published) -> Document:
    stone: Mapping[str, Any] = version.tombstone or {}
    title = Words.of(version.manifest["title"])
    ground = stone.get("ground", "")
    named = said(GROUND_NAMES[Ground(ground)]) if ground in set(Ground) else None
    return found_as(
        Kind.WITHDRAWN,
        f"{version.slug}/{version.version}",
        said(msg("{title}: version {n} was withdrawn"), title=title, n=str(version.version)),
        page("releases:dataset_version", version.slug, version.version),
        text=joined([named, stone.get("reason")]),
        note=joined([stone.get("by_capacity")]),
        when=datetime.fromisoformat(stone["at"]) if stone.get("at") else None,
    )


def _decided(clearance: Clearance, opinion: Opinion | None, review: CollectiveReview | None) -> Iterator[Document]:
    title = clearance.protection.description.dataset.title
    number = clearance.protection_id
    outcome = OUTCOME_NAMES[ClearanceOutcome(clearance.outcome)]
    yield found_as(
        Kind.DECISION,
        str(number),
        said(msg("{outcome}: {title}"), title=title, outcome=outcome),
        page("releases:decision", number),
        text=joined([clearance.reason, clearance.against_opinion]),
        note=joined([clearance.capacity]),
        when=clearance.given_at,
    )
    if opinion is not None:
        yield found_as(
            Kind.OPINION,
            str(number),
            said(msg("Opinion on {title}: {outcome}"), title=title, outcome=OPINION_NAMES[Outcome(opinion.outcome)]),
            page("releases:decision", number),
            text=joined([opinion.text, opinion.conditions]),
            when=opinion.given_at,
        )
    if review is not None:
        concluded = REVIEW_OUTCOME_NAMES[ReviewOutcome(review.outcome)]
        yield found_as(
            Kind.REVIEW,
            str(number),
            said(msg("Collective review of {title}: {outcome}"), title=title, outcome=concluded),
            page("releases:review_outcome", number),
            text=joined([review.groups, review.harms, review.safeguards, review.hearing]),
            when=review.concluded_at,
        )


def everything() -> Iterator[Document]:
    """Give all that releases make public."""
    return chain(datasets(), decisions())


PROVIDERS = (Provider("search", "releases", everything),)
