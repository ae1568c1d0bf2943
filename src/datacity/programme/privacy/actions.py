# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ask for an opinion, give it, conclude a collective review."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from datacity.kernel.errors import Conflict, require
from datacity.kernel.ref import Ref
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Person
from datacity.programme.privacy import permissions, rules
from datacity.programme.privacy.models import CollectiveReview, Opinion


def ask(subject: Ref, *, by: Person, at: datetime) -> Opinion:
    """Ask for the data protection officer's opinion on a subject; asking again gives the same row. Raises Forbidden."""
    require(permissions.may_ask(by))
    with transaction.atomic():
        opinion, made = Opinion.objects.get_or_create(subject=subject, defaults={"asked_by": by, "asked_at": at})
        if made:
            record(by, "opinion.asked", subject, at=at)
    return opinion


def give(opinion: Opinion, *, outcome: str, text: str, conditions: str = "", by: Person, at: datetime) -> Opinion:
    """Give the opinion, once.

    Raises Forbidden; Invalid with a field (`outcome`, `text`, `conditions`); Conflict when it was given already.
    """
    require(permissions.may_give(by))
    rules.check_opinion(outcome, text, conditions)
    with transaction.atomic():
        locked = Opinion.objects.select_for_update().get(pk=opinion.pk)
        if locked.outcome:
            raise Conflict("privacy.given", "This opinion was given already; an opinion is given once.")
        locked.outcome, locked.text, locked.conditions = outcome, text.strip(), conditions.strip()
        locked.given_by, locked.given_at = by, at
        locked.save()
        record(by, "opinion.given", locked.subject, at=at, payload={"outcome": outcome})
    return locked


def conclude_review(
    subject: Ref, parts: Mapping[str, str], *, outcome: str, by: Person, at: datetime
) -> CollectiveReview:
    """Conclude the review of a subject, once. parts: groups, harms, safeguards, hearing.

    Raises Forbidden; Invalid with a field; Conflict when it was concluded already.
    """
    require(permissions.may_review(by))
    rules.check_review(parts, outcome)
    with transaction.atomic():
        if CollectiveReview.objects.filter(subject=subject).exists():
            raise Conflict(
                "privacy.reviewed", "This review was concluded already; plan the protection anew to review again."
            )
        words = {name: parts[name].strip() for name in ("groups", "harms", "safeguards", "hearing")}
        review = CollectiveReview.objects.create(
            subject=subject, **words, outcome=outcome, concluded_by=by, concluded_at=at
        )
        record(by, "review.concluded", subject, at=at, payload={"outcome": outcome})
    return review
