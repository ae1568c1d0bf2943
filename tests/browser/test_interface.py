# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The interface in a real browser: faults axe finds, narrow screens, no scripts, weight, keyboard."""

import gzip
import itertools
import re

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser

PAGES = (
    "",
    "about/",
    "state/",
    "accessibility/",
    "personal-data/",
    "contact/",
    "take-part/",
    "decisions/",
    "display/",
    "site-map/",
    "account/sign-in",
    "nowhere",
)
MATRIX = list(itertools.product(("fr", "en"), (320, 390, 1280), ("light", "dark"), (True, False)))
FIRST_VISIT_BYTES, WITH_FONT_BYTES, SCRIPT_BYTES = 60_000, 90_000, 3_000


def expected(said: list[str], *, scripts: bool) -> list[str]:
    """Leave out what the test itself caused: blocked scripts, and the 404 or 422 it asked for."""
    own = ("status of 404", "status of 422") + (() if scripts else ("ERR_FAILED",))
    return [line for line in said if not any(mark in line for mark in own)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_style_guide_has_no_fault_and_no_sideways_scrolling(open_page, axe, too_wide, language):
    page = open_page(f"/{language}/style-guide/", width=320)

    assert axe(page) == []
    assert too_wide(page) == 0
    assert expected(page.said, scripts=True) == []
    assert page.abroad == []


@pytest.mark.slow
@pytest.mark.parametrize("case", MATRIX, ids=str)
def test_no_page_has_a_fault_at_any_width_scheme_and_without_scripts(open_page, axe, too_wide, case):
    language, width, scheme, scripts = case
    page = open_page(f"/{language}/style-guide/", width=width, scheme=scheme, scripts=scripts)
    found = {}

    for path in ("style-guide/", *PAGES):
        page.goto(f"/{language}/{path}")
        page.wait_for_load_state("networkidle")
        found[path] = (axe(page), too_wide(page))

    assert {path: seen for path, seen in found.items() if seen != ([], 0)} == {}
    assert expected(page.said, scripts=scripts) == []
    assert page.abroad == []


@pytest.mark.parametrize("font", ["source", "atkinson"])
def test_wide_text_spacing_hides_nothing_at_320_pixels(open_page, too_wide, font):
    page = open_page("/fr/style-guide/", width=320)
    page.context.add_cookies([{"name": "datacity_display", "value": f"light.{font}.larger", "url": page.url}])
    page.reload()

    page.evaluate("""document.querySelectorAll('body *').forEach(e => {
        e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em'; e.style.lineHeight = '1.5' })""")

    assert too_wide(page) == 0


@pytest.mark.parametrize("brand", ["#b3131b", "#f5d90a", "#0a1f5c"])
def test_any_city_colour_keeps_pages_readable(open_page, axe, brand):
    from datacity.frame import colours  # needs no database

    page = open_page("/fr/style-guide/", width=390)
    page.context.route(
        "**/theme-test.css", lambda route: route.fulfill(body=colours.style_sheet(brand), content_type="text/css")
    )

    page.evaluate("""() => new Promise(done => { const link = document.createElement('link'); link.rel = 'stylesheet';
        link.href = '/theme-test.css'; link.onload = done; document.head.append(link) })""")

    assert (
        page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--city-brand-text-default')")
        == colours.roles(brand, colours.LIGHT)["text-default"]
    )
    assert axe(page) == []


def test_the_first_page_is_light(open_page, house):
    page = open_page("about:blank")
    sizes: dict[str, int] = {}
    page.on(
        "response",
        lambda response: sizes.update(
            {response.url: int(response.headers.get("content-length") or len(response.body()))}
        ),
    )

    page.goto("/fr/")
    page.wait_for_load_state("networkidle")

    fonts = sum(size for url, size in sizes.items() if url.endswith(".woff2"))
    scripts = sum(len(gzip.compress(page.request.get(url).body())) for url in sizes if "/city-script" in url)
    assert sum(sizes.values()) - fonts <= FIRST_VISIT_BYTES, sizes
    assert sum(sizes.values()) <= WITH_FONT_BYTES, sizes
    assert 0 < scripts <= SCRIPT_BYTES


def test_no_script_keeps_the_page_from_being_drawn(open_page):
    page = open_page("/fr/style-guide/")

    assert page.eval_on_selector_all("script", "list => list.map(s => [s.defer, s.src !== ''])") == [
        [True, True],
        [True, True],
    ]


def test_the_first_key_leads_to_the_content(open_page):
    page = open_page("/fr/")

    page.keyboard.press("Tab")
    shown = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")

    assert shown == "Aller au contenu"
    assert page.evaluate("location.hash") == "#content"
    assert page.evaluate("document.activeElement.id") == "content"


def test_errors_take_the_focus_and_lead_to_their_field(open_page):
    page = open_page("/fr/display/")
    page.evaluate("document.querySelectorAll('input[type=radio]').forEach(e => e.checked = false)")

    page.get_by_role("button", name="Garder mon choix").click()
    page.wait_for_selector("#errors")
    focused = page.evaluate("document.activeElement.id")
    page.locator("#errors a").first.click()

    assert focused == "errors"
    assert page.title().startswith("Erreur\u00a0:")
    assert page.evaluate("location.hash") == "#id_theme_0"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_sorts_and_filters_with_and_without_scripts(open_page, scripts):
    page = open_page("/fr/style-guide/", scripts=scripts)
    table = page.locator("#list-compteurs")

    table.get_by_role("link", name="Taille").click()
    page.wait_for_url("**sort=bytes**")
    order = table.locator("th[aria-sort]").get_attribute("aria-sort")
    table.get_by_label("Nom du compteur").fill("elan")
    table.get_by_role("button", name="Afficher").click()
    page.wait_for_url("**q=elan**")
    sync_api.expect(table.get_by_role("status")).to_contain_text("17")

    assert order == "ascending"
    assert "sort=bytes" in page.url
    assert table.locator("tbody tr").count() == 17
    assert expected(page.said, scripts=scripts) == []


def test_the_counter_follows_the_text(open_page):
    page = open_page("/fr/style-guide/")

    page.locator("#blank_about").fill("abcde")

    assert page.locator("#blank_about_counter").text_content() == "Il reste 295 caractères"


def test_progress_asks_until_it_is_done(open_page):
    page = open_page("/fr/style-guide/")
    page.evaluate("""() => { const part = document.createElement('div'); part.id = 'job'; document.querySelector('main').append(part);
        htmx.ajax('GET', '/fr/style-guide/progress/?done=40', {target: '#job', swap: 'innerHTML'}) }""")

    sync_api.expect(page.locator("#job")).to_contain_text(re.compile(r"100\s%"), timeout=15_000)

    assert page.locator("#job [hx-get]").count() == 0


def test_forced_colours_keep_the_mark_of_the_present_view(open_page):
    page = open_page("/fr/style-guide/", forced_colors="active")

    widths = page.eval_on_selector_all(".city-tabs a", "list => list.map(a => getComputedStyle(a).borderBottomColor)")

    assert widths[0] not in widths[1:]


def test_paper_shows_the_content_without_menu_and_errors(open_page):
    page = open_page("/fr/style-guide/", scheme="dark")

    page.emulate_media(media="print")

    hidden = page.eval_on_selector_all(
        ".city-menu, .city-filters, .city-errors, .city-buttons",
        "list => list.every(e => getComputedStyle(e).display === 'none')",
    )
    assert hidden
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#list-compteurs table").is_visible()
