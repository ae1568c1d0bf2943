# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every page gets: the frame's basics, menu, footer, and who is signed in."""

from typing import Any

from django.http import HttpRequest

from datacity.frame import context
from datacity.web.pages import places


def page(request: HttpRequest) -> dict[str, Any]:
    """Give what the page template shows around the content; a context processor."""
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    menu = (*((places.NOW,) if signed_in else ()), *places.MENU)
    return {
        **context.basics(request),
        "menu": places.entries(menu, request.path),
        "footer": places.entries(places.FOOTER, request.path),
        "actor_name": (getattr(user, "name", "") or str(user)) if signed_in else "",
        "person_url": places.route(*places.PROFILE),
        "sign_in_url": places.route(*places.SIGN_IN),
    }
