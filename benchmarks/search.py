# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search index over 10,000 documents of 130 words each: building it, and 100 questions with one facet."""

import random
from collections.abc import Callable
from pathlib import Path

from datacity.engine.search import Document, Query, build, find
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


CASES = {
    "build 10,000 documents": ours_build,
    "100 words as written": lambda folder: ours_find(folder, lambda word: word),
    "100 words mistyped": lambda folder: ours_find(folder, lambda word: word[:-1] + "z"),
    "100 beginnings of three letters": lambda folder: ours_find(folder, lambda word: word[:3]),
}
