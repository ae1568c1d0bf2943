# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The lists of acts and of the points raised."""

from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.parts import Tone
from datacity.frame.tables import Table
from datacity.programme.acts import rules
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.queries import groups
from datacity.programme.acts.rules import (
    KIND_NAMES,
    POINT_NAMES,
    STANDING_NAMES,
    STATE_NAMES,
    PointState,
    Standing,
    State,
)

STATE_TONES = {
    State.TABLED: Tone.INFO,
    State.ADOPTED: Tone.SUCCESS,
    State.REJECTED: Tone.NEUTRAL,
    State.WITHDRAWN: Tone.NEUTRAL,
}
STANDING_TONES = {
    Standing.ANSWERED: Tone.SUCCESS,
    Standing.REFUSED: Tone.NEUTRAL,
    Standing.OPEN: Tone.INFO,
    Standing.LATE: Tone.DANGER,
    Standing.UNOWNED: Tone.WARNING,
}


def state_tag(act: Act) -> tuple[str, str]:
    """Give the state of an act as words and tone."""
    state = State(act.state)
    return _(STATE_NAMES[state]), STATE_TONES[state]


def standing_tag(point: Any) -> tuple[str, str]:
    """Give where a point of `queries.points` stands as words and tone."""
    standing = point.standing_on(point.today)
    return _(STANDING_NAMES[standing]), STANDING_TONES[standing]


def _address(row: Any) -> str:
    return reverse("acts:point", kwargs={"slug": row.act.slug, "number": row.number})


def _states() -> list[tuple[str, str]]:
    open_ones = [("late", _(STANDING_NAMES[Standing.LATE])), ("unowned", _(STANDING_NAMES[Standing.UNOWNED]))]
    return [*((state.value, _(name)) for state, name in POINT_NAMES.items()), *open_ones]


def _in_state(rows: QuerySet[Point], value: str) -> QuerySet[Point]:
    if value == "late":
        return rows.filter(state=PointState.OPEN, due_on__lt=F("today"))
    if value == "unowned":
        return rows.filter(state=PointState.OPEN, owner__isnull=True, due_on__gte=F("today"))
    return rows.filter(state=value)


class ActTable(Table):
    """Every act; rows come from `queries.acts`."""

    caption = gettext_lazy("Acts of the council")
    name = "acts"
    search = ("reference", "title")
    search_label = gettext_lazy("Reference or title")
    order = "-tabled"
    empty = gettext_lazy("No act of the council is entered yet.")
    filters = (
        ChoiceFilter(
            "kind", gettext_lazy("Kind"), lambda: [(kind.value, _(name)) for kind, name in KIND_NAMES.items()]
        ),
        ChoiceFilter(
            "state", gettext_lazy("State"), lambda: [(state.value, _(name)) for state, name in STATE_NAMES.items()]
        ),
    )
    columns = (
        Column("reference", gettext_lazy("Reference"), sort="reference"),
        Column("title", gettext_lazy("Act"), head=True,
               link=lambda row: reverse("acts:act", kwargs={"slug": row.slug})),
        Column("kind", gettext_lazy("Kind"), lambda row: _(KIND_NAMES[rules.Kind(row.kind)]), sort="kind"),
        Column("tabled", gettext_lazy("Before the council"), "tabled_on", kind=Kind.DAY, sort="tabled_on"),
        Column("state", gettext_lazy("State"), state_tag, kind=Kind.TAG, sort="state"),
        Column("asked", gettext_lazy("Points raised"), "asked", kind=Kind.NUMBER, sort="asked"),
        Column("unsettled", gettext_lazy("Still open"), "unsettled", kind=Kind.NUMBER, sort="unsettled"),
    )  # fmt: skip


class PointTable(Table):
    """Every point raised; rows come from `queries.points`."""

    caption = gettext_lazy("Points raised in the council")
    name = "points"
    search = ("asked", "office", "clause", "answer")
    search_label = gettext_lazy("Words of the question or of the answer")
    empty = gettext_lazy("No point is entered yet.")
    filters = (
        ChoiceFilter(
            "act", gettext_lazy("Act"), lambda: list(Act.objects.values_list("slug", "reference")), "act__slug"
        ),
        ChoiceFilter("group", gettext_lazy("Group"), lambda: [(group, group) for group in groups()]),
        ChoiceFilter("state", gettext_lazy("State"), _states, apply=_in_state),
    )

    columns = (
        Column("reference", gettext_lazy("Act"), "act.reference", sort="act__reference"),
        Column("number", gettext_lazy("No."), kind=Kind.NUMBER, sort="number"),
        Column("asked", gettext_lazy("What was asked"), head=True, link=_address),
        Column("office", gettext_lazy("By"), sort="office"),
        Column("group", gettext_lazy("Group"), sort="group"),
        Column("state", gettext_lazy("State"), standing_tag, kind=Kind.TAG, sort="state"),
        Column("clause", gettext_lazy("Clause"), sort="clause"),
        Column("owner", gettext_lazy("In charge"), "owner.name", sort="owner__name"),
        Column("due", gettext_lazy("Due"), "due_on", kind=Kind.DAY, sort="due_on"),
    )
