# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a steward fixes about columns: header, type, unit, meaning, role, words for "no value"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from datacity.engine.catalogue import Column
from datacity.frame.forms import Form
from datacity.programme.datasets.forms.names import ROLE_NAMES, TYPE_NAMES


@dataclass(frozen=True)
class ColumnFields:
    """One column with its inputs."""

    column: Column
    fields: list[BoundField]


class ColumnsForm(Form):
    """The inputs of some columns, six each; column number n is called `c<n>_…`."""

    def __init__(self, *args: Any, columns: Sequence[Column], **options: Any) -> None:
        """Make the inputs, filled with what holds now."""
        super().__init__(*args, **options)
        self._columns = list(columns)
        for place, column in enumerate(self._columns):
            self.fields |= {f"c{place}_{name}": field for name, field in _inputs(column).items()}

    @property
    def groups(self) -> list[ColumnFields]:
        """Each column with its inputs, in the order of the file."""
        return [
            ColumnFields(column, [self[f"c{place}_{name}"] for name in _inputs(column)])
            for place, column in enumerate(self._columns)
        ]

    def decisions(self, kept: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Give what was changed: column -> `ColumnDecision` fields. kept: what was decided before, which stays."""
        found = {}
        for place, column in enumerate(self._columns):
            changed = {
                name: self.cleaned_data[f"c{place}_{name}"]
                for name in _inputs(column)
                if f"c{place}_{name}" in self.changed_data
            }
            if "missing" in changed:
                changed["missing"] = [each.strip() for each in changed["missing"].split(",") if each.strip()]
            if changed:
                found[column.name] = {**kept.get(column.name, {}), **changed}
        return found


def _inputs(column: Column) -> dict[str, forms.Field]:
    return {
        "label": forms.CharField(label=_("Header shown"), initial=column.label, max_length=200),
        "meaning": forms.CharField(label=_("What it means"), initial=column.meaning, max_length=500, required=False),
        "type": forms.ChoiceField(
            label=_("Kind of value"),
            choices=[(key.value, _(name)) for key, name in TYPE_NAMES.items()],
            initial=column.type.value,
        ),
        "unit": forms.CharField(label=_("Unit"), initial=column.unit or "", max_length=40, required=False),
        "role": forms.ChoiceField(
            label=_("About persons"),
            choices=[(key.value, _(name)) for key, name in ROLE_NAMES.items()],
            initial=column.role.value,
        ),
        "missing": forms.CharField(
            label=_("Words that mean “no value”"), initial=", ".join(column.missing), max_length=200, required=False
        ),
    }
