# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every route of the control plane: one loop over the apps, sign-in, the pages of no single app, health.

An app's `urls.py` may hold, beside `app_name` and `urlpatterns` (mounted under /fr/ and /en/), `plain_urlpatterns` (mounted
without language) and `IDENTIFIED`, the page of each kind it owns: `{"dataset": "datasets:dataset"}`, reached by
`/id/dataset/<slug>`.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.views.decorators.http import require_safe

from datacity.frame.request import Request
from datacity.kernel.errors import Missing
from datacity.web import accounts, elsewhere, health
from datacity.web.backup import urls as backup
from datacity.web.demo import urls as demo
from datacity.web.handbook import urls as handbook
from datacity.web.pages import urls as pages
from datacity.web.search import urls as search

Route = URLPattern | URLResolver


def _modules() -> list[ModuleType]:
    """Give the `urls` of every app that has pages, in the order of the flow, then those of no single app."""
    names = [f"datacity.programme.{app}.urls" for app in settings.PROGRAMME_APPS]
    return [*(import_module(name) for name in names if find_spec(name)), pages, search, handbook, backup, demo]


_urls = _modules()
IDENTIFIED: dict[str, str] = {
    kind: name for module in _urls for kind, name in getattr(module, "IDENTIFIED", {}).items()
}
"""Kind of a thing → name of the route of its page."""


@require_safe
def identified(_request: Request, kind: str, slug: str) -> HttpResponse:
    """Lead from the lasting identifier of a thing to its page in the reader's language: 303."""
    if kind not in IDENTIFIED:
        raise Missing("web.unknown_kind", "There is no kind of thing called {kind}.", kind=kind)
    return HttpResponse(status=303, headers={"Location": reverse(IDENTIFIED[kind], kwargs={"slug": slug})})


@require_safe
def robots(_request: Request) -> HttpResponse:
    """Tell robots what to leave alone; each page of an account says `noindex` itself too."""
    lines = [
        "User-agent: *",
        "Disallow: /fr/account/",
        "Disallow: /en/account/",
        "Disallow: /fr/invitation/",
        "Disallow: /en/invitation/",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


_plain: list[Route] = [route for module in _urls for route in getattr(module, "plain_urlpatterns", ())]
_pages: list[Route] = [path("", include(module)) for module in _urls]

urlpatterns: list[Route] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", robots, name="robots"),
    path("id/<slug:kind>/<str:slug>", identified, name="identified"),
    path("account/", include(elsewhere)),
    *_plain,
    *i18n_patterns(path("account/", include(accounts)), *_pages),
]

handler400 = "datacity.web.pages.faults.bad_request"
handler403 = "datacity.web.pages.faults.forbidden"
handler404 = "datacity.web.pages.faults.missing"
handler500 = "datacity.web.pages.faults.broken"
