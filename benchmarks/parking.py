# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Make a CSV of made-up parking sessions: any number of rows, the same bytes each time.

Usage: python benchmarks/parking.py FILE [--rows 5000000]
5,000,000 rows are 534 MB. `PLAN` and `ABOUT` are what a steward would write for it.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

ROWS = 5_000_000
HEADER = "identifiant titulaire;horodateur;quartier;début;durée (min);montant (€);moyen de paiement;régime;année de naissance;code postal;position"
DISTRICTS = (
    "Vieux-Port",
    "Les Halles",
    "Saint-Clair",
    "La Verrerie",
    "Bellegrève",
    "Les Tanneries",
    "Haute-Vigne",
    "Le Grand Pré",
)
METERS = 1_200
PAYMENTS = (("carte bancaire", 55), ("application mobile", 35), ("pièces", 10))
KINDS = (("visiteur", 62), ("résident", 30), ("professionnel", 8))
POSTAL_CODES = tuple(f"{place:05d}" for place in (44000, 44100, 44200, 44300, 49000, 49100, 85000, 85100, 35000, 56000))
MINUTES = (15, 30, 45, 60, 75, 90, 120, 150, 180, 240)
DAYS = 181
BEGINS = datetime(2025, 1, 1)  # noqa: DTZ001 -- the file says no offset
_BLOCK = 20_000

PLAN = """plan = 1

[privacy]
k = 5
suppression_limit = 0.05

[[privacy.models]]
kind = "distinct_l"
column = "régime"
l = 2

[columns."identifiant titulaire"]
role = "identifier"
method = "drop"

[columns."quartier"]
role = "quasi_identifier"
method = "keep"

[columns."début"]
role = "quasi_identifier"
method = "generalise"
hierarchy = "datetime"
level = "day"

[columns."année de naissance"]
role = "quasi_identifier"
method = "generalise"
hierarchy = "interval"
width = 20
level = 1

[columns."code postal"]
role = "quasi_identifier"
method = "generalise"
hierarchy = "postal_code"
level = "two_digits"

[columns."régime"]
role = "sensitive"
method = "keep"
"""
ABOUT = """title = {fr = "Sessions de stationnement", en = "Parking sessions"}
summary = {fr = "Une ligne par session payée à un horodateur ; tout est inventé.", en = "One row for each session paid at a meter; all is made up."}
unit_of_observation = {fr = "une session de stationnement", en = "one parking session"}
producer = "Direction de l’espace public"
legal_title = "administrative"
licence = "lov2"

[axes]
personal = {answer = "yes", reason = "Chaque session est celle d’une personne ; année de naissance et code postal la décrivent."}
collective = {answer = "no", reason = "Aucun groupe particulier ne peut être lésé par ces sessions."}
business = {answer = "no", reason = "Aucune entreprise n’est nommée dans le fichier."}
security = {answer = "no", reason = "Les horodateurs se voient dans la rue."}
"""


def lines(rows: int, *, seed: int = 1) -> Iterator[str]:
    """Give the header, then blocks of lines; the same for the same rows and seed."""
    yield HEADER + "\n"
    for first in range(0, rows, _BLOCK):
        yield _block(Random(f"{seed}/{first}"), min(_BLOCK, rows - first))  # noqa: S311 -- test data must be the same again


def _block(random: Random, count: int) -> str:
    meters = random.choices(range(METERS), k=count)
    moments = random.choices(_MOMENTS, k=count)
    minutes = random.choices(MINUTES, k=count)
    payments = _weighted(random, PAYMENTS, count)
    kinds = _weighted(random, KINDS, count)
    years = random.choices(range(1940, 2008), k=count)
    codes = random.choices(POSTAL_CODES, k=count)
    holders = [random.getrandbits(48) for _ in range(count)]
    parts = zip(holders, meters, moments, minutes, payments, kinds, years, codes, strict=True)
    return "".join(
        f"{holder:012x};{_METERS[meter]};{moment};{minute};{_PRICES[minute]};{payment};{kind};{year};{code};{_PLACES[meter]}\n"
        for holder, meter, moment, minute, payment, kind, year, code in parts
    )


def _weighted(random: Random, values: tuple[tuple[str, int], ...], count: int) -> list[str]:
    return random.choices(
        [value for value, _ in values], cum_weights=list(accumulate(weight for _, weight in values)), k=count
    )


_MOMENTS = [
    (BEGINS + timedelta(minutes=5 * place)).isoformat() for place in range(DAYS * 288) if 96 <= place % 288 < 228
]
_METERS = [f"H{number:04d};{DISTRICTS[number % len(DISTRICTS)]}" for number in range(METERS)]
_PLACES = [f"{46.18 + number % 40 / 1000:.6f}, {-3.53 + number // 40 / 500:.6f}" for number in range(METERS)]
_PRICES = {minute: f"{minute * 0.04:.2f}".replace(".", ",") for minute in MINUTES}


def write(path: Path, rows: int = ROWS) -> Path:
    """Write the file and give its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines(rows))
    return path


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    made = write(options.file, options.rows)
    sys.stdout.write(f"{made}: {made.stat().st_size / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
