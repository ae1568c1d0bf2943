# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every page knows without a database: the city, the display preferences, the languages, the page's number."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from datacity.frame import city as cities
from datacity.frame import colours, parts, preferences, reader


def city() -> dict[str, str]:
    """Give the city's name and its forms in the reader's language, contact, version, and where its look is.

    name, at, of, whole: see `frame.city.Names`. line: under the name, "" for the built-in sentence. theme, logo: addresses, "" for the built-in ones.
    """
    here, language = cities.here(), reader.language()
    names = here.names
    return {
        "name": names.name.within(language),
        "at": names.at.within(language),
        "of": names.of.within(language),
        "whole": names.whole.within(language),
        "line": here.line.within(language) if here.line else "",
        "contact": getattr(settings, "CONTACT_MAIL", ""),
        "version": _version(),
        "theme": "" if here.brand == colours.BRAND else f"/theme.css?v={colours.fingerprint(here.brand)}",
        "logo": f"/logo?v={here.logo.fingerprint}" if here.logo else "",
        "logo_type": here.logo.media_type if here.logo else "",
    }


def basics(request: HttpRequest) -> dict[str, Any]:
    """Give what the page template needs; a context processor, and enough for a page of faults."""
    address = request.build_absolute_uri
    return {
        "city": city(),
        "home_url": f"/{reader.language()}/",
        "search_url": f"/{reader.language()}/search/",
        "display": preferences.read(request.COOKIES),
        "number": str(getattr(request, "number", "")),
        "languages": [
            (code, address(parts.other_address(request.path, code)), request.path.startswith(f"/{code}/"))
            for code in cities.offered()
        ],
    }


def _version() -> str:
    try:
        return version("datacity")
    except PackageNotFoundError:
        return ""
