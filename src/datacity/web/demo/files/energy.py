# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Yearly energy of dwellings: one row is one meter of one dwelling. The raw file names dwellings; only blocks are published."""

from datacity.web.demo.city import DISTRICTS, View
from datacity.web.demo.files.writing import csv_bytes

HEADER = ("Logement", "Îlot", "Quartier", "Énergie", "Surface (m²)", "Consommation (kWh)", "Chauffage collectif")
BLOCKS = 60
SIZES = (6, 14, 22, 34, 48, 64, 90, 120)
"""Dwellings of a block."""
_MIX = (("Électricité", 0.5, 62.0), ("Gaz", 0.3, 118.0), ("Réseau de chaleur", 0.2, 96.0))
"""Energy, share of blocks that mostly heat with it, kWh for a square metre and a year."""


def meters(view: View) -> bytes:
    """Give the CSV file; one energy in most blocks, two in some, so that small groups meet the threshold of 11 households."""
    random = view.random("energy")
    rows = []
    for block in range(1, BLOCKS * view.scale + 1):
        district = DISTRICTS[block % len(DISTRICTS)]
        name = f"{district.code}-I{block:03d}"
        shared = random.random() < 0.3
        main, second = random.choices(_MIX, weights=[share for _, share, _ in _MIX], k=2)
        for dwelling in range(1, random.choice(SIZES) + 1):
            surface = max(14, round(random.gauss(62, 21)))
            kind, _, rate = main if random.random() < 0.72 else second
            used = surface * rate * max(0.35, random.gauss(1, 0.22))
            rows.append((f"{name}-L{dwelling:03d}", name, district.name, kind, surface, round(used, 1), shared))
    return csv_bytes(HEADER, rows)
