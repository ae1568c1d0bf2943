# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The filters of a published table: an input each, and the condition it stands for, as ODSQL that the data API reads too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from datacity.engine.serve.odsql.schema import Kind
from datacity.engine.serve.profiles import Profile

EMPTY = "__empty__"
"""The choice that asks for empty cells."""
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = frozenset(
    "and or not in is null like true false as asc desc by date distinct from to group order where select within between".split()  # noqa: SIM905 -- a list of words
)


@dataclass(frozen=True)
class Filter:
    """A filter of one column. choices: values to choose from, () for a text or bounds. unique: no two rows share a value."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    unique: bool = False

    @classmethod
    def of(cls, name: str, label: str, kind: Kind, profile: Profile | None) -> "Filter | None":
        """Give the filter a column deserves; None for places, and for a column that holds at most one value."""
        if not kind.is_ordered or (profile is not None and profile.distinct == 0):
            return None
        if profile is not None and profile.distinct < 2 and profile.complete:
            return None
        if kind is Kind.BOOLEAN:
            return cls(name, label, kind, (("true", _("yes")), ("false", _("no"))))
        if (
            kind.is_textual
            and profile is not None
            and profile.complete
            and all(len(bar.value) <= 100 for bar in profile.bars)
        ):
            values = sorted(bar.value for bar in profile.bars if bar.value)
            return cls(name, label, kind, tuple((value, value) for value in values))
        return cls(name, label, kind, unique=profile is not None and profile.distinct == profile.filled)

    @property
    def rank(self) -> int:
        """Where it stands among filters: choices, days, numbers, texts, then what names each row."""
        if self.unique:
            return 4
        if self.choices:
            return 0
        return 1 if self.kind.is_temporal else 2 if self.kind.is_numeric else 3

    @property
    def ranges(self) -> bool:
        """Tell whether it asks for bounds."""
        return self.kind.is_numeric or self.kind.is_temporal

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters it reads."""
        return (f"min_{self.name}", f"max_{self.name}") if self.ranges else (f"f_{self.name}",)

    def is_in(self, values: Mapping[str, Any]) -> bool:
        """Tell whether something is asked."""
        return any(name in values for name in self.names)

    def inputs(self) -> dict[str, forms.Field]:
        """Give its inputs by parameter."""
        if self.choices:
            options = [("", _("All")), *self.choices, (EMPTY, _("(empty)"))]
            return {self.names[0]: forms.ChoiceField(label=self.label, required=False, choices=options)}
        if not self.ranges:
            label = _("{column} contains").format(column=self.label)
            return {self.names[0]: forms.CharField(label=label, required=False, max_length=100)}
        labels = (_("{column}: from"), _("{column}: to"))
        return {
            name: self._bound(label.format(column=self.label)) for name, label in zip(self.names, labels, strict=True)
        }

    def _bound(self, label: str) -> forms.Field:
        if self.kind.is_temporal:
            return forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
        return forms.DecimalField(
            label=label,
            required=False,
            max_digits=20,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )


def odsql_name(name: str) -> str:
    """Give a column's name as ODSQL reads it, between back quotes where it needs them."""
    return name if _PLAIN.fullmatch(name) and name not in _TAKEN else f"`{name}`"


def odsql_text(value: str) -> str:
    """Give a text between quotes as ODSQL reads it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def search_words(text: str) -> str:
    """Give the condition that every word of the text begins a word somewhere in the row; one that nothing meets for a text without words."""
    return odsql_text(" ".join(f"{word}*" for word in _WORD.findall(text)) or text)


def condition(asked: Filter, values: Mapping[str, Any]) -> str:
    """Give what a filter asks as ODSQL; "" when it asks nothing."""
    column = odsql_name(asked.name)
    if asked.ranges:
        low, high = (values.get(name) for name in asked.names)
        return " and ".join(_bounds(column, asked.kind, low, high))
    value = values.get(asked.names[0])
    if value is None:
        return ""
    if value == EMPTY:
        return f"{column} is null"
    if asked.kind is Kind.BOOLEAN:
        return f"{column} is {value}"
    if asked.choices:
        return f"{column} = {odsql_text(value)}"
    return f"{column} like {odsql_text('%' + value.replace('%', ' ') + '%')}"


def _bounds(column: str, kind: Kind, low: Any, high: Any) -> list[str]:
    """Give the conditions of two bounds, both included; a moment counts until the end of its last day."""
    parts = [] if low is None else [f"{column} >= {_literal(low)}"]
    if high is None:
        return parts
    if kind is Kind.DATETIME and isinstance(high, date) and high < date.max:
        return [*parts, f"{column} < {_literal(high + timedelta(days=1))}"]
    return [*parts, f"{column} <= {_literal(high)}"]


def _literal(value: date | Decimal) -> str:
    return f"date'{value.isoformat()}'" if isinstance(value, date) else f"{value:f}"
