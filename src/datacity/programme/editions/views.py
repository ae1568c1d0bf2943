# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of editions: public list, page and policy; for a programme manager draft, policy values, open, close, archive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame import reader, wording
from datacity.frame.request import Request, signed_in
from datacity.kernel import words
from datacity.kernel.errors import Conflict, require, require_state
from datacity.kernel.policy import Parameter, Policy, declared
from datacity.programme.editions import actions, forms, permissions, queries, rules
from datacity.programme.editions.models import Edition
from datacity.programme.editions.rules import AREA_NAMES, State
from datacity.programme.editions.tables import EditionTable, state_tag
from datacity.programme.journal.queries import entries_about

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@require_safe
def editions(request: Request) -> HttpResponseBase:
    """List the editions the reader sees."""
    table = EditionTable(queries.visible_editions(request.actor), request.GET, path=request.path)
    context = {"table": table, "may_manage": bool(permissions.may_manage(request.actor))}
    return table.download(request) or render(request, "editions/editions.html", context)


@require_safe
def edition(request: Request, slug: str) -> HttpResponse:
    """Show an edition: dates, state, and its policy in words. Raises Missing for a draft of others."""
    found = queries.visible_edition(request.actor, slug)
    in_force = queries.policy_of(found)
    may_manage = bool(permissions.may_manage(request.actor))
    opened = entries_about(found.ref).filter(verb="edition.opened").last()
    place = getattr(opened, "place", None)
    context = {
        "edition": found,
        "state": state_tag(found),
        "areas": areas(in_force),
        "fingerprint": found.policy_fingerprint or in_force.fingerprint,
        "position": place.position if place else None,
        "may_manage": may_manage,
        "is_subject_to_vote": rules.is_subject_to_vote(found.act.state if found.act else ""),
        "may_rest_on": may_manage and bool(rules.may_rest_on(found.state, found.act.state if found.act else "")),
    }
    return render(request, "editions/edition.html", context)


@require_safe
def policy(request: Request) -> HttpResponse:
    """Show the policy in force now: that of the open edition, else the site's defaults."""
    in_force = queries.policy_in_force(request.now)
    context = {
        "areas": areas(in_force),
        "fingerprint": in_force.fingerprint,
        "edition": queries.edition_open(request.now),
    }
    return render(request, "editions/policy.html", context)


@_form_page
@signed_in
def draft(request: Request) -> HttpResponse:
    """Prepare an edition."""
    require(permissions.may_manage(request.actor))
    form = forms.DraftForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            made = actions.draft(actions.Outline(**form.cleaned_data), by=request.actor, at=request.now)
            messages.success(request, _("The edition is prepared; nobody but programme managers sees it yet."))
            return redirect("editions:edition", slug=made.slug)
    return render(request, "editions/draft.html", {"form": form}, status=form.status)


@_form_page
@signed_in
def correct(request: Request, slug: str) -> HttpResponse:
    """Correct title, summary and dates of a draft."""
    require(permissions.may_manage(request.actor))
    found = _draft(request, slug)
    first = {name: getattr(found, name) for name in ("title", "summary", "starts_on", "ends_on")}
    form = forms.OutlineForm(request.POST or None, initial=first)
    if form.is_valid():
        with form.catching():
            outline = actions.Outline(slug=found.slug, **form.cleaned_data)
            actions.correct(found, outline, by=request.actor, at=request.now)
            messages.success(request, _("The edition is corrected."))
            return redirect("editions:edition", slug=slug)
    return render(request, "editions/correct.html", {"form": form, "edition": found}, status=form.status)


@_form_page
@signed_in
def set_policy(request: Request, slug: str) -> HttpResponse:
    """Set the policy values of a draft."""
    require(permissions.may_manage(request.actor))
    found = _draft(request, slug)
    form = forms.PolicyForm(request.POST or None, initial=queries.policy_of(found).as_dict())
    if form.is_valid():
        with form.catching():
            actions.set_policy(found, forms.values_of(form.cleaned_data), by=request.actor, at=request.now)
            messages.success(request, _("The policy of the edition is set."))
            return redirect("editions:edition", slug=slug)
    return render(request, "editions/set_policy.html", {"form": form, "edition": found}, status=form.status)


@_form_page
@signed_in
def rest_on(request: Request, slug: str) -> HttpResponse:
    """Say which act of the council an edition rests on."""
    require(permissions.may_manage(request.actor))
    found = queries.visible_edition(request.actor, slug)
    require_state(rules.may_rest_on(found.state, found.act.state if found.act else ""))
    form = forms.ActForm(request.POST or None, initial={"act": found.act})
    if form.is_valid():
        with form.catching():
            actions.rest_on(found, form.cleaned_data["act"], by=request.actor, at=request.now)
            messages.success(request, _("The edition rests on this act."))
            return redirect("editions:edition", slug=slug)
    return render(request, "editions/rest_on.html", {"form": form, "edition": found}, status=form.status)


@_form_page
@signed_in
def open_edition(request: Request, slug: str) -> HttpResponse:
    """Open an edition after showing what is frozen by it."""
    return _move(request, slug, "open", actions.open_edition, _("The edition is open."))


@_form_page
@signed_in
def close(request: Request, slug: str) -> HttpResponse:
    """Close an edition after asking."""
    return _move(request, slug, "close", actions.close, _("The edition is closed."))


@_form_page
@signed_in
def archive(request: Request, slug: str) -> HttpResponse:
    """Archive an edition after asking."""
    return _move(request, slug, "archive", actions.archive, _("The edition is archived."))


def _move(request: Request, slug: str, verb: str, deed: Callable[..., Edition], done: str) -> HttpResponse:
    require(permissions.may_manage(request.actor))
    found = queries.visible_edition(request.actor, slug)
    require_state(rules.next_state(found.state, verb))
    other = queries.edition_open() if verb == "open" else None
    if request.method == "POST":
        deed(found, by=request.actor, at=request.now)
        messages.success(request, done)
        return redirect("editions:edition", slug=slug)
    context = {
        "edition": found,
        "other": other,
        "changed": len(found.policy),
        "back_url": reverse("editions:edition", kwargs={"slug": slug}),
    }
    return render(request, f"editions/{verb}.html", context)


def _draft(request: Request, slug: str) -> Edition:
    found = queries.visible_edition(request.actor, slug)
    if found.state != State.DRAFT:
        raise Conflict(
            "editions.frozen",
            "The edition has opened; its dates and its policy are frozen, so that everybody can rely on them.",
        )
    return found


@dataclass(frozen=True)
class Line:
    """One parameter in words: name, meaning, value, unit, source, and whether it is the site's usual one."""

    name: str
    meaning: str
    value: str
    unit: str
    source: str
    usual: bool


def areas(in_force: Policy) -> list[tuple[str, list[Line]]]:
    """Give the policy by area, each parameter in words, in the reader's language."""
    found: dict[str, list[Line]] = {}
    usual = queries.usual_values()
    for parameter in declared():
        found.setdefault(parameter.name.partition(".")[0], []).append(
            _line(parameter, in_force[parameter.name], usual[parameter.name])
        )
    return [(_(AREA_NAMES.get(area, area)), lines) for area, lines in found.items()]


def _line(parameter: Parameter, value: Any, usual: Any) -> Line:
    language = reader.language()
    return Line(
        name=parameter.name,
        meaning=words.render(parameter.description, language),
        value=_shown(parameter, value),
        unit=words.render(parameter.unit, language),
        source=words.render(parameter.source, language),
        usual=value == usual,
    )


def _shown(parameter: Parameter, value: Any) -> str:
    if parameter.choices:
        return words.render(parameter.called(value), reader.language())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return wording.number(value)
    return wording.decimal(value, 2) if isinstance(value, float) else str(value)
