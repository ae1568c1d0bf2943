# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every page knows without a database: the city, the display preferences, the languages, the page's number."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from datacity.frame import colours, parts, preferences, reader
from datacity.kernel.words import LANGUAGES


def city() -> dict[str, str]:
    """Give name, contact address, version and the address of the city's own colours ("" for the built-in ones)."""
    brand = getattr(settings, "CITY_COLOUR", "") or colours.BRAND
    return {
        "name": getattr(settings, "CITY_NAME", "DataCity"),
        "contact": getattr(settings, "CONTACT_MAIL", ""),
        "version": _version(),
        "theme": "" if brand == colours.BRAND else f"/theme.css?v={colours.fingerprint(brand)}",
    }


def basics(request: HttpRequest) -> dict[str, Any]:
    """Give what the page template needs; a context processor, and enough for a page of faults."""
    address = request.build_absolute_uri
    return {
        "city": city(),
        "home_url": f"/{reader.language()}/",
        "display": preferences.read(request.COOKIES),
        "number": str(getattr(request, "number", "")),
        "languages": [
            (code, address(parts.other_address(request.path, code)), request.path.startswith(f"/{code}/"))
            for code in LANGUAGES
        ],
    }


def _version() -> str:
    try:
        return version("datacity")
    except PackageNotFoundError:
        return ""
