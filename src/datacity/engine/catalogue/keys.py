# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Control keys and grammars of numbers that name a person, an account or a firm."""

import re
from collections.abc import Callable, Mapping

import phonenumbers
from stdnum import iban

from datacity.engine.catalogue.description import Kind

EMAIL = r"[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}"
PHONE = (
    r"(?:^|[^0-9A-Za-z.,/_*-])((?:\+|00)[1-9][0-9]{0,2}[ .()-]{0,3}(?:[0-9][ .()-]{0,2}){5,11}[0-9]|0[1-9](?:[ .-]?[0-9]{2}){4})"
    r"(?:$|[^0-9A-Za-z.,_*-]|[.,](?:$|[^0-9]))"
)
NIR = (
    r"(?:^|[^0-9A-Za-z])([1-478] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[ABab]) ?[0-9]{3} ?[0-9]{3}(?: ?[0-9]{2})?)"
    r"(?:$|[^0-9A-Za-z])"
)
IBAN = r"(?:^|[^0-9A-Za-z])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?:$|[^0-9A-Za-z])"
UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
MAC = r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"
PLATE = r"[A-HJ-NP-TV-Z]{2}[- ]?[0-9]{3}[- ]?[A-HJ-NP-TV-Z]{2}"

PATTERNS: Mapping[Kind, str] = {Kind.EMAIL: EMAIL, Kind.PHONE: PHONE, Kind.NIR: NIR, Kind.IBAN: IBAN}
"""RE2 patterns that find candidates inside a cell; the functions of `VALID` decide."""


def nir_key_holds(text: str) -> bool | None:
    """Tell whether the key of a social security number is right; None for 13 characters, which have no key.

    Source: INSEE, numéro d'inscription au répertoire: key = 97 − (13 digits mod 97), 2A counts as 19 and 2B as 18.
    """
    bare = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?", bare):
        return False
    if len(bare) == 13:
        return None
    digits = bare[:13].replace("2A", "19").replace("2B", "18") if bare[5:7] in {"2A", "2B"} else bare[:13]
    return 97 - int(digits) % 97 == int(bare[13:])


def luhn_holds(text: str) -> bool:
    """Tell whether the digits end with their Luhn key (ISO/IEC 7812-1, annex B; SIREN and SIRET use it)."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(doubled) % 10 == 0


def _phone(text: str) -> bool:
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


VALID: Mapping[Kind, Callable[[str], bool | None]] = {
    Kind.EMAIL: lambda text: len(text) <= 254,
    Kind.PHONE: _phone,
    Kind.NIR: nir_key_holds,
    Kind.IBAN: iban.is_valid,
}
"""Whether a candidate is really one; None when it has the form but nothing to check it by."""


def matches(kind: Kind, cell: str) -> list[str]:
    """Give the candidates of this kind inside the cell."""
    return [found.group(found.lastindex or 0) for found in re.finditer(PATTERNS[kind], cell)]
