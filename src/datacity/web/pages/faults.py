# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of faults: what Django could not route, read or finish. They ask no database."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from datacity.frame.refusals import fault


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- the signature Django calls
    """Answer a request that cannot be read."""
    return fault(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- the signature Django calls
    """Answer a deed that Django itself refused."""
    return fault(request, HTTPStatus.FORBIDDEN)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- the signature Django calls
    """Answer a form without its protection against forgery, mostly one that was open too long."""
    return fault(request, HTTPStatus.FORBIDDEN)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- the signature Django calls
    """Answer an address that leads nowhere."""
    return fault(request, HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours."""
    return fault(request, HTTPStatus.INTERNAL_SERVER_ERROR)
