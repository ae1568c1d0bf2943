# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Slots of the city's sports halls: one row is one slot of one hall each week, with the team it is given to; no person."""

from datacity.web.demo.city import DISTRICTS, View
from datacity.web.demo.files.writing import csv_bytes

HEADER = (
    "Équipement",
    "Quartier",
    "Jour de la semaine",
    "Début",
    "Fin",
    "Durée (h)",
    "Discipline",
    "Équipe",
    "Niveau",
    "Éclairage extérieur",
    "Vestiaires séparés",
)
HALLS = (
    "Gymnase de la Corderie",
    "Gymnase Haute-Vigne",
    "Salle des Deux-Ponts",
    "Piscine du Gué",
    "Stade de Bellegrève",
    "Gymnase Saint-Clair",
    "Salle de la Verrerie",
    "Terrain du Grand Pré",
)
SPORTS = (
    "Basket-ball",
    "Handball",
    "Football",
    "Natation",
    "Badminton",
    "Judo",
    "Danse",
    "Athlétisme",
    "Boxe éducative",
)
TEAMS = (("Hommes", 52), ("Mixte", 29), ("Femmes", 19))
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def slots(view: View) -> bytes:
    """Give the CSV file."""
    random = view.random("sports")
    rows = []
    for hall in [
        HALLS[number % len(HALLS)] + ("" if number < len(HALLS) else f" {number // len(HALLS) + 1}")
        for number in range(len(HALLS) * view.scale)
    ]:
        district = DISTRICTS[sum(map(ord, hall)) % len(DISTRICTS)]
        lit, apart = random.random() < 0.7, random.random() < 0.55
        for day in DAYS:
            for start in (9, 14, 17, 18.5, 20, 21.5):
                if start < 17 and day not in {"mercredi", "samedi", "dimanche"}:
                    continue
                team = random.choices([name for name, _ in TEAMS], weights=[share for _, share in TEAMS])[0]
                rows.append((
                    hall, district.name, day, _clock(start), _clock(start + 1.5), 1.5, random.choice(SPORTS), team,
                    random.choice(("Loisir", "Compétition", "École de sport")), lit, apart,
                ))  # fmt: skip
    return csv_bytes(HEADER, rows, encoding="cp1252", bom=False)


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
