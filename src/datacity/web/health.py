# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the control plane lives, is ready, and how it does, for machines that watch it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datacity.engine.serve.requests import is_from_this_machine
from datacity.frame import guards
from datacity.frame.request import Request
from datacity.kernel.errors import Forbidden
from datacity.programme.jobs import queries as jobs
from datacity.programme.journal import queries as journal
from datacity.web.metrics import CONTENT_TYPE, exposition

WORKER_SILENCE = timedelta(seconds=60)
"""Silence of the worker after which the control plane is not ready."""
SEAL_KEY = "seal.key"


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the control plane answers; looks at nothing else."""
    return JsonResponse({"alive": True, "plane": "control"})


@never_cache
@require_safe
def readyz(request: Request) -> HttpResponse:
    """Say whether all that a deed needs is there: triggers, keys, worker, sequencer; 503 when something is not."""
    checks = readiness(request.now)
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def readiness(at: datetime) -> dict[str, bool]:
    """Give each check with its result at this time."""
    seen = jobs.worker_seen()
    return {
        "triggers": not guards.missing(connection),
        "keys": _keys_are_there(),
        "worker": seen is not None and at - seen < WORKER_SILENCE,
        "sequencer": journal.late_entries(at=at) == 0,
    }


@never_cache
@require_safe
def metrics(request: Request) -> HttpResponse:
    """Give figures as text, a line each, for this machine or for who has the token.

    Raises Forbidden for anybody else.
    """
    if not _may_measure(request):
        raise Forbidden(
            "web.metrics", "These figures are given to this machine only.",
            hint="Set DATACITY_METRICS_TOKEN and send it as “Authorization: Bearer …”.",
        )  # fmt: skip
    text = exposition(at=request.now, checks=readiness(request.now))
    return HttpResponse(text, content_type=CONTENT_TYPE)


def _keys_are_there() -> bool:
    return settings.KEYS.is_dir() and any(settings.KEYS.iterdir())


def _may_measure(request: HttpRequest) -> bool:
    """Tell whether the figures are for who asks: with a token who has it, else a program of this machine.

    A proxy on this machine is a loopback peer as well: what came through one is never taken for this machine.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return constant_time_compare(token, settings.METRICS_TOKEN)
    return is_from_this_machine(request.META.get("REMOTE_ADDR", ""), {name.lower(): "" for name in request.headers})
