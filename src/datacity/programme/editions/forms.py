# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a programme manager types about an edition: title and dates, and the values of its policy."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame import reader, wording
from datacity.frame.forms import Form
from datacity.frame.inputs import DayField, RadioField, WordsField
from datacity.kernel.policy import Parameter, declared
from datacity.kernel.words import render
from datacity.programme.acts.models import Act
from datacity.programme.acts.queries import acts_to_rest_on


class OutlineForm(Form):
    """Title, summary and dates of an edition."""

    title = WordsField(label=gettext_lazy("Title"), maximum=120)
    summary = WordsField(
        label=gettext_lazy("What it is about"),
        rows=3,
        maximum=600,
        required=False,
        help_text=gettext_lazy("Two sentences for residents."),
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))


class ActForm(Form):
    """Which act of the council an edition rests on."""

    act = forms.ModelChoiceField(
        label=gettext_lazy("Act of the council"),
        queryset=Act.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the acts that were not rejected or withdrawn."""
        super().__init__(*args, **options)
        self.fields["act"].queryset = acts_to_rest_on()  # type: ignore[attr-defined]  # a model choice field


class DraftForm(OutlineForm):
    """The same with the address, which never changes afterwards."""

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=60,
        help_text=gettext_lazy("The last part of its web address, for example 2027. It never changes."),
    )
    field_order = ("title", "slug", "summary", "starts_on", "ends_on")


class PolicyForm(Form):
    """One input a declared parameter, with its bounds, unit and source; the names are those of the parameters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make the inputs from what the apps declare."""
        super().__init__(*args, **options)
        self.fields.update({parameter.name: input_of(parameter) for parameter in declared()})


def input_of(parameter: Parameter) -> forms.Field:
    """Give the input for a parameter: choices seen at once, numbers with bounds, lists and tables as JSON."""
    language = reader.language()
    shown: dict[str, Any] = {"label": render(parameter.description, language), "help_text": hint_of(parameter)}
    bounds: dict[str, Any] = {"min_value": parameter.minimum, "max_value": parameter.maximum}
    if parameter.choices:
        names = [(choice, render(parameter.called(choice), language)) for choice in parameter.choices]
        return _Typed(choices=names, kind=parameter.kind, **shown)
    if parameter.kind is bool:
        return _Typed(choices=[("True", _("Yes")), ("False", _("No"))], kind=_truth, **shown)
    if parameter.kind is int:
        return forms.IntegerField(widget=_number(), **bounds, **shown)
    if parameter.kind is float:
        return forms.FloatField(widget=_number(), localize=True, **bounds, **shown)
    if parameter.kind is str:
        return forms.CharField(**shown)
    return forms.JSONField(**shown)


def hint_of(parameter: Parameter) -> str:
    """Give unit, bounds and source of a parameter in the reader's language."""
    language = reader.language()
    parts = [render(parameter.unit, language)] if parameter.unit else []
    if parameter.minimum is not None and parameter.maximum is not None:
        low, high = (_plain(bound) for bound in (parameter.minimum, parameter.maximum))
        parts.append(_("from {low} to {high}").format(low=low, high=high))
    parts.append(render(parameter.source, language))
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the typed values by parameter, ready for the action."""
    return {parameter.name: data[parameter.name] for parameter in declared()}


class _Typed(RadioField):
    """Radio buttons that give values of the parameter's kind."""

    def __init__(self, *, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def clean(self, value: Any) -> Any:
        """Check the choice and give it in its kind."""
        return self.kind(super().clean(value))


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "class": "city-short"})


def _truth(value: str) -> bool:
    return value == "True"


def _plain(bound: float) -> str:
    return wording.number(bound) if float(bound).is_integer() else wording.decimal(bound, 2)
