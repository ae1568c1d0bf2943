# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The documentation as pages: Markdown to HTML, the order of the book, its faults, what a reader is shown."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.test import Client

from datacity.kernel.errors import Missing
from datacity.web.handbook import book, markdown

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


def made(tmp_path: Path, **files: str) -> book.Book:
    """Make a book of these files; "__" in a name is a folder, "README" is added where none is given."""
    given = {"README": "# Docs\n", "how_to__README": "# How to\n", **files}
    for name, text in given.items():
        path = tmp_path / (name.replace("__", "/").replace("how_to", "how-to") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return book.bind(tmp_path)


# --- One page ----------------------------------------------------------------------------------------------------


def test_a_page_has_a_title_sections_with_lasting_links_and_words_to_search() -> None:
    page = markdown.read(
        "how-to/a.md", "# Do `this`\n\nFirst.\n\n## Élan & more\n\nText\nover lines.\n\n### Sub\n\n## Élan, more\n"
    )

    assert (page.name, page.folder, page.title) == ("how-to/a", "how-to", "Do this")
    assert [(each.level, each.title, each.anchor) for each in page.sections] == [
        (2, "Élan & more", "elan-more"), (3, "Sub", "sub"), (2, "Élan, more", "elan-more-2"),
    ]  # fmt: skip
    assert '<h2 id="elan-more">Élan &amp; more <a' in page.html
    assert 'href="#elan-more" aria-label="Link to the section Élan &amp; more">#</a>' in page.html
    assert page.text == "First.\nÉlan & more\nText over lines.\nSub\nÉlan, more"


@pytest.mark.parametrize(
    ("here", "link", "there"),
    [
        ("how-to/officer.md", "../reference/settings.md#mail", "/fr/docs/reference/settings/#mail"),
        ("how-to/officer.md", "steward.md", "/fr/docs/how-to/steward/"),
        ("how-to/README.md", "steward.md", "/fr/docs/how-to/steward/"),
        ("how-to/README.md", "../README.md", "/fr/docs/"),
        ("README.md", "how-to/README.md", "/fr/docs/how-to/"),
        ("README.md", "how-to/steward.md", "/fr/docs/how-to/steward/"),
        ("how-to/officer.md", "https://example.org/x.md", "https://example.org/x.md"),
    ],
)
def test_links_between_files_lead_between_pages_in_the_reader_s_language(here: str, link: str, there: str) -> None:
    page = markdown.read(here, f"# T\n\n[x]({link})\n")

    written = re.search(r'href="([^"]*)"', page.html)
    assert written is not None
    address = f"/fr/docs/{page.name}/" if page.name else "/fr/docs/"
    assert urljoin(address, written[1]) == there


def test_tables_and_code_scroll_by_keyboard_and_pictures_have_one_address() -> None:
    page = markdown.read(
        "how-to/a.md",
        "# T\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n```python\nx = '<b>'\n```\n\n![Alt](../pictures/home.png)\n",
    )

    assert '<div class="city-scroll" tabindex="0" role="group" aria-label="Table"><table class="ds-table">' in page.html
    assert page.html.count('<th scope="col">') == 2
    assert "<pre tabindex=\"0\"><code>x = '&lt;b&gt;'\n</code></pre>" in page.html.replace("&#x27;", "'")
    assert 'src="/docs/pictures/home.png"' in page.html
    assert INLINE.findall(page.html) == []


def test_nothing_of_html_or_scripts_comes_through() -> None:
    page = markdown.read(
        "a.md",
        "# T\n\n<script>alert(1)</script> <b onclick=x>y</b>\n\n[x](javascript:alert(1))\n\n## <img src=x onerror=y>\n",
    )

    assert "<script" not in page.html
    assert "<img" not in page.html
    assert 'href="javascript' not in page.html


# --- The book ----------------------------------------------------------------------------------------------------


def test_a_folder_s_pages_come_in_the_order_its_own_page_names_them(tmp_path: Path) -> None:
    found = made(tmp_path, how_to__README="# How to\n\n[b](b.md) [a](a.md)\n", how_to__a="# A\n", how_to__b="# B\n")

    assert [(each.page.title, [page.title for page in each.pages]) for each in found.chapters()] == [
        ("How to", ["B", "A"])
    ]
    assert found.faults() == []
    with pytest.raises(Missing, match="no page nowhere"):
        found.page("nowhere")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# A\n\n[x](gone.md)\n", "how-to/a: gone.md leads to no page"),
        ("# A\n\n[x](../../src/x.py)\n", "how-to/a: ../../src/x.py leads to no page"),
        ("# A\n\n[x](README.md#gone)\n", "how-to/a: README.md#gone leads to no section"),
        ("# A\n\n[x](#gone)\n", "how-to/a: #gone leads to no section"),
        ("# A\n\n![x](../pictures/gone.png)\n", "how-to/a: there is no picture ../pictures/gone.png"),
        ("# A\n\n![x](https://example.org/x.png)\n", "how-to/a: there is no picture https://example.org/x.png"),
        ("no title\n", "how-to/a: it does not begin with a title"),
    ],
)
def test_a_fault_of_a_page_is_named(tmp_path: Path, text: str, fault: str) -> None:
    assert made(tmp_path, how_to__README="# How to\n\n[a](a.md)\n", how_to__a=text).faults() == [fault]


def test_a_page_that_its_folder_does_not_name_is_a_fault_and_a_decision_is_not(tmp_path: Path) -> None:
    found = made(tmp_path, how_to__a="# A\n", decisions__README="# D\n", decisions__0001="# 0001\n", lost__a="# L\n")

    assert found.faults() == ["how-to/a: how-to/README does not name it", "lost/a: its folder has no README"]


# --- What a reader is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_the_documentation_answers_and_says_its_language(client: Client, language: str) -> None:
    for name in book.whole().pages:
        response = client.get(f"/{language}/docs/{name}/" if name else f"/{language}/docs/")
        page = response.content.decode()

        assert (name, response.status_code) == (name, 200)
        assert f'<html lang="{language}"' in page
        assert '<article class="city-docs-page" lang="en">' in page
        assert page.count("<h1>") == 1
        assert INLINE.findall(page) == []
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_links_and_sections_of_a_page_lead_where_they_say(client: Client) -> None:
    page = client.get("/fr/docs/reference/interface/").content.decode()
    article = page.partition("<article")[2].partition("</article>")[0]

    anchors = re.findall(r'<li><a class="ds-link" href="#([^"]+)"', article)
    assert len(anchors) > 3
    assert [each for each in anchors if f'id="{each}"' not in article] == []


def test_a_reader_of_french_is_told_and_led_to_pages_in_french(client: Client) -> None:
    french, english = (unescape(client.get(f"/{code}/docs/how-to/officer/").content.decode()) for code in ("fr", "en"))

    assert "Cette documentation est écrite en anglais" in french
    led = re.findall(
        r'<li><a class="ds-link" href="(/fr/[^"]+)"', french.partition("city-docs-own")[2].partition("</ul>")[0]
    )
    assert {"/fr/about/", "/fr/take-part/", "/fr/contact/"} <= set(led)
    assert {client.get(each).status_code for each in led} == {200}
    assert "city-docs-own" not in english


def test_the_footer_leads_to_the_documentation_and_the_decisions_are_listed(client: Client) -> None:
    assert '<a href="/fr/docs/">Documentation</a>' in client.get("/fr/about/").content.decode()
    assert "0044 Search stems by ourselves" in client.get("/en/docs/decisions/").content.decode()


def test_pictures_are_sent_and_nothing_else_of_the_folder(client: Client) -> None:
    picture = client.get("/docs/pictures/home.png")

    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")
    for name in ("../README.md", "README.md", "..%2fREADME.md", "gone.png"):
        assert client.get(f"/docs/pictures/{name}", follow=True).status_code == 404


@pytest.mark.parametrize("name", ["nowhere", "how-to/nowhere", "../README", "how-to/README"])
def test_a_page_that_is_not_there_is_missing(client: Client, name: str) -> None:
    assert client.get(f"/fr/docs/{name}/").status_code == 404


def test_an_installation_without_the_files_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(book, "IN_WHEEL", tmp_path)
    monkeypatch.setattr(book, "IN_CHECKOUT", tmp_path)

    assert client.get("/fr/docs/").status_code == 404
    assert list(book.found()) == []
