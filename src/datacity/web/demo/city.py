# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Valmire: its districts, streets and places; nothing of it exists.

No French commune bears the name, delegated and associated ones included (checked against the official geographic code, 37,590
communes), and the coordinates lie at sea.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

CENTRE = (-3.5, 46.2)
"""Longitude and latitude of the town hall, in the open Atlantic, so that no address of Valmire is anybody's."""
DEGREE_KM = 111.3


@dataclass(frozen=True)
class District:
    """A part of the city: code, name, longitude and latitude of its middle."""

    code: str
    name: str
    longitude: float
    latitude: float


DISTRICTS = (
    District("Q01", "Vieux-Port", -3.512, 46.196),
    District("Q02", "Les Halles", -3.501, 46.201),
    District("Q03", "Saint-Clair", -3.489, 46.207),
    District("Q04", "La Verrerie", -3.476, 46.199),
    District("Q05", "Bellegrève", -3.521, 46.209),
    District("Q06", "Les Tanneries", -3.507, 46.187),
    District("Q07", "Haute-Vigne", -3.493, 46.217),
    District("Q08", "Le Grand Pré", -3.465, 46.211),
)
STREETS = (
    "rue des Tanneurs", "quai de la Sirène", "rue du Four-Banal", "avenue des Deux-Ponts", "rue de la Corderie", "place du Marché-Couvert",
    "rue Haute", "allée des Aulnes", "rue du Moulin-Brûlé", "boulevard de la Verrerie", "rue des Trois-Chênes", "chemin du Gué",
    "rue de l’Abreuvoir", "cours des Tilleuls", "rue du Puits-Neuf", "quai des Gabares",
)  # fmt: skip
COUNTERS = (
    "Pont des Gabares", "Quai de la Sirène", "Avenue des Deux-Ponts nord", "Avenue des Deux-Ponts sud", "Cours des Tilleuls",
    "Boulevard de la Verrerie", "Passerelle du Gué", "Place du Marché-Couvert", "Rue Haute", "Allée des Aulnes", "Rue de la Corderie", "Chemin du Gué",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What a file is made from.

    last_day: the last day it covers. scale: 1 for the usual size, n for about n times the rows. years_back: an older
    year of the same subject. version: 1, or 2 for the file that follows it.
    """

    last_day: date
    scale: int = 1
    years_back: int = 0
    version: int = 1

    def random(self, name: str) -> Random:
        """Give the source of chance of one file: the same view gives the same file."""
        return Random(f"valmire/{name}/{self.years_back}")  # noqa: S311 -- made-up data must be the same again, not unguessable

    def days(self, number: int) -> list[date]:
        """Give the last `number` days, in order."""
        last = self.last_day - timedelta(days=365 * self.years_back)
        return [last - timedelta(days=back) for back in range(number - 1, -1, -1)]


def near(random: Random, district: District, *, metres: float = 600) -> tuple[float, float]:
    """Give a longitude and latitude near the middle of a district, to six decimals (about 10 cm)."""
    degrees = metres / 1000 / DEGREE_KM
    return (
        round(district.longitude + random.uniform(-degrees, degrees) * 1.44, 6),
        round(district.latitude + random.uniform(-degrees, degrees), 6),
    )


def address(random: Random) -> str:
    """Give a street address of Valmire."""
    return f"{random.randint(1, 96)} {random.choice(STREETS)}"
