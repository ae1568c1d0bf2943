# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Real files of a city the whole way, each held against what other programs read in the raw file and in the downloads."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest

from datacity.engine.cli.start import main
from tests.factories.originals import MADE, Original, number, quoted
from tests.factories.publishing import REVIEW, City, Stranger

pytestmark = pytest.mark.slow
PARIS = (
    "arbresremarquablesparis.csv",
    "arrondissements.geojson",
    "belib-disponibilite-temps-reel.csv",
    "belib-donnees-statiques.csv",
    "chantiers-a-paris.csv",
    "chantiers-perturbants.csv",
    "chantiers-perturbants.geojson",
    "comptages-routiers-permanents.xlsx",
    "emplacement-des-gares-idf.csv",
    "gbfs_velib_station_information.json",
    "gbfs_velib_station_status.json",
    "les-arbres_extract.csv",
    "les-arbres_extract.geojson",
    "marches-decouverts.csv",
    "quartier_paris.geojson",
    "sanisettesparis.csv",
    "stationnement-voie-publique-emplacements_extract.csv",
    "velib-disponibilite-en-temps-reel_2023-02-23.csv",
    "velib-emplacement-des-stations.csv",
    "zones-touristiques-internationales.csv",
)


@dataclass
class Published:
    """A file that came through: what the command said, the raw file read by others, the downloads."""

    data: dict[str, Any]
    original: Original
    stranger: Stranger
    saved: Path
    files: dict[str, Path]

    @property
    def slug(self) -> str:
        """The address of the dataset."""
        return str(self.data["dataset"])

    @property
    def manifest(self) -> dict[str, Any]:
        """What was sealed."""
        found: dict[str, Any] = json.loads((self.saved / "manifest.json").read_bytes())
        return found

    def columns(self, *types: str) -> dict[str, str]:
        """Give name → header of the raw file of the columns of these types that the plan keeps as they are."""
        kept = {name for name, plan in self.data["plan"]["columns"].items() if plan["method"] == "keep"}
        return {
            column["name"]: column["label"]["fr"]
            for column in self.manifest["columns"]
            if column["type"] in types and column["name"] in kept and (column["label"] or {}).get("fr")
        }


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """One home for every file."""
    return City(tmp_path_factory.mktemp("city")).prepare()


@pytest.fixture(scope="module", params=[*PARIS, *MADE])
def published(request: pytest.FixtureRequest, city: City, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:  # fmt: skip
    """A file taken the whole way, nobody saying what it is."""
    folder = tmp_path_factory.mktemp("file")
    path = MADE[request.param](folder) if request.param in MADE else root.parent / "shared/data/paris" / request.param
    if not path.exists():
        pytest.skip("the shared data folder is not beside this checkout")
    told = city.publish(path, about={"title": f"Fichier {request.param}"})
    assert told.code == 0, told.messages
    stranger = city.stranger()
    files = stranger.download(told.data["dataset"], told.data["version"], folder / "saved")
    yield Published(told.data, Original.of(path), stranger, folder / "saved", files)
    stranger.plane.close()
    shutil.rmtree(folder)


def test_api_counts_the_rows_of_the_raw_file(published: Published) -> None:
    counted = published.stranger.rows(published.slug, limit=1)["total_count"]

    assert counted == published.original.one("count(*)") - published.data["protection"]["suppressed"]
    assert published.data["protection"]["suppressed"] == 0
    assert counted == published.manifest["rows"]


def test_api_sums_numbers_as_another_program_does(published: Published) -> None:
    columns = published.columns("integer", "number")

    select = ", ".join(f"sum({name}) as total_{place}" for place, name in enumerate(columns))
    (found,) = published.stranger.rows(published.slug, select=select, limit=1)["results"] if columns else ({},)

    sums = {name: found[f"total_{place}"] for place, name in enumerate(columns)}
    assert sums == {
        name: pytest.approx(published.original.one(f"sum({number(label)})"), rel=1e-9)
        for name, label in columns.items()
    }


def test_api_filters_as_another_program_does(published: Published) -> None:
    asked = filters(published)

    counted = {where: published.stranger.rows(published.slug, where=where, limit=1)["total_count"] for where in asked}

    assert len(asked) >= 3
    assert counted == {where: published.original.one("count(*)", raw) for where, raw in asked.items()}
    assert any(0 < count < published.manifest["rows"] for count in counted.values())


def filters(published: Published) -> dict[str, str]:
    """Give ODSQL → the same condition for DuckDB on the raw file: equal, empty, above the median, one of two."""
    original, found = published.original, {}
    for name, label in list(published.columns("text").items())[:3]:
        cell = f"nullif({quoted(label)}, '')"
        found[f"{name} is null"] = f"{cell} IS NULL"
        word = original.one(f"mode({cell})", f"length({cell}) < 200 AND trim({cell}) = {cell} AND NOT regexp_matches({cell}, '[\"\\\\]')")  # fmt: skip
        if word is not None:
            found[f'{name} = "{word}"'] = f"{cell} = '{word.replace(chr(39), chr(39) * 2)}'"
    for name, label in list(published.columns("integer", "number").items())[:2]:
        middle = original.one(f"quantile_disc({number(label)}, 0.5)")
        if middle is not None:
            found[f"{name} > {middle!r}"] = f"{number(label)} > {middle!r}"
            found[f"{name} is not null"] = f"{number(label)} IS NOT NULL"
    return found


def test_downloads_open_elsewhere_with_the_rows_of_the_release(published: Published) -> None:
    files, sealed = published.files, pd.read_parquet(published.files["parquet"])

    read = {
        "csv": pd.read_csv(files["csv"], sep=";", dtype=str, keep_default_na=False),
        "json": pd.DataFrame(json.loads(files["json"].read_text(encoding="utf-8"))),
        "duckdb": duckdb.read_csv(
            str(files["csv"]),
            sep=";",
            quotechar='"',
            escapechar='"',
            header=True,
            all_varchar=True,
            max_line_size=20_000_000,
        ).df(),
    }
    if "xlsx" in files:
        with closing(openpyxl.load_workbook(files["xlsx"], read_only=True)) as book:
            rows = list(book.worksheets[0].values)
        read["xlsx"] = pd.DataFrame(rows[1:], columns=rows[0])
    else:
        assert published.manifest["omitted"][0]["format"] == "xlsx"

    assert {name: len(frame) for name, frame in read.items()} == dict.fromkeys(read, published.manifest["rows"])
    for column, kind in ((each["name"], each["type"]) for each in published.manifest["columns"]):
        if kind in ("text", "integer"):
            cells = {name: texts(frame, column) for name, frame in read.items()}
            assert cells == dict.fromkeys(read, texts(sealed, column)), column


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Give the cells of a column as texts, whatever the program made of them; empty and absent are the same."""
    cells = ["" if pd.isna(cell) else cell for cell in frame[column].astype(object)]
    return [str(int(cell)) if isinstance(cell, float) else str(cell).replace("\r\n", "\n") for cell in cells]


def test_downloads_verify_only_for_who_trusts_the_key(published: Published) -> None:
    saved, key = str(published.saved / "manifest.json"), str(published.saved / "seal.pem")
    data = [f"--data={path}" for path in published.files.values()]

    codes = (main(["verify", saved, *data, "--trust", key]), main(["verify", saved, *data]))
    openssl = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", saved, "-sigfile", published.saved / "manifest.sig"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (codes, openssl.returncode) == ((0, 1), 0), openssl.stderr
    with published.files["csv"].open("ab") as file:
        file.write(b"x")
    assert main(["verify", saved, *data, "--trust", key]) == 1


def test_table_that_may_harm_a_group_waits_for_its_review(city: City, tmp_path: Path) -> None:
    file = tmp_path / "aides.csv"
    rows = (f"Secteur {n % 4};{48.85 + n / 10000};{2.35 + n / 10000};{n}" for n in range(200))
    file.write_text("\n".join(["Secteur;Latitude;Longitude;Allocataires RSA", *rows]), encoding="utf-8")

    waits = city.publish(file)
    told = city.publish(file, about={"title": "Aides, après examen", "review": REVIEW})

    assert (waits.code, waits.refusal, waits.data["error"]["values"]["waits"]) == (5, "publish.waits", "review")
    assert told.code == 0, told.messages
    assert "aides" not in city.stranger().plane.publications.current().versions
