# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What this city has set for its site: directorates, districts, words and policy values of its own, open to all."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datacity.frame import city as cities
from datacity.frame import reader
from datacity.frame.nouns import NOUNS
from datacity.frame.parts import Row
from datacity.frame.request import Request
from datacity.kernel import policy
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.words import render as said
from datacity.web.city import areas
from datacity.web.pages import places


@require_safe
def city(request: Request) -> HttpResponse:
    """Show what is this city's own, read from its folder; no database is asked."""
    here = cities.here()
    context = {
        "directorates": here.directorates,
        "organisations_url": places.route("people:organisations"),
        "districts": here.districts,
        "drawing": areas.drawing(here.areas) if here.areas else None,
        "width": areas.WIDTH,
        "areas_url": f"{places.route('districts')}?v={sha256_hex(here.areas)[:16]}" if here.areas else "",
        "words": _words(here),
        "decided": _decided(here),
        "policy_url": places.route("editions:policy"),
    }
    context["nothing"] = not any(context[name] for name in ("directorates", "districts", "words", "decided"))
    return render(request, "pages/city.html", context)


def _words(here: cities.City) -> list[Row]:
    """Give each noun that the city calls otherwise: its own word, and the one it stands for."""
    language = reader.language()
    return [
        Row(own.one, _("elsewhere: %(word)s") % {"word": getattr(NOUNS[name], language)})
        for name, own in here.nouns.get(language, {}).items()
    ]


def _decided(here: cities.City) -> list[Row]:
    """Give each policy value that differs from the product's, in words."""
    language = reader.language()
    return [
        Row(said(each.description, language), _value(each, here.policy[each.name], language))
        for each in policy.declared()
        if each.name in here.policy
    ]


def _value(parameter: policy.Parameter, value: Any, language: str) -> str:
    """Give a value with its unit, and the product's own beside it."""
    unit = said(parameter.unit, language)
    shown = f"{_shown(parameter, value, language)} {unit}".strip()
    return _("%(value)s (usual: %(usual)s)") % {"value": shown, "usual": _shown(parameter, parameter.default, language)}


def _shown(parameter: policy.Parameter, value: Any, language: str) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else said(parameter.called(value), language)
