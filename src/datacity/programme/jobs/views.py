# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The jobs' pages: the list, one job, how far it is, and the two deeds on a failed one."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from datacity.frame import reader
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.jobs import actions, permissions, queries
from datacity.programme.jobs.tables import STATES, Jobs


@signed_in
@require_safe
def jobs(request: Request) -> HttpResponseBase:
    """Show every job of the last 30 days. Raises Forbidden unless the person is an administrator."""
    require(permissions.may_manage(request.actor))
    table = Jobs(queries.all_jobs(), request.GET, path=request.path)
    if file := table.download(request):
        return file
    return render(
        request, "jobs/job_list.html", {"table": table, "counts": queries.counts(), "seen": queries.worker_seen()}
    )


@signed_in
@require_safe
def job(request: Request, number: int) -> HttpResponse:
    """Show one job. Raises Missing unless the person asked for it or is an administrator."""
    found = queries.readable_job(request.actor, number)
    label, tone = STATES[found.state]
    context = {
        "job": found,
        "state": label,
        "tone": tone,
        "progress": queries.progress_of(found, language=reader.language()),
        "manages": bool(permissions.may_manage(request.actor)),
    }
    return render(request, "jobs/job_detail.html", context)


@signed_in
@never_cache
@require_safe
def progress(request: Request, number: int) -> HttpResponse:
    """Give the block that says how far a job is; it asks for itself again until the job is over."""
    found = queries.readable_job(request.actor, number)
    return render(
        request,
        "jobs/progress.html",
        {"job": found, "progress": queries.progress_of(found, language=reader.language())},
    )


@signed_in
@require_POST
def retry(request: Request, number: int) -> HttpResponse:
    """Put a failed job back in the queue."""
    actions.retry(queries.readable_job(request.actor, number), by=request.actor, at=request.now)
    return redirect("jobs:job", number)


@signed_in
@require_POST
def dismiss(request: Request, number: int) -> HttpResponse:
    """Take a failed job off the list of what must be looked at."""
    actions.dismiss(queries.readable_job(request.actor, number), by=request.actor, at=request.now)
    return redirect("jobs:job", number)
