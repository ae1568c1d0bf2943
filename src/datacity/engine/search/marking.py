# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Show in a text what was looked for: its words marked, and the part of it where they stand closest together."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from datacity.engine.search.language import folded, stem

_WORD = re.compile(r"[^\W_]+")
_LENGTH = 240
_LOOK_BACK = 40


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is a word that was looked for. Plain text: who shows it escapes it."""

    text: str
    marked: bool = False


def marked(text: str, stems: Collection[str], language: str) -> tuple[Piece, ...]:
    """Give the whole text as pieces, in order; the pieces put together are the text. language: of the stems."""
    pieces, last = [], 0
    for found in _places(text, stems, language):
        if found.start() > last:
            pieces.append(Piece(text[last : found.start()]))
        pieces.append(Piece(found.group(), marked=True))
        last = found.end()
    if last < len(text):
        pieces.append(Piece(text[last:]))
    return tuple(pieces)


def excerpt(text: str, stems: Collection[str], language: str, *, length: int = _LENGTH) -> tuple[Piece, ...]:
    """Give about `length` characters of the text where most of the words stand, cut between words; "…" where it goes on."""
    plain = " ".join(text.split())
    places = [found.start() for found in _places(plain, stems, language)]
    start = _best_start(places, length)
    start = plain.find(" ", start - _LOOK_BACK) + 1 if start > _LOOK_BACK else 0
    end = len(plain) if start + length >= len(plain) else plain.rfind(" ", start, start + length)
    end = end if end > start else min(len(plain), start + length)
    pieces = marked(plain[start:end], stems, language)
    before, after = (Piece("… "),) if start else (), (Piece(" …"),) if end < len(plain) else ()
    return (*before, *pieces, *after)


def _places(text: str, stems: Collection[str], language: str) -> list[re.Match[str]]:
    return [found for found in _WORD.finditer(text) if stems and stem(folded(found.group())[:40], language) in stems]


def _best_start(places: list[int], length: int) -> int:
    """Give the place after which most of the others stand within the length; 0 for none."""
    return max(places, key=lambda place: (sum(place <= each < place + length for each in places), -place), default=0)
