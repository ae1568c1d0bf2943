# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every request gets: a number, a time, the real address of who asks, and the actor."""

import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from datacity.engine.serve.loglines import EVENT, current_request
from datacity.frame.request import Request
from datacity.programme.people.rules import VISITOR

Answer = Callable[[Request], HttpResponse]
_log = logging.getLogger("datacity.web")
_NUMBER = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def request_id(answer: Answer) -> Answer:
    """Give each request its number (`request.number`, header `X-Request-Id`), `request.now` and its real address.

    A number sent by a trusted proxy is kept. One line is logged when the answer is ready: method, route, status, milliseconds;
    the route and not the path, since a path may hold a one-time token.
    """

    def middleware(request: Request) -> HttpResponse:
        started = time.perf_counter()
        trusted = _believe_proxy(request)
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request.number = sent if trusted and _NUMBER.match(sent) else uuid.uuid4().hex[:16]
        request.now = settings.CLOCK.now()
        token = current_request.set(request.number)
        try:
            response = answer(request)
            response["X-Request-Id"] = request.number
            spent = round((time.perf_counter() - started) * 1000)
            route = request.resolver_match.route if request.resolver_match else "(no route)"
            event = {
                "method": request.method,
                "route": f"/{route}",
                "status": response.status_code,
                "milliseconds": spent,
            }
            _log.info("%s /%s %s %d ms", request.method, route, response.status_code, spent, extra={EVENT: event})
        finally:
            current_request.reset(token)
        return response

    return middleware


def actor(answer: Answer) -> Answer:
    """Give each request its `actor`: the signed-in person, or the visitor; looked up when first used."""

    def middleware(request: Request) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: request.user if request.user.is_authenticated else VISITOR)
        return answer(request)

    return middleware


def _believe_proxy(request: Request) -> bool:
    """Take address and scheme from the proxy's headers when the direct peer is trusted; tell whether it is.

    The real address is the last one of `X-Forwarded-For` that is no trusted proxy itself.
    """
    if not _trusted(request.META.get("REMOTE_ADDR", "")):
        return False
    if request.META.get("HTTP_X_FORWARDED_PROTO", "").strip().lower() == "https":
        request.META["wsgi.url_scheme"] = "https"
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    for address in reversed(forwarded):
        if not _trusted(address):
            request.META["REMOTE_ADDR"] = address
            break
    return True


def _trusted(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)
