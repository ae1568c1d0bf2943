# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What editions add to other pages: what is open on the home page, what waits for a programme manager, the site map."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datacity.engine.search import Document
from datacity.frame import reader
from datacity.frame.now import Group, Item
from datacity.frame.search import Kind, found_as, page
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Provider
from datacity.programme.editions.models import Edition
from datacity.programme.editions.permissions import may_manage
from datacity.programme.editions.queries import edition_open
from datacity.programme.editions.rules import State

SOON = timedelta(days=30)


def open_now(at: datetime) -> list[Item]:
    """Give everybody the open edition with its last day."""
    edition = edition_open(at)
    return [Item(_title(edition), _url(edition), when=edition.ends_on)] if edition else []


def waiting(person: Actor, at: datetime) -> list[Item]:
    """Give a programme manager the edition to open, to close, to archive, or the first one to prepare."""
    return list(_items(timezone.localdate(at))) if may_manage(person) else []


def in_site_map() -> list[tuple[Any, str, date | None]]:
    """Give the policy in force, the list and every public edition for the site map."""
    rows = Edition.objects.exclude(state=State.DRAFT)
    return [
        (_("The policy in force"), "policy/", None),
        (_("Editions"), "editions/", None),
        *((_title(row), f"editions/{row.slug}/", row.starts_on) for row in rows),
    ]


def found() -> Iterator[Document]:
    """Give every edition that is no longer in preparation to the search."""
    for row in Edition.objects.exclude(state=State.DRAFT):
        yield found_as(
            Kind.EDITION, row.slug, row.title, page("editions:edition", row.slug), text=row.summary, when=row.starts_on
        )


def _items(today: date) -> Iterator[Item]:
    rows = list(Edition.objects.exclude(state=State.ARCHIVED))
    if not rows:
        yield Item(_("Prepare an edition"), reverse("editions:draft"))
    for row in rows:
        named = {"title": _title(row)}
        if row.state == State.DRAFT:
            group = Group.NOW if row.starts_on <= today else Group.NEXT
            yield Item(_("Open the edition {title}").format(**named), _url(row), when=row.starts_on, group=group)
        elif row.state == State.OPEN and row.ends_on <= today + SOON:
            group = Group.NOW if row.ends_on <= today else Group.NEXT
            yield Item(_("Close the edition {title}").format(**named), _url(row), when=row.ends_on, group=group)
        elif row.state == State.CLOSED:
            yield Item(_("Archive the edition {title}").format(**named), _url(row), group=Group.NEXT)


def _title(edition: Edition) -> str:
    return edition.title.within(reader.language())


def _url(edition: Edition) -> str:
    return reverse("editions:edition", kwargs={"slug": edition.slug})


PROVIDERS = (
    Provider("now", "editions", waiting),
    Provider("open", "editions", open_now),
    Provider("sitemap", "editions", in_site_map),
    Provider("search", "editions", found),
)
