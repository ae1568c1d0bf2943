# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What decisions add to other pages: the state of a protection, the latest decisions, what waits for whom."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from datacity.frame import reader
from datacity.frame.now import Group, Item
from datacity.frame.parts import Event, Tone
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.datasets.models import Dataset, Protection
from datacity.programme.datasets.permissions import may_describe
from datacity.programme.datasets.rules import ProtectionState
from datacity.programme.people.rules import Role
from datacity.programme.privacy.permissions import may_give, may_review
from datacity.programme.releases import permissions, queries, rules
from datacity.programme.releases.models import Clearance
from datacity.programme.releases.queries import Waiting
from datacity.programme.releases.rules import OUTCOME_NAMES, STAGE_NAMES, ClearanceOutcome, Stage

LATEST = 10
IN_SITE_MAP = 500
OFFICER, REPRESENTATIVE = gettext_noop("the data protection officer"), gettext_noop("the city's representative")
REVIEWERS = gettext_noop("a steward or the data protection officer")


def state_of_protection(_request: HttpRequest, protection: Protection) -> str:
    """Give the steward where the opinion, the review and the decision on a presented table stand."""
    if protection.state != ProtectionState.REVIEWED:
        return ""
    clearance = queries.clearance_of(protection)
    case = queries.case_of(protection, "")
    context = {
        "protection": protection,
        "clearance": clearance,
        "outcome": queries.outcome_tag(clearance) if clearance else None,
        "stages": [(_(STAGE_NAMES[stage]), _tone(stage)) for stage in rules.stages(case)],
    }
    return render_to_string("releases/protection_panel.html", context)


def latest(_request: HttpRequest, _thing: Any) -> str:
    """Give everybody the latest decisions with their reason; nothing while there is none."""
    rows = list(queries.decisions()[:LATEST])
    return render_to_string("releases/decisions_panel.html", {"events": [_event(row) for row in rows]}) if rows else ""


def waiting(person: Actor, at: datetime) -> list[Item]:
    """Give the officer, the reviewers, the representatives and the stewards what waits for them or for others."""
    if not permissions.may_see_queue(person) or person.has_role(Role.AUDITOR):
        return []
    in_force = policy.in_force(at=at)
    days = (timedelta(days=in_force["privacy.opinion_days"]), timedelta(days=in_force["releases.decision_days"]))
    rows = queries.queue(at=at)
    return [item for row in rows for item in _items(person, row, days)] + list(_stuck(person))


def in_site_map() -> list[tuple[Any, str, date | None]]:
    """Give the register and the newest decisions for the site map."""
    found: list[tuple[Any, str, date | None]] = [(_("Every decision on data"), "decisions/register/", None)]
    found.extend(
        (_label(row), f"decisions/{row.protection_id}/decision/", timezone.localdate(row.given_at))
        for row in queries.decisions()[:IN_SITE_MAP]
    )
    return found


def _tone(stage: Stage) -> str:
    return Tone.SUCCESS if stage is Stage.DECISION else Tone.WARNING


def _title(dataset: Dataset) -> str:
    return dataset.title.within(reader.language())


def _label(clearance: Clearance) -> str:
    outcome = _(OUTCOME_NAMES[ClearanceOutcome(clearance.outcome)])
    return _("{outcome}: {title}").format(outcome=outcome, title=_title(clearance.protection.description.dataset))


def _event(clearance: Clearance) -> Event:
    return Event(
        when=timezone.localdate(clearance.given_at),
        title=_label(clearance),
        who=f"{clearance.person.name}, {clearance.capacity}",
        text=clearance.reason,
        url=reverse("releases:decision", kwargs={"number": clearance.protection_id}),
        tone=queries.outcome_tag(clearance)[1],
    )


def _items(person: Actor, row: Waiting, days: tuple[timedelta, timedelta]) -> Iterator[Item]:
    """Give what one presented table asks of this person, each deed once: theirs now, else whom it waits for.

    days: within which the opinion and the decision are expected.
    """
    title, url = (
        _title(row.protection.description.dataset),
        reverse("releases:case", kwargs={"number": row.protection.pk}),
    )
    follows = bool(may_describe(person)) or person.has_role(Role.REPRESENTATIVE)
    opinion_due, decision_due = _due(row, days)
    asked = _("{title}: a table is protected and presented").format(title=title)
    if Stage.OPINION in row.stages:
        if may_give(person):
            yield Item(_("Give your opinion on {title}").format(title=title), url, when=opinion_due, who=asked)
        elif follows:
            yield Item(
                _("{title}: the opinion").format(title=title),
                url,
                when=opinion_due,
                group=Group.WAITING,
                who=_(OFFICER),
            )
    if Stage.REVIEW in row.stages:
        if may_review(person):
            yield Item(_("Conclude the collective review of {title}").format(title=title), url, who=asked)
        elif follows:
            yield Item(
                _("{title}: the collective review").format(title=title), url, group=Group.WAITING, who=_(REVIEWERS)
            )
    if row.ready:
        own = replace(row.case, representative=str(person.ref))
        if person.has_role(Role.REPRESENTATIVE) and rules.three_persons(own):
            yield Item(_("Decide on {title}: clear or refuse").format(title=title), url, when=decision_due, who=asked)
        elif follows or may_give(person):
            awaited = _("{title}: the decision").format(title=title)
            yield Item(awaited, url, when=decision_due, group=Group.WAITING, who=_(REPRESENTATIVE))


def _due(row: Waiting, days: tuple[timedelta, timedelta]) -> tuple[date | None, date | None]:
    """Give until when the opinion is expected, and the decision, from the day the table is ready for it."""
    presented = row.protection.reviewed_at
    if presented is None:
        return None, None
    ready = max(presented, row.opined_at or presented, row.review_at or presented)
    return timezone.localdate(presented) + days[0], timezone.localdate(ready) + days[1]


def _stuck(person: Actor) -> Iterator[Item]:
    if not person.has_role(Role.REPRESENTATIVE):
        return
    for release in queries.unfinished():
        if release.failure:
            yield Item(
                _("Publish {title} again: its publication failed").format(title=_title(release.dataset)),
                reverse("releases:decision", kwargs={"number": release.clearance.protection_id}),
                priority=50,
            )


PANELS = (Panel("protection", "releases", state_of_protection), Panel("decisions", "releases", latest))
PROVIDERS = (Provider("now", "releases", waiting), Provider("sitemap", "decisions", in_site_map))
