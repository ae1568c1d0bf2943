# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""All pages of the documentation: where the files are, their order, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from datacity.engine.search import Document
from datacity.frame.search import Kind, found_as
from datacity.kernel.errors import Missing
from datacity.kernel.words import Words
from datacity.web.handbook import markdown
from datacity.web.handbook.markdown import Page

IN_WHEEL = Path(__file__).parent / "docs"
IN_CHECKOUT = Path(__file__).resolve().parents[4] / "docs"
FOLDERS = ("tutorials", "how-to", "reference", "explanation", "decisions")
"""The four modes and the records of decisions, in the order of the navigation."""
LISTED_BY_ITSELF = "decisions"
"""The folder whose pages are listed by their number; the others are listed in their README by hand."""
_PICTURES = {".png", ".jpg", ".svg", ".webp"}


@dataclass(frozen=True)
class Chapter:
    """A folder: its own page, and the others in the order in which that page names them."""

    page: Page
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Book:
    """The whole documentation. pages: by address. pictures: names of the files below `pictures`."""

    pages: Mapping[str, Page]
    pictures: frozenset[str]

    def page(self, name: str) -> Page:
        """Give a page by its address. Raises Missing."""
        if name not in self.pages:
            raise Missing("handbook.missing", "The documentation has no page {name}.", name=name[:80])
        return self.pages[name]

    def chapters(self) -> tuple[Chapter, ...]:
        """Give the folders in order, each with its pages."""
        return tuple(Chapter(self.pages[each], self._pages_of(each)) for each in FOLDERS if each in self.pages)

    def _pages_of(self, folder: str) -> tuple[Page, ...]:
        named = [each.name for each in self.pages[folder].targets if each.name in self.pages]
        inside = sorted(name for name in self.pages if name.startswith(f"{folder}/"))
        order = {name: place for place, name in reversed(list(enumerate(named)))}
        inside.sort(key=lambda name: order.get(name, len(named)))
        return tuple(self.pages[name] for name in inside)

    def faults(self) -> list[str]:
        """Give what is wrong: links and pictures that lead nowhere, pages without title or that no folder's page names."""
        return [fault for page in self.pages.values() for fault in (*self._broken(page), *self._lost(page))]

    def _broken(self, page: Page) -> Iterator[str]:
        where = page.name or "README"
        if not page.title:
            yield f"{where}: it does not begin with a title"
        for target in page.targets:
            if target.picture:
                if target.name is None or target.name.removeprefix("pictures/") not in self.pictures:
                    yield f"{where}: there is no picture {target.file}"
            elif target.name is not None:
                there = self.pages.get(target.name)
                if there is None:
                    yield f"{where}: {target.file} leads to no page"
                elif target.anchor and target.anchor not in {each.anchor for each in there.sections}:
                    yield f"{where}: {target.file} leads to no section"

    def _lost(self, page: Page) -> Iterator[str]:
        if page.folder not in self.pages:
            yield f"{page.name}: its folder has no README"
            return
        named = {each.name for each in self.pages[page.folder].targets}
        if "/" in page.name and page.folder != LISTED_BY_ITSELF and page.name not in named:
            yield f"{page.name}: {page.folder}/README does not name it"


def folder() -> Path:
    """Give where the files are: in the wheel, else in the checkout. Raises Missing when they are nowhere."""
    for each in (IN_WHEEL, IN_CHECKOUT):
        if (each / "README.md").is_file():
            return each
    raise Missing("handbook.none", "The documentation is not part of this installation.")


def whole() -> Book:
    """Give the documentation of this installation; read again when a file changed. Raises Missing."""
    where = folder()
    state = tuple(sorted((str(path), path.stat().st_mtime_ns) for path in where.rglob("*") if path.is_file()))
    return _bound(where, state)


@lru_cache(maxsize=2)
def _bound(where: Path, _state: tuple[tuple[str, int], ...]) -> Book:
    return bind(where)


def bind(where: Path) -> Book:
    """Make a book of a folder of Markdown files."""
    files = sorted(path.relative_to(where).as_posix() for path in where.rglob("*.md"))
    pages = [markdown.read(file, (where / file).read_text(encoding="utf-8")) for file in files]
    pictures = {path.relative_to(where / "pictures").as_posix() for path in (where / "pictures").rglob("*")}
    return Book(
        {page.name: page for page in pages}, frozenset(name for name in pictures if Path(name).suffix in _PICTURES)
    )


def found() -> Iterator[Document]:
    """Give every page to the search; nothing where the documentation is not installed."""
    try:
        pages = whole().pages.values()
    except Missing:
        return
    for page in pages:
        yield found_as(
            Kind.DOCUMENTATION,
            page.name or "docs",
            Words(en=page.title),
            f"docs/{page.name}/" if page.name else "docs/",
            text=Words(en=page.text) if page.text.strip() else None,
            keywords=Words(en="\n".join(each.title for each in page.sections)) if page.sections else None,
        )
