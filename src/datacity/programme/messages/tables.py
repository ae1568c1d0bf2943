# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The list of mails that did not leave yet."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader
from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.tables import Table
from datacity.programme.jobs.queries import error_text
from datacity.programme.jobs.rules import State as JobState
from datacity.programme.journal.tables import verb_title
from datacity.programme.messages.queries import Waiting

STATES: dict[str, tuple[Any, str]] = {
    "waiting": (_("waiting"), "info"),
    "failed": (_("failed"), "danger"),
    "expired": (_("expired"), "neutral"),
}
"""What each state is called, and its tone; failed: all attempts of its job failed."""


def _state(row: Waiting) -> tuple[Any, str]:
    dead = row.job is not None and row.job.state == JobState.DEAD and row.message.state == "waiting"
    return STATES["failed" if dead else row.message.state]


class Undelivered(Table):
    """Mails that wait, without their texts."""

    caption = _("Mails that did not leave")
    name = "outbox"
    order = "-written"
    empty = _("Every mail has left.")
    columns = (
        Column("kind", _("About"), lambda row: verb_title(row.message.kind), head=True),
        Column("recipient", _("For whom"), lambda row: row.name),
        Column("state", _("State"), _state, Kind.TAG),
        Column("written", _("Written"), "message.written_at", Kind.MOMENT, sort="message.written_at"),
        Column("attempts", _("Attempts"), lambda row: row.job.attempts if row.job else 0, Kind.NUMBER),
        Column("error", _("Why not"), lambda row: error_text(row.job, language=reader.language()) if row.job else ""),
        Column("job", _("Job"), lambda row: row.job.pk if row.job else None, Kind.NUMBER,
               link=lambda row: reverse("jobs:job", args=[row.job.pk]) if row.job else ""),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "state", _("State"), [("waiting", _("waiting")), ("expired", _("expired"))], field="message.state"
        ),
    )
