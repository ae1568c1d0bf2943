# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of acts: public list, act with its debate, points with the gap report; forms for who enters and settles them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame import wording
from datacity.frame.forms import Form
from datacity.frame.parts import Row
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require, require_state
from datacity.kernel.verdict import Verdict
from datacity.programme.acts import actions, forms, permissions, queries, rules
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.rules import KIND_NAMES, METHOD_NAMES, STANDING_NAMES, Gap, State
from datacity.programme.acts.tables import STANDING_TONES, ActTable, PointTable, standing_tag, state_tag
from datacity.programme.people.queries import mandate_for_city, signed_in_person

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@require_safe
def acts(request: Request) -> HttpResponseBase:
    """List the acts of the council."""
    table = ActTable(queries.acts(), request.GET, path=request.path)
    context = {"table": table, "may_record": bool(permissions.may_record(request.actor))}
    return table.download(request) or render(request, "acts/acts.html", context)


@require_safe
def points(request: Request) -> HttpResponseBase:
    """List every point raised, with the gap of those the filters keep."""
    today = queries.today(request.now)
    table = PointTable(queries.points(today), request.GET, path=request.path)
    context = {"table": table, "gap": counted(queries.gap_of(table.rows, today))}
    return table.download(request) or render(request, "acts/points.html", context)


@dataclass(frozen=True)
class Group:
    """What one political group asked, each point with its standing as words and tone."""

    name: str
    points: list[tuple[Point, tuple[str, str]]]


@require_safe
def act(request: Request, slug: str) -> HttpResponse:
    """Show an act: what the council did, and the debate by group with where each point stands."""
    found = queries.act_by_slug(slug)
    today = queries.today(request.now)
    rows = list(queries.points(today).filter(act=found))
    by_group: dict[str, list[tuple[Point, tuple[str, str]]]] = {}
    for point in rows:
        by_group.setdefault(point.group, []).append((point, standing_tag(point)))
    context = {
        "act": found,
        "state": state_tag(found),
        "facts": facts(found),
        "groups": [Group(name, points) for name, points in sorted(by_group.items())],
        "gap": counted(queries.gap_of(rows, today)),
        "may_record": bool(permissions.may_record(request.actor)) and found.state == State.TABLED,
        "may_raise": bool(permissions.may_raise(request.actor)),
    }
    return render(request, "acts/act.html", context)


@require_safe
def point(request: Request, slug: str, number: int) -> HttpResponse:
    """Show one point: what was asked, by which office, and how it ends or who must end it."""
    found = queries.point_of(slug, number, queries.today(request.now))
    still = bool(rules.still_open(found.state))
    context = {
        "point": found,
        "standing": standing_tag(found),
        "facts": point_facts(found),
        "may_assign": still and bool(permissions.may_record(request.actor)),
        "may_settle": still and bool(permissions.may_settle(request.actor)),
    }
    return render(request, "acts/point.html", context)


@_form_page
@signed_in
def table(request: Request) -> HttpResponse:
    """Enter an act that comes before the council."""
    require(permissions.may_record(request.actor))
    form = forms.ActForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            made = actions.table(actions.Tabled(**form.cleaned_data), by=request.actor, at=request.now)
            messages.success(request, _("The act is entered."))
            return redirect("acts:act", slug=made.slug)
    return render(request, "acts/table.html", {"form": form}, status=form.status)


@_form_page
@signed_in
def enter_outcome(request: Request, slug: str) -> HttpResponse:
    """Enter what the council did."""
    require(permissions.may_record(request.actor))
    found = queries.act_by_slug(slug)
    require_state(rules.next_state(found.state))
    form = forms.OutcomeForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            actions.enter_outcome(found, rules.Vote(**form.cleaned_data), by=request.actor, at=request.now)
            messages.success(request, _("The outcome is entered."))
            return redirect("acts:act", slug=slug)
    return render(request, "acts/outcome.html", {"form": form, "act": found}, status=form.status)


@_form_page
@signed_in
def raise_point(request: Request, slug: str) -> HttpResponse:
    """Enter a point of the debate."""
    require(permissions.may_raise(request.actor))
    found = queries.act_by_slug(slug)
    form = forms.RaiseForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            made = actions.raise_point(found, actions.Raised(**form.cleaned_data), by=request.actor, at=request.now)
            messages.success(request, _("The point is entered."))
            return redirect("acts:point", slug=slug, number=made.number)
    days = queries.usual_due_days(request.now)
    return render(request, "acts/raise.html", {"form": form, "act": found, "days": days}, status=form.status)


@_form_page
@signed_in
def assign(request: Request, slug: str, number: int) -> HttpResponse:
    """Put somebody in charge of a point."""
    found = _open_point(request, slug, number, permissions.may_record(request.actor))
    form = forms.AssignForm(request.POST or None, initial={"owner": found.owner, "due_on": found.due_on})
    saying = Saying(_("Put somebody in charge"), _("Put in charge"), _("The point has somebody in charge."))
    return _do(request, found, form, saying, lambda **data: actions.assign(found, **data))


@_form_page
@signed_in
def answer(request: Request, slug: str, number: int) -> HttpResponse:
    """Answer a point by a clause."""
    found = _open_point(request, slug, number, permissions.may_settle(request.actor))
    form = forms.AnswerForm(request.POST or None)
    saying = Saying(_("Answer by a clause"), _("Answer"), _("The point is answered."), needs_mandate=True)
    return _do(request, found, form, saying, lambda **data: actions.answer(found, **data))


@_form_page
@signed_in
def refuse(request: Request, slug: str, number: int) -> HttpResponse:
    """Refuse a point with reasons."""
    found = _open_point(request, slug, number, permissions.may_settle(request.actor))
    form = forms.RefuseForm(request.POST or None)
    said = _("The refusal and its reasons are public.")
    saying = Saying(_("Refuse with reasons"), _("Refuse"), said, needs_mandate=True)
    return _do(request, found, form, saying, lambda words, **who: actions.refuse(found, words, **who))


def _open_point(request: Request, slug: str, number: int, allowed: Verdict) -> Point:
    require(allowed)
    found = queries.point_of(slug, number, queries.today(request.now))
    require_state(rules.still_open(found.state))
    return found


@dataclass(frozen=True)
class Saying:
    """What the page of a deed on a point says: its title, its button, and that it is done. needs_mandate: done in the city's name."""

    title: str
    button: str
    done: str
    needs_mandate: bool = False


def _do(request: Request, found: Point, form: Form, saying: Saying, deed: Callable[..., Point]) -> HttpResponse:
    person = signed_in_person(request.actor)
    if form.is_valid():
        with form.catching():
            deed(**form.cleaned_data, by=person, at=request.now)
            messages.success(request, saying.done)
            return redirect("acts:point", slug=found.act.slug, number=found.number)
    context = {
        "form": form,
        "point": found,
        "title": saying.title,
        "button": saying.button,
        "needs_mandate": saying.needs_mandate,
        "mandate": mandate_for_city(person, request.now) if saying.needs_mandate else None,
    }
    return render(request, "acts/point_form.html", context, status=form.status)


def counted(gap: Gap) -> dict[str, Any]:
    """Give the gap for a page: the three sums, and each standing that occurs as words, tone and number."""
    standings = [
        (_(STANDING_NAMES[each]), STANDING_TONES[each], count) for each, count in gap.standings.items() if count
    ]
    return {"asked": gap.asked, "settled": gap.settled, "open": gap.open, "standings": standings}


def facts(act: Act) -> list[Row]:
    """Give what is known of an act as rows of a summary."""
    rows = [
        Row(_("Reference"), act.reference),
        Row(_("Kind"), _(KIND_NAMES[rules.Kind(act.kind)])),
        Row(_("Before the council"), wording.day(act.tabled_on)),
    ]
    if act.decided_on:
        rows.append(Row(_("Decided"), wording.day(act.decided_on)))
    if act.method:
        rows.append(Row(_("Vote"), _vote(act)))
    return rows


def point_facts(point: Point) -> list[Row]:
    """Give what is known of a point as rows of a summary."""
    rows = [Row(_("By"), point.office)]
    if point.group:
        rows.append(Row(_("Group"), point.group))
    rows.append(Row(_("Debate of"), wording.day(point.raised_on)))
    rows.append(Row(_("In charge"), point.owner.name if point.owner else _("nobody yet")))
    if point.settled_at is None:
        rows.append(Row(_("Answer due on"), wording.day(point.due_on)))
    if point.clause:
        rows.append(Row(_("Clause"), point.clause))
    return rows


def _vote(act: Act) -> str:
    method = _(METHOD_NAMES[rules.Method(act.method)])
    if act.votes_for is None:
        return method
    counts = _("{ayes} for, {noes} against, {abstentions} abstentions").format(
        ayes=act.votes_for, noes=act.votes_against, abstentions=act.abstentions
    )
    return f"{method}, {counts}"
