# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A refusal becomes an answer: a page for people, problem+json (RFC 9457) for programs. A missing database becomes 503."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from datacity.frame import context, reader
from datacity.kernel.errors import Conflict, Invalid, Refusal
from datacity.kernel.words import render as render_message
from datacity.kernel.words import render_refusal

PROBLEM = "application/problem+json"
_log = logging.getLogger("datacity.frame.refusals")


class Middleware:
    """Answers for every Refusal that a view lets through."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal, what two did at once, or a database that cannot be reached; leave other faults to the page of faults."""
        if isinstance(exception, Refusal):
            return refused(request, exception)
        if isinstance(exception, IntegrityError) and _is_taken(exception):
            return refused(request, Conflict("frame.same_moment", "Somebody else did this at the same moment.",
                                             hint="Reload the page."))  # fmt: skip
        if isinstance(exception, DataError) and _sqlstate(exception) == "22001":
            return refused(request, Invalid("frame.too_long", "A text is longer than can be kept.", hint="Shorten it."))
        if isinstance(exception, OperationalError):
            _log.error("database", exc_info=exception)
            return fault(request, HTTPStatus.SERVICE_UNAVAILABLE)
        return None


def _is_taken(error: IntegrityError) -> bool:
    """Tell whether a row that may exist once was written twice: both looked first, and neither saw the other's."""
    return _sqlstate(error) == "23505" or str(error).startswith("UNIQUE constraint failed")


def _sqlstate(error: DatabaseError) -> str:
    """Give PostgreSQL's code of what went wrong; "" on SQLite."""
    return str(getattr(error.__cause__, "sqlstate", ""))


middleware = Middleware


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Give the page or the problem of a refusal, with its status.

    A form that is still on the page puts the refusal on itself before it gets here (`Form.catching`).
    """
    language = reader.language()
    if wants_problem(request):
        body: dict[str, Any] = {
            "type": f"/problems/{refusal.code}",
            "title": HTTPStatus(refusal.status).phrase,
            "status": refusal.status,
            "detail": render_refusal(refusal, language),
            "code": refusal.code,
            "request": number(request),
        }
        if refusal.field:
            body["field"] = refusal.field
        if refusal.reasons:
            body["reasons"] = [
                {"code": each.code, "detail": render_message(each.message, language, each.values)}
                for each in refusal.reasons
            ]
        return _safe(JsonResponse(body, status=refusal.status, content_type=PROBLEM))
    context = {
        "status": refusal.status,
        "message": render_message(refusal.message, language, refusal.values),
        "hint": render_message(refusal.hint, language, refusal.values) if refusal.hint else "",
        "reasons": [render_message(each.message, language, each.values) for each in refusal.reasons],
        "number": number(request),
    }
    return _safe(render(request, f"frame/refusals/{refusal.status}.html", context, status=refusal.status))


def fault(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Give the neutral answer to a fault of ours or to a request that cannot be read, with the number to quote.

    status: 400, 403, 404, 410, 500 or 503. Reads no session and no database: they may be what is broken.
    """
    if wants_problem(request):
        body = {
            "title": status.phrase,
            "status": int(status),
            "detail": _(status.description or status.phrase),
            "request": number(request),
        }
        return _safe(JsonResponse(body, status=status, content_type=PROBLEM))
    return _safe(render(None, f"frame/faults/{int(status)}.html", _bare(request), status=status))


def _bare(request: HttpRequest) -> dict[str, Any]:
    return {**context.basics(request), "bare": True, "path": request.path}


def number(request: HttpRequest) -> str:
    """Give the number of the request, to quote to who helps; "" when it has none."""
    return str(getattr(request, "number", ""))


def wants_problem(request: HttpRequest) -> bool:
    """Tell whether a program asks: an API address, or a wish for JSON and none for HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def _safe(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
