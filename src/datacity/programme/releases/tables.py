# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The lists of releases: what waits for a decision, and every decision that was taken."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter, DayFilter
from datacity.frame.parts import Tone
from datacity.frame.tables import Table
from datacity.programme.releases.models import Clearance
from datacity.programme.releases.queries import Waiting, outcome_tag, release_of, state_tag
from datacity.programme.releases.rules import OUTCOME_NAMES, STAGE_NAMES, Stage


def _stages(row: Waiting) -> tuple[str, str]:
    return ", ".join(_(STAGE_NAMES[stage]) for stage in row.stages), Tone.SUCCESS if row.ready else Tone.WARNING


def _at_stage(rows: list[Waiting], value: str) -> list[Waiting]:
    return [row for row in rows if Stage(value) in row.stages]


class WaitingTable(Table):
    """Presented tables that nobody decided on; rows come from `queries.queue`."""

    caption = gettext_lazy("Tables that wait for a decision")
    name = "waiting"
    empty = gettext_lazy("No protected table waits for a decision.")
    filters = (
        ChoiceFilter(
            "stage",
            gettext_lazy("Waits for"),
            lambda: [(stage.value, _(name)) for stage, name in STAGE_NAMES.items()],
            apply=_at_stage,
        ),
    )
    columns = (
        Column("title", gettext_lazy("Table"), "protection.description.dataset.title", head=True,
               sort=lambda row: str(row.protection.description.dataset.title.within("fr")),
               link=lambda row: reverse("releases:case", kwargs={"number": row.protection.pk})),
        Column("presented", gettext_lazy("Presented"), "protection.reviewed_at", kind=Kind.DAY, sort="protection.reviewed_at"),
        Column("stage", gettext_lazy("State"), _stages, kind=Kind.TAG),
    )  # fmt: skip


def _became(clearance: Clearance) -> tuple[str, str] | None:
    release = release_of(clearance)
    return state_tag(release) if release else None


def _with_outcome(rows: QuerySet[Clearance], value: str) -> QuerySet[Clearance]:
    return rows.filter(outcome=value)


class DecisionTable(Table):
    """Every clearance and refusal; rows come from `queries.decisions`."""

    caption = gettext_lazy("Decisions on data")
    name = "decisions"
    search = ("protection__description__dataset__slug", "protection__description__dataset__title", "reason")
    search_label = gettext_lazy("Title or reason")
    order = "-day"
    empty = gettext_lazy("Nobody has decided on a table yet.")
    filters = (
        ChoiceFilter(
            "outcome",
            gettext_lazy("Decision"),
            lambda: [(outcome.value, _(name)) for outcome, name in OUTCOME_NAMES.items()],
            apply=_with_outcome,
        ),
        DayFilter("since", gettext_lazy("Since"), "given_at__date"),
    )
    columns = (
        Column("title", gettext_lazy("Table"), "protection.description.dataset.title", head=True,
               link=lambda row: reverse("releases:decision", kwargs={"number": row.protection_id})),
        Column("outcome", gettext_lazy("Decision"), outcome_tag, kind=Kind.TAG, sort="outcome"),
        Column("day", gettext_lazy("Day"), "given_at", kind=Kind.DAY, sort="given_at"),
        Column("capacity", gettext_lazy("Decided by"), lambda row: f"{row.person.name}, {row.capacity}"),
        Column("became", gettext_lazy("The version is"), _became, kind=Kind.TAG),
    )  # fmt: skip
