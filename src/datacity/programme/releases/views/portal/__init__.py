# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages everybody reads: the catalogue and the datasets, drawn from what is sealed."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control

from datacity.frame.request import Request

P = ParamSpec("P")


def asked_again(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Let a browser keep the page and ask whether it changed: 304 without content while it did not.

    The page's number is new each time and says nothing of what the page shows, so it does not count.
    """

    @wraps(view)
    def answer(request: Request, /, *args: P.args, **options: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **options)
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            return response
        number = getattr(request, "number", "")
        content = response.content.replace(number.encode(), b"") if number else response.content
        patch_cache_control(response, private=True, no_cache=True)
        response["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return answer
