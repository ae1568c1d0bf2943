# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What readers are told of a dataset, and which deposit becomes its next version."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datacity.engine.catalogue.licences import LICENCES
from datacity.frame import city, reader
from datacity.frame.forms import Form
from datacity.frame.inputs import DayField, RadioField, SuggestedField, TextField, WordsField
from datacity.kernel.words import Words
from datacity.programme.datasets.models import Dataset


class AboutForm(Form):
    """What readers are told of every version."""

    title = WordsField(label=_("Title"), help_text=_("What the table is about, in a few words."), maximum=120)
    summary = WordsField(
        label=_("Summary"), help_text=_("What is in it, for somebody who knows nothing about it."), rows=3, maximum=600
    )
    unit_of_observation = WordsField(
        label=_("What is one row?"), help_text=_("For example: one counter on one day."), maximum=200
    )
    producer = SuggestedField(label=_("Who makes this data?"), max_length=200)
    contact = forms.CharField(
        label=_("Where can one ask a question?"),
        help_text=_("A mail address or a page of the service, not of a person."),
        max_length=200,
        required=False,
    )
    licence = RadioField(label=_("What may others do with it?"), choices=())
    period_start = DayField(label=_("First day the data speaks of"), required=False)
    period_end = DayField(label=_("Last day the data speaks of"), required=False)
    territory = SuggestedField(label=_("Which places does it cover?"), max_length=200, required=False)
    rhythm = forms.CharField(
        label=_("How often will there be a new version?"),
        help_text=_("For example: every month, or never again."),
        max_length=200,
        required=False,
    )
    keywords = forms.CharField(
        label=_("Words to find it by"), help_text=_("Separated by commas."), max_length=400, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the licences in the reader's language, each with its sentence; suggest the city's directorates and districts."""
        super().__init__(*args, **options)
        licence, language = self.fields["licence"], reader.language()
        if isinstance(licence, RadioField):
            licence.choices = [(each.id, each.title.within(language)) for each in LICENCES.values()]
            licence.hints = {each.id: each.sentence.within(language) for each in LICENCES.values()}
        here, producer, territory = city.here(), self.fields["producer"], self.fields["territory"]
        if isinstance(producer, SuggestedField):
            producer.suggest(each.name.within(language) for each in here.directorates)
        if isinstance(territory, SuggestedField) and here.districts:
            parts = [each.name.within(language) for each in here.districts]
            territory.suggest([here.names.name.within(language), *parts])

    def about(self) -> dict[str, Any]:
        """Give what was typed, as the fields of `About`."""
        data = dict(self.cleaned_data)
        words = [each.strip() for each in data.pop("keywords").split(",")]
        return {**data, "keywords": tuple(dict.fromkeys(each for each in words if each))}


def about_of(dataset: Dataset) -> dict[str, Any]:
    """Give what a dataset says at present, as the form takes it."""
    names = (
        "title", "summary", "unit_of_observation", "producer", "contact", "licence",
        "period_start", "period_end", "territory", "rhythm",
    )  # fmt: skip
    return {**{name: getattr(dataset, name) for name in names}, "keywords": ", ".join(dataset.keywords)}


def about_from_title(title: str) -> dict[str, Any]:
    """Give what a deposit tells already: its title, in the language of the reader."""
    return {"title": Words(**{reader.language(): title})}


class VersionForm(Form):
    """Which dataset the deposit becomes a version of, and what changed."""

    dataset = forms.ChoiceField(label=_("Which dataset is it a newer version of?"))
    change_note = TextField(
        label=_("What changed since the last version?"),
        help_text=_("Readers see this next to the new version."),
        rows=3,
        max_length=1000,
    )

    def __init__(self, *args: Any, datasets: list[Dataset], **options: Any) -> None:
        """Offer these datasets by title."""
        super().__init__(*args, **options)
        field = self.fields["dataset"]
        if isinstance(field, forms.ChoiceField):
            named = [(each.slug, each.title.within(reader.language())) for each in datasets]
            field.choices = [("", _("– choose –")), *sorted(named, key=lambda pair: pair[1].casefold())]
