# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The filters of a list: an input each, applied to a queryset or to a list of rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from datacity.frame import columns, inputs, reader, typography

Rows = Any
"""A queryset or a sequence of rows."""


@dataclass(frozen=True)
class ChoiceFilter:
    """Rows that have the chosen value. choices: (value, label) pairs, or a function that gives them.

    field: database field or attribute path; the name when empty. apply(rows, value) replaces the usual equality.
    """

    name: str
    label: Any
    choices: Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
    field: str = ""
    apply: Callable[[Rows, str], Rows] | None = None
    hint: Any = ""

    def pairs(self) -> list[tuple[str, Any]]:
        """Give the choices, without the empty one."""
        return list(self.choices() if callable(self.choices) else self.choices)

    def input(self) -> forms.Field:
        """Give the select, with "all" on top."""
        return forms.ChoiceField(
            label=self.label, help_text=self.hint, required=False, choices=[("", _("All")), *self.pairs()]
        )

    def keep(self, rows: Rows, value: str) -> Rows:
        """Give the rows with this value."""
        if self.apply:
            return self.apply(rows, value)
        path = self.field or self.name
        if isinstance(rows, QuerySet):
            return rows.filter(**{path: value})
        return [row for row in rows if str(columns.attribute(row, path.replace("__", "."))) == value]

    def shown(self, value: str) -> str:
        """Give the chosen label."""
        return str(dict(self.pairs()).get(value, value))


@dataclass(frozen=True)
class DayFilter:
    """Rows whose day is on or after ("gte"), or on or before ("lte"), the given one."""

    name: str
    label: Any
    field: str
    lookup: str = "gte"
    hint: Any = ""

    def input(self) -> forms.Field:
        """Give the three-part day."""
        return inputs.DayField(label=self.label, help_text=self.hint, required=False)

    def keep(self, rows: Rows, value: date) -> Rows:
        """Give the rows on this side of the day; rows without a day are left out."""
        if isinstance(rows, QuerySet):
            return rows.filter(**{f"{self.field}__{self.lookup}": value})
        days = ((row, columns.attribute(row, self.field.replace("__", "."))) for row in rows)
        return [
            row
            for row, found in days
            if found is not None and (found >= value if self.lookup == "gte" else found <= value)
        ]

    def shown(self, value: date) -> str:
        """Give the day in words."""
        return typography.day(value, reader.language())


Filter = ChoiceFilter | DayFilter
