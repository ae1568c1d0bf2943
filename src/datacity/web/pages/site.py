# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files of the whole site that have one address in every language: the city's colours, logo and districts, the site map."""

from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import require_safe

from datacity.frame import city, colours
from datacity.kernel.bus import registry
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Missing

PAGES = (
    "home",
    "about",
    "state",
    "take_part",
    "decisions",
    "accessibility",
    "privacy",
    "contact",
    "city",
    "display",
    "sitemap",
)
_YEAR, _SHORT = 31_536_000, 300


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """Give the city's colours as a style sheet."""
    brand = city.here().brand
    return _lasting(request, colours.style_sheet(brand), "text/css; charset=utf-8", colours.fingerprint(brand))


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """Give the city's logo, closed against anything but being looked at. Raises Missing when it has none."""
    found = city.here().logo
    if found is None:
        raise Missing("city.no_logo", "This city shows no logo of its own.")
    response = _lasting(request, found.content, found.media_type, found.fingerprint)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """Give the outlines of the districts as GeoJSON. Raises Missing when the city has given none."""
    found = city.here().areas
    if not found:
        raise Missing("city.no_areas", "This city has given no outlines of its districts.")
    return _lasting(request, found, "application/geo+json", sha256_hex(found)[:16])


def _lasting(request: HttpRequest, content: str | bytes, media_type: str, mark: str) -> HttpResponse:
    """Answer with a file whose address ends with its mark: kept for a year; under another mark for five minutes."""
    response = HttpResponse(content, content_type=media_type)
    current = request.GET.get("v") == mark
    patch_cache_control(
        response, public=True, max_age=_YEAR if current else _SHORT, **({"immutable": True} if current else {})
    )
    response["ETag"] = f'"{mark}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


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
            for code in city.offered()
        )
        when = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        lines += [f"<url><loc>{_absolute(request, code, path)}</loc>{when}{twins}</url>" for code in city.offered()]
    lines.append("</urlset>")
    response = HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


def places() -> Iterator[tuple[str, date | None]]:
    """Give every public page without its language, and the day it last changed when that is known."""
    with override(settings.LANGUAGE_CODE):
        for name in PAGES:
            yield reverse(f"pages:{name}").removeprefix(f"/{settings.LANGUAGE_CODE}/"), None
    for provider in registry.providers.get("sitemap", ()):
        for _label, path, changed in provider.give():
            yield path, changed


def _absolute(request: HttpRequest, code: str, path: str) -> str:
    base = getattr(settings, "PUBLIC_ADDRESS", "") or request.build_absolute_uri("/").rstrip("/")
    return escape(f"{base}/{code}/{path}", {'"': "&quot;"})
