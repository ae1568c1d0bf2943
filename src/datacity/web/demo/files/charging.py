# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Charge points for electric vehicles: one row is one charge point, the station's columns repeated, as the national schema asks."""

from datetime import timedelta

from datacity.web.demo.city import DISTRICTS, View, address, near
from datacity.web.demo.files.writing import xlsx_bytes

HEADER = (
    "id_station_itinerance", "nom_station", "id_pdc_itinerance", "implantation_station", "adresse_station", "quartier", "puissance_nominale",
    "prise_type_2", "prise_type_combo_ccs", "gratuit", "condition_acces", "accessibilite_pmr", "date_mise_en_service", "latitude", "longitude",
)  # fmt: skip
STATIONS = 46
POWERS = (7.4, 11.0, 22.0, 22.0, 50.0, 150.0)
DEPOT = "Dépôt de bus du Grand Pré"
"""The station that version 1 shows by mistake: it is not open to the public."""


def points(view: View) -> bytes:
    """Give the XLSX workbook. Version 1 has the bus depot in it; version 2 has not."""
    random = view.random("charging")
    rows: list[tuple[object, ...]] = []
    for station in range(1, STATIONS * view.scale + 1):
        district = random.choice(DISTRICTS)
        where, (longitude, latitude) = address(random), near(random, district)
        started = view.days(1)[0] - timedelta(days=random.randint(40, 1500))
        place = random.choice(("Voirie", "Parking public", "Parking privé à usage public"))
        access = random.choice(("PMR accessible", "PMR accessible", "Accessibilité inconnue"))
        for point in range(random.choice((2, 2, 3, 4, 6))):
            power = random.choice(POWERS)
            rows.append((
                f"FRXXXE{station:04d}", f"Valmire {district.name} {station}", f"FRXXXE{station:04d}P{point + 1}", place, where, district.name, power,
                power <= 22, power > 22, random.random() < 0.04, "Accès libre", access, started, latitude, longitude,
            ))  # fmt: skip
    if view.version == 1:
        rows += [_depot(point, view) for point in range(8)]
    return xlsx_bytes("Points de charge", HEADER, rows)


def _depot(point: int, view: View) -> tuple[object, ...]:
    return (
        "FRXXXE9001", DEPOT, f"FRXXXE9001P{point + 1}", "Station dédiée à la recharge rapide", "2 chemin du Gué", "Le Grand Pré", 150.0,
        False, True, False, "Accès réservé", "Réservé au personnel", view.days(400)[0], 46.2118, -3.4644,
    )  # fmt: skip
