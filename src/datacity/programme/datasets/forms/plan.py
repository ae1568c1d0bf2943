# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The plan as a form: what is done to each column, how large the groups must be, what is counted; and the plan as text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datacity.engine.catalogue import Column, Role
from datacity.engine.protection.parts import MAXIMUM_K, Measure
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.profiles import profiles
from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField
from datacity.kernel.errors import Invalid, Refusal
from datacity.programme.datasets.forms.names import FUNCTION_NAMES, PROFILE_NAMES, ROLE_NAMES
from datacity.programme.datasets.forms.plan_choices import MASKED, WIDE, choice_of, choices_for, section_of

MEASURES = 4
"""Figures an aggregate of the form can have; the plan's text takes more."""
ROWS, CELLS = "rows", "cells"
_OTHERS = {
    "privacy.k": "k",
    "privacy.suppression_limit": "suppression",
    "aggregate": "mode",
    "aggregate.by": "mode",
    "aggregate.measures": "m0_function",
    "aggregate.unit_column": "unit_column",
    "aggregate.weight_column": "weight_column",
    "cells": "profile",
    "cells.profile": "profile",
    "cells.minimum_contributors": "minimum",
    "cells.maximum_share": "share",
}


@dataclass(frozen=True)
class ColumnFields:
    """One column with its inputs: about persons, what is done, the small inputs beside, whether cells are made by it."""

    column: Column
    role: BoundField
    done: BoundField
    beside: list[BoundField]
    by: BoundField


class PlanForm(Form):
    """A plan. Column number n of the table has the inputs `c<n>_…`, figure number n the inputs `m<n>_…`."""

    mode = RadioField(
        label=_("What is to be published?"),
        choices=[(ROWS, _("The rows, made less precise")), (CELLS, _("Figures only: rows are counted or summed up"))],
        hints={
            ROWS: _("Rows that look alike must form groups that are large enough."),
            CELLS: _("Safest where each row is a person, a household or a firm. Small cells are hidden."),
        },
    )
    k = forms.IntegerField(
        label=_("Smallest group of rows that look alike"),
        help_text=_("With 11, every row looks like at least 10 others. 1 sets no condition."),
        min_value=1,
        max_value=MAXIMUM_K,
    )
    suppression = forms.FloatField(
        label=_("Rows that may be removed at most, in %"),
        help_text=_("Rows in groups that stay too small are removed. If more would have to go, nothing is written."),
        min_value=0,
        max_value=100,
    )
    unit_column = forms.ChoiceField(
        label=_("Which column names the person, household or firm?"),
        help_text=_("So that two rows of the same one count once. Without it, each row counts as one."),
        required=False,
    )
    weight_column = forms.ChoiceField(label=_("Or which column says how many a row stands for?"), required=False)
    profile = forms.ChoiceField(label=_("Which cells stay hidden?"), required=False)
    minimum = forms.IntegerField(
        label=_("Or write how many a cell needs at least"), min_value=1, max_value=MAXIMUM_K, required=False
    )
    share = forms.FloatField(
        label=_("Hide a cell where one alone makes up this much, in %"), min_value=1, max_value=100, required=False
    )

    def __init__(self, *args: Any, columns: Sequence[Column], plan: Plan, **options: Any) -> None:
        """Make the inputs of these columns. plan: what is shown first, and what the form cannot say."""
        self._columns, self._plan = list(columns), plan
        options.setdefault("initial", _initial(self._columns, plan))
        super().__init__(*args, **options)
        for place, column in enumerate(self._columns):
            self.fields |= _inputs(place, column, choice_of(plan.column(column.name)))
        names = [("", _("– none –")), *((each.name, each.label) for each in self._columns)]
        for place in range(MEASURES):
            self.fields |= _measure_inputs(place, names)
        self._offer("unit_column", names)
        self._offer("weight_column", names)
        shown = [(name, gettext(PROFILE_NAMES[name])) for name in profiles()]
        self._offer("profile", [("", _("none, or as written below")), *shown])

    @property
    def groups(self) -> Iterator[ColumnFields]:
        """Each column with its inputs, in the order of the table."""
        for place, column in enumerate(self._columns):
            beside = [
                self[f"c{place}_{name}"] for name in ("width", "first", "last") if f"c{place}_{name}" in self.fields
            ]
            yield ColumnFields(column, self[f"c{place}_role"], self[f"c{place}_done"], beside, self[f"c{place}_by"])

    @property
    def measures(self) -> list[tuple[BoundField, ...]]:
        """The inputs of each figure: function, column, unit."""
        return [tuple(self[f"m{place}_{name}"] for name in ("function", "column", "unit")) for place in range(MEASURES)]

    @property
    def counts_cells(self) -> bool:
        """Tell whether figures only are to be published, as it stands in the form."""
        return str(self["mode"].value()) == CELLS

    def plan(self) -> Plan:
        """Give the plan of what was chosen. Raises Invalid, with the field of this form where there is one."""
        data = self.cleaned_data
        before = self._plan.as_dict()
        privacy = {**before["privacy"], "k": data["k"], "suppression_limit": data["suppression"] / 100}
        columns = {column.name: self._section(place) for place, column in enumerate(self._columns)}
        self._require_choices(columns)
        values: dict[str, Any] = {"plan": 1, "privacy": privacy, "columns": columns}
        if data["mode"] == CELLS:
            privacy.pop("models", None)
            values |= self._cells()
        return Plan.from_dict(values)

    @staticmethod
    def _require_choices(columns: Mapping[str, Mapping[str, Any]]) -> None:
        """Refuse a column about persons without a choice: on a page somebody says what is done, the search included."""
        for name, section in columns.items():
            if section["role"] == Role.QUASI_IDENTIFIER and "method" not in section:
                raise Invalid("plan.no_choice", "Choose what is done to this column.", field=f"columns.{name}.method")

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal about a key of the plan on the input that holds it."""
        refusal.field = self._field_of(refusal.field or "")
        super().refuse(refusal)

    def _field_of(self, key: str) -> str | None:
        if found := re.fullmatch(r"columns\.(.+)\.(\w+)", key):
            name, part = found[1].strip('"'), found[2]
            place = next((place for place, column in enumerate(self._columns) if column.name == name), -1)
            wanted = f"c{place}_{part}"
            return wanted if wanted in self.fields else f"c{place}_done"
        return _OTHERS.get(re.sub(r"\[.*", "", key), key or None)

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _section(self, place: int) -> dict[str, Any]:
        data = self.cleaned_data
        beside = {name: data.get(f"c{place}_{name}") for name in ("width", "first", "last")}
        return {**section_of(data[f"c{place}_done"], beside), "role": data[f"c{place}_role"]}

    def _cells(self) -> dict[str, Any]:
        data = self.cleaned_data
        by = [column.name for place, column in enumerate(self._columns) if data[f"c{place}_by"]]
        aggregate = {"by": by, "measures": [each for place in range(MEASURES) if (each := self._measure(place))]}
        aggregate |= {name: data[name] for name in ("unit_column", "weight_column") if data[name]}
        cells = {"profile": data["profile"]} if data["profile"] else {}
        cells |= {"minimum_contributors": data["minimum"]} if data["minimum"] is not None else {}
        cells |= {"maximum_share": data["share"] / 100} if data["share"] is not None else {}
        return {"aggregate": aggregate, **({"cells": cells} if cells else {})}

    def _measure(self, place: int) -> dict[str, Any]:
        function, column, unit = (self.cleaned_data[f"m{place}_{name}"] for name in ("function", "column", "unit"))
        if not function:
            return {}
        known = {(each.function.value, each.column or ""): each.name for each in self._measures_before()}
        name = known.get((function, column)) or (f"{function}_{column}" if column else function)
        return {
            "name": name,
            "function": function,
            **({"column": column} if column else {}),
            **({"unit": unit} if unit else {}),
        }

    def _measures_before(self) -> tuple[Measure, ...]:
        return self._plan.aggregate.measures if self._plan.aggregate else ()


def _initial(columns: Sequence[Column], plan: Plan) -> dict[str, Any]:
    aggregate, cells = plan.aggregate, plan.cells
    found: dict[str, Any] = {
        "mode": CELLS if aggregate else ROWS,
        "k": plan.k,
        "suppression": f"{plan.suppression_limit * 100:.6g}",
        "unit_column": (aggregate and aggregate.unit_column) or "",
        "weight_column": (aggregate and aggregate.weight_column) or "",
        "profile": (cells and cells.profile) or "",
        "minimum": cells.minimum_contributors if cells and not cells.profile else None,
        "share": round(cells.maximum_share * 100, 6) if cells and cells.maximum_share and not cells.profile else None,
    }
    for place, column in enumerate(columns):
        section = plan.column(column.name)
        found |= {
            f"c{place}_role": section.role.value,
            f"c{place}_done": choice_of(section),
            f"c{place}_width": section.width,
            f"c{place}_first": section.keep_first,
            f"c{place}_last": section.keep_last,
            f"c{place}_by": bool(aggregate and column.name in aggregate.by),
        }
    for place, measure in enumerate((aggregate.measures if aggregate else ())[:MEASURES]):
        found |= {
            f"m{place}_function": measure.function.value,
            f"m{place}_column": measure.column or "",
            f"m{place}_unit": measure.unit or "",
        }
    return found


def _inputs(place: int, column: Column, now: str) -> dict[str, forms.Field]:
    """Give the inputs of a column; each says its column to a screen reader, since the label is the table's head."""

    def named(what: Any, widget: type[forms.Widget], **attrs: Any) -> forms.Widget:
        return widget(attrs={"aria-label": f"{what} – {column.label}", **attrs})

    role, done, by = gettext("About persons"), gettext("What is done"), gettext("One cell for each value")
    roles = [(key.value, _(name)) for key, name in ROLE_NAMES.items()]
    found: dict[str, forms.Field] = {
        f"c{place}_role": forms.ChoiceField(
            label=f"{role} – {column.label}", choices=roles, widget=named(role, forms.Select)
        ),
        f"c{place}_done": forms.ChoiceField(
            label=f"{done} – {column.label}",
            choices=choices_for(column, now),
            required=False,
            widget=named(done, forms.Select),
        ),
        f"c{place}_by": forms.BooleanField(
            label=f"{by} – {column.label}", required=False, widget=named(by, forms.CheckboxInput)
        ),
    }
    if column.type in WIDE:
        found[f"c{place}_width"] = forms.FloatField(
            label=_("Width"), required=False, widget=named(gettext("Width"), forms.NumberInput, step="any")
        )
    if column.type in MASKED:
        for name, label in (("first", _("First characters")), ("last", _("Last characters"))):
            found[f"c{place}_{name}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=20, widget=named(label, forms.NumberInput)
            )
    return found


def _measure_inputs(place: int, names: list[tuple[Any, Any]]) -> dict[str, forms.Field]:
    functions = [("", _("– none –")), *((key.value, _(name)) for key, name in FUNCTION_NAMES.items())]
    number = place + 1
    labels = [gettext("Figure {number}"), gettext("Column of figure {number}"), gettext("Unit of figure {number}")]
    function, column, unit = (label.format(number=number) for label in labels)
    return {
        f"m{place}_function": forms.ChoiceField(label=function, choices=functions, required=False),
        f"m{place}_column": forms.ChoiceField(label=column, choices=names, required=False),
        f"m{place}_unit": forms.CharField(label=unit, max_length=40, required=False),
    }


class PlanTextForm(Form):
    """The plan as its TOML text."""

    text = forms.CharField(
        label=_("The plan"),
        strip=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "city-code"}),
    )

    def plan(self) -> Plan:
        """Read the plan. Raises Invalid naming line, column or key."""
        return Plan.parse(self.cleaned_data["text"])

    def refuse(self, refusal: Refusal) -> None:
        """Put every refusal on the text: it names the key."""
        refusal.field = "text"
        super().refuse(refusal)


class SetAsideForm(Form):
    """Why a protection is set aside."""

    reason = forms.CharField(label=_("Why is it set aside?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
