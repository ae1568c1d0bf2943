# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Planning a protection: the form with its live preview, and the plan as text."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from datacity.engine.protection.plan import Plan
from datacity.engine.protection.previews import Preview
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import Conflict, Invalid, Missing, require
from datacity.programme.datasets import actions, permissions, queries
from datacity.programme.datasets.forms.plan import PlanForm, PlanTextForm
from datacity.programme.datasets.models import Description
from datacity.programme.datasets.rules import Reading
from datacity.programme.people.queries import signed_in_person

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@dataclass(frozen=True)
class PreviewShown:
    """A preview with the headers people know, and whether more rows would go than the plan allows."""

    found: Preview
    heads_before: list[str]
    heads: list[str]
    too_many: bool


def _work(request: Request, slug: str, number: int) -> Description:
    """Give the version to plan. Raises Forbidden; Missing while it is not read."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_description(request.actor, slug, number)
    if found.state != Reading.READ:
        raise Missing("datasets.not_read", "The file is not read yet, or was refused.")
    return found


@_form_page
@signed_in
def plan(request: Request, slug: str, number: int) -> HttpResponse:
    """Show the plan to start from, preview what was chosen, or keep it and start protecting."""
    found = _work(request, slug, number)
    form = _form(request, found)
    if form.is_valid() and "preview" not in request.POST:
        with form.catching():
            made = actions.plan(found, form.plan(), by=signed_in_person(request.actor), at=request.now)
            return redirect("datasets:protection", made.pk)
    shown = _shown(found, form, first=not form.is_bound)
    return render(request, "datasets/plan.html", _context(found, form, shown), status=form.status)


@signed_in
@require_POST
def preview(request: Request, slug: str, number: int) -> HttpResponse:
    """Give what the plan, as it stands in the form, does to the first rows."""
    found = _work(request, slug, number)
    form = _form(request, found)
    shown = _shown(found, form)
    return render(request, "datasets/preview.html", _context(found, form, shown), status=form.status)


@_form_page
@signed_in
def plan_text(request: Request, slug: str, number: int) -> HttpResponse:
    """Show and take the plan as its text, for what the form cannot say."""
    found = _work(request, slug, number)
    form = PlanTextForm(request.POST or None, initial={"text": queries.proposed_plan(found).to_toml()})
    if form.is_valid() and "preview" not in request.POST:
        with form.catching():
            made = actions.plan(found, form.plan(), by=signed_in_person(request.actor), at=request.now)
            return redirect("datasets:protection", made.pk)
    shown = _shown(found, form) if form.is_bound else None
    return render(request, "datasets/plan_text.html", _context(found, form, shown), status=form.status)


def _form(request: Request, found: Description) -> PlanForm:
    return PlanForm(request.POST or None, columns=queries.described(found).columns, plan=queries.proposed_plan(found))


def _context(found: Description, form: PlanForm | PlanTextForm, shown: PreviewShown | None) -> dict[str, Any]:
    return {"description": found, "dataset": found.dataset, "form": form, "preview": shown}


def _shown(found: Description, form: PlanForm | PlanTextForm, *, first: bool = False) -> PreviewShown | None:
    """Give the preview of the form's plan, or of the one to start from; None when it is refused, which the form then says."""
    if first:
        return _try(found, queries.proposed_plan(found))
    if not form.is_valid():
        return None
    with form.catching():
        wanted = form.plan()
        preview = queries.preview_of(found, wanted)
    return None if form.errors else _named(found, wanted, preview)


def _try(found: Description, wanted: Plan) -> PreviewShown | None:
    try:
        return _named(found, wanted, queries.preview_of(found, wanted))
    except (Invalid, Conflict, Missing):  # a plan to be completed first: the form shows what is open
        return None


def _named(found: Description, wanted: Plan, preview: Preview) -> PreviewShown:
    labels = {column.name: column.label for column in queries.described(found).columns}
    return PreviewShown(
        preview,
        [labels.get(name, name) for name in preview.columns_before],
        [labels.get(name, name) for name in preview.columns],
        preview.suppressed > wanted.suppression_limit * preview.sample_rows,
    )
