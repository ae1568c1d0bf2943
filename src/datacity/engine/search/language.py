# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""From text to stems: accents folded, French and English endings cut (Snowball)."""

import re
import unicodedata
from functools import lru_cache
from threading import local
from typing import Protocol, cast

import snowballstemmer

_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "oe", "Æ": "ae"})
_NAMES = {"fr": "french", "en": "english"}
_STOPS = {
    "fr": frozenset(["a", "au", "aux", "avec", "ce", "ces", "dans", "de", "des", "du", "elle", "en", "et", "il", "ils", "je", "la", "le", "les", "leur", "lui", "ma", "mais", "me", "meme", "mes", "mon", "ne", "nos", "notre", "nous", "on", "ou", "par", "pas", "pour", "qu", "que", "qui", "sa", "se", "ses", "son", "sur", "ta", "te", "tes", "ton", "tu", "un", "une", "vos", "votre", "vous", "c", "d", "j", "l", "m", "n", "s", "t", "y", "est", "sont"]),
    "en": frozenset(["a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "in", "is", "it", "its", "of", "on", "or", "that", "the", "their", "this", "to", "was", "were", "with"]),
}  # fmt: skip
_own = local()


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 -- the library's name


def folded(text: str) -> str:
    """Give the text in lower case without accents; ligatures are opened."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower()))


def words(text: str) -> list[str]:
    """Give the words of a text, folded, in order: letters and digits, at most 40 characters each."""
    return [word[:40] for word in _WORD.findall(folded(text))]


def meaningful(found: list[str], language: str) -> list[str]:
    """Give the words without those too common to say anything."""
    return [word for word in found if word not in _STOPS[language]]


def singular(word: str, language: str) -> str:
    """Give a French word without the s of its plural, which Snowball leaves after a, i, o and u; others as they are."""
    return word[:-1] if language == "fr" and len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Give the stem of a folded word in "fr" or "en"."""
    if word.isdigit():
        return word
    stemmers = _own.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(_NAMES[language])
    return cast("_Stemmer", stemmers[language]).stemWord(singular(word, language))
