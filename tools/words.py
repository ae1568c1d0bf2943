# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The glossary: which folder a word lives in."""

import difflib
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from launch import ROOT

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
    bare = unicodedata.normalize("NFKD", text.lower().replace("-", " ")).encode("ascii", "ignore")
    return bare.decode().strip()


def find(wanted: str) -> list[Word]:
    """Return the words whose English or French is, or starts like, what is wanted; also by folder name."""
    key = plain(wanted)
    words = glossary()
    exact = [word for word in words if key in {plain(word.english), plain(word.french), word.folder.rpartition("/")[2]}]
    return exact or [
        word for word in words if plain(word.english).startswith(key) or plain(word.french).startswith(key)
    ]


def where(arguments: Sequence[str]) -> int:
    """Print where a word lives; returns 4 with the nearest words when it is unknown."""
    if not arguments or arguments[0].startswith("-"):
        print("usage: ./dc where WORD", file=sys.stderr)
        return 2
    wanted = " ".join(arguments)
    found = find(wanted)
    for word in found:
        state = "" if word.is_made else "  (not made yet)"
        print(
            f"{word.english} ({word.french}): {word.folder}{state}\n    {word.meaning}\n    tests: {word.folder.replace('src/datacity', 'tests')}"
        )
    if found:
        return 0
    names = {plain(name): name for word in glossary() for name in (word.english, word.french)}
    near = [names[key] for key in difflib.get_close_matches(plain(wanted), names, n=3)]
    print(f"dc: “{wanted}” is not in the glossary. Near it: {', '.join(near) or 'nothing'}.", file=sys.stderr)
    return 4
