# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every page that links reach, as every kind of person of the demonstration, looked at with axe.

One page a route (and a view of a dataset) is looked at, in French, in English, and in French without our scripts, each at 320, 390 and 1280 px.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import translation

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOKS = (("fr", True), ("en", True), ("fr", False))
"""Language, and whether our scripts arrive."""
WIDTHS = (320, 390, 1280)
PERSONS = ("", "agent", "steward", "officer", "representative", "administrator", "manager", "auditor")
"""Keys of the cast; "" is the visitor."""
FILES = (
    "download=",
    "export=",
    "/export",
    "/leaf",
    "/proof",
    ".json",
    ".toml",
    ".csv",
    ".xml",
    "/files/",
    "/log/",
    "/api/",
    "/static/",
    "/feeds/",
)


def route_of(address: str) -> str:
    """Give the name of the route with the view asked for, "" for what is no page."""
    parts = urlsplit(address)
    if not parts.path.startswith("/fr/") or any(part in address for part in FILES):
        return ""
    try:
        with translation.override("fr"):
            match = resolve(parts.path)
    except Resolver404:
        return ""
    return f"{match.view_name} {parse_qs(parts.query).get('view', [''])[0]}".strip()


def links(page: Any) -> Iterator[str]:
    """Give the addresses on this site that the page links to."""
    for address in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
        parts = urlsplit(address)
        if address.startswith(page.context_base):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def pages_of(page: Any) -> dict[str, str]:
    """Follow links from the front page and give route → the first path found."""
    found, waiting = {}, ["/fr/", "/fr/now/", "/fr/style-guide/"]
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if not route or route in found:
            continue
        answer = page.goto(path)
        if answer is None or answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        found[route] = path
        waiting.extend(links(page))
    return found


@pytest.fixture
def enter(browser: Any, town: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that opens a browser as one of the cast. scripts: whether ours arrive."""
    contexts = []

    def opened(person: str, *, scripts: bool = True) -> Any:
        context = browser.new_context(base_url=town.address)
        contexts.append(context)
        if not scripts:
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        page.context_base = town.address
        page.goto("/fr/about/")
        if person:
            page.locator(f'button[name=person][value="{person}"]').first.evaluate("one => one.click()")
            page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The routes that somebody looked at already; "now" and the front page are looked at as everybody."""
    return set()


@pytest.mark.parametrize("person", PERSONS)
def test_no_page_that_links_reach_has_a_fault(enter: Any, axe: Any, too_wide: Any, seen: set[str], person: str) -> None:
    with_scripts, without = enter(person), enter(person, scripts=False)
    pages = pages_of(with_scripts)
    faults: dict[str, list[str]] = {}

    for path in [path for route, path in pages.items() if route not in seen or route in ("pages:home", "pages:now")]:
        for language, scripts in LOOKS:
            page = with_scripts if scripts else without
            page.goto(path.replace("/fr/", f"/{language}/", 1))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                found = axe(page) + ([f"{too_wide(page)} px too wide"] if too_wide(page) > 0 else [])
                if found:
                    faults[f"{path} {language} {width} {scripts}"] = found

    seen.update(pages)
    print(person or "visitor", len(pages), "pages,", len(seen), "routes so far")  # noqa: T201 -- how many were looked at; pytest shows it with -s
    assert faults == {}
    assert len(pages) >= 15
