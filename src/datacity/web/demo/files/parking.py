# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Scooters and bicycles left in free-floating zones: one row is the end of one trip. Only zone and hour are published."""

from datetime import datetime, time

from datacity.web.demo.city import DISTRICTS, View, near
from datacity.web.demo.files.writing import csv_bytes

HEADER = (
    "Trajet",
    "Compte (pseudonyme)",
    "Engin",
    "Zone",
    "Quartier",
    "Jour",
    "Heure",
    "Durée (min)",
    "Dans un emplacement",
    "Latitude",
    "Longitude",
)
TRIPS = 16_000
ZONES = 16
ACCOUNTS = 2_600
_BY_HOUR = (9, 6, 4, 2, 2, 5, 18, 52, 74, 40, 30, 34, 44, 42, 36, 40, 56, 82, 78, 54, 38, 28, 22, 14)


def trips(view: View) -> bytes:
    """Give the CSV file; busy zones by day, hardly any trip in outer zones at night."""
    random = view.random("parking")
    zones = [
        (f"Z{number + 1:02d}", DISTRICTS[number % len(DISTRICTS)], 1.0 if number < 12 else 0.22)
        for number in range(ZONES)
    ]
    days = view.days(7)
    rows = []
    for number in range(1, TRIPS * view.scale + 1):
        zone, district, _ = random.choices(zones, weights=[share for _, _, share in zones])[0]
        hour = random.choices(range(24), weights=_BY_HOUR)[0]
        moment = datetime.combine(random.choice(days), time(hour, random.randrange(60)))
        longitude, latitude = near(random, district, metres=300)
        rows.append((
            f"T{number:06d}", f"A{random.randrange(ACCOUNTS):05d}", random.choice(("Trottinette", "Trottinette", "Vélo")), zone, district.name,
            moment.date(), f"{moment:%H:%M}", random.randint(3, 41), random.random() < 0.83, latitude, longitude,
        ))  # fmt: skip
    return csv_bytes(HEADER, rows)
