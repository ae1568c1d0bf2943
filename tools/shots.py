# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Take pictures of pages as a desk and as a telephone show them, in French and in English.

With `--looks` instead: in French, at 320, 390 and 1280 pixels, light, dark, in high contrast, without scripts and on paper.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import machine
from launch import ROOT

WIDTHS = (1280, 390)
LANGUAGES = ("fr", "en")
FOLDER = ROOT / "screenshots"
LOOKS = ("light", "dark", "contrast", "no-scripts", "paper")
LOOK_WIDTHS = (320, 390, 1280)
ADDRESS = "http://127.0.0.1:8000"


def addresses(given: str) -> Iterator[tuple[str, str]]:
    """Yield (language, address) for both languages; a path alone is taken on the usual local address."""
    parts = urlsplit(given if "://" in given else f"{ADDRESS}/{given.lstrip('/')}")
    path = re.sub(r"^/(fr|en)(?=/|$)", "", parts.path) or "/"
    for language in LANGUAGES:
        yield language, urlunsplit((parts.scheme, parts.netloc, f"/{language}{path}", parts.query, ""))


def file_name(address: str, language: str, width: int) -> Path:
    """Return where the picture of a page goes."""
    path = re.sub(r"[^a-z0-9]+", "-", urlsplit(address).path.lower().removeprefix(f"/{language}")).strip("-") or "home"
    return FOLDER / f"{path}-{language}-{width}.png"


def in_look(page: Any, look: str, address: str) -> None:
    """Make a fresh page show itself in a look."""
    if look == "paper":
        page.emulate_media(media="print")
    elif look == "no-scripts":
        page.route("**/*.js", lambda route: route.abort())
    else:
        cookie = {"name": "datacity_display", "value": f"{look}.source.normal", "url": address}
        page.context.add_cookies([cookie])


def take(page: Any, address: str, target: Path) -> bool:
    """Take the picture of a whole page; tell whether it answered with 200."""
    answer = page.goto(address, wait_until="networkidle")
    status = answer.status if answer else 0
    page.screenshot(path=target, full_page=True)
    print(f"{status}  {address}  →  {target.relative_to(ROOT)}")
    return bool(status == 200)


def pictures(browser: Any, given: Sequence[str], *, looks: bool) -> Iterator[bool]:
    """Take every picture; yields whether each page answered with 200."""
    for width in LOOK_WIDTHS if looks else WIDTHS:
        for look in LOOKS if looks else ("",):
            for language, address in (pair for each in given for pair in addresses(each)):
                if looks and language != LANGUAGES[0]:
                    continue
                page = browser.new_page(viewport={"width": width, "height": 900})
                target = file_name(address, language, width)
                if looks:
                    in_look(page, look, address)
                    target = target.with_stem(f"{target.stem}-{look}")
                yield take(page, address, target)
                page.close()


def run(arguments: Sequence[str]) -> int:
    """Take four pictures of each page, or fifteen with `--looks`; returns 1 when a page does not answer with 200."""
    looks = "--looks" in arguments
    given = [each for each in arguments if each != "--looks"]
    if not given or any(each.startswith("-") for each in given):
        print("usage: ./dc shot [--looks] URL [URL ...]", file=sys.stderr)
        return 2
    browser_path = machine.chromium(may_install=False)
    if not browser_path:
        print("dc: chromium is not installed (./dc doctor --install)", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright  # slow, and only here

    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        good = list(pictures(browser, given, looks=looks))
        browser.close()
    return int(not all(good))
