# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A version of a dataset as it was read: the report, its columns, its doubts, its four axes, reading it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from datacity.engine.catalogue import Column, Role
from datacity.engine.catalogue import Description as Described
from datacity.engine.sources import Doubt
from datacity.frame import reader, typography
from datacity.frame.parts import Bar, Row, Step
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.kernel.words import render as say
from datacity.programme.datasets import actions, permissions, queries
from datacity.programme.datasets.forms.axes import AxesForm, axes_initial
from datacity.programme.datasets.forms.columns import ColumnsForm
from datacity.programme.datasets.forms.names import CONFIDENCE_NAMES, KIND_NAMES, ROLE_NAMES, ROLE_TONES, TYPE_NAMES
from datacity.programme.datasets.forms.reading import ReadingForm, renames_of, sheets_of
from datacity.programme.datasets.models import Description, Protection
from datacity.programme.datasets.rules import PROTECTION_NAMES, ProtectionState, Reading
from datacity.programme.datasets.tables import DoubtTable, doubt_shown
from datacity.programme.jobs.queries import Progress, progress_of
from datacity.programme.people.queries import signed_in_person
from datacity.programme.privacy.rules import ANSWER_NAMES, AXIS_NAMES, Answer

COLUMNS_A_PAGE = 25
DOUBTS_SHOWN = 5
_form_page = require_http_methods(("GET", "HEAD", "POST"))


@dataclass(frozen=True)
class ColumnShown:
    """A column in words: kind, role with its tone, facts, findings, bars."""

    column: Column
    kind: str
    role: str
    tone: str
    facts: list[Row]
    findings: list[tuple[str, str, str, str]]
    doubts: list[str]
    bars: list[Bar]


@signed_in
@require_safe
def description(request: Request, slug: str, number: int) -> HttpResponse:
    """Show a version: how far it is, how it was read, what was found, and the next step."""
    found = queries.visible_description(request.actor, slug, number)
    context: dict[str, Any] = {
        "description": found,
        "dataset": found.dataset,
        "may_describe": bool(permissions.may_describe(request.actor)),
        "reading": found.state == Reading.WAITING,
        "progress": _progress(found),
        "refusal": refusal_shown(found.refusal),
        "steps": _steps(found, queries.protections(found).first()),
        "protections": list(queries.protections(found)),
    }
    if found.description:
        context |= _read(request, found)
    return render(request, "datasets/description_detail.html", context)


def refusal_shown(kept: dict[str, Any]) -> dict[str, str]:
    """Give a kept refusal in the reader's language: message and hint; empty when there is none."""
    if not kept:
        return {}
    language, values = reader.language(), kept.get("values", {})
    return {name: say(kept[name], language, values) for name in ("message", "hint") if kept.get(name)}


def _progress(found: Description) -> Progress | None:
    if found.state != Reading.WAITING:
        return None
    job = queries.job_reading(found)
    return progress_of(job, language=reader.language()) if job else None


def _steps(found: Description, last: Protection | None) -> list[Step]:
    """Give the way of a version: read, axes, plan, decision; the first that is not done is the present one."""
    read = found.state == Reading.READ
    planned = last is not None and last.state not in {ProtectionState.FAILED, ProtectionState.REJECTED}
    presented = planned and last is not None and last.state == ProtectionState.REVIEWED
    done = [read, bool(found.axes), planned, presented]
    at = [found.dataset.slug, found.number]
    addresses = ["", reverse("datasets:axes", args=at), reverse("datasets:plan", args=at), ""]
    if last is not None and planned:
        addresses[2] = addresses[3] = reverse("datasets:protection", args=[last.pk])
    titles = [_("Read the file"), _("Say what is sensitive"), _("Protect and attack"), _("Present for decision")]
    current = done.index(False) if False in done else len(done)
    states = ["done" if place < current else "current" if place == current else "todo" for place in range(len(done))]
    notes = ["", "", _(PROTECTION_NAMES[ProtectionState(last.state)]) if last is not None else "", ""]
    shown = [address if place <= current else "" for place, address in enumerate(addresses)]
    return [Step(*each) for each in zip(titles, states, shown, notes, strict=True)]


def _read(request: Request, found: Description) -> dict[str, Any]:
    described = queries.described(found)
    doubts = _doubts(found, described)
    page, language = _page(request, described.columns), reader.language()
    return {
        "described": described,
        "facts": _facts(found, described),
        "doubts": [_doubt_line(each) for each in doubts[:DOUBTS_SHOWN]],
        "doubt_count": len(doubts),
        "page": page,
        "columns": [_shown(each) for each in page.object_list],
        "marks_open": [say(each.message, language, each.values) for each in described.quality if not each.ok],
        "marks_good": [say(each.message, language, each.values) for each in described.quality if each.ok],
        "axes": [
            (_(AXIS_NAMES[axis]), _(ANSWER_NAMES[Answer(each["answer"])]), each["reason"])
            for axis, each in found.axes.items()
        ],
    }


def _page(request: Request, columns: Sequence[Column]) -> Page[Column]:
    return Paginator(columns, COLUMNS_A_PAGE).get_page(request.GET.get("page"))


def _doubts(found: Description, described: Described) -> list[Doubt]:
    reading = [Doubt.from_dict(each) for each in found.reading.get("doubts", ())]
    return [*reading, *(doubt for column in described.columns for doubt in column.doubts)]


def _doubt_line(doubt: Doubt) -> str:
    places = [_("line {line}").format(line=typography.number(doubt.line, reader.language()))] if doubt.line else []
    places += [_("column {column}").format(column=doubt.column)] if doubt.column else []
    value = [_("value “{value}”").format(value=doubt.value)] if doubt.value else []
    where = ", ".join([*places, *value])
    return f"{doubt_shown(doubt)} ({where})" if where else doubt_shown(doubt)


def _facts(found: Description, described: Described) -> list[Row]:
    reading, language = found.reading, reader.language()
    shown_delimiter = {"\t": _("tabulator")}.get(reading["delimiter"] or "", reading["delimiter"] or "")
    rows = [
        (_("File"), found.deposit.filename),
        (_("Kind of file"), str(reading["format"]).upper()),
        (_("Rows"), typography.number(described.rows, language)),
        (_("Columns"), typography.number(len(described.columns), language)),
        (_("Sheet"), reading["sheet"]),
        (_("Letters"), reading["encoding"]),
        (_("Between cells"), shown_delimiter),
        (_("Line ends"), reading["line_ends"]),
    ]
    return [Row(label, value) for label, value in rows if value]


def _shown(column: Column) -> ColumnShown:
    language = reader.language()
    rows = [
        (_("Technical name"), column.name),
        (_("What it means"), column.meaning),
        (_("Unit"), column.unit),
        (_("Different values"), typography.number(column.distinct, language)),
        (_("Empty cells"), typography.number(column.nulls, language)),
        (_("Smallest"), column.minimum),
        (_("Largest"), column.maximum),
        (_("Examples"), ", ".join(column.examples)),
    ]
    findings = [
        (
            _(KIND_NAMES[each.kind]),
            _(CONFIDENCE_NAMES[each.confidence]),
            say(each.evidence, language, each.values),
            ", ".join(each.examples),
        )
        for each in column.findings
    ]
    return ColumnShown(
        column,
        _(TYPE_NAMES[column.type]),
        _(ROLE_NAMES[column.role]),
        ROLE_TONES[Role(column.role)],
        [Row(label, value) for label, value in rows if value],
        findings,
        [_doubt_line(each) for each in column.doubts],
        [Bar(each.label, each.count) for each in column.distribution],
    )


@signed_in
@never_cache
@require_safe
def progress(request: Request, slug: str, number: int) -> HttpResponse:
    """Give how far reading is; when it is over, the page that asks loads itself again."""
    found = queries.visible_description(request.actor, slug, number)
    answer = render(request, "datasets/reading_progress.html", {"description": found, "progress": _progress(found)})
    if found.state != Reading.WAITING:
        answer["HX-Refresh"] = "true"
    return answer


@signed_in
@require_safe
def doubts(request: Request, slug: str, number: int) -> HttpResponseBase:
    """List everything odd in the file, with line, column and value."""
    found = queries.visible_description(request.actor, slug, number)
    table = DoubtTable(_doubts(found, queries.described(found)), request.GET, path=request.path)
    context = {"description": found, "dataset": found.dataset, "table": table}
    return table.download(request) or render(request, "datasets/doubts.html", context)


@_form_page
@signed_in
def read_again(request: Request, slug: str, number: int) -> HttpResponse:
    """Read the file again in another way."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_description(request.actor, slug, number)
    form = ReadingForm(
        request.POST or None, sheets=sheets_of(found), renames=renames_of(found), initial=dict(found.options)
    )
    if form.is_valid():
        with form.catching():
            actions.read_again(found, form.options(), by=signed_in_person(request.actor), at=request.now)
            return redirect("datasets:description", slug, number)
    context = {"form": form, "description": found, "dataset": found.dataset, "refusal": refusal_shown(found.refusal)}
    return render(request, "datasets/read_again.html", context, status=form.status)


@_form_page
@signed_in
def columns(request: Request, slug: str, number: int) -> HttpResponse:
    """Change what is said about columns, a page of them at a time; what is fixed here holds for later versions too."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_description(request.actor, slug, number)
    page = _page(request, queries.described(found).columns)
    form = ColumnsForm(request.POST or None, columns=list(page.object_list))
    if form.is_valid():
        with form.catching():
            decisions = form.decisions(found.dataset.decisions)
            made = actions.decide_columns(found, decisions, by=signed_in_person(request.actor), at=request.now)
            waits = made.state == Reading.WAITING
            messages.success(
                request, _("Saved. The columns are looked at again with what you fixed.") if waits else _("Saved.")
            )
            return redirect("datasets:description", slug, number)
    context = {"form": form, "description": found, "dataset": found.dataset, "page": page}
    return render(request, "datasets/columns.html", context, status=form.status)


@_form_page
@signed_in
def axes(request: Request, slug: str, number: int) -> HttpResponse:
    """Answer the four axes, each with a reason."""
    require(permissions.may_describe(request.actor))
    found = queries.visible_description(request.actor, slug, number)
    described = queries.described(found)
    form = AxesForm(request.POST or None, initial=axes_initial(found.axes))
    if form.is_valid():
        with form.catching():
            actions.answer_axes(found, form.axes(), by=signed_in_person(request.actor), at=request.now)
            return redirect("datasets:plan", slug, number)
    context = {"form": form, "groups": form.groups(described), "description": found, "dataset": found.dataset}
    return render(request, "datasets/axes.html", context, status=form.status)
