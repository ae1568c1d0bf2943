# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The city that the site belongs to: its names, look, languages, directorates, districts and own words.

The site reads it once at start (`settings.CITY`); every page and mail asks here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from datacity.frame import colours
from datacity.kernel.words import LANGUAGES, Words


@dataclass(frozen=True)
class Names:
    """The name and the forms sentences need.

    name: "Valmire". at: "à Valmire", "in Valmire". of: "de Valmire", "of Valmire". whole: "la ville de Valmire", "the city of Valmire".
    title: "Ville de Valmire", "City of Valmire", as in a register.
    """

    name: Words
    at: Words
    of: Words
    whole: Words
    title: Words


@dataclass(frozen=True)
class Logo:
    """A picture that was checked: its bytes as they are sent, and their type (image/svg+xml or image/png)."""

    content: bytes = field(repr=False)
    media_type: str

    @property
    def fingerprint(self) -> str:
        """A short text that changes with the picture."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(frozen=True)
class Directorate:
    """A part of the administration. slug: of its page in the register of organisations."""

    slug: str
    name: Words


@dataclass(frozen=True)
class District:
    """A part of the city. code: as data files write it; ties the name to its outline."""

    code: str
    name: Words


@dataclass(frozen=True)
class Noun:
    """The city's own word for a noun of the glossary, in one language. elides: "l’" and "d’" stand before it (French)."""

    one: str
    many: str
    elides: bool = False


@dataclass(frozen=True)
class City:
    """Everything one city's folder says.

    languages: those of the pages, in the order shown. usual: for readers who ask for none of them. line: what stands under the name, None for the built-in sentence. areas: the outlines of
    the districts as GeoJSON, b"" when there are none. nouns: language → noun of the glossary → own word. sentences: language →
    sentence of the product in English → own sentence. policy: parameter → value that differs from the product's.
    """

    names: Names
    colour: str = ""
    logo: Logo | None = None
    line: Words | None = None
    languages: tuple[str, ...] = LANGUAGES
    usual: str = LANGUAGES[0]
    directorates: tuple[Directorate, ...] = ()
    districts: tuple[District, ...] = ()
    areas: bytes = field(default=b"", repr=False)
    nouns: Mapping[str, Mapping[str, Noun]] = field(default_factory=dict)
    sentences: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def brand(self) -> str:
        """The one colour the pages are made from."""
        return self.colour or colours.BRAND


def here() -> City:
    """Give the city of this site."""
    found: City = settings.CITY
    return found


def offered() -> tuple[str, ...]:
    """Give the languages of the pages, in the city's order."""
    return tuple(code for code, _name in settings.LANGUAGES)


def offered_or_usual(language: str) -> str:
    """Give the language when pages are offered in it, else the usual one: an account may be older than the city's choice."""
    return language if language in offered() else str(settings.LANGUAGE_CODE)
