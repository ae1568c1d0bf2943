# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people type about acts and points; decides nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datacity.frame.forms import Form
from datacity.frame.inputs import DayField, RadioField, WordsField
from datacity.programme.acts.queries import answering
from datacity.programme.acts.rules import KIND_HINTS, KIND_NAMES, METHOD_NAMES, OUTCOMES, STATE_NAMES
from datacity.programme.people.models import Organisation


class ActForm(Form):
    """What comes before the council."""

    reference = forms.CharField(
        label=_("Reference"), max_length=60, help_text=_("As the council's papers have it, for example 2027 SG 4.")
    )
    kind = RadioField(label=_("Kind"), choices=())
    title = WordsField(label=_("Title"), maximum=200)
    summary = WordsField(
        label=_("What it is about"),
        rows=3,
        maximum=1000,
        required=False,
        help_text=_("A few sentences for residents, in plain words."),
    )
    tabled_on = DayField(label=_("Day of the sitting"))
    source = forms.URLField(
        label=_("Address of the official text"), required=False, max_length=300, assume_scheme="https"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the kinds in the reader's language."""
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        kind.choices = [(each.value, gettext(name)) for each, name in KIND_NAMES.items()]  # type: ignore[attr-defined]  # a choice field
        kind.hints = {each.value: gettext(hint) for each, hint in KIND_HINTS.items()}  # type: ignore[attr-defined]  # ours


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "city-short"}),
    )


class OutcomeForm(Form):
    """What the council did."""

    outcome = RadioField(label=_("What the council did"), choices=())
    decided_on = DayField(label=_("Day of the decision"))
    method = RadioField(
        label=_("How it voted"),
        choices=(),
        required=False,
        help_text=_("Empty for a withdrawn act: there was no vote."),
    )
    votes_for = _count(_("Votes for"))
    votes_against = _count(_("Votes against"))
    abstentions = _count(_("Abstentions"))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the outcomes and methods in the reader's language."""
        super().__init__(*args, **options)
        self.fields["outcome"].choices = [(each.value, gettext(STATE_NAMES[each])) for each in OUTCOMES]  # type: ignore[attr-defined]  # a choice field
        methods = [(each.value, gettext(name)) for each, name in METHOD_NAMES.items()]
        self.fields["method"].choices = methods  # type: ignore[attr-defined]  # a choice field


def _owner(*, required: bool) -> Any:
    return forms.ModelChoiceField(
        label=_("In charge"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        empty_label=_("Choose") if required else _("Nobody yet"),
        required=required,
    )


class RaiseForm(Form):
    """What was asked in the debate, and under which office."""

    asked = WordsField(
        label=_("What was asked"), rows=3, maximum=1000, help_text=_("In its best form, in your own words.")
    )
    office = forms.CharField(
        label=_("Office of the speaker"),
        max_length=120,
        help_text=_("The function, never a name: for example “councillor of the opposition”."),
    )
    group = forms.CharField(label=_("Political group"), max_length=80, required=False)
    owner = _owner(required=False)
    due_on = DayField(label=_("Answer due on"), required=False, help_text=_("Empty: after the usual delay."))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer who can answer."""
        super().__init__(*args, **options)
        self.fields["owner"].queryset = answering()  # type: ignore[attr-defined]  # a model choice field


class AssignForm(Form):
    """Who is in charge of a point, until when."""

    owner = _owner(required=True)
    due_on = DayField(label=_("Answer due on"))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer who can answer."""
        super().__init__(*args, **options)
        self.fields["owner"].queryset = answering()  # type: ignore[attr-defined]  # a model choice field


class AnswerForm(Form):
    """Where the answer stands, and the answer."""

    clause = forms.CharField(
        label=_("Clause"), max_length=200, help_text=_("Where it stands, for example “convention 2027, article 6”.")
    )
    words = WordsField(
        label=_("The answer"), rows=4, maximum=2000, help_text=_("What the clause gives, in plain words.")
    )


class RefuseForm(Form):
    """Why the city does not follow the point."""

    words = WordsField(
        label=_("The reasons"), rows=4, maximum=2000, help_text=_("They are public, with your name and capacity.")
    )
