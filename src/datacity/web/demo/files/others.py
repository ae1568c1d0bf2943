# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files that are still on their way, or went no further: complaints, library loans, bicycle accidents, trees, compost, fines, toilets."""

from datetime import time, timedelta

from datacity.web.demo.city import DISTRICTS, STREETS, View, address, near
from datacity.web.demo.files.writing import csv_bytes

_FIRST = (
    "Adèle",
    "Basile",
    "Capucine",
    "Donatien",
    "Églantine",
    "Firmin",
    "Gwenaëlle",
    "Honoré",
    "Iphigénie",
    "Jocelyn",
)
_LAST = ("Morvanec", "Tessedre", "Lavaudieu", "Pontgibaud", "Rochebrune", "Sauvagnac", "Kerlouan", "Vertamont")
_AGES = ("18-29 ans", "30-44 ans", "45-59 ans", "60-74 ans", "75 ans et plus")
_COMPLAINTS = (
    ("Bruit", "Musique après minuit sous mes fenêtres, du jeudi au samedi."),
    ("Propreté", "Les bacs débordent depuis lundi au bout de la rue."),
    ("Éclairage", "Le lampadaire devant chez moi est éteint, j’ai peur de rentrer le soir."),
    ("Stationnement", "Une voiture bloque l’entrée, la même que la semaine dernière."),
    ("Voisinage", "Mon voisin du troisième crie la nuit et je ne sais plus à qui le dire."),
)


def complaints(view: View) -> bytes:
    """Give complaints one by one, with who complains and what about: a file that should not leave."""
    random = view.random("complaints")
    rows = []
    for _ in range(640 * view.scale):
        motive, text = random.choice(_COMPLAINTS)
        name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
        number = f"06 39 98 {random.randrange(100):02d} {random.randrange(100):02d}"
        rows.append(
            (
                name,
                number,
                random.choice(view.days(60)),
                random.choice(DISTRICTS).name,
                address(random),
                random.choice(_AGES),
                motive,
                text,
            )
        )
    return csv_bytes(("Nom", "Téléphone", "Jour", "Quartier", "Adresse", "Âge", "Motif", "Message"), rows)


def loans(view: View) -> bytes:
    """Give library loans one by one: reader's number, age, district, library, kind, day."""
    random = view.random("loans")
    libraries = (
        "Médiathèque du Vieux-Port",
        "Bibliothèque des Halles",
        "Bibliothèque Saint-Clair",
        "Médiathèque de la Verrerie",
    )
    rows = [
        (f"L{random.randrange(1, 1900):05d}", random.choices(_AGES, weights=(27, 31, 23, 15, 4))[0], random.choice(DISTRICTS).name, random.choice(libraries),
         random.choice(("Roman", "Bande dessinée", "Documentaire", "Jeunesse", "Musique")), random.choice(view.days(30)))
        for _ in range(3_000 * view.scale)
    ]  # fmt: skip
    return csv_bytes(("Numéro de lecteur", "Âge", "Quartier", "Bibliothèque", "Genre", "Jour du prêt"), rows)


def accidents(view: View) -> bytes:
    """Give injuries of cyclists one by one: day, hour, district, age, gravity, street."""
    random = view.random("accidents")
    rows = [
        (random.choice(view.days(365)), f"{time(random.choice((7, 8, 8, 9, 12, 17, 18, 18, 19, 22)), random.randrange(60)):%H:%M}", random.choice(DISTRICTS[:4]).name,
         random.choice(_AGES[:3]), random.choices(("Léger", "Grave"), weights=(88, 12))[0], random.choice(STREETS))
        for _ in range(1_200 * view.scale)
    ]  # fmt: skip
    return csv_bytes(("Jour", "Heure", "Quartier", "Âge", "Gravité", "Rue"), rows)


def trees(view: View) -> bytes:
    """Give planted and felled trees: one row a tree."""
    random = view.random("trees")
    rows = []
    for number in range(1, 900 * view.scale + 1):
        district = random.choice(DISTRICTS)
        longitude, latitude = near(random, district)
        felled = random.random() < 0.18
        rows.append((
            f"ARB-{number:05d}", random.choice(("Tilleul", "Érable champêtre", "Chêne vert", "Frêne à fleurs", "Micocoulier", "Poirier")), district.name,
            random.choice(STREETS), view.days(1)[0] - timedelta(days=random.randint(0, 420)), felled, round(random.uniform(8, 96), 1), latitude, longitude,
        ))  # fmt: skip
    return csv_bytes(
        (
            "Arbre",
            "Espèce",
            "Quartier",
            "Rue",
            "Jour de l’acte",
            "Abattu",
            "Circonférence (cm)",
            "Latitude",
            "Longitude",
        ),
        rows,
    )


def compost(view: View) -> bytes:
    """Give the compost bins of the districts with what they received."""
    random = view.random("compost")
    rows = [
        (
            f"COMP-{number:03d}",
            random.choice(DISTRICTS).name,
            address(random),
            day,
            round(random.uniform(0, 74), 1),
            random.random() < 0.9,
        )
        for number in range(1, 38 * view.scale + 1)
        for day in view.days(56)[::7]
    ]
    return csv_bytes(("Composteur", "Quartier", "Adresse", "Semaine du", "Apports (kg)", "Ouvert"), rows)


def canteens(view: View) -> bytes:
    """Give registrations for school meals one by one: child's number, school, level, diet."""
    random = view.random("canteens")
    schools = ("École des Tilleuls", "École du Gué", "École Haute-Vigne", "École de la Corderie", "École Saint-Clair")
    diets = (("Sans particularité", 62), ("Sans porc", 17), ("Végétarien", 14), ("Allergie", 7))
    rows = [
        (
            f"E{number:05d}",
            random.choice(schools),
            random.choice(("Maternelle", "Élémentaire")),
            random.choices([name for name, _ in diets], weights=[share for _, share in diets])[0],
        )
        for number in range(1, 1_100 * view.scale + 1)
    ]
    return csv_bytes(("Enfant", "École", "Niveau", "Régime"), rows)


def fountains(view: View) -> bytes:
    """Give the drinking fountains of the city."""
    random = view.random("fountains")
    rows = []
    for number in range(1, 58 * view.scale + 1):
        district = random.choice(DISTRICTS)
        longitude, latitude = near(random, district)
        rows.append(
            (
                f"FON-{number:03d}",
                district.name,
                address(random),
                random.choice(("mars à novembre", "toute l’année")),
                random.random() < 0.8,
                latitude,
                longitude,
            )
        )
    return csv_bytes(("Fontaine", "Quartier", "Adresse", "Coule", "Accessible", "Latitude", "Longitude"), rows)


def fines(view: View) -> bytes:
    """Give a file with the same header twice, as a badly joined export has it: it cannot be read."""
    random = view.random("fines")
    rows = [(random.choice(view.days(30)), random.choice(DISTRICTS).name, 35.0, 135.0) for _ in range(80)]
    return csv_bytes(("Jour", "Quartier", "Montant (€)", "Montant (€)"), rows)


def toilets(view: View) -> bytes:
    """Give the public toilets of the city."""
    random = view.random("toilets")
    rows = []
    for number in range(1, 42):
        district = random.choice(DISTRICTS)
        longitude, latitude = near(random, district)
        rows.append(
            (
                f"WC-{number:02d}",
                district.name,
                address(random),
                "06:00",
                random.choice(("20:00", "22:00", "24h/24")),
                random.random() < 0.7,
                random.random() < 0.4,
                latitude,
                longitude,
            )
        )
    return csv_bytes(
        (
            "Identifiant",
            "Quartier",
            "Adresse",
            "Ouvre",
            "Ferme",
            "Accessible",
            "Table à langer",
            "Latitude",
            "Longitude",
        ),
        rows,
    )


def sensors(view: View) -> bytes:
    """Give a list of employees that was sent by mistake in place of sensors."""
    random = view.random("sensors")
    rows = [
        (
            f"{random.choice(_LAST)} {random.choice(_FIRST)}",
            random.choice(("Jour", "Nuit")),
            f"03 53 01 {random.randrange(100):02d} {random.randrange(100):02d}",
        )
        for _ in range(24)
    ]
    return csv_bytes(("Agent d’astreinte", "Service", "Téléphone"), rows)
