# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bicycles counted each hour by permanent counters: one row is one counter during one hour."""

import math
from datetime import date
from random import Random

from datacity.web.demo.city import COUNTERS, DISTRICTS, View, near
from datacity.web.demo.files.writing import csv_bytes

HEADER = (
    "Identifiant du compteur",
    "Nom du compteur",
    "Quartier",
    "Jour",
    "Heure",
    "Passages",
    "Température (°C)",
    "Compteur en service",
    "Latitude",
    "Longitude",
)
DAYS = 28
_BY_HOUR = (2, 1, 1, 1, 2, 8, 28, 74, 96, 52, 34, 36, 44, 42, 38, 44, 62, 94, 88, 52, 30, 18, 11, 5)
"""Passages of a middling counter on a fair working day, hour by hour."""
_NEW_IN_SECOND_VERSION = 2
"""The last counters were installed after the first version."""


def counts(view: View) -> bytes:
    """Give the CSV file. Version 2 has two more counters."""
    random = view.random("bikes")
    counters = list(enumerate(COUNTERS))[: len(COUNTERS) - (_NEW_IN_SECOND_VERSION if view.version == 1 else 0)]
    places = {
        name: (DISTRICTS[number % len(DISTRICTS)], near(random, DISTRICTS[number % len(DISTRICTS)]))
        for number, name in counters
    }
    outages = {(random.randrange(len(counters)), day) for day in view.days(DAYS)[::9]}
    rows = []
    for day in view.days(DAYS * view.scale):
        weather = random.uniform(0.55, 1.1)
        for number, name in counters:
            district, (longitude, latitude) = places[name]
            works = (number, day) not in outages
            for hour in range(24):
                passages = _passages(random, number, day, hour) * weather if works else None
                rows.append((
                    f"VLM-C{number + 1:02d}", name, district.name, day, f"{hour:02d}:00", None if passages is None else round(passages),
                    _temperature(random, day, hour), works, latitude, longitude,
                ))  # fmt: skip
    return csv_bytes(HEADER, rows)


def _passages(random: Random, number: int, day: date, hour: int) -> float:
    size = 0.4 + 0.17 * number
    week_end = 0.55 if day.weekday() >= 5 and 6 <= hour <= 10 else 1.0
    return max(0.0, random.gauss(1, 0.16)) * _BY_HOUR[hour] * size * week_end


def _temperature(random: Random, day: date, hour: int) -> float:
    season = 12 - 8 * math.cos((day.timetuple().tm_yday - 20) / 365 * 2 * math.pi)
    return round(season + 4 * math.sin((hour - 8) / 24 * 2 * math.pi) + random.uniform(-1, 1), 1)
