# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The index of the control plane: where it lies, what is in it, how it is brought up to date.

It holds only what providers of kind `search` give, and each gives only what everybody may read. It can be thrown away at any
time: it is made anew from the database, the publications and the pages.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from datacity.engine.search import Document, Found, Query, Revision, find, is_of_this_form, revise
from datacity.kernel import bus
from datacity.web.handbook import book
from datacity.web.pages import prose

NAME = "search.sqlite3"


def path() -> Path:
    """Give the path of the index in the home of this process."""
    return Path(settings.HOME) / NAME


def documents() -> Iterator[Document]:
    """Give everything that can be found: what apps give, the pages of text, the documentation."""
    for provider in bus.registry.providers.get("search", ()):
        yield from provider.give()
    yield from prose.found()
    yield from book.found()


def refresh() -> Revision:
    """Make the index hold what is public now; built anew when it is absent or of another form."""
    return revise(path(), documents())


def rebuild() -> Revision:
    """Throw the index away and make it anew; readers see the old one until the new one is there."""
    fresh = path().with_name(f"{NAME}.new")
    fresh.unlink(missing_ok=True)
    made = revise(fresh, documents())
    fresh.replace(path())
    return made


def is_ready() -> bool:
    """Tell whether there is an index of the form this version reads."""
    return is_of_this_form(path())


def search(query: Query) -> Found:
    """Ask the index. Raises Missing while there is none, Invalid for a query out of bounds."""
    return find(path(), query)
