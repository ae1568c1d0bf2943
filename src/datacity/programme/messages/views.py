# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The outbox's one page."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.messages import permissions, queries
from datacity.programme.messages.tables import Undelivered


@signed_in
@require_safe
def outbox(request: Request) -> HttpResponseBase:
    """Show the mails that did not leave, without their texts. Raises Forbidden unless the person is an administrator."""
    require(permissions.may_see_outbox(request.actor))
    table = Undelivered(queries.undelivered(), request.GET, path=request.path)
    return table.download(request) or render(request, "messages/outbox.html", {"table": table})
