# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search and the documentation in a real browser: every state, every width, no scripts, nothing inline, paper."""

import itertools

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATHS = (
    "search/",
    "search/?q=data",
    "search/?q=data&page=2",
    "search/?q=clearence&kind=documentation",
    "search/?q=zzzzqqqq",
    "docs/",
    "docs/how-to/officer/",
    "docs/how-to/add-a-policy-number/",
    "docs/reference/interface/",
    "docs/reference/policy/",
    "docs/reference/commands/",
    "docs/decisions/",
)
MATRIX = list(itertools.product(("fr", "en"), (320, 390, 1280), (True, False)))


@pytest.fixture(scope="module", autouse=True)
def _index(house):
    """The index of the house, which has no worker."""
    house.manage("rebuild_search")


@pytest.mark.parametrize("case", MATRIX, ids=str)
def test_no_state_of_search_and_docs_has_a_fault_or_scrolls_sideways(open_page, axe, too_wide, case):
    language, width, scripts = case
    page = open_page(f"/{language}/search/", width=width, scripts=scripts, scheme="dark" if width == 390 else "light")
    found = {}

    for path in PATHS:
        page.goto(f"/{language}/{path}")
        page.wait_for_load_state("networkidle")
        found[path] = (axe(page), too_wide(page))

    assert {path: seen for path, seen in found.items() if seen != ([], 0)} == {}
    assert [line for line in page.said if scripts or "ERR_FAILED" not in line] == []
    assert page.abroad == []


def test_the_header_s_search_works_by_keyboard_and_without_scripts(open_page):
    page = open_page("/en/about/", width=390, scripts=False)

    page.get_by_role("searchbox", name="Search this site").fill("clearence")
    page.keyboard.press("Enter")

    sync_api.expect(page.get_by_text("Showing results for “clearance”.")).to_be_visible()
    sync_api.expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name="Search for “clearence” exactly").click()
    sync_api.expect(page.get_by_text("Nothing public holds “clearence”")).to_be_visible()


def test_a_page_of_the_documentation_is_reached_by_searching_and_by_its_sections(open_page):
    page = open_page("/en/docs/")

    page.get_by_role("searchbox", name="Search the documentation").fill("ladder")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Add a ladder", exact=True).click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Add a ladder")

    page.goto("/en/docs/reference/interface/")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="A list").click()
    assert page.url.endswith("/en/docs/reference/interface/#a-list")
    sync_api.expect(page.locator("#a-list")).to_be_in_viewport()


def test_code_scrolls_by_itself_and_is_whole_on_paper(open_page):
    page = open_page("/en/docs/reference/interface/", width=390)
    wide = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"

    assert page.eval_on_selector_all(".city-docs-page pre", wide) > 0
    page.emulate_media(media="print")
    assert page.eval_on_selector_all(".city-docs-page pre", wide) == 0
    sync_api.expect(page.locator(".city-docs-nav")).to_be_hidden()
    sync_api.expect(page.locator(".city-find")).to_be_hidden()
