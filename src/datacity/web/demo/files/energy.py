# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Yearly energy of dwellings: one row is one meter of one dwelling. The raw file names dwellings; only blocks are published."""

from datacity.web.demo.city import DISTRICTS, View
from datacity.web.demo.files.writing import csv_bytes

HEADER = ("Logement", "Îlot", "Quartier", "Énergie", "Surface (m²)", "Consommation (kWh)", "Chauffage collectif")
BLOCKS = 60
_MIX = (("Électricité", 0.58, 62.0), ("Gaz", 0.27, 118.0), ("Réseau de chaleur", 0.15, 96.0))
"""Energy, share of dwellings that heat with it, kWh for a square metre and a year."""


def meters(view: View) -> bytes:
    """Give the CSV file; blocks of 4 to 90 dwellings, so that small ones meet the threshold of 11 households."""
    random = view.random("energy")
    rows = []
    for block in range(1, BLOCKS * view.scale + 1):
        district = DISTRICTS[block % len(DISTRICTS)]
        name = f"{district.code}-I{block:03d}"
        shared = random.random() < 0.3
        for dwelling in range(1, random.choice((4, 9, 14, 22, 35, 48, 64, 90)) + 1):
            surface = max(14, round(random.gauss(62, 21)))
            kind, _, rate = random.choices(_MIX, weights=[share for _, share, _ in _MIX])[0]
            used = surface * rate * max(0.35, random.gauss(1, 0.22))
            rows.append((f"{name}-L{dwelling:03d}", name, district.name, kind, surface, round(used, 1), shared))
    return csv_bytes(HEADER, rows)
