# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The catalogue: every public dataset, searched and narrowed by the address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from datacity.engine.catalogue.licences import LICENCES
from datacity.engine.release import Published
from datacity.engine.search import Found, Query
from datacity.frame import exports, reader
from datacity.frame.forms import Form
from datacity.frame.parts import Tone
from datacity.frame.request import Request
from datacity.frame.tables import Active
from datacity.kernel.errors import Invalid, Missing
from datacity.kernel.words import Words
from datacity.programme.deposits.rules import LEGAL_TITLE_NAMES, LegalTitle
from datacity.programme.releases import queries
from datacity.programme.releases.views.portal import asked_again, facts, files

SIZE = 12
"""Cards a page."""
REPORT = "report.json"
MOST = 500
"""Datasets that one list file holds; the search index answers no more at once."""
FACETS = {
    "producer": gettext_lazy("Made by"),
    "keyword": gettext_lazy("Subject"),
    "legal_title": gettext_lazy("Why the city may share it"),
    "licence": gettext_lazy("Licence"),
    "year": gettext_lazy("Year covered"),
}
ORDERS = {
    "relevance": gettext_lazy("Best match first"),
    "newest": gettext_lazy("Newest first"),
    "title": gettext_lazy("By title"),
}
HEADER = ("slug", "title", "producer", "licence", "version", "rows", "formats", "released_at", "address")


@dataclass(frozen=True)
class Card:
    """One dataset in the list."""

    title: Words
    url: str
    summary: Words | None
    producer: str
    updated: datetime
    rows: int
    formats: tuple[str, ...]
    licence: str
    risk: tuple[str, Tone]


class Listing:
    """One page of the catalogue with the inputs and links that change it."""

    def __init__(self, query: Any, *, path: str) -> None:
        """Read the state. Raises Invalid for an order or page number that does not exist."""
        self._query, self.path = query, path
        self.text = str(query.get("q", "")).strip()[:200]
        self.filters = {name: query.get(name, "") for name in FACETS if query.get(name)}
        self.order = self._read_order()
        self.number = self._read_page()

    @cached_property
    def found(self) -> Found:
        """What is on this page, with the counts of all facets."""
        return queries.search(self.query((self.number - 1) * SIZE, SIZE))

    def query(self, offset: int, limit: int) -> Query:
        """Give the question for a part of the list."""
        return Query(
            self.text,
            reader.language(),
            {name: (value,) for name, value in self.filters.items()},
            limit,
            offset,
            tuple(FACETS),
            self.order,
        )

    @cached_property
    def form(self) -> Form:
        """The search field and a choice a facet that can tell datasets apart."""
        form = Form({**self._query.dict(), "sort": self.order}, auto_id="catalogue-%s")
        form.fields["q"] = forms.CharField(
            label=_("Search"), help_text=_("For example: trees, counts, works"), required=False, max_length=200,
            widget=forms.TextInput(attrs={"type": "search"}),
        )  # fmt: skip
        for name, label in FACETS.items():
            choices = [
                (value, f"{value_name(name, value)} ({count})") for value, count in self.found.facets[name].items()
            ]
            if len(choices) > 1 or name in self.filters:
                form.fields[name] = _Choice(label=label, required=False, choices=[("", _("All")), *choices])
        form.fields["sort"] = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDERS.items()))
        return form

    @property
    def active(self) -> list[Active]:
        """The filters in force, each with the address that removes it."""
        found = [Active(_("Search"), self.text, self.url(q=None))] if self.text else []
        return found + [
            Active(FACETS[name], value_name(name, value), self.url(**{name: None}))
            for name, value in self.filters.items()
        ]

    @property
    def corrections(self) -> list[tuple[str, str]]:
        """The words read as others: as typed, as read."""
        return list(self.found.corrections.items())

    @property
    def clear(self) -> str:
        """The address of the whole catalogue."""
        return self.path

    @property
    def file(self) -> str:
        """The address of this list as CSV."""
        return self.url(format="csv")

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.found.total // SIZE))

    @property
    def pages(self) -> dict[str, Any]:
        """What `frame/parts/pages.html` shows."""
        return {
            "pages": [(number, self.url(page=number), number == self.number) for number in range(1, self.last + 1)],
            "many": self.last > 1,
            "previous": self.url(page=self.number - 1) if self.number > 1 else "",
            "next": self.url(page=self.number + 1) if self.number < self.last else "",
        }

    @property
    def cards(self) -> list[Card]:
        """The datasets of this page."""
        return [card(each) for each in published_of(self.found)]

    def url(self, **changes: Any) -> str:
        """Give the address with these parameters changed (None removes one); the page starts again at 1."""
        changed = {"page": None, "format": None, **changes}
        pairs = [(name, value) for name, value in self._query.items() if value and name not in changed]
        pairs += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def check_page(self) -> None:
        """Raise Missing when the list has no such page."""
        if self.number > self.last:
            raise Missing(
                "releases.catalogue_page",
                "The catalogue has no page {page}; it has {pages}.",
                page=self.number,
                pages=self.last,
            )

    def _read_order(self) -> str:
        text = self._query.get("sort") or ("relevance" if self.text else "newest")
        if text not in ORDERS:
            raise Invalid("releases.order", "The catalogue has no order “{found}”.", field="sort", found=str(text)[:40])
        return str(text)

    def _read_page(self) -> int:
        text = str(self._query.get("page") or "1")
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0):
            raise Invalid("releases.catalogue_number", "“{found}” is not a page number.", field="page", found=text[:40])
        return int(text)


class _Choice(forms.ChoiceField):
    """A choice whose value may be one that nothing has any more: the list is then simply empty."""

    def valid_value(self, value: Any) -> bool:
        return bool(str(value)) and len(str(value)) <= 300


@require_safe
@asked_again
def catalogue(request: Request) -> HttpResponseBase:
    """List the public datasets that fit the search and the filters; `format=csv` gives the list as a file."""
    listing = Listing(request.GET, path=request.path)
    form = request.GET.get("format")
    if form is not None:
        rows = (row(each, request) for each in published_of(queries.search(listing.query(0, MOST))))
        return exports.answer(form, "catalogue", HEADER, rows)
    listing.check_page()
    listing.form.is_valid()
    context = {"listing": listing, "anything": bool(queries.public_now().search_index)}
    return render(request, "releases/portal_catalogue.html", context, status=listing.form.status)


def published_of(found: Found) -> list[Published]:
    """Give the newest version of each dataset found, in order; one withdrawn a moment ago is left out."""
    snapshot = queries.public_now()
    newest = (snapshot.latest(str(hit.shown["slug"])) for hit in found.hits)
    return [each for each in newest if each is not None]


def card(version: Published) -> Card:
    """Give a dataset as a card."""
    manifest = version.manifest
    return Card(
        title=Words.of(manifest["title"]),
        url=reverse("releases:dataset", args=[version.slug]),
        summary=facts.words(manifest["description"]),
        producer=manifest["producer"],
        updated=facts.released_at(version),
        rows=manifest["rows"],
        formats=tuple(each.format for each in files.downloads(version) if each.name != REPORT),
        licence=LICENCES[manifest["licence"]].title.within(reader.language()),
        risk=facts.risk(queries.report(version)),
    )


def row(version: Published, request: HttpRequest) -> list[Any]:
    """Give a dataset as a line of the list file, in the order of `HEADER`."""
    manifest, shown = version.manifest, card(version)
    title = shown.title.within(reader.language())
    url = (
        settings.PUBLIC_ADDRESS.rstrip("/") + shown.url
        if settings.PUBLIC_ADDRESS
        else request.build_absolute_uri(shown.url)
    )
    formats = " ".join(each.lower() for each in shown.formats)
    return [
        version.slug,
        title,
        manifest["producer"],
        manifest["licence"],
        version.version,
        manifest["rows"],
        formats,
        manifest["released_at"],
        url,
    ]


def _legal_title(value: str) -> str:
    return _(LEGAL_TITLE_NAMES[LegalTitle(value)])


def _licence(value: str) -> str:
    return LICENCES[value].title.within(reader.language())


_NAMES: dict[str, Callable[[str], str]] = {"legal_title": _legal_title, "licence": _licence}


def value_name(facet: str, value: str) -> str:
    """Give what a facet's value is called; a value that nothing has, as it was asked."""
    try:
        return _NAMES.get(facet, str)(value)
    except (KeyError, ValueError):
        return value
