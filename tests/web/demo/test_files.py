# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The made-up files: the same from the same seed, larger at a larger scale, and nobody's."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from datacity.engine.catalogue import describe, write_typed
from datacity.engine.protection.gate import protect
from datacity.engine.protection.plan import Plan
from datacity.engine.sources import read
from datacity.kernel.errors import Invalid
from datacity.web.demo import cast, city
from datacity.web.demo.city import View
from datacity.web.demo.files import bikes, charging, energy, others, parking, sports, works
from datacity.web.demo.subjects import released, waiting
from datacity.web.demo.subjects.subject import Subject

TUESDAY = date(2026, 11, 24)
CONTENTS = (
    bikes.counts, charging.points, energy.meters, parking.trips, sports.slots, works.sites_and_areas, others.complaints, others.loans,
    others.accidents, others.trees, others.compost, others.canteens, others.fountains, others.fines, others.toilets, others.sensors,
)  # fmt: skip
WRITTEN = tuple(content for content in CONTENTS if content is not charging.points)
"""Files that are text; a workbook holds when it was written."""
FICTIONAL = re.compile(r"^(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d$")


@pytest.mark.parametrize("content", WRITTEN)
def test_file_is_the_same_when_made_again(content: Callable[[View], bytes]) -> None:
    assert content(View(TUESDAY)) == content(View(TUESDAY))


@pytest.mark.parametrize("content", [bikes.counts, energy.meters, parking.trips, sports.slots, works.sites_and_areas])
def test_file_grows_with_the_scale_and_differs_by_year(content: Callable[[View], bytes]) -> None:
    usual, larger, older = content(View(TUESDAY)), content(View(TUESDAY, 3)), content(View(TUESDAY, 1, 1))

    assert 2 < len(larger) / len(usual) < 4
    assert older != usual


def test_second_version_of_counts_has_two_more_counters() -> None:
    first, second = (bikes.counts(View(TUESDAY, version=version)).decode("utf-8-sig") for version in (1, 2))
    counters = [{line.split(";")[1] for line in text.splitlines()[1:]} for text in (first, second)]

    assert counters[1] - counters[0] == {"Rue de la Corderie", "Chemin du Gué"}
    assert counters[0] < counters[1]


def test_second_version_of_charge_points_has_no_bus_depot(tmp_path: Path) -> None:
    names = []
    for version in (1, 2):
        file, text = tmp_path / f"{version}.xlsx", tmp_path / f"{version}.parquet"
        file.write_bytes(charging.points(View(TUESDAY, version=version)))
        read(file, text)
        names.append({row[0] for row in duckdb.read_parquet(str(text)).project("nom_station").fetchall()})

    assert names[0] - names[1] == {charging.DEPOT}


def test_counts_are_written_as_french_cities_write_them() -> None:
    header, *rows = bikes.counts(View(TUESDAY)).decode("utf-8-sig").removesuffix("\r\n").split("\r\n")
    served, broken = r"\d+;-?\d+(,\d)?;OUI", r";-?\d+(,\d)?;NON"
    shape = re.compile(rf"VLM-C\d\d;[^;]+;[^;]+;\d\d/1[01]/2026;\d\d:00;({served}|{broken});\d+,\d+;-\d+,\d+")

    assert header.split(";") == list(bikes.HEADER)
    assert [row for row in rows if not shape.fullmatch(row)] == []
    assert 0 < sum(";NON;" in row for row in rows) < len(rows) / 20


def test_telephone_numbers_are_of_the_ranges_kept_for_fiction() -> None:
    text = others.complaints(View(TUESDAY)).decode("utf-8-sig") + others.sensors(View(TUESDAY)).decode("utf-8-sig")
    numbers = re.findall(r"\b0\d(?: \d\d){4}\b", text)

    assert len(numbers) > 600
    assert [number for number in (*numbers, cast.TELEPHONE) if not FICTIONAL.match(number)] == []


def test_everybody_has_an_address_that_leads_nowhere_and_another_name() -> None:
    assert [part.email for part in cast.CAST if not re.fullmatch(r"[a-z.-]+@[a-z-]+\.example", part.email)] == []
    assert len({part.email for part in cast.CAST}) == len({part.key for part in cast.CAST}) == len(cast.CAST)


def test_city_lies_at_sea() -> None:
    west, east, south, north = -4.0, -3.0, 46.0, 46.4

    assert [
        each.code for each in city.DISTRICTS if not (west < each.longitude < east and south < each.latitude < north)
    ] == []


def test_fines_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "fines.csv"
    file.write_bytes(others.fines(View(TUESDAY)))

    with pytest.raises(Invalid) as refusal:
        read(file, tmp_path / "text.parquet")

    assert refusal.value.code == "sources.duplicate_headers"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "unit"),
    [(released.ENERGY, "logement"), (released.PARKING, "compte_pseudonyme"), (waiting.LOANS, "numero_de_lecteur"), (waiting.CANTEENS, "enfant")],
)  # fmt: skip
def test_no_published_cell_stands_for_fewer_than_eleven(subject: Subject, unit: str, tmp_path: Path) -> None:
    raw, plan = _typed(subject, tmp_path)
    result = protect(raw, plan, tmp_path / "protected.parquet")
    assert plan.aggregate is not None
    by = list(plan.aggregate.by)
    measure = plan.aggregate.measures[0].name

    hour = "substr(heure, 1, 2) AS heure" if "heure" in by else None
    keys = ", ".join(hour if name == "heure" and hour else f'"{name}"' for name in by)
    places = ", ".join(str(place) for place in range(1, len(by) + 1))
    counted = duckdb.sql(
        f"SELECT {keys}, count(DISTINCT {unit}) FROM read_parquet('{raw}') GROUP BY {places}"
    ).fetchall()
    units = {tuple(row[:-1]): row[-1] for row in counted}
    names = ", ".join("substr(heure, 1, 2)" if name == "heure" else f'"{name}"' for name in by)
    cells = duckdb.sql(
        f'SELECT {names}, "{measure}", "{measure}_status" FROM read_parquet(\'{tmp_path}/protected.parquet\')'
    ).fetchall()

    shown = [units[tuple(row[:-2])] for row in cells if row[-1] == "published"]
    hidden = [(units[tuple(row[:-2])], row[-2]) for row in cells if row[-1] == "hidden"]
    assert min(shown) >= 11
    assert len(hidden) == result.hidden_cells
    assert [value for _count, value in hidden if value is not None] == []
    assert len(shown) > len(hidden) > 0


def _typed(subject: Subject, folder: Path) -> tuple[Path, Plan]:
    """Give the typed table of a subject's file, and its plan by technical names."""
    file, text, typed = folder / subject.filename, folder / "text.parquet", folder / "typed.parquet"
    file.write_bytes(subject.content(View(TUESDAY)))
    found = describe(text, read(file, text))
    write_typed(text, found, typed)
    return typed, Plan.parse(subject.plan).renamed({column.label: column.name for column in found.columns})
