# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a header says about its column: words of codes, units, places and persons, in French and English."""

import re
from collections.abc import Iterable

from datacity.engine.sources import ColumnSource
from datacity.engine.sources.names import technical_name

_CODE_WORDS = frozenset(
    {
        "code",
        "codes",
        "insee",
        "postal",
        "cp",
        "siren",
        "siret",
        "nir",
        "rna",
        "iban",
        "tel",
        "telephone",
        "phone",
        "fax",
        "zip",
        "iris",
        "uai",
        "finess",
        "naf",
        "ape",
    }
)
_POSTAL_PLACES = frozenset({"arrondissement", "commune", "ville", "city", "town"})

_UNITS = {
    "m": "m",
    "metre": "m",
    "metres": "m",
    "km": "km",
    "cm": "cm",
    "mm": "mm",
    "m2": "m²",
    "m²": "m²",
    "ha": "ha",
    "km2": "km²",
    "km²": "km²",
    "m3": "m³",
    "m³": "m³",
    "l": "l",
    "kg": "kg",
    "g": "g",
    "t": "t",
    "s": "s",
    "min": "min",
    "h": "h",
    "j": "d",
    "jours": "d",
    "days": "d",
    "kw": "kW",
    "kwh": "kWh",
    "mw": "MW",
    "mwh": "MWh",
    "gwh": "GWh",
    "w": "W",
    "v": "V",
    "a": "A",
    "km/h": "km/h",
    "m/s": "m/s",
    "€": "€",
    "eur": "€",
    "euros": "€",
    "k€": "k€",
    "%": "%",
    "°c": "°C",
    "db": "dB",
    "db(a)": "dB(A)",
    "µg/m3": "µg/m³",
    "µg/m³": "µg/m³",
    "veh/h": "veh/h",
    "ppm": "ppm",
}
_SAFE_ENDINGS = frozenset({"km", "cm", "mm", "m2", "km2", "m3", "ha", "kg", "kw", "kwh", "mwh", "gwh", "eur", "euros"})


def words(column: ColumnSource) -> tuple[str, ...]:
    """Give the words of the header and of the technical name, in ASCII lower case, camel case taken apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.label)
    found = technical_name(apart).split("_") + column.name.split("_")
    return tuple(dict.fromkeys(word for word in found if word))


def has_word(column: ColumnSource, wanted: Iterable[str]) -> str:
    """Give the first word of the header that is one of these, or nothing."""
    among = frozenset(wanted)
    return next((word for word in words(column) if word in among), "")


def is_code(column: ColumnSource, shortest: int, longest: int) -> bool:
    """Tell whether the header says that these digits (lengths in characters) are a code rather than an amount."""
    found = set(words(column))
    if found & _CODE_WORDS and not found & {"nombre", "nb", "nbre", "count", "number"}:
        return True
    return shortest == longest == 5 and bool(found & _POSTAL_PLACES)


def unit(header: str) -> str | None:
    """Give the unit that ends the header: in brackets, after "en" or "in", or a clear last word; None when there is none."""
    text = header.strip()
    bracketed = re.search(r"(?:^|\s)[(\[]\s*(?:en\s+|in\s+)?([^()\[\]]{1,12}(?:\([aA]\))?)\s*[)\]]\s*$", text)
    if bracketed:
        return _UNITS.get(bracketed.group(1).strip().lower())
    said = re.search(r"[\s_](?:en|in)[\s_]([^\s_]{1,8})$", text, re.IGNORECASE)
    if said:
        return _UNITS.get(said.group(1).lower())
    last = re.split(r"[\s_]+", text.lower())[-1]
    return _UNITS[last] if last in _SAFE_ENDINGS and len(text) > len(last) else None
