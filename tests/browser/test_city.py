# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's own look in a real browser: the style guide in three brands, three widths and four looks; the reader's display."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from datacity.frame import colours
from tests.browser.conftest import House, serving
from tests.factories.city import write_city

pytestmark = pytest.mark.browser
BRANDS = {"red": "#b3131b", "yellow": "#f5d90a", "dark blue": "#0a1f5c"}
WIDTHS = (320, 390, 1280)
LOOKS = ("light", "dark", "contrast", "no scripts")


@pytest.fixture(scope="module")
def aigrelune(root: Path) -> Iterator[House]:
    """The second city on an empty home, its folder in it."""
    home = Path(tempfile.mkdtemp(prefix="datacity-aigrelune-"))
    write_city(home / "city")
    with serving(root, home, ("migrate", "--verbosity=0"), ("install_guards",)) as made:
        yield made


@pytest.fixture
def opened(browser: Any, aigrelune: House) -> Callable[..., Any]:
    """Give a context manager that opens a page of the second city in a look, painted in a brand.

    The brand comes as the city's own style sheet does, from its address and under the page's policy.
    """

    @contextmanager
    def page(
        path: str, *, brand: str = "", width: int = 1280, look: str = "light", letters: str = "source.normal"
    ) -> Iterator[Any]:
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=aigrelune.address)
        if look in ("light", "dark", "contrast"):
            cookie = {"name": "datacity_display", "value": f"{look}.{letters}", "url": aigrelune.address}
            context.add_cookies([cookie])
        else:
            context.route("**/*.js", lambda route: route.abort())
        if brand:
            sheet = colours.style_sheet(brand)
            context.route("**/theme.css*", lambda route: route.fulfill(body=sheet, content_type="text/css"))
        shown = context.new_page()
        shown.said = []
        shown.on("console", lambda message: shown.said.append(message.text))
        shown.goto(path)
        shown.wait_for_load_state("networkidle")
        yield shown
        context.close()

    return page


def role(page: Any, name: str) -> str:
    return str(page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--city-brand-{name}')"))


@pytest.mark.slow
@pytest.mark.parametrize("brand", BRANDS)
def test_the_style_guide_has_no_fault_in_any_brand_width_and_look(opened, axe, too_wide, brand):
    tables = {"light": colours.LIGHT, "dark": colours.DARK, "contrast": colours.CONTRAST, "no scripts": colours.LIGHT}
    found = {}

    for width, look in itertools.product(WIDTHS, LOOKS):
        with opened("/fr/style-guide/", brand=BRANDS[brand], width=width, look=look) as page:
            wanted = colours.roles(BRANDS[brand], tables[look], dark=look == "dark")["text-subtle"]
            refused = [line for line in page.said if "ERR_FAILED" not in line]
            found[width, look] = (axe(page), too_wide(page), role(page, "text-subtle") == wanted, refused)

    assert len(found) == 12
    assert {case: seen for case, seen in found.items() if seen != ([], 0, True, [])} == {}


@pytest.mark.parametrize("path", ["", "city/", "display/", "nowhere"])
def test_pages_of_the_second_city_have_no_fault(opened, axe, too_wide, path):
    with opened(f"/fr/{path}", width=390, look="contrast") as page:
        assert axe(page) == []
        assert too_wide(page) == 0
        assert page.locator("img.city-logo").evaluate("img => img.complete && img.naturalWidth > 0")


def test_the_display_is_chosen_on_a_plain_form_and_holds_on_the_next_page(opened):
    with opened("/fr/", look="no scripts") as page:
        page.get_by_role("link", name="Affichage").click()
        for label in ("Contraste élevé", "Lettres de mon appareil, plus espacées", "Très grande"):
            page.get_by_label(label).check()
        page.get_by_role("button", name="Garder mon choix").click()
        saved = page.get_by_text("Votre choix est gardé").is_visible()
        page.goto("/en/about/")

        shown = page.evaluate("({...document.documentElement.dataset})")
        assert saved
        assert shown == {"colorScheme": "contrast", "font": "spaced", "text": "larger"}
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
        assert page.evaluate("getComputedStyle(document.body).wordSpacing") != "0px"


@pytest.mark.parametrize("font", ["source", "atkinson", "spaced"])
@pytest.mark.parametrize("path", ["style-guide/", "city/", ""])
def test_the_largest_text_fits_the_narrowest_screen(opened, too_wide, font, path):
    with opened(f"/fr/{path}", width=320, look="dark", letters=f"{font}.larger") as page:
        assert page.evaluate("document.documentElement.dataset.font") == font
        assert too_wide(page) == 0


def test_a_device_that_wishes_more_contrast_gets_it_without_a_choice(browser, aigrelune):
    context = browser.new_context(base_url=aigrelune.address, contrast="more", color_scheme="light")
    page = context.new_page()
    page.goto("/fr/")

    assert role(page, "text-subtle") == colours.roles("#f5d90a", colours.CONTRAST)["text-subtle"]
    context.close()


@pytest.mark.parametrize("look", ["dark", "contrast"])
def test_paper_is_white_whatever_the_reader_chose(opened, look):
    with opened("/fr/style-guide/", brand=BRANDS["yellow"], look=look) as page:
        page.emulate_media(media="print")

        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert role(page, "text-subtle") == colours.roles(BRANDS["yellow"], colours.LIGHT)["text-subtle"]
        assert page.locator(".city-brand-name").is_visible()
