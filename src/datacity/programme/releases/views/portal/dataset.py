# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The page of a dataset, of one of its versions, and of the gate's report."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datacity.engine.release import Published, State
from datacity.engine.serve.odsql.schema import Kind
from datacity.frame import reader
from datacity.frame.parts import Tab
from datacity.frame.request import Request
from datacity.kernel.errors import Invalid
from datacity.kernel.ref import Ref
from datacity.kernel.words import Words
from datacity.programme.datasets.models import Dataset
from datacity.programme.privacy.queries import opinion_on
from datacity.programme.privacy.rules import OUTCOME_NAMES, Outcome
from datacity.programme.releases import queries, rules
from datacity.programme.releases.views.portal import asked_again, facts, files, reports, versions
from datacity.programme.releases.views.portal.columns import described
from datacity.programme.releases.views.portal.table import DataTable, Field

VIEWS = ("table", "columns", "versions", "use")


@require_safe
@asked_again
def dataset(request: Request, slug: str) -> HttpResponse:
    """Show the newest version of a dataset; 410 with the reason when all were withdrawn. Raises Missing."""
    return _page(request, queries.published(slug))


@require_safe
@asked_again
def dataset_version(request: Request, slug: str, number: int) -> HttpResponse:
    """Show one version for good; 410 with the reason when it was withdrawn. Raises Missing."""
    return _page(request, queries.published(slug, number), permalink=True)


@require_safe
@asked_again
def report(request: Request, slug: str) -> HttpResponse:
    """Show the gate's whole report on the newest version. Raises Missing."""
    version = queries.published(slug)
    if version.state is State.WITHDRAWN:
        return _gone(request, version)
    found = queries.report(version)
    context = {
        "title": Words.of(version.manifest["title"]),
        "version": version,
        "dataset_url": reverse("releases:dataset", args=[slug]),
        "sentences": found.get(reader.language(), {}).get("sentences", []),
        "sections": reports.sections(found.get(reader.language(), {})),
        "risk": facts.risk(found),
        "file": files.address(version, "report.json"),
        "clearance": clearance(version),
        **_decided(version),
    }
    return render(request, "releases/portal_report.html", context)


def _page(request: Request, version: Published, *, permalink: bool = False) -> HttpResponse:
    if version.state is State.WITHDRAWN:
        return _gone(request, version)
    view = request.GET.get("view", VIEWS[0])
    if view not in VIEWS:
        raise Invalid("releases.view", "This page has no view “{found}”.", hint="Choose one of {allowed}.", field="view",
                      found=view[:40], allowed=", ".join(VIEWS))  # fmt: skip
    row = Dataset.objects.filter(slug=version.slug).first()
    newest = queries.public_now().latest(version.slug) or version
    profiles = queries.profiles(version)
    checks = facts.checks(version, profiles)
    gate = queries.report(version)
    freshness = facts.freshness(version, row, request.now) if version.version == newest.version else None
    context: dict[str, Any] = {
        "version": version,
        "title": Words.of(version.manifest["title"]),
        "summary": facts.words(version.manifest["description"]),
        "newest": newest if newest.version != version.version else None,
        "permalink": permalink,
        "tags": [each for each in (freshness, facts.risk(gate)) if each],
        "download": files.first(version),
        "facts": facts.facts(version, row),
        "quality": facts.quality(checks),
        "citation": facts.citation(version),
        "sentences": gate.get(reader.language(), {}).get("sentences", []),
        "clearance": clearance(version),
        "view": view,
        "tabs": _tabs(version, request.path, view),
        **_decided(version),
        **_view(request, version, view, checks),
    }
    table = context.get("table")
    return render(request, "releases/portal_dataset.html", context, status=table.form.status if table else 200)


def _tabs(version: Published, path: str, view: str) -> list[Tab]:
    counts = {
        "table": version.manifest["rows"],
        "columns": len(version.manifest["columns"]),
        "versions": len(queries.public_now().datasets[version.slug]),
        "use": None,
    }
    labels = {"table": _("Table"), "columns": _("Columns"), "versions": _("Versions"), "use": _("Files, API, seal")}
    return [Tab(labels[each], f"{path}?view={each}#views", each == view, counts[each]) for each in VIEWS]


def _view(request: Request, version: Published, view: str, checks: list[facts.Check]) -> dict[str, Any]:
    """Give what only this view shows."""
    if view == "columns":
        return {"columns": described(version, queries.profiles(version)), "checks": checks}
    if view == "versions":
        return {
            "lines": versions.lines(queries.public_now().datasets[version.slug]),
            "events": versions.history(version.slug),
        }
    table = _table(request, version)
    if view == "table":
        table.check_page()
        return {"table": table, "api": files.api_calls(version.slug, table.where, table.order_by)}
    return {
        "files": files.downloads(version),
        "omitted": files.omitted(version),
        "manifest": files.address(version, "manifest.json"),
        "signature": files.address(version, "manifest.sig"),
        "key": files.key_file(version),
        "seal": files.seal_lines(version),
        "api": files.api_calls(version.slug, table.where, table.order_by),
    }


def _table(request: Request, version: Published) -> DataTable:
    fields = [Field(each["name"], facts.label(each), Kind(each["type"])) for each in version.manifest["columns"]]
    profiles = {each.name: each for each in queries.profiles(version)}
    return DataTable(version, profiles, request.GET, path=request.path, fields=fields)


def clearance(version: Published) -> dict[str, Any]:
    """Give the signed statement by which the table left."""
    sealed = version.manifest["clearance"]
    return dict(sealed.get("statement", sealed))


def _decided(version: Published) -> dict[str, Any]:
    """Give the decision's page and the opinion before it; nothing for a version released from the command line."""
    release = queries.releases_of(version.slug).filter(version=version.version).first()
    if release is None:
        return {"decision_url": "", "opinion": ""}
    number = release.clearance.protection_id
    opinion = opinion_on(Ref("protection", str(number)))
    return {
        "decision_url": reverse("releases:decision", args=[number]),
        "opinion": _(OUTCOME_NAMES[Outcome(opinion.outcome)]) if opinion and opinion.outcome else "",
    }


def _gone(request: Request, version: Published) -> HttpResponse:
    """Say that a version was withdrawn, when, why, on which ground, in which capacity."""
    stone, newest = version.tombstone, queries.public_now().latest(version.slug)
    ground = stone.get("ground", "")
    context = {
        "version": version,
        "title": Words.of(version.manifest["title"]),
        "reason": facts.words(stone.get("reason")),
        "ground": _(rules.GROUND_NAMES[rules.Ground(ground)]) if ground in set(rules.Ground) else ground,
        "capacity": stone.get("by_capacity", ""),
        "at": versions.moment_of(str(stone.get("at", ""))),
        "newest": newest,
        "events": versions.history(version.slug),
    }
    return render(request, "releases/portal_withdrawn.html", context, status=410)
