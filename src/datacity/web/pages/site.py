# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files of the whole site that have one address in every language: the city's colours, the site map for robots."""

from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import require_safe

from datacity.frame import colours
from datacity.kernel.bus import registry
from datacity.kernel.words import LANGUAGES

PAGES = (
    "home",
    "about",
    "state",
    "take_part",
    "decisions",
    "accessibility",
    "privacy",
    "contact",
    "display",
    "sitemap",
)
_YEAR = 31_536_000


@require_safe
def theme(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view takes its request
    """Give the city's colours as a style sheet; kept for a year by browsers, since its address changes with it."""
    brand = getattr(settings, "CITY_COLOUR", "") or colours.BRAND
    response = HttpResponse(colours.style_sheet(brand), content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response


@require_safe
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """Give every public page with its twin in the other language, as robots read it (sitemaps.org 0.9)."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for path, changed in places():
        twins = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{_absolute(request, code, path)}"/>'
            for code in LANGUAGES
        )
        when = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        lines += [f"<url><loc>{_absolute(request, code, path)}</loc>{when}{twins}</url>" for code in LANGUAGES]
    lines.append("</urlset>")
    response = HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def places() -> Iterator[tuple[str, date | None]]:
    """Give every public page without its language, and the day it last changed when that is known."""
    with override("en"):
        for name in PAGES:
            yield reverse(f"pages:{name}").removeprefix("/en/"), None
    for provider in registry.providers.get("sitemap", ()):
        for _label, path, changed in provider.give():
            yield path, changed


def _absolute(request: HttpRequest, code: str, path: str) -> str:
    base = getattr(settings, "PUBLIC_ADDRESS", "") or request.build_absolute_uri("/").rstrip("/")
    return escape(f"{base}/{code}/{path}", {'"': "&quot;"})
