# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A second fictional city, from a folder alone: the whole product as it is, started as anybody starts it."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from datacity.frame import colours
from datacity.frame.city import here
from datacity.web import up
from tests.factories.broken import ABOUT
from tests.factories.city import write_city
from tests.factories.killing import START_SECONDS, Mortal, wait_for
from tests.factories.originals import french_csv

pytestmark = pytest.mark.slow
FIRST_CITY = "valmire"
PAGES = (
    "",
    "datasets/",
    "datasets/comptages/",
    "style-guide/",
    "city/",
    "about/",
    "accessibility/",
    "organisations",
    "policy/",
    "nowhere",
)


@dataclass(frozen=True)
class Page:
    """What a reader got."""

    status: int
    text: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Site:
    """The running second city."""

    address: str

    def read(self, path: str, *, cookie: str = "") -> Page:
        """Ask for a page as a browser does."""
        asked = urllib.request.Request(self.address + path, headers={"Accept": "text/html", "Cookie": cookie})
        try:
            with urllib.request.urlopen(asked, timeout=30) as response:
                return _page(response.status, response)
        except urllib.error.HTTPError as error:
            return _page(error.code, error)


def _page(status: int, response: Any) -> Page:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Page(status, response.read().decode(), headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Aigrelune, with its folder in its home and one published file, started as `./dc up` starts it."""
    city = Mortal(tmp_path_factory.mktemp("second"))
    write_city(city.home / "city")
    city.prepare()
    about = {**ABOUT, "title": "Comptages", "producer": "Pôle des rivières"}
    told = city.publish(french_csv("utf-8")(city.folder), about=about)
    assert told.code == 0, told.messages
    command = ("-m", "datacity.web.up", "--home", str(city.home), "--port", str(city.port), "--no-demo")
    with city.started(*command):
        wait_for(lambda: city.status("/fr/") == 200, seconds=START_SECONDS)
        yield Site(f"http://127.0.0.1:{city.port}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_the_second_city_s_and_no_page_names_the_first(site: Site, language: str) -> None:
    pages = {path: site.read(f"/{language}/{path}") for path in PAGES}

    line = {"fr": "La ville entre deux rivières", "en": "The town between two rivers"}[language]
    theme = f'href="/theme.css?v={colours.fingerprint("#f5d90a")}"'
    missing = {
        path: [each for each in ("Aigrelune", line, theme, 'class="city-logo"') if each not in page.text]
        for path, page in pages.items()
    }
    assert {path: page.status for path, page in pages.items()} == dict.fromkeys(PAGES[:-1], 200) | {"nowhere": 404}
    assert {path: each for path, each in missing.items() if each} == {}
    assert [path for path, page in pages.items() if FIRST_CITY in page.text.lower()] == []


def test_sentences_carry_the_name_in_its_forms(site: Site) -> None:
    home, accessibility, about = (site.read(f"/fr/{path}").text for path in ("", "accessibility/", "about/"))
    english = site.read("/en/accessibility/").text

    assert "les données que publient la ville d’Aigrelune et ses partenaires" in home
    assert "La ville d’Aigrelune veut que chacun" in accessibility
    assert "Un fichier d’Aigrelune ne devient public" in about
    assert "The city of Aigrelune wants everybody" in english


def test_words_of_its_own_stand_in_catalogue_prose_and_refusals(site: Site) -> None:
    catalogue, state, missing = (site.read(f"/fr/{path}").text for path in ("datasets/", "state/", "datasets/nothing/"))
    english = site.read("/en/datasets/nothing/").text

    assert "1\u00a0fichier ouvert" in catalogue or "1 fichier ouvert" in catalogue
    assert "jeu de données" not in catalogue + missing
    assert "Appels à idées" in state
    assert "Titre du fichier ouvert" in site.read("/fr/style-guide/").text
    assert "Aucun fichier ouvert nothing n’a été publié ici." in missing
    assert "No open file nothing was released here." in english
    assert "Que cherchez-vous au bord de l’eau\u00a0?" in site.read("/fr/").text


def test_directorates_districts_and_values_are_its_own(site: Site) -> None:
    city, register, policy = (site.read(f"/fr/{path}").text for path in ("city/", "organisations", "policy/"))
    english = site.read("/en/organisations").text

    assert [
        each for each in ("Pôle des rivières", "Les Confluences", "6 mois (d’ordinaire\u00a0: 10)") if each not in city
    ] == []
    assert [
        each for each in ("Pôle des rivières", "Pôle des écoles", "Ville d’Aigrelune") if each not in register
    ] == []
    assert "Rivers department" in english
    assert re.search(r"editions\.months.*?\b6\b", policy, re.DOTALL)


def test_its_colours_logo_and_outlines_are_files_kept_by_their_hash(site: Site) -> None:
    home = site.read("/fr/").text
    theme, logo = (re.search(rf'"(/{name}\?v=[0-9a-f]+)"', home).group(1) for name in (r"theme\.css", "logo"))
    areas = re.search(r'"(/districts\.geojson\?v=[0-9a-f]+)"', site.read("/fr/city/").text).group(1)

    found = {name: site.read(path) for name, path in (("theme", theme), ("logo", logo), ("areas", areas))}

    assert found["theme"].text == colours.style_sheet("#f5d90a")
    assert "<script" not in found["logo"].text
    assert "circle" in found["logo"].text
    assert found["logo"].headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert {page.headers["cache-control"] for page in found.values()} == {"public, max-age=31536000, immutable"}
    assert "A2" in found["areas"].text


def test_a_choice_of_display_is_on_every_page_and_in_its_entity_tag(site: Site) -> None:
    usual = site.read("/fr/datasets/")
    chosen = site.read("/fr/datasets/", cookie="datacity_display=contrast.spaced.larger")
    fault = site.read("/fr/nowhere", cookie="datacity_display=contrast.spaced.larger")

    marks = 'data-color-scheme="contrast"', 'data-font="spaced"', 'data-text="larger"'
    assert [mark for mark in marks if mark in usual.text] == []
    assert [mark for page in (chosen, fault) for mark in marks if mark not in page.text] == []
    assert chosen.headers["etag"] != usual.headers["etag"]
    assert [page.headers["vary"].lower().count("cookie") for page in (usual, chosen, fault)] == [1, 1, 1]


def test_the_option_names_the_folder_to_every_process(tmp_path: Path) -> None:
    options = up.parser().parse_args(["--home", str(tmp_path), "--city", str(tmp_path / "own")])

    assert up.environment_for(options)["DATACITY_CITY_FOLDER"] == str(tmp_path / "own")
    assert here().names.name.fr == "DataCity"
