# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Street works, counted in both ways: one row is one occupied area, each with the site it belongs to and how many areas the site has."""

from datetime import date, timedelta
from random import Random
from typing import Any

from datacity.web.demo.city import DEGREE_KM, DISTRICTS, View, address, near
from datacity.web.demo.files.writing import geojson_bytes

SITES = 130
PROMOTERS = (
    "Ville de Valmire",
    "Réseau d’électricité",
    "Réseau d’eau",
    "Réseau de chaleur",
    "Télécommunications",
    "Tiers privé",
)
KINDS = {
    "Ville de Valmire": ("Piste cyclable", "Réfection du trottoir", "Plantation"),
    "Tiers privé": ("Ravalement", "Construction", "Déménagement de longue durée"),
}
NETWORK = ("Renouvellement du réseau", "Branchement", "Réparation d’urgence")


def sites_and_areas(view: View) -> bytes:
    """Give the GeoJSON file: polygons in longitude and latitude, days as ISO dates."""
    random = view.random("works")
    features = []
    for site in range(1, SITES * view.scale + 1):
        promoter = random.choice(PROMOTERS)
        district = random.choice(DISTRICTS)
        common: dict[str, Any] = {
            "chantier": f"CH-{view.days(1)[0].year}-{site:04d}",
            "maitre_d_ouvrage": promoter,
            "nature": random.choice(KINDS.get(promoter, NETWORK)),
            "adresse": address(random),
            "quartier": district.name,
        }
        start = view.days(1)[0] - timedelta(days=random.randint(0, 90))
        areas = random.choice((1, 1, 1, 2, 2, 3, 5))
        features += [_area(random, {**common, "emprise": f"{common['chantier']}-E{area}", "emprises_du_chantier": areas}, start, near(random, district, metres=500))
                     for area in range(1, areas + 1)]  # fmt: skip
    return geojson_bytes(features)


def _area(
    random: Random, properties: dict[str, Any], start: date, middle: tuple[float, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    first = start + timedelta(days=random.randint(0, 10))
    days = random.choice((2, 5, 8, 12, 20, 45, 90))
    long, wide = random.randint(4, 60), random.choice((2, 3, 4, 6))
    measured = {
        **properties,
        "debut": first.isoformat(),
        "fin": (first + timedelta(days=days - 1)).isoformat(),
        "jours": days,
        "surface_m2": long * wide,
        "m2_jours": long * wide * days,
        "gene_la_circulation": "OUI" if wide >= 4 else "NON",
        "cheminement_pieton_maintenu": "NON" if random.random() < 0.08 else "OUI",
    }
    return {"type": "Polygon", "coordinates": [_rectangle(middle, long, wide)]}, measured


def _rectangle(middle: tuple[float, float], long: int, wide: int) -> list[list[float]]:
    """Give a closed ring, counter-clockwise, of a rectangle in metres around its middle."""
    x, y = long / 2000 / DEGREE_KM * 1.44, wide / 2000 / DEGREE_KM
    corners = ((-x, -y), (x, -y), (x, y), (-x, y), (-x, -y))
    return [[round(middle[0] + dx, 7), round(middle[1] + dy, 7)] for dx, dy in corners]
