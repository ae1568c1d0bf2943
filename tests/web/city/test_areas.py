# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Outlines of districts: cleaned, drawn in their true shape, suggested where a form asks for places."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from datacity.frame.city import Directorate, District
from datacity.kernel.words import Words
from datacity.programme.datasets.forms.about import AboutForm
from datacity.web.city import areas
from tests.factories.city import areas as geojson
from tests.factories.city import square


def read(tmp_path: Path, *features: object) -> bytes:
    path = tmp_path / "districts.geojson"
    path.write_text(geojson(*features), encoding="utf-8")
    return areas.read(path, ["A1", "A2"])


def test_outlines_lose_everything_but_codes_and_borders(tmp_path: Path):
    found = json.loads(read(tmp_path, square("A1", -3, 46)))

    assert found["features"][0]["properties"] == {"code": "A1"}
    assert found["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert len(found["features"]) == 1


def test_a_square_of_degrees_is_drawn_narrower_than_high_with_north_above(tmp_path: Path):
    drawing = areas.drawing(read(tmp_path, square("A1", -3.0, 46.0), square("A2", -3.0, 46.01)))

    north = next(each for each in drawing.outlines if each.code == "A2")
    south = next(each for each in drawing.outlines if each.code == "A1")
    assert drawing.height == pytest.approx(areas.WIDTH * 2 / 0.6946, rel=0.01)  # cosine of 46 degrees
    assert (north.x, south.x) == (300, 300)
    assert north.y < south.y
    assert south.path.startswith("M0.0 ")


def test_holes_and_several_parts_are_drawn(tmp_path: Path):
    ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [2, 1], [2, 2], [1, 1]]
    island = [[6, 0], [7, 0], [7, 1], [6, 0]]
    feature = {
        "type": "Feature",
        "properties": {"code": "A1"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring, hole], [island]]},
    }

    assert areas.drawing(read(tmp_path, feature)).outlines[0].path.count("Z") == 3


def test_directorates_and_districts_are_suggested_where_data_is_described(settings):
    rivers, upper = Directorate("rivers", Words("Pôle des rivières")), District("A2", Words("Le Haut-Bourg"))
    settings.CITY = replace(settings.CITY, directorates=(rivers,), districts=(upper,))

    page = str(AboutForm()["producer"].as_widget()) + str(AboutForm()["territory"].as_widget())

    assert 'list="id_producer_suggestions"' in page
    assert [
        each
        for each in ("Pôle des rivières", "Le Haut-Bourg", settings.CITY_NAME)
        if f'<option value="{each}">' not in page
    ] == []


def test_a_city_without_them_suggests_nothing():
    assert "datalist" not in str(AboutForm()["producer"].as_widget())


def test_the_page_of_the_city_draws_and_names_its_districts(client: Client, settings, tmp_path: Path):
    named = District("A1", Words("Les Confluences"))
    settings.CITY = replace(settings.CITY, districts=(named,), areas=read(tmp_path, square("A1", -3, 46)))

    page = client.get("/fr/city/").content.decode()

    assert 'role="img" aria-label="Contours des quartiers' in page
    assert "<dt>A1</dt><dd>Les Confluences</dd>" in page
    assert client.get("/districts.geojson").content == settings.CITY.areas


def test_a_city_that_set_nothing_says_so(client: Client):
    assert "Rien jusqu’ici" in client.get("/fr/city/").content.decode()
