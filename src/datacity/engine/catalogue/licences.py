# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The licences a city may give its data, and the sentence that re-users put under their work.

Source: Code des relations entre le public et l'administration, art. L323-2 and D323-2-1: a closed list.
"""

from dataclasses import dataclass
from datetime import date

from datacity.kernel.errors import Invalid
from datacity.kernel.words import Words


@dataclass(frozen=True)
class Licence:
    """A licence of the closed list: identifier, title, address of its text, what it asks in one sentence."""

    id: str
    title: Words
    url: str
    sentence: Words


LICENCES: dict[str, Licence] = {
    "lov2": Licence(
        "lov2",
        Words(fr="Licence Ouverte 2.0", en="Open Licence 2.0 (Etalab)"),
        "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
        Words(
            fr="Réutilisation libre, y compris commerciale, à condition de citer la source et la date de mise à jour.",
            en="Free re-use, commercial use included, provided that the source and the date of the last update are named.",
        ),
    ),
    "odbl": Licence(
        "odbl",
        Words(fr="Licence ODbL 1.0", en="Open Database License 1.0"),
        "https://opendatacommons.org/licenses/odbl/1-0/",
        Words(
            fr="Réutilisation libre, à condition de citer la source et de partager sous la même licence toute base qui en est dérivée.",
            en="Free re-use, provided that the source is named and that any database derived from it is shared under the same licence.",
        ),
    ),
}
"""By identifier; the first is the default."""

DEFAULT = "lov2"


def licence(identifier: str) -> Licence:
    """Give the licence. Raises Invalid when it is not in the closed list."""
    if identifier not in LICENCES:
        raise Invalid(
            "catalogue.licence_unknown",
            "“{licence}” is not a licence that a French administration may choose for its data.",
            hint="Choose one of: {known}.",
            field="licence",
            licence=identifier,
            known=", ".join(LICENCES),
        )
    return LICENCES[identifier]


def attribution(producer: str, title: str, modified: date, licence_id: str = DEFAULT) -> Words:
    """Give the ready sentence of attribution: who, what, last update, licence (art. L322-1 asks for source and date).

    Raises Invalid when the licence is not in the closed list.
    """
    chosen = licence(licence_id)
    day = modified.isoformat()
    return Words(
        fr=f"{producer}, « {title} », mis à jour le {modified:%d/%m/%Y}, {chosen.title.fr}.".replace(
            "« ", "«\u00a0"
        ).replace(" »", "\u00a0»"),
        en=f"{producer}, “{title}”, updated on {day}, {chosen.title.en}.",
    )
