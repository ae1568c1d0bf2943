# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the main things are: the menu, the footer, the doors of the home page. A place that does not exist is not shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A place: its label, and the route names that lead there, best first."""

    label: Any
    routes: Sequence[str]

    @property
    def url(self) -> str:
        """The address of the first route that exists; "" when none does."""
        return route(*self.routes)


@dataclass(frozen=True)
class Entry:
    """A place in a menu: label, address, "page" or "true" when the reader is there or below, how many things wait."""

    label: Any
    url: str
    current: str = ""
    count: int = 0


DATA = Place(_("Data"), ("releases:list", "releases:catalogue", "releases:index"))
TAKE_PART = Place(_("Take part"), ("pages:take_part",))
DECISIONS = Place(_("Decisions"), ("pages:decisions",))
NOW = Place(_("My work"), ("pages:now",))
JOURNAL = Place(_("Journal"), ("journal:list",))
ABOUT = Place(_("How it works"), ("pages:about",))
MENU = (DATA, TAKE_PART, DECISIONS, ABOUT)
FOOTER = (
    ABOUT,
    Place(_("What this city has set"), ("pages:city",)),
    JOURNAL,
    Place(_("Documentation"), ("handbook:first",)),
    Place(_("What works, what is missing"), ("pages:state",)),
    Place(_("Accessibility: partially conform"), ("pages:accessibility",)),
    Place(_("Personal data"), ("pages:privacy",)),
    Place(_("Display"), ("pages:display",)),
    Place(_("Site map"), ("pages:sitemap",)),
    Place(_("Contact"), ("pages:contact",)),
)
SIGN_IN = ("account_login",)
PROFILE = ("people:profile", "people:me")


def route(*names: str) -> str:
    """Give the address of the first route name that exists; "" when none does."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def entries(places: Iterable[Place], path: str) -> list[Entry]:
    """Give the places that exist, with the one marked where the reader is."""
    found = []
    for place in places:
        if url := place.url:
            current = "page" if path == url else "true" if path.startswith(url) else ""
            found.append(Entry(place.label, url, current))
    return found
