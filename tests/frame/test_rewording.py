# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's own nouns in sentences: the small words before them follow, everything else stays."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.frame.city import Noun
from datacity.frame.nouns import NOUNS
from datacity.frame.rewording import in_words
from datacity.web.city.names import elides

CALL, FILE, SEASON = (
    Noun("appel à idées", "appels à idées", elides=True),
    Noun("fichier ouvert", "fichiers ouverts"),
    Noun("saison", "saisons"),
)
OWN = {"challenge": CALL, "dataset": FILE, "edition": SEASON}
FRENCH = {
    "Le défi est ouvert.": "L’appel à idées est ouvert.",
    "Du défi au défi, de ce défi.": "De l’appel à idées à l’appel à idées, de cet appel à idées.",
    "Les défis et la fin de défis": "Les appels à idées et la fin d’appels à idées",
    "Un nouveau défi ; aucun défi": "Un nouvel appel à idées ; aucun appel à idées",
    "L’édition, de l’édition, à l’édition": "La saison, de la saison, à la saison",
    "Son édition, d’éditions": "Sa saison, de saisons",
    "Jeux de données du jeu de données": "Fichiers ouverts du fichier ouvert",
}
KEPT = (
    "{défi} %(défi)s",
    "<a href='/fr/défi/'>",
    "<code>un défi</code>",
    "https://ville.example/défi",
    "/fr/défi/x",
    "défi.csv",
    "défi:velo",
    "le_défi",
    "indéfini",
    "défier",
)


@pytest.mark.parametrize(("product", "city"), FRENCH.items())
def test_french_small_words_follow_the_new_noun(product, city):
    assert in_words(product, "fr", OWN) == city


@pytest.mark.parametrize("text", KEPT)
def test_places_marks_code_addresses_and_other_words_stay(text):
    assert in_words(text, "fr", OWN) == text


def test_english_articles_follow_and_plurals_are_the_city_s():
    own = {"edition": Noun("season", "seasons"), "dataset": Noun("open file", "open files")}

    said = in_words("An edition has a dataset. Datasets, {dataset}; A dataset of editions.", "en", own)

    assert said == "A season has an open file. Open files, {dataset}; An open file of seasons."


def test_a_new_word_is_not_exchanged_again():
    own = {"dataset": Noun("dépôt", "dépôts"), "deposit": Noun("jeu de données", "jeux de données")}

    assert in_words("le jeu de données et le dépôt", "fr", own) == "le dépôt et le jeu de données"


@given(st.text(), st.sampled_from(["fr", "en"]))
def test_a_text_without_the_nouns_stays_whatever_it_is(text, language):
    own = {"jury": Noun("¤¤", "¤¤¤")}

    said = in_words(text, language, own)

    assert said == text or "jur" in text.lower()


@pytest.mark.parametrize("name", sorted(NOUNS))
def test_each_noun_exchanged_for_itself_changes_no_sentence(name):
    from datacity.web.city import wording  # reads the compiled catalogues

    term = NOUNS[name]
    same = {"fr": Noun(term.fr, term.fr_many, elides=term.elides), "en": Noun(term.en, term.en_many)}
    pairs = [pair for file in (wording._SITE, wording._BELOW) for pair in wording._raw(file)]

    changed = [
        text
        for key, french in pairs
        for language, text in (("fr", french), ("en", key))
        if in_words(text, language, {name: same[language]}).lower() != text.lower()
    ]
    assert changed == []
    assert len(pairs) > 1000


def test_the_nouns_are_those_of_the_glossary_with_its_french(root: Path):
    glossary = tomllib.loads((root / "tools/words.toml").read_text(encoding="utf-8"))["words"]

    assert {name: term.fr for name, term in NOUNS.items()} == {name: glossary[name][0] for name in NOUNS}
    assert {name for name, term in NOUNS.items() if elides(term.fr) is not term.elides} == set()
