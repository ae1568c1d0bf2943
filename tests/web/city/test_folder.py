# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's folder: read whole, or refused with file, line and key."""

import json
from pathlib import Path

import pytest

from datacity.frame.city import Directorate, District, Noun
from datacity.kernel.errors import Invalid
from datacity.kernel.words import Words
from datacity.web import configuration
from datacity.web.city import folder, keys
from datacity.web.city.site import DEMONSTRATION, city_of, folder_of, parameters
from datacity.web.demo.city import DISTRICTS
from tests.factories.city import CITY, areas, square, write_city

APPS = ("people", "editions", "privacy", "datasets")


def read(path: Path):
    return folder.read(path, parameters(APPS))


def test_a_whole_folder_becomes_a_city(tmp_path: Path):
    city = read(write_city(tmp_path))

    assert (city.names.name, city.names.at, city.names.of, city.names.whole) == (
        Words("Aigrelune", "Aigrelune"),
        Words("à Aigrelune", "in Aigrelune"),
        Words("d’Aigrelune", "of Aigrelune"),
        Words("la ville d’Aigrelune", "the city of Aigrelune"),
    )
    assert (city.brand, city.languages, city.usual) == ("#f5d90a", ("fr", "en"), "fr")
    assert city.line == Words("La ville entre deux rivières", "The town between two rivers")
    assert city.directorates[0] == Directorate("pole-des-rivieres", Words("Pôle des rivières", "Rivers department"))
    assert city.districts == (
        District("A1", Words("Les Confluences", "Les Confluences")),
        District("A2", Words("Le Haut-Bourg", "Upper Town")),
    )
    assert city.nouns["fr"]["challenge"] == Noun("appel à idées", "appels à idées", elides=True)
    assert city.sentences["en"] == {"What are you looking for?": "What are you looking for by the water?"}
    assert city.policy == {"editions.months": 6, "privacy.opinion": "always"}
    assert [each["properties"] for each in json.loads(city.areas)["features"]] == [{"code": "A1"}, {"code": "A2"}]


def test_the_name_alone_is_enough(tmp_path: Path):
    (tmp_path / "city.toml").write_text('form = 1\n[name]\nfr = "Le Pontel"\nen = "Pontel"\n', encoding="utf-8")

    city = read(tmp_path)

    assert (city.names.at, city.names.of, city.names.whole) == (
        Words("au Pontel", "in Pontel"),
        Words("du Pontel", "of Pontel"),
        Words("la ville du Pontel", "the city of Pontel"),
    )
    assert (city.logo, city.line, city.languages, city.directorates, city.policy) == (None, None, ("fr", "en"), (), {})


def test_own_forms_of_a_name_win(tmp_path: Path):
    text = 'form = 1\n[name]\nfr = "Yerlande"\n[name.french]\nof = "d’Yerlande"\n[name.english]\nwhole = "Greater Yerlande"\n'
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")

    names = read(tmp_path).names

    assert (names.of.fr, names.whole) == ("d’Yerlande", Words("la ville d’Yerlande", "Greater Yerlande"))


WRONG = {
    "unknown key": ("city_toml", 'form = 1\n\n[name]\nfr = "A"\nnom = "B"\n', "city.toml, line 5: there is no key name.nom. The nearest one is name."),
    "unknown table": ("city_toml", 'form = 1\n[name]\nfr = "A"\n[colours]\nbrand = "#ffffff"\n', "city.toml, line 5: there is no key colours.brand. The nearest one is brand.colour"),
    "another form": ("city_toml", 'form = 2\n[name]\nfr = "A"\n', "city.toml, line 1: form is 2; allowed: 1."),
    "no form": ("city_toml", '[name]\nfr = "A"\n', "city.toml, line 1: form is missing."),
    "no name": ("city_toml", "form = 1\n[name]\n", "city.toml, line 2: there is no key name."),
    "name as number": ("city_toml", "form = 1\n[name]\nfr = 3\n", "city.toml, line 3: name.fr is 3; allowed: one line, 1 to 60 characters."),
    "colour in words": ("city_toml", 'form = 1\n[name]\nfr = "A"\n\n[brand]\n# ours\ncolour = "yellow"\n', "city.toml, line 7: brand.colour is “yellow”; allowed: # and six"),
    "no TOML": ("city_toml", 'form = 1\n[name]\nfr = "A\n', "city.toml, line 3: this is no TOML:"),
    "end in a text": ("city_toml", 'form = 1\n[name]\nfr = """A\n', "city.toml, line 4: this is no TOML:"),
    "logo not there": ("city_toml", 'form = 1\n[name]\nfr = "A"\n[brand]\nlogo = "arms.svg"\n', "city.toml, line 5: brand.logo is “arms.svg”; allowed: the name of a file in this folder."),
    "logo elsewhere": ("city_toml", 'form = 1\n[name]\nfr = "A"\n[brand]\nlogo = "../../keys/x.png"\n', "city.toml, line 5: brand.logo is “../../keys/x.png”"),
    "unknown language": ("city_toml", 'form = 1\n[name]\nfr = "A"\n[languages]\norder = ["fr", "de"]\n', "city.toml, line 5: languages.order is ['fr', 'de']"),
    "default not offered": ("city_toml", 'form = 1\n[name]\nfr = "A"\n[languages]\norder = ["fr"]\ndefault = "en"\n', "city.toml, line 6: languages.default is “en”; allowed: fr."),
    "no slug": ("directorates_toml", '[[directorate]]\nfr = "A"\n', "directorates.toml, line 1: directorate[1].slug is missing."),
    "slug twice": ("directorates_toml", '[[directorate]]\nslug = "a"\nfr = "A"\n[[directorate]]\nslug = "a"\nfr = "B"\n', "directorates.toml, line 5: directorate[2].slug is “a”; allowed: a slug that no other directorate has."),
    "one table for a list": ("directorates_toml", '[directorate]\nslug = "a"\n', "directorates.toml, line 2: there is no key directorate.slug. The nearest one is directorate[].slug"),
    "code of a district": ("districts_toml", '[[district]]\ncode = "A 1"\nfr = "A"\n', "districts.toml, line 2: district[1].code is “A 1”"),
    "no noun of ours": ("words_toml", '[noun.chalenge]\nfr = "x"\n', "words.toml, line 2: there is no key noun.chalenge. The nearest one is noun.challenge"),
    "plural missing": ("words_toml", '[noun.challenge]\nfr = "concours"\nfr_gender = "m"\n', "words.toml, line 1: noun.challenge.fr_many is missing."),
    "another gender": ("words_toml", '[noun.challenge]\nfr = "quête"\nfr_many = "quêtes"\nfr_gender = "f"\n', "words.toml, line 4: noun.challenge.fr_gender is “f”; allowed: m, the gender of “défi”"),
    "silent or not": ("words_toml", '[noun.challenge]\nfr = "hackathon"\nfr_many = "hackathons"\nfr_gender = "m"\n', "words.toml, line 2: noun.challenge.fr is “hackathon”; allowed: a word with h together with fr_elides"),
    "no sentence of ours": ("words_toml", '[[sentence]]\nproduct = "What are you looking at?"\nfr = "x"\n', "words.toml, line 2: sentence[1].product is “What are you looking at?”; allowed: a sentence of the product, for example “What are you looking for?”"),
    "places lost": ("words_toml", '[[sentence]]\nproduct = "There is no organisation {slug}."\nfr = "Rien."\n', "words.toml, line 3: sentence[1].fr is “Rien.”; allowed: a text with the places of"),
    "unknown parameter": ("policy_toml", "[editions]\nmonth = 6\n", "policy.toml, line 2: there is no key editions.month. The nearest one is editions.months"),
    "policy out of bounds": ("policy_toml", "# short\n[editions]\nmonths = 99\n", "policy.toml, line 3: editions.months is 99; allowed: a whole number from 1 to 36."),
    "policy not a choice": ("policy_toml", '[privacy]\nopinion = "never"\n', "policy.toml, line 2: privacy.opinion is “never”; allowed: when_sensitive, always."),
    "district unknown": ("districts_geojson", areas(square("Z9", 0, 0)), "districts.geojson cannot be used: feature 1 has the code “Z9”"),
    "district drawn twice": ("districts_geojson", areas(square("A1", 0, 0), square("A1", 0, 0)), "districts.geojson cannot be used: feature 2"),
    "metres for degrees": ("districts_geojson", areas(square("A1", 652_000, 6_862_000)), "a position of feature 1 is no longitude and latitude"),
    "a point": ("districts_geojson", areas({"type": "Feature", "properties": {"code": "A1"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}), "feature 1 is no Polygon"),
    "no JSON": ("districts_geojson", "{", "it is no JSON in UTF-8"),
    "a file nobody reads": ("words_tml", "", "The folder of the city holds words.tml, which nothing reads. Did you mean words.toml?"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_with_file_line_and_key(tmp_path: Path, case):
    name, text, expected = WRONG[case]
    write_city(tmp_path, **{name: text})

    with pytest.raises(Invalid) as refused:
        read(tmp_path)

    assert str(refused.value).startswith(expected) or expected in str(refused.value)
    assert refused.value.code.startswith("city.")


def test_every_value_of_the_table_is_checked_by_the_whole_folder_or_a_wrong_one():
    tried = {name.replace("_", ".") for name, _text, _said in WRONG.values()}

    assert set(keys.FILES) <= tried


def test_a_folder_that_is_none_and_one_without_a_city_are_refused(tmp_path: Path):
    with pytest.raises(Invalid, match="cannot be read"):
        read(tmp_path / "absent")
    with pytest.raises(Invalid, match=r"holds no city\.toml"):
        read(tmp_path)


def load(home: Path, **values: str) -> configuration.Configuration:
    return configuration.load(
        {"DATACITY_HOME": str(home), **{f"DATACITY_{name}": value for name, value in values.items()}}
    )


def test_the_setting_wins_over_the_home_and_the_home_over_the_demonstration(tmp_path: Path):
    home, other = tmp_path / "home", write_city(tmp_path / "other")
    without = folder_of(load(home), demo=False), folder_of(load(home), demo=True)
    write_city(home / "city")

    found = folder_of(load(home), demo=True), folder_of(load(home, CITY_FOLDER=str(other)), demo=True)

    assert without == (None, DEMONSTRATION)
    assert found == (home / "city", other)


def test_settings_of_who_hosts_win_over_the_folder(tmp_path: Path):
    write_city(tmp_path / "city")

    city = city_of(
        load(tmp_path, CITY_NAME="Les Essarts-Neufs", CITY_COLOUR="#112233", LANGUAGE="en"), APPS, demo=False
    )

    assert (city.names.of.fr, city.brand, city.usual, city.policy["editions.months"]) == (
        "des Essarts-Neufs", "#112233", "en", 6,
    )  # fmt: skip


def test_a_language_that_the_folder_does_not_offer_is_refused(tmp_path: Path):
    write_city(tmp_path / "city", city_toml=CITY.replace('["fr", "en"]', '["fr"]'))

    with pytest.raises(Invalid, match="DATACITY_LANGUAGE is “en”; the folder of the city offers: fr"):
        city_of(load(tmp_path, LANGUAGE="en"), APPS, demo=False)


def test_a_city_without_a_name_speaks_of_the_city(tmp_path: Path):
    names = city_of(load(tmp_path), APPS, demo=False).names

    assert (names.name.fr, names.whole, names.of) == (
        "DataCity",
        Words("la ville", "the city"),
        Words("de la ville", "of the city"),
    )


def test_the_demonstration_is_a_folder_like_any_other_with_the_districts_of_its_files():
    city = read(DEMONSTRATION)

    assert city.names.whole.fr == "la ville de Valmire"
    assert [(each.code, each.name.fr) for each in city.districts] == [(each.code, each.name) for each in DISTRICTS]
