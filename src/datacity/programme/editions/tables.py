# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The list of editions."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.columns import Column, Kind
from datacity.frame.parts import Tone
from datacity.frame.tables import Table
from datacity.programme.editions.models import Edition
from datacity.programme.editions.rules import STATE_NAMES, State

STATE_TONES = {
    State.DRAFT: Tone.INFO,
    State.OPEN: Tone.SUCCESS,
    State.CLOSED: Tone.NEUTRAL,
    State.ARCHIVED: Tone.NEUTRAL,
}


def state_tag(edition: Edition) -> tuple[str, str]:
    """Give the state of an edition as words and tone."""
    state = State(edition.state)
    return _(STATE_NAMES[state]), STATE_TONES[state]


class EditionTable(Table):
    """Every edition the reader sees, newest first."""

    caption = gettext_lazy("Editions")
    name = "editions"
    order = "-starts"
    empty = gettext_lazy("No edition has opened yet.")
    columns = (
        Column("title", gettext_lazy("Edition"), head=True,
               link=lambda row: reverse("editions:edition", kwargs={"slug": row.slug})),
        Column("starts", gettext_lazy("From"), "starts_on", kind=Kind.DAY, sort="starts_on"),
        Column("ends", gettext_lazy("To"), "ends_on", kind=Kind.DAY, sort="ends_on"),
        Column("state", gettext_lazy("State"), state_tag, kind=Kind.TAG, sort="state"),
    )  # fmt: skip
