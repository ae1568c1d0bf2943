# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A sentence of the product in the city's own words: nouns are exchanged, and the small words before them follow.

French: "le défi" becomes "l’appel à idées", "du défi" "de l’appel à idées", "ce défi" "cet appel à idées". The new noun has the gender of
the old one, so nothing else in the sentence changes. English: "a" and "an" follow. Places (`{name}`, `%(name)s`), marks of HTML,
code, addresses and names with dots, slashes or underscores stay as they are.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from datacity.frame import city
from datacity.frame.city import Noun
from datacity.frame.nouns import NOUNS, Term

_KEPT = r"<code.*?</code>|<[^>]*>|%\(\w+\)[sd]|\{[^{}]*\}|https?://\S+|`[^`]*`|[\w.+-]+@[\w.-]+|(?<!\w)/[\w.{}%()/-]+"
_BEFORE, _AFTER = r"(?<![\w/.:=-])", r"(?![\w/=]|[.:-]\w)"
_SPACE = r"[ \u00a0\n]+"
_FRENCH: Mapping[str, tuple[tuple[str, str], ...]] = {
    "m": (
        ("le", "l’"),
        ("du", "de l’"),
        ("au", "à l’"),
        ("ce", "cet"),
        ("nouveau", "nouvel"),
        ("de", "d’"),
        ("que", "qu’"),
    ),
    "f": (("la", "l’"), ("de la", "de l’"), ("à la", "à l’"), ("sa", "son"), ("de", "d’"), ("que", "qu’")),
    "many": (("de", "d’"), ("que", "qu’")),
}
"""The small words before a noun: as before a consonant, as before a vowel."""
_AN = re.compile(r"(?!uni|us[aeiu]|euro|one\b)[aeiou]", re.IGNORECASE)


def reword(text: str, language: str) -> str:
    """Give a text of the product in the words of the city of this site; the text itself when the city has none of its own."""
    nouns = city.here().nouns.get(language)
    return in_words(text, language, nouns) if nouns else text


def in_words(text: str, language: str, nouns: Mapping[str, Noun]) -> str:
    """Give the text with these nouns. nouns: noun of the glossary → own word, in this language."""
    return _Exchange.of(language, tuple(sorted(nouns.items()))).within(text)


class _Exchange:
    """One pass over a text: each noun is found once, so that a new word is never exchanged again."""

    def __init__(self, language: str, nouns: tuple[tuple[str, Noun], ...]) -> None:
        self._language = language
        self._forms: dict[str, tuple[Term, Noun, bool]] = {}
        for name, own in nouns:
            term = NOUNS[name]
            one, many = (term.fr, term.fr_many) if language == "fr" else (term.en, term.en_many)
            self._forms[one] = (term, own, False)
            self._forms[many] = (term, own, True)
        words = "|".join(re.escape(each) for each in sorted(self._forms, key=len, reverse=True))
        small = (
            r"an?" if language == "en" else _any(each for pairs in _FRENCH.values() for pair in pairs for each in pair)
        )
        led = rf"(?:(?<![\w’'-])(?P<small>{small})(?P<space>(?<=’)|{_SPACE}))?"
        self._pattern = re.compile(
            rf"(?P<kept>{_KEPT})|{led}{_BEFORE}(?P<noun>{words}){_AFTER}", re.IGNORECASE | re.DOTALL
        )

    @staticmethod
    @lru_cache(maxsize=8)
    def of(language: str, nouns: tuple[tuple[str, Noun], ...]) -> "_Exchange":
        return _Exchange(language, nouns)

    def within(self, text: str) -> str:
        return self._pattern.sub(self._exchanged, text)

    def _exchanged(self, found: re.Match[str]) -> str:
        if found["kept"] is not None:
            return found["kept"]
        term, own, many = self._forms[found["noun"].lower()]
        new = own.many if many else own.one
        if found["noun"][0].isupper():
            new = new[0].upper() + new[1:]
        if not found["small"]:
            return new
        small, space = found["small"], found["space"]
        if self._language == "en":
            following = "an" if _AN.match(new) else "a"
        else:
            following = _following(small.lower(), term, elides=own.elides, many=many)
        if following.endswith("’"):
            space = ""
        elif small.endswith("’"):
            space = " "
        return (following[0].upper() + following[1:] if small[0].isupper() else following) + space + new


def _following(small: str, term: Term, *, elides: bool, many: bool) -> str:
    """Give the small word as it stands before the new noun; one that does not change with the sound stays."""
    old = 1 if term.elides else 0
    pairs = _FRENCH["many" if many else term.gender]
    return next((pair[int(elides)] for pair in pairs if pair[old] == small), small)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted({re.escape(each) for each in words}, key=len, reverse=True))
