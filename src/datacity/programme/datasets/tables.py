# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The lists of the workshop: datasets in preparation, doubts about a file."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datacity.engine.sources import Doubt
from datacity.frame import reader
from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.tables import Table
from datacity.kernel.words import render
from datacity.programme.datasets.models import Dataset
from datacity.programme.datasets.rules import STATE_NAMES, TONES, State


def state_shown(dataset: Dataset) -> tuple[str, str]:
    """Give the state of a dataset in words and its tone."""
    return gettext(STATE_NAMES[State(dataset.state)]), TONES[State(dataset.state)]


def _states() -> list[tuple[str, str]]:
    return [(state.value, gettext(name)) for state, name in STATE_NAMES.items()]


class DatasetTable(Table):
    """Datasets in preparation; rows come from `queries.listed_datasets`."""

    caption = _("Datasets in preparation")
    name = "datasets"
    order = "-described"
    empty = _("No dataset fits. A dataset is made of a deposit: open the deposit and describe it.")
    search = ("slug", "title", "producer")
    search_label = _("Title or producer")
    columns = (
        Column(
            "title",
            _("Title"),
            "title",
            sort="slug",
            head=True,
            link=lambda row: reverse("datasets:dataset", args=[row.slug]),
        ),
        Column("producer", _("Producer"), "producer", sort="producer"),
        Column("versions", _("Versions"), "versions", Kind.NUMBER, sort="versions"),
        Column("state", _("State"), state_shown, Kind.TAG, sort="state"),
        Column("described", _("Begun"), "described_at", Kind.DAY, sort="described_at"),
    )
    filters = (ChoiceFilter("state", _("State"), _states),)


def doubt_shown(doubt: Doubt) -> str:
    """Give a doubt as a sentence in the reader's language."""
    return render(doubt.message, reader.language(), doubt.values)


class DoubtTable(Table):
    """What to look at in a file; rows are doubts."""

    caption = _("What to look at")
    name = "doubts"
    empty = _("Nothing looks odd.")
    search = ("column", "value", "code")
    search_label = _("Column or value")
    columns = (
        Column("line", _("Line"), "line", Kind.NUMBER, sort="line"),
        Column("column", _("Column"), "column", sort="column"),
        Column("value", _("Value"), "value"),
        Column("doubt", _("What is odd"), doubt_shown, head=True, sort="code"),
    )
