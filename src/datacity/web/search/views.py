# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search page: its whole state is in the address; every word of it works without a script."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datacity.engine.search import Found, Hit, Piece, Query, excerpt, marked
from datacity.engine.search.language import words
from datacity.frame import city, reader
from datacity.frame.request import Request
from datacity.frame.search import KIND_NAMES, Kind
from datacity.kernel.errors import Invalid, Missing
from datacity.kernel.words import Words
from datacity.web.search import index

SIZE = 10
"""Results a page."""
LONGEST = 200
"""Characters of a question."""
_AROUND = 2
_OTHER = {"fr": "en", "en": "fr"}


@dataclass(frozen=True)
class Result:
    """One line of the answer. lang: of title and text when it is not the page's, else ""."""

    url: str
    kind: Any
    title: tuple[Piece, ...]
    title_lang: str
    text: tuple[Piece, ...]
    text_lang: str
    note: Words | None
    day: date | None


class Answer:
    """What was asked, what was found, and the addresses that ask a little differently."""

    def __init__(self, query: Mapping[str, str], *, path: str) -> None:
        """Read the state. Raises Invalid for a kind or page number that does not exist."""
        self.path = path
        self.text = query.get("q", "").strip()[:LONGEST]
        self.kind = query.get("kind", "")
        if self.kind and self.kind not in set(Kind):
            raise Invalid("search.kind", "The search knows no kind “{found}”.", field="kind", found=self.kind[:40])
        self.exact = query.get("exact") == "1"
        self.number = self._read_page(query.get("page") or "1")

    @cached_property
    def found(self) -> Found:
        """What is on this page, with the counts of the kinds; nothing when nothing was asked."""
        if not self.text:
            return Found(0, (), {}, {"kind": {}})
        found = index.search(self._query(reader.language(), SIZE))
        return (
            found if found.total else replace(found, corrections={})
        )  # a near word that helps nobody is not worth a line

    @property
    def results(self) -> list[Result]:
        """The lines of this page."""
        return [_result(hit, self.found.stems) for hit in self.found.hits]

    @property
    def corrections(self) -> list[tuple[str, str]]:
        """The words read as others: as typed, as read."""
        return list(self.found.corrections.items())

    @property
    def read_as(self) -> str:
        """The question as it was read when words were taken as others; what a reader compares with what they typed."""
        read = self.found.corrections
        return " ".join(read.get(each, each) for each in words(self.text))

    @property
    def exactly(self) -> str:
        """The address that asks for the very words typed."""
        return self._url(exact="1")

    @property
    def kinds(self) -> list[tuple[Any, str, int, bool]]:
        """The kinds found: name, address, how many, whether chosen; all together first, with no kind."""
        counts = self.found.facets["kind"]
        if len(counts) < 2 and not self.kind:
            return []
        rows = [
            (KIND_NAMES[each], self._url(kind=each.value), counts[each], self.kind == each)
            for each in Kind
            if counts.get(each)
        ]
        return [(_("Everything"), self._url(kind=""), sum(counts.values()), not self.kind), *rows]

    @property
    def first(self) -> int:
        """The number of the first line of this page."""
        return (self.number - 1) * SIZE + 1

    @property
    def everywhere(self) -> str:
        """The address that asks in all kinds."""
        return self._url(kind="")

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.found.total // SIZE))

    @property
    def pages(self) -> dict[str, Any]:
        """What `frame/parts/pages.html` shows: the first, the last and those around this one."""
        near = sorted({1, self.last, *range(max(1, self.number - _AROUND), min(self.last, self.number + _AROUND) + 1)})
        shown: list[tuple[int | None, str, bool]] = []
        before = 0
        for number in near:
            shown += [(None, "", False)] if number > before + 1 else []
            shown.append((number, self._url(page=str(number)), number == self.number))
            before = number
        return {
            "pages": shown,
            "many": self.last > 1,
            "previous": self._url(page=str(self.number - 1)) if self.number > 1 else "",
            "next": self._url(page=str(self.number + 1)) if self.number < self.last else "",
        }

    @cached_property
    def in_other_language(self) -> tuple[str, int]:
        """The address of the same question in the other language and how much it finds; 0 when this one found something."""
        other = _OTHER[reader.language()]
        if not self.text or self.found.total or other not in city.offered():
            return "", 0
        total = index.search(self._query(other, 0)).total
        return f"/{other}/{self._url().split('/', 2)[2]}", total

    def check_page(self) -> None:
        """Raise Missing when the answer has no such page."""
        if self.number > self.last:
            raise Missing("search.page", "The answer has no page {page}; it has {pages}.", page=self.number, pages=self.last)  # fmt: skip

    def _query(self, language: str, limit: int) -> Query:
        narrowed = {"kind": (self.kind,)} if self.kind else {}
        return Query(self.text, language, narrowed, limit, (self.number - 1) * SIZE, ("kind",), exact=self.exact)

    def _url(self, **changes: str) -> str:
        """Give the address with these changes; the page starts again at 1."""
        state = {"q": self.text, "kind": self.kind, "exact": "1" if self.exact else "", **changes}
        pairs = {name: value for name, value in state.items() if value and (name, value) != ("page", "1")}
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _read_page(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0):
            raise Invalid("search.number", "“{found}” is not a page number.", field="page", found=text[:40])
        return int(text)


@require_safe
def search(request: Request) -> HttpResponse:
    """Search everything public. Raises Invalid for a wrong address, Missing for a page beyond the last."""
    answer = Answer(request.GET.dict(), path=reverse("search:search"))
    ready = index.is_ready()
    if ready:
        answer.check_page()
    return render(request, "search/search.html", {"answer": answer, "ready": ready})


def _result(hit: Hit, stems: frozenset[str]) -> Result:
    language = reader.language()
    title, text = Words.of(hit.title), Words.of(hit.text) if hit.text else None
    note = Words.of(hit.shown["note"]) if hit.shown["note"] else None
    day = str(hit.shown.get("day") or "")
    return Result(
        url=f"/{language}/{hit.shown['path']}",
        kind=KIND_NAMES[Kind(hit.shown["kind"])],
        title=marked(title.within(language), stems, language),
        title_lang=_foreign(title, language),
        text=excerpt(text.within(language), stems, language) if text else (),
        text_lang=_foreign(text, language) if text else "",
        note=note,
        day=date.fromisoformat(day) if day else None,
    )


def _foreign(words: Words, language: str) -> str:
    shown = words.language_shown(language)
    return "" if shown == language else shown
