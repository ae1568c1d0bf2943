# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""No page holds what the content security policy forbids, or an address of somebody else."""

import re
from pathlib import Path

import pytest

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=.application/(?:ld\+)?json)", re.IGNORECASE
    ),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "something loaded from elsewhere": re.compile(
        r"<(?:script|img|link|iframe|source|video|audio)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
}
MARKED_SAFE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")


def found_in(text: str) -> list[str]:
    bare = re.sub(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}", "", text, flags=re.DOTALL)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(bare)]


def test_no_page_holds_what_the_security_policy_forbids(page_files: list[Path]) -> None:
    wrong = {str(path): found for path in page_files if (found := found_in(path.read_text(encoding="utf-8")))}

    assert wrong == {}
    assert page_files


def test_no_page_of_an_app_or_the_site_switches_escaping_off(page_files: list[Path]) -> None:
    pages = [
        path for path in page_files if "frame" not in path.parts
    ]  # the layout shows blocks that are escaped already

    assert [str(path) for path in pages if MARKED_SAFE.search(path.read_text(encoding="utf-8"))] == []
    assert pages


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<p style="color: red">', ["a style attribute"]),
        ("<script>alert(1)</script>", ["an inline script"]),
        ('<button onclick="go()">', ["an event attribute"]),
        ('<script src="https://cdn.example/x.js"></script>', ["something loaded from elsewhere"]),
        ("<script src=\"{% static 'x.js' %}\" defer></script>", []),
        ('<script type="application/json">{}</script>', []),
        ('<a href="https://elsewhere.example/">', []),
        ('{# <p style="x"> #}<p class="style">', []),
    ],
)
def test_what_is_forbidden_is_seen(page: str, expected: list[str]) -> None:
    assert found_in(page) == expected
