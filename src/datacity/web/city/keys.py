# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Everything a city's folder may say: one table; the page `docs/reference/city-folder.md` is generated from it.

Policy values are not here: `policy.toml` takes the parameters that the apps declare.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datacity.frame.nouns import NOUNS
from datacity.kernel.words import LANGUAGES
from datacity.web import readers

FORM = 1
"""The number of the folder's form; raised when a key changes its meaning."""
CITY, DIRECTORATES, DISTRICTS, WORDS, POLICY = (
    "city.toml",
    "directorates.toml",
    "districts.toml",
    "words.toml",
    "policy.toml",
)
AREAS = "districts.geojson"
FILES = (CITY, DIRECTORATES, DISTRICTS, WORDS, POLICY)
"""The TOML files, the first one required."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
_PICTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\.(svg|png)")


@dataclass(frozen=True)
class Key:
    """One key: where it stands, how its value is checked, what is taken without it, what people must know.

    path: with `[]` for each element of a list and NOUN for a noun of the glossary. read: value to value, raises ValueError. default: in words.
    """

    file: str
    path: str
    read: Callable[[Any], Any]
    allowed: str
    default: str
    description: str


def _text(limit: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value.strip()) <= limit or not value.isprintable():
            raise ValueError(value)
        return unicodedata.normalize("NFC", " ".join(value.split(" ")).strip())

    return read


def _matching(pattern: re.Pattern[str], limit: int = 80) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or not pattern.fullmatch(value):
            raise ValueError(value)
        return value

    return read


def _form(value: Any) -> int:
    if value != FORM or isinstance(value, bool):
        raise ValueError(value)
    return FORM


def _colour(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return readers.colour(value)


def _languages(value: Any) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not value
        or len(set(map(str, value))) != len(value)
        or not set(map(str, value)) <= set(LANGUAGES)
    ):
        raise ValueError(value)
    return tuple(str(each) for each in value)


def _language(value: Any) -> str:
    if value not in LANGUAGES:
        raise ValueError(value)
    return str(value)


def _gender(value: Any) -> str:
    if value not in ("m", "f"):
        raise ValueError(value)
    return str(value)


def _yes_no(value: Any) -> bool:
    if value is not True and value is not False:
        raise ValueError(value)
    return value


_NAME, _LINE, _FORM_OF_NAME = _text(60), _text(120), _text(120)
_WORD, _SENTENCE = _text(60), _text(2000)
_NAME_IS, _LINE_IS, _WORD_IS = (
    "one line, 1 to 60 characters",
    "one line, 1 to 120 characters",
    "one line, 1 to 60 characters",
)

TABLE: tuple[Key, ...] = (
    Key(CITY, "form", _form, "1", "required", "The form of this folder, so that a later version knows how to read it."),
    Key(CITY, "name.fr", _NAME, _NAME_IS, "required", "The name of the city in French, without “ville de”."),
    Key(CITY, "name.en", _NAME, _NAME_IS, "the French name", "The name of the city in English."),
    Key(CITY, "name.french.at", _FORM_OF_NAME, _LINE_IS, "“à …”, “au …” for a name with “Le”", "“in the city” in French."),
    Key(CITY, "name.french.of", _FORM_OF_NAME, _LINE_IS, "“de …”, “d’…”, “du …”", "“of the city” in French."),
    Key(CITY, "name.french.whole", _FORM_OF_NAME, _LINE_IS, "“la ville de …”", "The city as somebody who acts, in French: also “la métropole de …”."),
    Key(CITY, "name.english.at", _FORM_OF_NAME, _LINE_IS, "“in …”", "“in the city” in English."),
    Key(CITY, "name.english.of", _FORM_OF_NAME, _LINE_IS, "“of …”", "“of the city” in English."),
    Key(CITY, "name.english.whole", _FORM_OF_NAME, _LINE_IS, "“the city of …”", "The city as somebody who acts, in English."),
    Key(CITY, "brand.colour", _colour, "# and six hexadecimal digits", "the built-in colour", "The one colour; every shade of the pages is worked out from it, contrast included."),
    Key(CITY, "brand.logo", _matching(_PICTURE, 64), "the name of a file in the folder that ends with .svg or .png", "the built-in mark", "The logo beside the name. An SVG loses everything but its shapes; a PNG has 16 to 2048 pixels."),
    Key(CITY, "brand.line.fr", _LINE, _LINE_IS, "the built-in sentence", "What stands under the name, in French."),
    Key(CITY, "brand.line.en", _LINE, _LINE_IS, "the built-in sentence", "What stands under the name, in English."),
    Key(CITY, "languages.order", _languages, "a list of fr and en, each at most once", '["fr", "en"]', "The languages of the pages, in the order shown. With one language only, the other has no pages at all."),
    Key(CITY, "languages.default", _language, "one of the languages in the order", "the first of the order", "The language for readers whose browser asks for neither."),
    Key(DIRECTORATES, "directorate[].slug", _matching(_SLUG), "small letters, digits and hyphens", "required", "The end of the address of its page; never changed once used."),
    Key(DIRECTORATES, "directorate[].fr", _LINE, _LINE_IS, "required", "The name of the directorate in French."),
    Key(DIRECTORATES, "directorate[].en", _LINE, _LINE_IS, "the French name", "The name of the directorate in English."),
    Key(DISTRICTS, "district[].code", _matching(_CODE, 20), "letters, digits, hyphen, underscore and dot, at most 20", "required", "The code of the district, as data files and outlines write it."),
    Key(DISTRICTS, "district[].fr", _LINE, _LINE_IS, "required", "The name of the district in French."),
    Key(DISTRICTS, "district[].en", _LINE, _LINE_IS, "the French name", "The name of the district in English."),
    Key(WORDS, "noun.NOUN.fr", _WORD, _WORD_IS, "the product's word", "The city's word in French, one thing."),
    Key(WORDS, "noun.NOUN.fr_many", _WORD, _WORD_IS, "required with fr", "The French word, several things."),
    Key(WORDS, "noun.NOUN.fr_gender", _gender, "the gender of the word it replaces: m or f", "required with fr", "Its gender. Another one would leave adjectives wrong all over the pages; sentences then are written one by one."),
    Key(WORDS, "noun.NOUN.fr_elides", _yes_no, "true, false", "true before a vowel, needed before an h", "Whether “l’” and “d’” stand before it."),
    Key(WORDS, "noun.NOUN.en", _WORD, _WORD_IS, "the product's word", "The city's word in English, one thing."),
    Key(WORDS, "noun.NOUN.en_many", _WORD, _WORD_IS, "required with en", "The English word, several things."),
    Key(WORDS, "sentence[].product", _SENTENCE, "a sentence of the product, in English, as in the code", "required", "The whole sentence to replace, its places such as {days} included."),
    Key(WORDS, "sentence[].fr", _SENTENCE, "a text with the same places", "the product's sentence", "The city's own sentence in French."),
    Key(WORDS, "sentence[].en", _SENTENCE, "a text with the same places", "the product's sentence", "The city's own sentence in English."),
)  # fmt: skip


def pattern(steps: tuple[str | int, ...], file: str) -> str:
    """Give the path of the table for the way to a value: places become `[]`, a known noun becomes NOUN."""
    text = ""
    for number, step in enumerate(steps):
        if isinstance(step, int):
            text += "[]"
            continue
        named = "NOUN" if file == WORDS and number == 1 and step in NOUNS else step
        text += f".{named}" if text else named
    return text
