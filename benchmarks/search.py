# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search index over 10,000 documents of 130 words each: building it, keeping it current, 100 questions, 100 pages."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from datacity.engine.search import Document, Query, build, find, revise
from datacity.kernel.words import Words

DOCUMENTS = 10_000
QUESTIONS = 100


def vocabulary() -> list[str]:
    """Return 20,000 made-up words; the same ones each time."""
    chance = random.Random(3)  # noqa: S311 -- test data
    return ["".join(chance.choices("abcdeilmnoprstuv", k=chance.randint(4, 11))) for _ in range(20_000)]


def documents() -> list[Document]:
    """Return documents whose words are as unequally frequent as those of a language."""
    chance, words = random.Random(4), vocabulary()  # noqa: S311 -- test data

    def text(count: int) -> Words:
        return Words(" ".join(chance.choices(words, weights=range(len(words), 0, -1), k=count)))

    return [
        Document(f"d:{number}", text(6), text(120), text(4), {"producer": (f"p{number % 40}",)})
        for number in range(DOCUMENTS)
    ]


def ours_build(folder: Path) -> Callable[[], object]:
    """Time the building."""
    made = documents()
    return lambda: build(folder / "search.sqlite3", made)


def ours_find(folder: Path, change: Callable[[str], str]) -> Callable[[], object]:
    """Time questions of one word each, changed as people change words."""
    build(folder / "search.sqlite3", documents())
    asked = [change(word) for word in vocabulary()[:QUESTIONS]]
    return lambda: [find(folder / "search.sqlite3", Query(word, facets=("producer",))) for word in asked]


def filled(folder: Path) -> tuple[Path, list[Document]]:
    """Make the index as a home has it, of documents with a kind and a page."""
    shown = {"kind": "page", "path": "about/", "note": {}, "day": ""}
    made = [
        Document(each.key, each.title, each.text, each.keywords, {"kind": ("page",)}, "", shown) for each in documents()
    ]
    revise(folder / "search.sqlite3", made)
    return folder / "search.sqlite3", made


def unchanged(folder: Path) -> Callable[[], object]:
    """Time a comparison that finds no change."""
    index, made = filled(folder)
    return lambda: revise(index, made)


def one_changed(folder: Path) -> Callable[[], object]:
    """Time one document changed among them."""
    index, made = filled(folder)
    made[DOCUMENTS // 2] = Document("d:new", Words("Un autre titre"), shown=made[0].shown)
    return lambda: revise(index, made)


def pages(folder: Path, change: Callable[[str], str]) -> Callable[[], object]:
    """Time the search page for words changed as people change them."""
    filled(folder)
    os.environ.update(DATACITY_HOME=str(folder), DJANGO_SETTINGS_MODULE="datacity.web.settings")
    import django  # the home must be named before its settings are read

    django.setup()
    from django.test import Client  # only where Django is set up

    client = Client(headers={"host": "localhost"})
    asked = [change(word) for word in vocabulary()[:QUESTIONS]]

    def ask() -> Iterator[Any]:
        for word in asked:
            answer = client.get("/fr/search/", {"q": word})
            assert answer.status_code == 200, answer.status_code
            yield answer

    return lambda: sum(1 for _ in ask())


CASES = {
    "build 10,000 documents": ours_build,
    "100 words as written": lambda folder: ours_find(folder, lambda word: word),
    "100 words mistyped": lambda folder: ours_find(folder, lambda word: word[:-1] + "z"),
    "100 beginnings of three letters": lambda folder: ours_find(folder, lambda word: word[:3]),
    "compare 10,000, nothing changed": unchanged,
    "compare 10,000, one changed": one_changed,
    "100 pages, words as written": lambda folder: pages(folder, lambda word: word),
    "100 pages, words mistyped": lambda folder: pages(folder, lambda word: word[:-1] + "z"),
}
