# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of text as the search finds them: title, sentence below it, and the text in both languages."""

from collections.abc import Iterator
from html import unescape

from django.template import Context
from django.template.backends.django import Template as Backend
from django.template.loader import get_template
from django.template.loader_tags import BlockNode
from django.utils.html import strip_tags
from django.utils.translation import override

from datacity.engine.search import Document
from datacity.frame import city, context
from datacity.frame.search import Kind, found_as, joined, page
from datacity.kernel.words import LANGUAGES, Words

NAMES = ("about", "state", "take_part", "accessibility", "privacy", "contact")
"""The pages that are a text in each language, as their routes are named."""


def found() -> Iterator[Document]:
    """Give each page of text."""
    for name in NAMES:
        parts = {language: _parts(name, language) for language in LANGUAGES}
        texts = [
            Words(**{language: parts[language][each] for language in LANGUAGES})
            for each in ("title", "lead", "content")
        ]
        yield found_as(Kind.PAGE, name, texts[0], page(f"pages:{name}"), text=joined(texts[1:]))


def _parts(name: str, language: str) -> dict[str, str]:
    """Give the text of each block of the page, without its marks."""
    found = get_template(f"pages/{name}.{language}.html")
    assert isinstance(found, Backend)
    template = found.template
    with override(language):
        values = Context({"city": context.city(), "languages": city.offered()})
        with values.bind_template(template), values.render_context.push_state(template):
            nodes = [each for each in template.nodelist.get_nodes_by_type(BlockNode) if isinstance(each, BlockNode)]
            blocks = {each.name: each.nodelist.render(values) for each in nodes}
    return {each: _plain(blocks.get(each, "")) for each in ("title", "lead", "content")}


def _plain(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())
