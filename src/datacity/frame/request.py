# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The request as views see it, and the door for pages that need a signed-in person."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from datacity.kernel.actor import Actor

P = ParamSpec("P")


class Request(HttpRequest):
    """Django's request with what the middleware of `web` adds.

    now: the time of the request, aware, UTC. actor: the signed-in person, or the visitor. number: to quote in the log.
    """

    now: datetime
    actor: Actor
    number: str


def signed_in(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Send a visitor to the sign-in page and back; let a person pass. Permissions are asked by the view itself."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **options: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return view(request, *args, **options)

    return door
