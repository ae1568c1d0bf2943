# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The list of jobs."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader
from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.tables import Table
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.queries import title
from datacity.programme.jobs.rules import State

STATES: dict[str, tuple[Any, str]] = {
    State.QUEUED: (_("waiting"), "neutral"),
    State.RUNNING: (_("running"), "info"),
    State.DONE: (_("done"), "success"),
    State.DEAD: (_("failed"), "danger"),
    State.DISMISSED: (_("dismissed"), "neutral"),
}
"""What each state is called, and its tone."""


def _names() -> Iterable[tuple[str, str]]:
    """Give the jobs that occur, with their names in the reader's language, by name."""
    found = Job.objects.order_by().values_list("name", flat=True).distinct()
    return sorted(((name, title(name, language=reader.language())) for name in found), key=lambda pair: pair[1])


class Jobs(Table):
    """Jobs of the last 30 days."""

    caption = _("Jobs")
    name = "jobs"
    order = "-number"
    empty = _("No job fits.")
    columns = (
        Column(
            "number", _("Number"), "pk", Kind.NUMBER, sort="pk", link=lambda job: reverse("jobs:job", args=[job.pk])
        ),
        Column("title", _("What"), lambda job: title(job.name, language=reader.language()), head=True),
        Column("state", _("State"), lambda job: STATES[job.state], Kind.TAG, sort="state"),
        Column("attempts", _("Attempts"), "attempts", Kind.NUMBER),
        Column("created", _("Asked for"), "created_at", Kind.MOMENT, sort="created_at"),
        Column("finished", _("Ended"), "finished_at", Kind.MOMENT, sort="finished_at"),
    )
    filters = (
        ChoiceFilter("state", _("State"), [(state, label) for state, (label, _tone) in STATES.items()]),
        ChoiceFilter("what", _("What"), _names, field="name"),
    )
