# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Lists whose whole state is in the address: search, filters, order, page, and the same rows as CSV or XLSX.

An app declares a `Table`; a view gives it rows (a queryset or a list) and the query; `{% table table %}` shows it.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from datacity.frame import exports
from datacity.frame.columns import Cell, Column, attribute, cell, plain
from datacity.frame.filters import Filter
from datacity.frame.forms import Form
from datacity.kernel.errors import Invalid, Missing

SIZES = (25, 50, 100)
"""Rows a page; the first unless asked."""
_AROUND = 2


@dataclass(frozen=True)
class Head:
    """A column's head: label, address that sorts by it ("" when it cannot), its present order, where it stands."""

    id: str
    label: Any
    url: str
    order: str
    right: bool


@dataclass(frozen=True)
class Active:
    """A filter in force: its label, its value in words, the address without it."""

    label: Any
    value: str
    url: str


class Table:
    """A list. Subclasses declare what it has; everything else is worked out from the address.

    caption: what the rows are. columns: from left to right. filters: inputs above the list. search: database fields or
    attribute paths looked into by the search field; none, no field. order: column name, "-" before it for descending.
    empty: the sentence when there is nothing. name: of the export file, and of the list when a page has several.
    """

    caption: ClassVar[Any] = ""
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_label: ClassVar[Any] = _("Search")
    order: ClassVar[str] = ""
    empty: ClassVar[Any] = _("There is nothing here yet.")
    name: ClassVar[str] = "list"
    exportable: ClassVar[bool] = True

    def __init__(self, rows: Any, query: Mapping[str, Any], *, path: str = "", prefix: str = "") -> None:
        """Read the state.

        rows: queryset or sequence, already limited to what this person may see. query: `request.GET`.
        path: address of the page ("" keeps the present one). prefix: goes before every parameter, for two lists on a page.
        Raises Invalid for an order, a page or a page size that the list does not have.
        """
        self.path = path
        self.prefix = f"{prefix}_" if prefix else ""
        self.id = f"list-{prefix or self.name}"
        self._query = query
        self._given = rows
        self.size = self._chosen("size", SIZES)
        self._sort = self._read_sort()
        self._number = self._read_page()

    @cached_property
    def form(self) -> Form:
        """The search and filter inputs with what was typed."""
        fields: dict[str, forms.Field] = {}
        if self.search:
            fields["q"] = forms.CharField(
                label=self.search_label,
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"type": "search"}),
            )
        fields |= {each.name: each.input() for each in self.filters}
        form = Form(self._query, auto_id=f"{self.id}-%s")
        form.fields.update({self.prefix + name: field for name, field in fields.items()})
        return form

    @cached_property
    def values(self) -> dict[str, Any]:
        """Each filter's value, without prefix; empty and wrong ones left out."""
        self.form.is_valid()
        found = {name.removeprefix(self.prefix): value for name, value in self.form.cleaned_data.items()}
        return {name: value for name, value in found.items() if value not in (None, "")}

    @cached_property
    def rows(self) -> Any:
        """All rows that pass, in order: a queryset stays a queryset."""
        rows = self._given
        if text := self.values.get("q"):
            rows = _searched(rows, text, self.search)
        for each in self.filters:
            if each.name in self.values:
                rows = each.keep(rows, self.values[each.name])
        return self._ordered(rows)

    @cached_property
    def page(self) -> Page[Any]:
        """The rows of this page. Raises Missing when the list has no such page."""
        paginator = Paginator(self.rows, self.size)
        if self._number > paginator.num_pages:
            raise Missing(
                "tables.page",
                "This list has no page {page}; it has {pages}.",
                hint="Go back to its first page.",
                page=self._number,
                pages=paginator.num_pages,
            )
        return paginator.page(self._number)

    @property
    def count(self) -> int:
        """How many rows pass."""
        return self.page.paginator.count

    @property
    def lines(self) -> Iterator[list[Cell]]:
        """The cells of this page, line by line."""
        return ([cell(column, row) for column in self.columns] for row in self.page.object_list)

    @property
    def heads(self) -> list[Head]:
        """The heads, with the address that sorts: ascending first, then descending."""
        name, descending = self._sort
        heads = []
        for column in self.columns:
            order = ("descending" if descending else "ascending") if column.name == name else ""
            target = f"-{column.name}" if order == "ascending" else column.name
            heads.append(
                Head(
                    f"{self.id}-sort-{column.name}",
                    column.label,
                    self.url(sort=target) if column.sort else "",
                    order,
                    column.right,
                )
            )
        return heads

    @property
    def active(self) -> list[Active]:
        """The filters in force, each with the address that removes it."""
        found = [Active(self.search_label, self.values["q"], self.url(q=None))] if "q" in self.values else []
        for each in self.filters:
            if each.name in self.values:
                parts = (each.name, f"{each.name}_day", f"{each.name}_month", f"{each.name}_year")
                found.append(Active(each.label, each.shown(self.values[each.name]), self.url(**dict.fromkeys(parts))))
        return found

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """The page sizes: rows, address, whether it is the present one."""
        return [(size, self.url(size=size), size == self.size) for size in SIZES]

    @property
    def pages(self) -> list[tuple[int, str, bool]]:
        """The page numbers to show: number, address, present; a 0 stands for a gap."""
        last, here = self.page.paginator.num_pages, self._number
        shown = sorted({1, last, *range(max(1, here - _AROUND), min(last, here + _AROUND) + 1)})
        found: list[tuple[int, str, bool]] = []
        for number in shown:
            if found and number - found[-1][0] > 1:
                found.append((0, "", False))
            found.append((number, self.url(page=number), number == here))
        return found

    @property
    def previous(self) -> str:
        """The address of the page before; "" on the first."""
        return self.url(page=self._number - 1) if self._number > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after; "" on the last."""
        return self.url(page=self._number + 1) if self.page.has_next() else ""

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """The export formats with their address; the same filters and order, all pages."""
        return [(form.upper(), self.url(format=form)) for form in exports.FORMATS] if self.exportable else []

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters a filter form carries along unseen: order and page size."""
        return [(self.prefix + name, self._text(name)) for name in ("sort", "size") if self._text(name)]

    @property
    def clear(self) -> str:
        """The address without search and filters."""
        names = [name.removeprefix(self.prefix) for name in self._query if name.startswith(self.prefix)]
        return self.url(**{name: None for name in names if name not in ("sort", "size")})

    def url(self, **changes: Any) -> str:
        """Give the address with these parameters changed (None removes one); the page starts again at 1."""
        changed = {self.prefix + name: value for name, value in {"page": None, "format": None, **changes}.items()}
        pairs = [(name, value) for name, value in self._pairs() if name not in changed]
        pairs += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else (self.path or "?")

    def download(self, request: HttpRequest) -> HttpResponseBase | None:
        """Give the file when the address asks for one (`format=csv`), else None.

        Raises Invalid for a format this list does not have.
        """
        form = request.GET.get(f"{self.prefix}format")
        if form is None:
            return None
        if not self.exportable:
            raise Invalid("tables.no_export", "This list is not given as a file.", field="format")
        rows = self.rows.iterator(chunk_size=2000) if isinstance(self.rows, QuerySet) else self.rows
        header = [str(column.label) for column in self.columns]
        return exports.answer(
            form, self.name, header, ([plain(column, row) for column in self.columns] for row in rows)
        )

    def _text(self, name: str) -> str:
        return str(self._query.get(self.prefix + name, ""))

    def _pairs(self) -> list[tuple[str, str]]:
        lists = getattr(self._query, "lists", None)
        if lists is None:
            return [(name, str(value)) for name, value in self._query.items() if value != ""]
        return [(name, value) for name, values in lists() for value in values if value != ""]

    def _chosen(self, name: str, allowed: Sequence[int]) -> int:
        text = self._text(name)
        if not text:
            return allowed[0]
        if text not in {str(each) for each in allowed}:
            shown = ", ".join(str(each) for each in allowed)
            raise Invalid(
                "tables.size",
                "“{found}” is not a page size of this list.",
                hint="Choose one of {allowed}.",
                field=name,
                found=text,
                allowed=shown,
            )
        return int(text)

    def _read_page(self) -> int:
        text = self._text("page") or "1"
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) > 0):
            raise Invalid("tables.page_number", "“{found}” is not a page number.", field="page", found=text)
        return int(text)

    def _read_sort(self) -> tuple[str, bool]:
        text = self._text("sort") or self.order
        name = text.removeprefix("-")
        if text and text != self.order and name not in {column.name for column in self.columns if column.sort}:
            shown = ", ".join(column.name for column in self.columns if column.sort)
            raise Invalid(
                "tables.sort",
                "This list cannot be sorted by “{found}”.",
                hint="Choose one of {allowed}.",
                field="sort",
                found=text,
                allowed=shown,
            )
        return name, text.startswith("-")

    def _ordered(self, rows: Any) -> Any:
        name, descending = self._sort
        column = next((each for each in self.columns if each.name == name), None)
        if column is None or not column.sort:
            return rows
        if isinstance(rows, QuerySet):
            return rows.order_by(f"{'-' if descending else ''}{column.sort}", "pk")
        path = column.sort
        key = path if callable(path) else lambda row: attribute(row, path)
        there = sorted(
            (row for row in rows if key(row) is not None), key=lambda row: _fold(key(row)), reverse=descending
        )
        return there + [row for row in rows if key(row) is None]


def _fold(value: Any) -> Any:
    """Give a text without case and accents, so that É sorts and matches as e; other values unchanged."""
    if not isinstance(value, str):
        return value
    return "".join(sign for sign in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(sign))


def _searched(rows: Any, text: str, paths: Sequence[str]) -> Any:
    """Give the rows in which every word of the text stands somewhere."""
    words = text.split()
    if isinstance(rows, QuerySet):
        return (
            rows.filter(
                reduce(and_, (reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths)) for word in words))
            )
            if words
            else rows
        )
    wanted = [_fold(word) for word in words]
    return [
        row
        for row in rows
        if all(any(word in _fold(str(attribute(row, path) or "")) for path in paths) for word in wanted)
    ]
