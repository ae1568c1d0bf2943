# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The further people and organisations of a larger demonstration; all made up, like those of `cast`."""

from datacity.kernel.words import Words
from datacity.programme.people.rules import OrganisationKind as Kind
from datacity.programme.people.rules import Role
from datacity.web.demo.cast import BODIES, CAST, Body, Part

_FIRST = (
    "Aliénor", "Basile", "Coraline", "Donatien", "Eulalie", "Firmin", "Garance", "Hippolyte", "Inès", "Joachim", "Ludmilla", "Marceau",
    "Noémie", "Octave", "Pénélope", "Quentin", "Rosalie", "Siméon", "Tiphaine", "Urbain", "Violette", "Wassim", "Yseult",
)  # fmt: skip
_LAST = (
    "Abriaux", "Bellombre", "Clairvent", "Dormelles", "Estrambois", "Fauvelin", "Gravière", "Hautbois", "Islaire", "Jonquevert", "Kerdalo",
    "Lanterne", "Mirebosc", "Nacrevelle", "Ormessaint", "Pervenchal", "Quintefeuil", "Roquevigne", "Sablonnet", "Tournesac", "Valombreuse",
)  # fmt: skip
_KINDS = (
    ("Association", "association", Kind.PARTNER),
    ("Atelier", "workshop", Kind.TEAM),
    ("Régie", "works", Kind.OPERATOR),
    ("Laboratoire", "laboratory", Kind.PARTNER),
)
_ROLES = (
    Role.RESIDENT, Role.AGENT, Role.RESIDENT, Role.APPLICANT, Role.RESIDENT, Role.JUROR, Role.RESIDENT, Role.PARTNER_DELEGATE, Role.RESIDENT,
    Role.MENTOR,
)  # fmt: skip
_DOES = Words("agrandit la démonstration", "makes the demonstration larger")


def bodies(scale: int) -> tuple[Body, ...]:
    """Give as many further organisations as make `scale` times those of the cast."""
    return tuple(_body(number) for number in range((scale - 1) * len(BODIES)))


def parts(scale: int) -> tuple[Part, ...]:
    """Give as many further persons as make `scale` times the cast; none signs in."""
    return tuple(_part(number) for number in range((scale - 1) * len(CAST)))


def _body(number: int) -> Body:
    name = f"{_LAST[number % len(_LAST)]} {1 + number // len(_LAST)}"
    french, english, kind = _KINDS[number % len(_KINDS)]
    return Body(f"organisation-{number + 1:04d}", Words(f"{french} {name}", f"{name} {english}"), kind)


def _part(number: int) -> Part:
    # 23 first and 21 last names have no common factor: all 483 pairs come before one comes again
    again = number // (len(_FIRST) * len(_LAST))
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}" + (f" {again + 1}" if again else "")
    return Part(f"crowd-{number}", name, (_ROLES[number % len(_ROLES)],), _DOES, house="habitants")
