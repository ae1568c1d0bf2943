# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The city's own words in every sentence of the product: put into the catalogues once at start, so that pages cost nothing more.

The sentences are those of the compiled catalogues; the English ones are their keys. A city's noun is exchanged in all of them, a
sentence it wrote itself replaces one whole.
"""

import gettext
import re
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from django.utils.translation import trans_real

from datacity.frame import rewording
from datacity.frame.city import City, Noun
from datacity.kernel import words

_SOURCE = Path(__file__).resolve().parent.parent.parent
_SITE, _BELOW = (
    _SOURCE / half / "locale" / "fr" / "LC_MESSAGES" / name
    for half, name in (("web", "django.mo"), ("kernel", "datacity.mo"))
)
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[a-z_][\w.]*(?:![rs])?(?::[^{}]*)?\}")
_CONTEXT, _FORMS = "\x04", "\x00"
_HEAD = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural={rule};\n"
_RULES = {"fr": "(n > 1)", "en": "(n != 1)"}


def adopt(city: City) -> None:
    """Let this process say every sentence in the city's own words."""
    if not any(city.nouns.values()) and not any(city.sentences.values()):
        return
    own: dict[str, dict[str, str]] = {}
    for language in ("fr", "en"):
        site = reworded(_SITE, language, city)
        trans_real.translation(language).merge(_catalogue(site, language))
        plain = {**site, **reworded(_BELOW, language, city)}
        own[language] = {key: text for key, text in plain.items() if _FORMS not in key and _CONTEXT not in key}
    words.adopt(own)


def reworded(file: Path, language: str, city: City) -> dict[str, str]:
    """Give the sentences of a compiled catalogue that change: key → new text, several forms apart by a zero as in the file."""
    nouns, sentences = city.nouns.get(language, {}), city.sentences.get(language, {})
    found = {}
    for key, french in _raw(file):
        message = key.rpartition(_CONTEXT)[2]
        text = french if language == "fr" else message
        whole = sentences.get(message.partition(_FORMS)[0])
        new = whole if whole is not None else _in_words(text, language, nouns)
        if new != text:
            found[key] = new if whole is None else _FORMS.join([whole] * (text.count(_FORMS) + 1))
    return found


def _in_words(text: str, language: str, nouns: Mapping[str, Noun]) -> str:
    return _FORMS.join(rewording.in_words(form, language, nouns) for form in text.split(_FORMS)) if nouns else text


@cache
def product_sentences() -> frozenset[str]:
    """Give every sentence of the product, in English."""
    return frozenset(
        key.rpartition(_CONTEXT)[2].partition(_FORMS)[0] for file in (_SITE, _BELOW) for key, _text in _raw(file)
    )


def places(text: str) -> frozenset[str]:
    """Give the places of a sentence that are filled later: {days}, %(name)s."""
    return frozenset(_PLACE.findall(text))


def _raw(file: Path) -> Iterator[tuple[str, str]]:
    """Give key and text of each entry of a compiled catalogue (GNU gettext, little-endian as ours are), the header left out."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    count, keys_at, texts_at = struct.unpack_from("<3I", content, 8)
    for number in range(count):
        pair = []
        for start in (keys_at, texts_at):
            length, offset = struct.unpack_from("<2I", content, start + 8 * number)
            pair.append(content[offset : offset + length].decode())
        if pair[0]:
            yield pair[0], pair[1]


def _catalogue(entries: Mapping[str, str], language: str) -> gettext.GNUTranslations:
    """Give a catalogue with these entries, as if it had been read from a file."""
    pairs = sorted(
        [
            (b"", _HEAD.format(rule=_RULES[language]).encode()),
            *((key.encode(), text.encode()) for key, text in entries.items()),
        ]
    )
    start = 28 + 16 * len(pairs)
    places_, body = [], b""
    for column in (0, 1):
        for pair in pairs:
            places_ += [len(pair[column]), start + len(body)]
            body += pair[column] + b"\x00"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return gettext.GNUTranslations(BytesIO(head + struct.pack(f"<{len(places_)}I", *places_) + body))
