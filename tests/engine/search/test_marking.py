# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Showing in a text what was looked for."""

from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.search import excerpt, marked
from datacity.engine.search.language import folded, stem

TEXT = (
    "Les passages de vélos sont comptés à chaque heure. "
    + "Rien d'autre ne se dit ici. " * 20
    + "Un vélo, un œil, une Œuvre."
)


def stems(*words: str) -> set[str]:
    return {stem(folded(word), "fr") for word in words}


def shown(pieces: object) -> str:
    return "".join(f"[{each.text}]" if each.marked else each.text for each in pieces)  # type: ignore[attr-defined]


def test_words_are_marked_in_every_form_with_their_own_letters() -> None:
    assert shown(marked("Un Vélo, des VÉLOS, un velours", stems("velos"), "fr")) == "Un [Vélo], des [VÉLOS], un velours"
    assert shown(marked("L'œuvre d'art", stems("oeuvres"), "fr")) == "L'[œuvre] d'art"
    assert shown(marked("rien", frozenset(), "fr")) == "rien"


def test_signs_of_html_stay_plain_text() -> None:
    assert shown(marked("<b>vélo</b> & co", stems("velo"), "fr")) == "<b>[vélo]</b> & co"


def test_an_excerpt_shows_where_the_words_stand_closest() -> None:
    assert shown(excerpt(TEXT, stems("oeil", "oeuvre"), "fr")).endswith("Un vélo, un [œil], une [Œuvre].")
    assert (
        shown(excerpt(TEXT, stems("passages", "velos"), "fr", length=40))
        == "Les [passages] de [vélos] sont comptés à …"
    )
    assert shown(excerpt(TEXT, stems("absent"), "fr", length=20)) == "Les passages de …"
    assert shown(excerpt("court", stems("absent"), "fr")) == "court"
    assert shown(excerpt("x" * 600, frozenset(), "fr", length=50)) == "x" * 50 + " …"


@given(text=st.text(max_size=300), asked=st.text("abcé", max_size=6))
def test_marking_loses_and_adds_nothing(text: str, asked: str) -> None:
    assert "".join(each.text for each in marked(text, stems(asked), "fr")) == text
