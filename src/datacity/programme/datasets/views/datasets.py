# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Datasets in preparation: the list, one made of a deposit, a new version, what readers are told, the end."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datacity.engine.catalogue.licences import licence
from datacity.frame import reader, typography
from datacity.frame.parts import Row, Task
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.datasets import actions, permissions, queries
from datacity.programme.datasets.actions import About
from datacity.programme.datasets.forms.about import AboutForm, VersionForm, about_from_title, about_of
from datacity.programme.datasets.models import Dataset, Description
from datacity.programme.datasets.rules import READING_NAMES, TONES, Reading, State
from datacity.programme.datasets.tables import DatasetTable, state_shown
from datacity.programme.deposits.queries import visible_deposit
from datacity.programme.people.queries import signed_in_person

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@signed_in
@require_safe
def datasets(request: Request) -> HttpResponseBase:
    """List the datasets in preparation. Raises Forbidden for who sees none."""
    require(permissions.may_see_workshop(request.actor))
    table = DatasetTable(queries.listed_datasets(request.actor), request.GET, path=request.path)
    waiting = queries.undescribed_deposits(request.actor) if permissions.may_describe(request.actor) else []
    return table.download(request) or render(
        request, "datasets/dataset_list.html", {"table": table, "waiting": waiting}
    )


@_form_page
@signed_in
def describe(request: Request, reference: str) -> HttpResponse:
    """Make a dataset of a deposit and start reading its file."""
    require(permissions.may_describe(request.actor))
    deposit = visible_deposit(request.actor, reference)
    form = AboutForm(request.POST or None, initial=about_from_title(deposit.title))
    if form.is_valid():
        with form.catching():
            made = actions.describe(deposit, About(**form.about()), by=signed_in_person(request.actor), at=request.now)
            return redirect("datasets:description", made.dataset.slug, made.number)
    context = {"form": form, "deposit": deposit, "others": queries.datasets_for_versions(request.actor).exists()}
    return render(request, "datasets/describe.html", context, status=form.status)


@_form_page
@signed_in
def describe_version(request: Request, reference: str) -> HttpResponse:
    """Read a deposit as the next version of a dataset."""
    require(permissions.may_describe(request.actor))
    deposit = visible_deposit(request.actor, reference)
    choices = list(queries.datasets_for_versions(request.actor))
    form = VersionForm(request.POST or None, datasets=choices, initial={"dataset": request.GET.get("dataset", "")})
    if form.is_valid():
        with form.catching():
            chosen = next(each for each in choices if each.slug == form.cleaned_data["dataset"])
            made = actions.describe_version(
                chosen,
                deposit,
                change_note=form.cleaned_data["change_note"],
                by=signed_in_person(request.actor),
                at=request.now,
            )
            return redirect("datasets:description", chosen.slug, made.number)
    return render(request, "datasets/describe_version.html", {"form": form, "deposit": deposit}, status=form.status)


@signed_in
@require_safe
def dataset(request: Request, slug: str) -> HttpResponse:
    """Show a dataset in preparation: its versions and where each stands, what readers are told."""
    found = queries.visible_dataset(request.actor, slug)
    state, tone = state_shown(found)
    context = {
        "dataset": found,
        "state": state,
        "tone": tone,
        "facts": _facts(found),
        "tasks": [_task(each) for each in queries.descriptions(found)],
        "may_describe": bool(permissions.may_describe(request.actor)),
        "retired": found.state == State.RETIRED,
    }
    return render(request, "datasets/dataset_detail.html", context)


def _task(version: Description) -> Task:
    state = Reading(version.state)
    title = _("Version {number}: {file}").format(number=version.number, file=version.deposit.filename)
    address = reverse("datasets:description", args=[version.dataset.slug, version.number])
    rows = int(version.reading.get("rows", 0))
    read = ngettext("{rows} row", "{rows} rows", rows).format(rows=typography.number(rows, reader.language()))
    note = f"{read}. {version.change_note}" if rows else version.change_note
    return Task(title, address, _(READING_NAMES[state]), TONES[state], note)


def _facts(found: Dataset) -> list[Row]:
    language = reader.language()
    period = [typography.day(day, language) for day in (found.period_start, found.period_end) if day]
    rows = [
        (_("What one row is"), found.unit_of_observation),
        (_("Producer"), found.producer),
        (_("Licence"), licence(found.licence).title),
        (_("Period"), " – ".join(period)),
        (_("Places"), found.territory),
        (_("New versions"), found.rhythm),
        (_("Questions to"), found.contact),
        (_("Keywords"), ", ".join(found.keywords)),
        (_("Steward"), str(found.steward)),
    ]
    return [Row(label, value) for label, value in rows if value]


@_form_page
@signed_in
def about(request: Request, slug: str) -> HttpResponse:
    """Change what readers are told."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_dataset(request.actor, slug)
    form = AboutForm(request.POST or None, initial=about_of(found))
    if form.is_valid():
        with form.catching():
            wanted = About(**form.about(), themes=tuple(found.themes))
            actions.change_about(found, wanted, by=signed_in_person(request.actor), at=request.now)
            messages.success(request, _("What readers are told is saved; it holds from the next version on."))
            return redirect("datasets:dataset", slug)
    return render(request, "datasets/about.html", {"form": form, "dataset": found}, status=form.status)


@_form_page
@signed_in
def retire(request: Request, slug: str) -> HttpResponse:
    """Say, after asking, that a dataset gets no new versions."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_dataset(request.actor, slug)
    if request.method == "POST":
        actions.retire(found, by=signed_in_person(request.actor), at=request.now)
        messages.success(request, _("The dataset gets no new versions."))
        return redirect("datasets:dataset", slug)
    return render(request, "datasets/retire.html", {"dataset": found})
