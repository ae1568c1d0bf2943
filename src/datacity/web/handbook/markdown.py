# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One Markdown file as a page: title, sections, cleaned HTML, and where its links and pictures lead."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from datacity.engine.search.language import folded

PICTURES = "/docs/pictures/"
"""The address of the pictures, the same in every language."""
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SIGNS = re.compile(r"[^a-z0-9]+")
_TAGS = {
    "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "em", "strong", "code", "pre", "blockquote", "hr", "br", "img", "div",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "class", "aria-label"},
    "img": {"src", "alt", "loading"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "pre": {"tabindex"},
    "ol": {"start"},
    "table": {"class"},
    "th": {"scope"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4")},
}


@dataclass(frozen=True)
class Section:
    """A heading below the title: its level (2 to 4), its text, and its name in the address after "#"."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True)
class Target:
    """Where a link or a picture leads. name: of the page, None for another site. file: as it is written in the text."""

    name: str | None
    anchor: str
    file: str
    picture: bool = False


@dataclass(frozen=True)
class Page:
    """A page of the documentation. name: its address ("how-to/officer", "" for the first one). text: all of it without marks."""

    name: str
    title: str
    html: str
    text: str
    sections: tuple[Section, ...]
    targets: tuple[Target, ...] = field(default=())

    @property
    def folder(self) -> str:
        """The first part of the address: tutorials, how-to, reference, explanation, decisions; "" for the first page."""
        return self.name.partition("/")[0]


def name_of(file: str) -> str:
    """Give the address of the page that a file makes: "how-to/README.md" is "how-to"."""
    stem = file.removesuffix(".md")
    return "" if stem == "README" else stem.removesuffix("/README")


def read(file: str, text: str) -> Page:
    """Make a page of a file. file: its path below the folder of the documentation, with "/"."""
    tokens = _PARSER.parse(text)
    title = _take_title(tokens)
    sections: list[Section] = []
    targets: list[Target] = []
    taken: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            section = _section(int(token.tag[1]), tokens[place + 1], taken)
            sections.append(section)
            _mark(token, tokens[place + 1], section)
        leading = [child for child in token.children or () if child.type in ("link_open", "image")]
        targets += [_lead(child, file) for child in leading]
    html = _PARSER.renderer.render(list(_framed(tokens)), _PARSER.options, {})
    cleaned = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, url_schemes={"http", "https", "mailto"}
    )
    return Page(name_of(file), title, cleaned, _plain(tokens), tuple(sections), tuple(targets))


def _take_title(tokens: list[Token]) -> str:
    """Take the first heading out and give its text; "" when the file does not begin with one."""
    if len(tokens) < 3 or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return ""
    title = _words(tokens[1])
    del tokens[:3]
    return title


def _section(level: int, inline: Token, taken: set[str]) -> Section:
    """Give a heading its name in the address: its words, with a number when another one has the same."""
    title = _words(inline)
    first = _SIGNS.sub("-", folded(title)).strip("-") or "section"
    anchor, number = first, 1
    while anchor in taken:
        number += 1
        anchor = f"{first}-{number}"
    taken.add(anchor)
    return Section(level, title, anchor)


def _mark(opening: Token, inline: Token, section: Section) -> None:
    """Name the heading, and put a lasting link to it behind its words."""
    opening.attrSet("id", section.anchor)
    label = escape(f"Link to the section {section.title}")
    link = Token("html_inline", "", 0)
    link.content = f' <a class="city-anchor" href="#{section.anchor}" aria-label="{label}">#</a>'
    inline.children = [*(inline.children or ()), link]


def _lead(token: Token, file: str) -> Target:
    """Rewrite a link or a picture to where this site serves it, and tell where it leads."""
    picture = token.type == "image"
    written = str(token.attrs.get("src" if picture else "href", ""))
    if _SCHEME.match(written):
        return Target(None, "", written, picture)
    path, _sign, anchor = written.partition("#")
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file
    if picture:
        token.attrSet("src", PICTURES + whole.removeprefix("pictures/"))
        token.attrSet("loading", "lazy")
        return Target(whole, "", written, picture=True)
    name = name_of(whole) if whole.endswith(".md") else whole
    if path:
        token.attrSet("href", _way(name_of(file), name) + (f"#{anchor}" if anchor else ""))
    return Target(name, anchor, written)


def _way(here: str, there: str) -> str:
    """Give the address of a page as seen from another, the same in every language."""
    up = "../" * (here.count("/") + 1) if here else "./"
    return f"{up}{there}/" if there else up


def _framed(tokens: list[Token]) -> Iterator[Token]:
    """Let tables and code scroll by themselves, by keyboard too; name the direction of table heads."""
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "ds-table")
            yield _raw('<div class="city-scroll" tabindex="0" role="group" aria-label="Table">')
        if token.type == "th_open":
            token.attrs.pop("style", None)
            token.attrSet("scope", "col")
        if token.type in ("fence", "code_block"):
            yield _raw(f'<pre tabindex="0"><code>{escape(token.content)}</code></pre>\n')
        else:
            yield token
        if token.type == "table_close":
            yield _raw("</div>")


def _raw(html: str) -> Token:
    made = Token("html_block", "", 0)
    made.content = html
    return made


def _words(inline: Token) -> str:
    """Give the words of a line without its marks."""
    parts = [
        child.content if child.type in ("text", "code_inline") else " " if child.type == "softbreak" else _words(child)
        for child in inline.children or ()
        if child.type != "html_inline"
    ]
    return "".join(parts)


def _plain(tokens: list[Token]) -> str:
    """Give all words of the page, one line a paragraph, heading, cell or block of code."""
    lines = [
        _words(token) if token.type == "inline" else token.content
        for token in tokens
        if token.type in ("inline", "fence", "code_block")
    ]
    return "\n".join(line for line in lines if line.strip())
