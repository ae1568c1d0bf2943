# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the public datasets give other pages: the newest for the home page, all for the site maps."""

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from datacity.engine.search import Query
from datacity.frame import reader
from datacity.frame.now import Item
from datacity.kernel.bus import Panel, Provider
from datacity.kernel.words import Words
from datacity.programme.releases import queries


def latest(_at: datetime, limit: int) -> list[Item]:
    """Give the datasets released last: title, page, day of release, producer."""
    return _found(Query("", reader.language(), limit=limit, order="newest"))


def sitemap() -> list[tuple[str, str, date | None]]:
    """Give every public dataset: title, path without language, day of the newest version."""
    newest = (queries.public_now().latest(slug) for slug in sorted(queries.public_now().datasets))
    return [
        (
            Words.of(each.manifest["title"]).within(reader.language()),
            f"datasets/{each.slug}/",
            _day(each.manifest["released_at"]),
        )
        for each in newest
        if each is not None
    ]


def _found(query: Query) -> list[Item]:
    return [
        Item(
            Words.of(hit.title).within(query.language),
            reverse("releases:dataset", args=[hit.shown["slug"]]),
            when=_day(str(hit.shown["released_at"])),
            who=str(hit.shown["producer"]),
        )
        for hit in queries.search(query).hits
    ]


def _day(text: str) -> date:
    return timezone.localdate(datetime.fromisoformat(text))


PANELS: tuple[Panel, ...] = ()
PROVIDERS = (
    Provider("latest", "releases", latest),
    Provider("sitemap", "releases", sitemap),
)
