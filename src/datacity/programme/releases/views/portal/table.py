# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The table of a version: search, filters, order and page from the address, put to the data as one ODSQL question."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.engine.release import Published
from datacity.engine.serve.odsql.schema import Kind
from datacity.engine.serve.odsql.statement import Question
from datacity.engine.serve.profiles import Profile
from datacity.engine.serve.refusals import OdsqlError
from datacity.frame.forms import Form
from datacity.frame.tables import Active, Head
from datacity.kernel.errors import Invalid, Missing
from datacity.programme.releases import queries
from datacity.programme.releases.views.portal.cells import RIGHT, Cell, cell, drawn, shown
from datacity.programme.releases.views.portal.conditions import EMPTY, Filter, condition, odsql_name, search_words

SIZES = (20, 50, 100)
"""Rows a page; the first unless asked."""
OPEN_INPUTS = 3
"""Filter inputs shown at once beside the search; the rest opens on demand."""
DEEPEST = 100_000
"""Rows that can be paged through; beyond, a filter or a file is quicker for everybody."""
_AROUND = 2


@dataclass(frozen=True)
class Field:
    """A column as the page names it."""

    name: str
    label: str
    kind: Kind


class DataTable:
    """One page of a version's rows, with what it takes to change the question by links and one form.

    Addresses: `q` words anywhere; `f_<column>` a text or choice; `min_<column>`, `max_<column>` bounds; `sort`, `size`, `page`.
    """

    id = "rows"

    def __init__(
        self, version: Published, profiles: Mapping[str, Profile], query: Any, *, path: str, fields: list[Field]
    ) -> None:
        """Read the state. Raises Invalid for an order, size or page number this table does not have."""
        self.version, self.profiles, self.path, self.fields = version, profiles, path, fields
        self._query = query
        self.size = self._read_size()
        self._number = self._read_page()
        self.sort, self.descending = self._read_sort()

    @cached_property
    def filters(self) -> list[Filter]:
        """The filters this table offers, the most telling first: choices, days, numbers, then texts."""
        found = [
            each
            for field in self.fields
            if (each := Filter.of(field.name, field.label, field.kind, self.profiles.get(field.name)))
        ]
        return sorted(found, key=lambda each: each.rank)

    @cached_property
    def form(self) -> Form:
        """The search and filter inputs with what was typed."""
        form = Form(self._query, auto_id="rows-%s")
        form.fields["q"] = forms.CharField(
            label=gettext_lazy("Words in the rows"),
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"type": "search"}),
        )
        for each in self.filters:
            form.fields.update(each.inputs())
        return form

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is asked, wrong and empty inputs left out."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @cached_property
    def where(self) -> tuple[str, ...]:
        """The conditions in force, as ODSQL."""
        parts = [search_words(self.values["q"])] if "q" in self.values else []
        parts += [condition(each, self.values) for each in self.filters if each.is_in(self.values)]
        return tuple(part for part in parts if part)

    @property
    def order_by(self) -> str:
        """The order, as ODSQL."""
        return "" if not self.sort else f"{odsql_name(self.sort)}{' desc' if self.descending else ''}"

    @cached_property
    def page(self) -> Any:
        """The rows of this page. A question that cannot be answered is said at the form, and gives no rows."""
        question = Question(
            where=(" and ".join(self.where),) if self.where else (),
            order_by=self.order_by,
            limit=self.size,
            offset=(self._number - 1) * self.size,
        )
        try:
            return queries.read(self.version, question)
        except OdsqlError as refusal:
            self.form.refuse(refusal)
            return None

    @property
    def count(self) -> int:
        """How many rows pass."""
        return self.page.total if self.page else 0

    @property
    def total(self) -> int:
        """How many rows the version has."""
        return int(self.version.manifest["rows"])

    @property
    def body(self) -> SafeString:
        """The rows of this page as markup."""
        return drawn(self.lines)

    @cached_property
    def lines(self) -> list[list[Cell]]:
        """The cells of this page."""
        if not self.page:
            return []
        return [
            [cell(value, field.kind, naming=self._names(field)) for value, field in zip(row, self.fields, strict=True)]
            for row in self.page.rows
        ]

    def _names(self, field: Field) -> bool:
        """Tell whether a whole number names its row: no two rows share it."""
        profile = self.profiles.get(field.name)
        return profile is not None and profile.distinct == profile.filled > 1

    @property
    def heads(self) -> list[Head]:
        """The heads, each with the address that sorts by it: ascending first, then descending, then as published."""
        return [self._head(field) for field in self.fields]

    def _head(self, field: Field) -> Head:
        sortable = field.kind.is_ordered
        order = ("descending" if self.descending else "ascending") if field.name == self.sort else ""
        target = {"": field.name, "ascending": f"-{field.name}", "descending": None}[order]
        return Head(
            f"sort-{field.name}", field.label, self.url(sort=target) if sortable else "", order, field.kind in RIGHT
        )

    @property
    def active(self) -> list[Active]:
        """The filters in force, each with the address that removes it."""
        found = [Active(_("Words"), self.values["q"], self.url(q=None))] if "q" in self.values else []
        return found + [
            Active(each.label, _in_words(each, self.values), self.url(**dict.fromkeys(each.names)))
            for each in self.filters
            if each.is_in(self.values)
        ]

    @cached_property
    def open_filters(self) -> int:
        """How many filters are shown at once: as many as fit in few inputs."""
        count = inputs = 0
        for each in self.filters:
            inputs += len(each.names)
            if inputs > OPEN_INPUTS:
                break
            count += 1
        return count

    @property
    def shown_filters(self) -> list[Any]:
        """The bound inputs shown at once."""
        return [self.form["q"], *(self.form[name] for each in self.filters[: self.open_filters] for name in each.names)]

    @property
    def more_filters(self) -> list[Any]:
        """The other bound inputs; [] unless the address asks for them or one of them is in force or wrong."""
        if not self.more_open:
            return []
        return [self.form[name] for each in self.filters[self.open_filters :] for name in each.names]

    @property
    def more_url(self) -> str:
        """The address that shows all filters; "" when they are shown, or there are no more."""
        return "" if self.more_open or not self.more_count else self.url(filters="all", page=self._query.get("page"))

    @property
    def more_count(self) -> int:
        """How many columns have their filter among the inputs that open on demand."""
        return len(self.filters) - self.open_filters

    @property
    def more_open(self) -> bool:
        """Tell whether they are asked for, or one of those is in force or wrong."""
        if self._text("filters") == "all":
            return True
        names = {name for each in self.filters[self.open_filters :] for name in each.names}
        return bool(names & (set(self.values) | set(self.form.errors)))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form carries along unseen."""
        return [(name, self._text(name)) for name in ("view", "filters", "sort", "size") if self._text(name)]

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-min(self.count, DEEPEST) // self.size))

    @property
    def pages(self) -> dict[str, Any]:
        """What `frame/parts/pages.html` shows."""
        here = self._number
        numbers = sorted({1, self.last, *range(max(1, here - _AROUND), min(self.last, here + _AROUND) + 1)})
        pages: list[tuple[int, str, bool]] = []
        for number in numbers:
            if pages and number - pages[-1][0] > 1:
                pages.append((0, "", False))
            pages.append((number, self.url(page=number), number == here))
        return {
            "pages": pages,
            "many": self.last > 1,
            "previous": self.url(page=here - 1) if here > 1 else "",
            "next": self.url(page=here + 1) if here < self.last else "",
        }

    @property
    def first_row(self) -> int:
        """The number of the first row of this page among those that pass."""
        return (self._number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The number of the last row of this page among those that pass."""
        return self.first_row + len(self.lines) - 1

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """The page sizes: rows, address, whether it is the present one."""
        return [(size, self.url(size=size), size == self.size) for size in SIZES]

    @property
    def clear(self) -> str:
        """The address without search and filters."""
        names = [name for name in self._query if name not in ("view", "filters", "sort", "size")]
        return self.url(**dict.fromkeys(names))

    def url(self, **changes: Any) -> str:
        """Give the address with these parameters changed (None removes one); the page starts again at 1."""
        changed = {"page": None, **changes}
        pairs = [(name, value) for name, value in self._query.items() if value and name not in changed]
        pairs += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.path}?{urlencode(pairs)}#{self.id}" if pairs else f"{self.path}#{self.id}"

    def check_page(self) -> None:
        """Raise Missing when the table has no such page."""
        if self._number > self.last and self.page:
            raise Missing(
                "releases.page",
                "This table has no page {page}; it has {pages}.",
                hint="Go back to its first page.",
                page=self._number,
                pages=self.last,
            )

    def _text(self, name: str) -> str:
        return str(self._query.get(name, ""))

    def _read_size(self) -> int:
        text = self._text("size")
        if text and text not in {str(each) for each in SIZES}:
            raise Invalid(
                "releases.size", "“{found}” is not a page size of this table.", hint="Choose one of {allowed}.", field="size", found=text[:40],
                allowed=", ".join(str(each) for each in SIZES),
            )  # fmt: skip
        return int(text or SIZES[0])

    def _read_page(self) -> int:
        text = self._text("page") or "1"
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) > 0):
            raise Invalid("releases.page_number", "“{found}” is not a page number.", field="page", found=text[:40])
        return int(text)

    def _read_sort(self) -> tuple[str, bool]:
        text = self._text("sort")
        name = text.removeprefix("-")
        known = [each.name for each in self.fields if each.kind.is_ordered]
        if text and name not in known:
            raise Invalid("releases.sort", "This table cannot be sorted by “{found}”.", field="sort", found=name[:80])
        return name, text.startswith("-")


def _in_words(each: Filter, values: Mapping[str, Any]) -> str:
    """Give what a filter asks, in words."""
    given = {name.partition("_")[0]: values[name] for name in each.names if name in values}
    if "f" in given:
        value = given["f"]
        if value == EMPTY:
            return _("empty")
        if each.kind is Kind.BOOLEAN:
            return shown(value == "true", Kind.BOOLEAN)
        return str(value)
    kind = Kind.DATE if each.kind is Kind.DATETIME else each.kind
    low, high = (shown(given[side], kind) if side in given else "" for side in ("min", "max"))
    if low and high:
        return _("{low} to {high}").format(low=low, high=high)
    return _("from {low}").format(low=low) if low else _("up to {high}").format(high=high)
