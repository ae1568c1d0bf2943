# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Take pictures of pages as a desk and as a telephone show them, in French and in English."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import machine
from launch import ROOT

WIDTHS = (1280, 390)
LANGUAGES = ("fr", "en")
FOLDER = ROOT / "screenshots"
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


def run(given: Sequence[str]) -> int:
    """Take four pictures of each page; returns 1 when a page does not answer with 200."""
    if not given or any(each.startswith("-") for each in given):
        print("usage: ./dc shot URL [URL ...]", file=sys.stderr)
        return 2
    browser_path = machine.chromium(may_install=False)
    if not browser_path:
        print("dc: chromium is not installed (./dc doctor --install)", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright  # slow, and only here

    FOLDER.mkdir(exist_ok=True)
    worst = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 900})
            for language, address in (pair for each in given for pair in addresses(each)):
                answer = page.goto(address, wait_until="networkidle")
                status = answer.status if answer else 0
                target = file_name(address, language, width)
                page.screenshot(path=target, full_page=True)
                print(f"{status}  {address}  →  {target.relative_to(ROOT)}")
                worst = max(worst, int(status != 200))
        browser.close()
    return worst
