# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What acts add to other pages: what waits for a programme manager, the newest ones on the page of decisions, site map, search."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from datacity.engine.search import Document
from datacity.frame import reader
from datacity.frame.now import Group, Item
from datacity.frame.request import Request
from datacity.frame.search import Kind, found_as, joined, page
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.acts import queries
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.permissions import may_record
from datacity.programme.acts.rules import PointState, State


def waiting(person: Actor, at: datetime) -> list[Item]:
    """Give a programme manager the acts whose outcome is missing and the open points, those without owner or late first."""
    return list(_items(queries.today(at))) if may_record(person) else []


def in_site_map() -> list[tuple[Any, str, date | None]]:
    """Give the lists and every act for the site map."""
    rows = [(_title(row), f"acts/{row.slug}/", row.decided_on or row.tabled_on) for row in Act.objects.all()]
    return [(_("Acts of the council"), "acts/", None), (_("Points raised in the council"), "acts/points/", None), *rows]


def on_decisions(request: Request, _thing: None) -> str:
    """Show the newest acts on the page of decisions, and how many points raised have no end yet."""
    newest = list(queries.acts()[:3])
    if not newest:
        return ""
    shown = queries.gap_of(queries.points(queries.today(request.now)), queries.today(request.now))
    return render_to_string("acts/on_decisions.html", {"acts": newest, "gap": shown}, request=request)


def found() -> Iterator[Document]:
    """Give every act with its debate to the search."""
    for act in Act.objects.prefetch_related("points"):
        texts = [
            act.reference,
            act.summary,
            *(text for point in act.points.all() for text in (point.asked, point.answer)),
        ]
        when = act.decided_on or act.tabled_on
        yield found_as(Kind.ACT, act.slug, act.title, page("acts:act", act.slug), text=joined(texts), when=when)


def _items(today: date) -> Iterator[Item]:
    for act in Act.objects.filter(state=State.TABLED):
        group = Group.NOW if act.tabled_on <= today else Group.NEXT
        title = _("Enter what the council did about {reference}").format(reference=act.reference)
        yield Item(title, reverse("acts:outcome", kwargs={"slug": act.slug}), when=act.tabled_on, group=group)
    for point in queries.points(today).filter(state=PointState.OPEN):
        yield _item(point, today)


def _item(point: Point, today: date) -> Item:
    named = {"reference": point.act.reference, "number": point.number}
    address = reverse("acts:point", kwargs={"slug": point.act.slug, "number": point.number})
    if point.owner is None:
        title = _("Put somebody in charge of point {number} on {reference}").format(**named)
        return Item(title, address, when=point.due_on, group=Group.NOW)
    title = _("Point {number} on {reference}: the answer").format(**named)
    group = Group.NOW if point.due_on < today else Group.WAITING
    return Item(title, address, when=point.due_on, group=group, who=point.owner.name.within(reader.language()))


def _title(act: Act) -> str:
    return act.title.within(reader.language())


PANELS = (Panel("decisions", "acts", on_decisions, order=200),)
PROVIDERS = (
    Provider("now", "acts", waiting),
    Provider("sitemap", "acts", in_site_map),
    Provider("search", "acts", found),
)
