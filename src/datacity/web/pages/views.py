# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Home, "Now", the prose pages, decisions, display preferences, the site map."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame import now as waiting
from datacity.frame import preferences, reader
from datacity.frame.request import Request, signed_in
from datacity.kernel.bus import registry
from datacity.web.pages import places
from datacity.web.pages.forms import DisplayForm

LATEST = 6


@require_safe
def home(request: Request) -> HttpResponse:
    """Show what one can do here: search, three doors, what is open now, the newest data."""
    at = timezone.now()
    context = {
        "doors": {"data": places.DATA.url, "take_part": places.TAKE_PART.url, "decisions": places.DECISIONS.url},
        "state_url": places.route("pages:state"),
        "open_now": _offered("open", at),
        "latest": _offered("latest", at, LATEST),
    }
    return render(request, "pages/home.html", context)


@require_safe
@signed_in
def now(request: Request) -> HttpResponseBase:
    """Show a person what is theirs to do now, next, and what waits for others."""
    items = [
        item for provider in registry.providers.get("now", ()) for item in provider.give(request.actor, request.now)
    ]
    groups = waiting.grouped(items)
    context = {
        "now": groups[waiting.Group.NOW],
        "next": groups[waiting.Group.NEXT],
        "waiting": groups[waiting.Group.WAITING],
        "today": timezone.localdate(request.now),
        "now_title": _("Now"),
        "next_title": pgettext("after now", "Next"),
        "waiting_title": _("Waiting for others"),
        "now_empty": _("Nothing waits for you."),
        "next_empty": _("Nothing is foreseen for you."),
        "waiting_empty": _("You wait for nobody."),
        "nothing": not items,
    }
    return render(request, "pages/now.html", context)


@require_safe
def prose(request: Request, name: str) -> HttpResponse:
    """Show a page of text; each language has its own text, written for it.

    name: about, state, accessibility, privacy, contact or take_part.
    """
    context = {"open_now": _offered("open", timezone.now())} if name == "take_part" else {}
    return render(request, f"pages/{name}.{reader.language()}.html", context)


@require_safe
def decisions(request: Request) -> HttpResponse:
    """Show where decisions and their reasons are."""
    return render(
        request,
        "pages/decisions.html",
        {"journal_url": places.JOURNAL.url},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: Request) -> HttpResponse:
    """Let the reader choose theme, font and size of the text; kept in a cookie, no account needed."""
    chosen = preferences.read(request.COOKIES)
    form = DisplayForm(request.POST or None, initial={"theme": chosen.theme, "font": chosen.font, "text": chosen.text})
    if form.is_valid():
        kept = preferences.Preferences(**{name: form.cleaned_data[name] for name in preferences.CHOICES})
        response = redirect(_back(request))
        response.set_cookie(
            preferences.COOKIE,
            kept.cookie(),
            max_age=preferences.COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
        return response
    saved = "saved" in request.GET
    return render(request, "pages/display.html", {"form": form, "saved": saved}, status=form.status)


@require_safe
def sitemap(request: Request) -> HttpResponse:
    """Show all public pages by part of the site."""
    language = reader.language()
    groups: list[tuple[Any, list[tuple[Any, str]]]] = [
        (_("The main parts"), [(place.label, place.url) for place in places.MENU if place.url]),
        (
            _("About this site"),
            [(place.label, place.url) for place in places.FOOTER if place.url and place not in places.MENU],
        ),
        (_("Your account"), [(label, url) for label, url in ((_("Sign in"), places.route(*places.SIGN_IN)),) if url]),
    ]
    found = [
        (label, f"/{language}/{path}")
        for provider in registry.providers.get("sitemap", ())
        for label, path, _changed in provider.give()
    ]
    if found:
        groups.insert(1, (_("Published data and more"), found))
    return render(request, "pages/sitemap.html", {"groups": groups, "xml_url": places.route("sitemap_xml")})


def _offered(kind: str, *arguments: Any) -> list[waiting.Item]:
    return [item for provider in registry.providers.get(kind, ()) for item in provider.give(*arguments)]


def _back(request: Request) -> str:
    """Give the page to return to: the one named in the form when it is ours, else the form with a word of thanks."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else f"{request.path}?saved"
