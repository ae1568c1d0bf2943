# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The forms of a city's name: French contracts "à Le" and "de Les", and drops the e of "de" before a vowel."""

import re
import unicodedata

from datacity.frame.city import Names
from datacity.kernel.words import Words

UNNAMED = Names(
    name=Words("DataCity", "DataCity"),
    at=Words("dans la ville", "in the city"),
    of=Words("de la ville", "of the city"),
    whole=Words("la ville", "the city"),
    title=Words("La Ville", "The City"),
)
"""A city that has not said its name: sentences speak of "the city"."""
_CONTRACTED = {"le": ("au", "du"), "les": ("aux", "des")}
_ARTICLE = re.compile(r"^(la |le |les |l’|the )(?=.)", re.IGNORECASE)
_VOWELS = "aeiouy"


def forms(french: str, english: str = "") -> Names:
    """Give the usual forms of a name; a city whose name is an exception writes its own.

    A French h is taken as silent ("d’Hautecombe"), and y before a vowel as a consonant.
    """
    english = english or french
    at, of = _french(french)
    whole = Words(f"la ville {of}", f"the city of {english}")
    return Names(Words(french, english), Words(at, f"in {english}"), Words(of, f"of {english}"), whole, title(whole))


def title(whole: Words) -> Words:
    """Give the city as a register writes it: without article, with a capital."""
    french, english = (_ARTICLE.sub("", text) for text in (whole.fr, whole.en))
    return Words(french[:1].upper() + french[1:], english[:1].upper() + english[1:])


def elides(text: str) -> bool:
    """Tell whether "de" loses its e before a text: it begins with a vowel or a silent h."""
    plain = unicodedata.normalize("NFD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = [each for each in plain if each.isalpha()][:2]
    if not letters:
        return False
    if letters[0] == "y":
        return len(letters) > 1 and letters[1] not in _VOWELS
    return letters[0] in _VOWELS or letters[0] == "h"


def _french(name: str) -> tuple[str, str]:
    first, _space, rest = name.partition(" ")
    if rest and first.lower() in _CONTRACTED:
        at, of = _CONTRACTED[first.lower()]
        return f"{at} {rest}", f"{of} {rest}"
    return f"à {name}", f"d’{name}" if elides(name) else f"de {name}"
