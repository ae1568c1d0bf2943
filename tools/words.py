# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The glossary: which folder a word lives in, with its files, tests and pages."""

import difflib
import re
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from launch import ROOT

DOCS = ROOT / "docs"
LAYERS = {"words": "programme", "steps": "engine"}


@dataclass(frozen=True)
class Word:
    """A word of the glossary, its French, the folder it lives in relative to the checkout, what it is."""

    english: str
    french: str
    folder: str
    meaning: str

    @property
    def is_made(self) -> bool:
        """Whether its folder exists: an app is made when its first feature is."""
        return (ROOT / self.folder).is_dir()


def glossary() -> list[Word]:
    """Return every word, in the order of the file."""
    table = tomllib.loads((ROOT / "tools" / "words.toml").read_text(encoding="utf-8"))
    return [
        Word(english, french, f"src/datacity/{layer}/{folder}", meaning)
        for section, layer in LAYERS.items()
        for english, (french, folder, meaning) in table[section].items()
    ]


def plain(text: str) -> str:
    """Return the text in lower case without accents and hyphens, for comparing."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("-", " ").replace("œ", "oe")).encode("ascii", "ignore")
    return bare.decode().strip()


def stems(text: str, language: str) -> str:
    """Return the stems of a text's words: plurals and endings fall away."""
    from datacity.engine.search.language import meaningful, stem, words  # the product, only for this task

    found = meaningful(words(text), language)
    return "".join(stem(re.sub(r"(?<=[aeo]u)x$", "", word) if language == "fr" else word, language) for word in found)


def find(wanted: str) -> list[Word]:
    """Return the words whose English or French is, or starts like, what is wanted, in any form; also by folder name."""
    key, found = plain(wanted), glossary()
    whole = key.replace(" ", "")
    exact = [
        word
        for word in found
        if whole
        in {plain(each).replace(" ", "") for each in (word.english, word.french, word.folder.rpartition("/")[2])}
    ]
    same = [
        word
        for word in found
        if stems(wanted, "en") == stems(word.english, "en") or stems(wanted, "fr") == stems(word.french, "fr")
    ]
    return (
        exact
        or same
        or [word for word in found if plain(word.english).startswith(key) or plain(word.french).startswith(key)]
    )


def files(word: Word) -> list[str]:
    """Return the files of a word's folder, packages with a slash; [] while it is not made."""
    folder = ROOT / word.folder
    inside = [path for path in sorted(folder.iterdir()) if not path.name.startswith("_")] if folder.is_dir() else []
    names = [f"{path.name}/" if path.is_dir() else path.name for path in inside]
    return [name for name in names if name not in ("apps.py", "migrations/")]


def pages(word: Word) -> list[str]:
    """Return the pages of the documentation that say most about a word, at most three: in their title, their headings, their text."""
    wanted = re.compile(rf"\b{re.escape(word.english)}(?:e?s)?\b", re.IGNORECASE)
    ranked = []
    for path in sorted(DOCS.glob("*/*.md")):
        text = path.read_text(encoding="utf-8")
        title, _end, rest = text.partition("\n")
        headings = "\n".join(line for line in rest.splitlines() if line.startswith("#"))
        score = 50 * len(wanted.findall(title)) + 5 * len(wanted.findall(headings)) + len(wanted.findall(rest))
        if path.name not in ("README.md", "words.md") and score > 2:
            ranked.append((-score, path.relative_to(ROOT).as_posix()))
    return [path for _score, path in sorted(ranked)[:3]]


def describe(word: Word) -> str:
    """Return what a word is and where everything about it is."""
    lines = [
        f"{word.english} ({word.french}): {word.folder}{'' if word.is_made else '  (not made yet)'}",
        f"    {word.meaning}",
        f"    files: {', '.join(files(word))}" if word.is_made else "",
        f"    tests: {word.folder.replace('src/datacity', 'tests')}",
        f"    docs:  {', '.join(pages(word)) or 'docs/reference/words.md'}",
    ]
    return "\n".join(line for line in lines if line)


def where(arguments: Sequence[str]) -> int:
    """Print where a word lives; returns 4 with the nearest words when it is unknown."""
    if not arguments or arguments[0].startswith("-"):
        print("usage: ./dc where WORD", file=sys.stderr)
        return 2
    wanted = " ".join(arguments)
    found = find(wanted)
    for word in found:
        print(describe(word))
    if found:
        return 0
    names = {plain(name): (name, word) for word in glossary() for name in (word.english, word.french)}
    near = [names[key] for key in difflib.get_close_matches(plain(wanted), names, n=3)]
    said = ", ".join(f"{name} ({word.folder})" for name, word in near)
    print(f"dc: “{wanted}” is not in the glossary. Near it: {said or 'nothing'}.", file=sys.stderr)
    return 4
