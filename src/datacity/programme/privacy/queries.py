# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of opinions and reviews."""

from django.db.models import QuerySet

from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.kernel.ref import Ref
from datacity.programme.privacy.models import CollectiveReview, Opinion
from datacity.programme.privacy.permissions import visible_to


def opinion_on(subject: Ref) -> Opinion | None:
    """Give the opinion asked or given on a subject."""
    return Opinion.objects.filter(subject=subject).select_related("given_by", "asked_by").first()


def review_of(subject: Ref) -> CollectiveReview | None:
    """Give the collective review of a subject."""
    return CollectiveReview.objects.filter(subject=subject).select_related("concluded_by").first()


def opinions_asked(actor: Actor) -> QuerySet[Opinion]:
    """Give the opinions that wait, oldest first, as far as the actor reads them."""
    return Opinion.objects.filter(visible_to(actor), outcome="").select_related("asked_by")


def visible_opinions(actor: Actor) -> QuerySet[Opinion]:
    """Give every opinion the actor reads."""
    return Opinion.objects.filter(visible_to(actor)).select_related("asked_by", "given_by")


def visible_opinion(actor: Actor, number: int) -> Opinion:
    """Give one opinion. Raises Missing when the actor reads none of that number."""
    found = visible_opinions(actor).filter(pk=number).first()
    if found is None:
        raise Missing("privacy.missing", "There is no opinion {number} that you can read.", number=number)
    return found
