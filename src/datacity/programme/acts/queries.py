# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of acts and of the points raised in their debates."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, DateField, Q, QuerySet, Value
from django.utils.timezone import localdate

from datacity.kernel import policy
from datacity.kernel.errors import Missing
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.rules import Gap, PointState, State, gap
from datacity.programme.people.models import Organisation
from datacity.programme.people.rules import OrganisationKind

ANSWERING = (OrganisationKind.CITY, OrganisationKind.DIRECTORATE)
"""Organisations that can be in charge of a point."""


def acts() -> QuerySet[Act]:
    """Give every act, newest first, each with `asked` and `unsettled`: its points, and those without an end."""
    return Act.objects.annotate(
        asked=Count("points"), unsettled=Count("points", filter=Q(points__state=PointState.OPEN))
    ).order_by("-tabled_on", "-pk")


def acts_to_rest_on() -> QuerySet[Act]:
    """Give the acts something can rest on: adopted, or still before the council."""
    return Act.objects.filter(state__in=(State.ADOPTED, State.TABLED))


def act_by_slug(slug: str) -> Act:
    """Give the act. Raises Missing when there is none."""
    found = Act.objects.filter(slug=slug).first()
    if found is None:
        raise Missing("acts.missing", "There is no act {slug}.", slug=slug)
    return found


def points(today: date) -> QuerySet[Point]:
    """Give every point with its act and who is in charge, by debate and number, the newest debate first.

    Each has `today`, the day it is looked at: whether it is late depends on it.
    """
    looked_at = Point.objects.annotate(today=Value(today, output_field=DateField()))
    return looked_at.select_related("act", "owner", "settled_by").order_by("-act__tabled_on", "act", "number")


def point_of(slug: str, number: int, today: date) -> Point:
    """Give one point of a debate. Raises Missing when there is none."""
    found = points(today).filter(act__slug=slug, number=number).first()
    if found is None:
        raise Missing("acts.no_point", "The debate on {slug} has no point {number}.", slug=slug, number=number)
    return found


def gap_of(rows: Iterable[Point], today: date) -> Gap:
    """Count points by where they stand on this day."""
    return gap(point.standing_on(today) for point in rows)


def groups() -> list[str]:
    """Give the political groups that raised points, in alphabetical order."""
    return list(Point.objects.exclude(group="").order_by("group").values_list("group", flat=True).distinct())


def answering() -> QuerySet[Organisation]:
    """Give the city and its directorates: who can be in charge of a point."""
    return Organisation.objects.filter(kind__in=ANSWERING).order_by("slug")


def usual_due_days(at: datetime) -> int:
    """Give within how many days a point ends, by the policy in force."""
    return int(policy.in_force(at=at)["acts.answer_days"])


def today(at: datetime) -> date:
    """Give the day at the city."""
    return localdate(at)
