# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A protection: how far it is, what it gave, the report, and presenting or setting it aside."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datacity.engine.protection.plan import Plan
from datacity.frame import reader, typography, wording
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.datasets import actions, permissions, queries
from datacity.programme.datasets.forms.plan import SetAsideForm
from datacity.programme.datasets.models import Protection
from datacity.programme.datasets.rules import PROTECTION_NAMES, TONES, ProtectionState
from datacity.programme.datasets.views.descriptions import refusal_shown
from datacity.programme.jobs.queries import Progress, progress_of
from datacity.programme.people.queries import signed_in_person

_form_page = require_http_methods(("GET", "HEAD", "POST"))
_RUNNING = frozenset({ProtectionState.PLANNED, ProtectionState.RUN})
_ENDED = frozenset({ProtectionState.REJECTED, ProtectionState.FAILED})


@signed_in
@require_safe
def protection(request: Request, number: int) -> HttpResponse:
    """Show a protection: progress while it runs, then the report, the risk and what may be done next."""
    found = queries.visible_protection(request.actor, number)
    state = ProtectionState(found.state)
    works = bool(permissions.may_describe(request.actor))
    context = {
        "protection": found,
        "description": found.description,
        "dataset": found.description.dataset,
        "state": _(PROTECTION_NAMES[state]),
        "tone": TONES[state],
        "running": state in _RUNNING,
        "progress": _progress(found),
        "failure": refusal_shown(found.failure),
        "set_aside": state is ProtectionState.REJECTED,
        "report": found.report.get(reader.language()),
        "figures": _figures(found),
        "may_present": works and state is ProtectionState.ATTACKED,
        "may_set_aside": works and state not in _RUNNING | _ENDED,
        "may_plan": works and state not in _RUNNING and state is not ProtectionState.REVIEWED,
        "presented": state is ProtectionState.REVIEWED,
    }
    return render(request, "datasets/protection_detail.html", context)


def _progress(found: Protection) -> Progress | None:
    if found.state not in _RUNNING:
        return None
    job = queries.job_protecting(found)
    return progress_of(job, language=reader.language()) if job else None


def _figures(found: Protection) -> list[tuple[str, str, str]]:
    """Give what was measured before and after, in words; nothing when no column helps to recognise somebody."""
    before, after = found.before, found.after
    if not before or before.get("k") is None:
        return []
    language = reader.language()

    def number(value: Any) -> str:
        return "–" if value is None else typography.number(value, language)

    def percent(value: Any) -> str:
        return "–" if value is None else wording.percent(value, 1)

    rows = [(_("Rows"), number, "rows"), (_("Rows alone of their kind"), number, "uniques")]
    rows.append((_("Smallest group of rows that look alike"), number, "k"))
    rows.append((_("Risk for the most exposed person"), percent, "prosecutor_max"))
    rows.append((_("Right guesses of somebody who tries everybody"), percent, "marketer"))
    return [(label, show(before.get(key)), show(after.get(key))) for label, show, key in rows]


@signed_in
@never_cache
@require_safe
def progress(request: Request, number: int) -> HttpResponse:
    """Give how far protecting is; when it is over, the page that asks loads itself again."""
    found = queries.visible_protection(request.actor, number)
    answer = render(request, "datasets/protection_progress.html", {"protection": found, "progress": _progress(found)})
    if found.state not in _RUNNING:
        answer["HX-Refresh"] = "true"
    return answer


@signed_in
@require_safe
def plan_file(request: Request, number: int) -> HttpResponse:
    """Give the plan as the file the command line reads."""
    found = queries.visible_protection(request.actor, number)
    answer = HttpResponse(Plan.from_dict(found.plan).to_toml(), content_type="application/toml; charset=utf-8")
    name = f"{found.description.dataset.slug}-{found.description.number}-{found.number}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return answer


@signed_in
@require_POST
def present(request: Request, number: int) -> HttpResponse:
    """Present the protected table for opinion, review and clearance."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_protection(request.actor, number)
    actions.present(found, by=signed_in_person(request.actor), at=request.now)
    messages.success(request, _("The table is presented. Below you see whose turn it is."))
    return redirect("datasets:protection", number)


@_form_page
@signed_in
def reject(request: Request, number: int) -> HttpResponse:
    """Set a protection aside, with the reason."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_protection(request.actor, number)
    form = SetAsideForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            actions.reject(
                found, reason=form.cleaned_data["reason"], by=signed_in_person(request.actor), at=request.now
            )
            return redirect("datasets:protection", number)
    context = {"form": form, "protection": found, "dataset": found.description.dataset}
    return render(request, "datasets/reject.html", context, status=form.status)
