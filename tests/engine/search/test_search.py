# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finding: stems, accents, beginnings, typing faults, ranking, narrowing, counting."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.search import Document, Found, Query, build, find
from datacity.engine.search.language import folded, words
from datacity.engine.search.spelling import edits, near
from datacity.kernel.errors import Invalid, Missing
from datacity.kernel.words import Words

DOCUMENTS = [
    Document("dataset:velo", Words("Comptages de vélos", "Bike counts"), Words("Passages par heure devant chaque compteur de la voirie."),
             Words("mobilité"), {"producer": ("Voirie",), "licence": ("lov2",)}, "2026-03-01", {"rows": 9}),
    Document("dataset:bornes", Words("Bornes de recharge électrique", "Charge points"), Words("Où recharger sa voiture ou son vélo électrique."),
             Words("mobilité énergie"), {"producer": ("Voirie",), "licence": ("odbl",)}, "2026-04-01"),
    Document("dataset:energie", Words("Consommation d'énergie par îlot", "Energy by block"), Words("Cœur de ville : gaz et électricité."),
             None, {"producer": ("Énergie Valmire",), "licence": ("lov2",)}, "2026-02-01"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "search.sqlite3"
    build(path, DOCUMENTS)
    return path


def keys(found: Found) -> list[str]:
    return [hit.key.removeprefix("dataset:") for hit in found.hits]


@pytest.mark.parametrize(("text", "expected"), [
    ("vélos", ["velo", "bornes"]),  # title before text
    ("velo", ["velo", "bornes"]),  # without accent, singular
    ("VÉLO", ["velo", "bornes"]),
    ("compt", ["velo"]),  # beginning of the last word
    ("comptage", ["velo"]),
    ("électriques recharges", ["bornes"]),  # stems, every word
    ("les vélos de la voirie", ["velo"]),  # common words say nothing
    ("coeur", ["energie"]),  # œ
    ("mobilite energie", ["bornes"]),
    ("îlot", ["energie"]),
    ("de la", []),  # only common words, which no index holds
    ("zzzzqqq", []),
    ('"velo" (', ["velo", "bornes"]),  # signs mean nothing
    ("vélo*NEAR:^", []),
])  # fmt: skip
def test_words_find_documents_best_first(index: Path, text: str, expected: list[str]) -> None:
    assert keys(find(index, Query(text))) == expected


@pytest.mark.parametrize(("typed", "read_as", "expected"), [
    ("comtages", {"comtages": "comptages"}, ["velo"]),
    ("consomation", {"consomation": "consommation"}, ["energie"]),
    ("eletcrique", {"eletcrique": "electrique"}, ["bornes"]),
    ("bprne", {"bprne": "borne"}, ["bornes"]),
])  # fmt: skip
def test_typing_faults_are_read_as_the_nearest_word(
    index: Path, typed: str, read_as: dict[str, str], expected: list[str]
) -> None:
    found = find(index, Query(typed))

    assert (keys(found), found.corrections) == (expected, read_as)


def test_english_words_find_english_texts(index: Path) -> None:
    assert [keys(find(index, Query(text, "en"))) for text in ("counting bikes", "charging", "block")] == [
        ["velo"],
        ["bornes"],
        ["energie"],
    ]


def test_no_words_give_everything_by_title(index: Path) -> None:
    assert keys(find(index, Query())) == ["bornes", "velo", "energie"]
    assert keys(find(index, Query(language="en"))) == ["velo", "bornes", "energie"]


def test_filters_narrow_and_facets_count_as_if_their_own_were_not_set(index: Path) -> None:
    found = find(index, Query(filters={"licence": ("lov2",)}, facets=("licence", "producer")))

    assert (found.total, keys(found)) == (2, ["velo", "energie"])
    assert found.facets == {"licence": {"lov2": 2, "odbl": 1}, "producer": {"Voirie": 1, "Énergie Valmire": 1}}
    assert keys(find(index, Query("électrique", filters={"producer": ("Voirie",), "licence": ("odbl", "lov2")}))) == [
        "bornes"
    ]
    assert find(index, Query(filters={"licence": ()})).total == 0


def test_pages_follow_each_other(index: Path) -> None:
    pages = [find(index, Query(limit=2, offset=offset)) for offset in (0, 2, 4)]

    assert ([keys(page) for page in pages], [page.total for page in pages]) == (
        [["bornes", "velo"], ["energie"], []],
        [3, 3, 3],
    )


def test_hit_gives_back_what_the_document_shows(index: Path) -> None:
    hit = find(index, Query("comptages")).hits[0]

    assert (hit.title, hit.text, hit.shown) == (
        {"fr": "Comptages de vélos", "en": "Bike counts"}, {"fr": "Passages par heure devant chaque compteur de la voirie."}, {"rows": 9})  # fmt: skip
    assert hit.score > 0


@pytest.mark.parametrize("query", [Query(language="de"), Query(limit=501), Query(limit=-1), Query(offset=-1)])
def test_query_outside_of_its_bounds_is_refused(index: Path, query: Query) -> None:
    with pytest.raises(Invalid, match="Ask in fr or en"):
        find(index, query)
    with pytest.raises(Missing, match="no search index"):
        find(index.with_name("gone"), Query())


def test_same_documents_give_the_same_bytes(index: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "other", DOCUMENTS) == 3
    assert (tmp_path / "other").read_bytes() == index.read_bytes()


def test_failed_building_leaves_the_old_index(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite3"
    build(path, DOCUMENTS[:1])

    with pytest.raises(Invalid, match="Two documents have the key dataset:velo"):
        build(path, [DOCUMENTS[0], DOCUMENTS[0]])

    assert (keys(find(path, Query())), [each.name for each in tmp_path.iterdir()]) == (["velo"], ["search.sqlite3"])


@given(text=st.text(max_size=60), language=st.sampled_from(["fr", "en"]))
def test_any_text_is_a_question(index: Path, text: str, language: str) -> None:
    found = find(index, Query(text, language))

    assert 0 <= found.total <= 3


def test_a_thousand_documents_are_found_with_their_own_word(tmp_path: Path) -> None:
    build(
        tmp_path / "many", (Document(f"d:{number}", Words(f"Table numéro{number} quartier")) for number in range(1000))
    )

    assert [find(tmp_path / "many", Query(f"numero{number}", limit=1)).hits[0].key for number in (0, 7, 999)] == [
        "d:0",
        "d:7",
        "d:999",
    ]
    assert find(tmp_path / "many", Query("quartiers")).total == 1000
    assert sqlite3.connect(tmp_path / "many").execute("pragma integrity_check").fetchone() == ("ok",)


def test_folding_opens_ligatures_and_drops_accents() -> None:
    assert (folded("Œuvre ÉTÉ ça"), words("L'œil, n° 12-B")) == ("oeuvre ete ca", ["l", "oeil", "n", "12", "b"])


def _distance(one: str, other: str) -> int:
    """Optimal string alignment, by definition."""
    if not one or not other:
        return len(one) + len(other)
    steps = [
        _distance(one[:-1], other) + 1,
        _distance(one, other[:-1]) + 1,
        _distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        steps.append(_distance(one[:-2], other[:-2]) + 1)
    return min(steps)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 3))
def test_edits_are_those_of_the_definition_up_to_the_limit(one: str, other: str, limit: int) -> None:
    assert edits(one, other, limit) == min(_distance(one, other), limit + 1)


def test_near_prefers_fewer_edits_then_more_use() -> None:
    assert near("velo", [("velos", 1), ("vela", 9), ("vole", 99)], 2) == "vela"
    assert near("velo", [("camion", 5)], 2) is None


def test_a_word_asked_exactly_is_read_as_nothing_else(index: Path) -> None:
    found = find(index, Query("comtages", exact=True))

    assert (found.total, found.corrections) == (0, {})


def test_what_was_looked_for_is_given_as_stems(index: Path) -> None:
    assert find(index, Query("les vélos électriques")).stems == {"velo", "electr"}
    assert find(index, Query("comtages")).stems == {"comptag"}
    assert find(index, Query()).stems == frozenset()


def test_a_typing_fault_is_not_read_as_a_word_of_the_other_language(tmp_path: Path) -> None:
    build(tmp_path / "index", [Document("d:1", Words(fr="Mairies"), None, Words(en="Who carries the paste"))])

    assert find(tmp_path / "index", Query("mairrie")).corrections == {"mairrie": "mairie"}
    assert find(tmp_path / "index", Query("paste")).total == 1  # a text without French is found in French all the same
    assert find(tmp_path / "index", Query("carr")).total == 1
    assert find(tmp_path / "index", Query("piste")).corrections == {}
    assert find(tmp_path / "index", Query("piste", "en")).corrections == {"piste": "paste"}
