# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""An index that lives on answers like one built anew."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.search import Document, Query, build, find, is_of_this_form, revise
from datacity.kernel.errors import Invalid
from datacity.kernel.words import Words

WORDS = ("vélos", "vélo", "comptages", "gare", "marché", "arbres", "énergie", "secret")


def document(number: int, words: tuple[str, ...]) -> Document:
    return Document(
        f"d:{number}", Words(f"Table {number}"), Words(" ".join(words) or "vide"), None, {"kind": words[:1]}, "2026-01-01", {"n": number}
    )  # fmt: skip


def answers(index: Path) -> object:
    asked = [find(index, Query(word, facets=("kind",))) for word in ("", *WORDS, "comtages", "sec")]
    return [([hit.key for hit in each.hits], each.total, each.corrections, each.facets) for each in asked]


def vocabulary(index: Path) -> list[tuple[object, ...]]:
    return sqlite3.connect(index).execute("select language, word, uses from vocabulary").fetchall()


contents = st.dictionaries(st.integers(0, 11), st.lists(st.sampled_from(WORDS), max_size=4).map(tuple), max_size=12)


@settings(max_examples=60)
@given(steps=st.lists(contents, min_size=1, max_size=4))
def test_a_revised_index_answers_like_one_built_anew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[int, tuple[str, ...]]]
) -> None:
    folder = tmp_path_factory.mktemp("revise")
    for step in steps:
        now = [document(100 + number, ("fixe",)) for number in range(30)]
        now += [document(number, words) for number, words in step.items()]
        revise(folder / "lived", now)

    build(folder / "fresh", now, revisable=True)
    assert answers(folder / "lived") == answers(folder / "fresh")
    assert vocabulary(folder / "lived") == vocabulary(folder / "fresh")


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    index, now = tmp_path / "index", [document(number, ("gare",)) for number in range(8)]
    first = revise(index, now)
    before = index.stat().st_ino

    again = revise(index, now)

    assert (first.documents, first.written, again.written, again.gone) == (8, 8, 0, 0)
    assert index.stat().st_ino == before


def test_only_what_changed_is_written_and_what_is_gone_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    index, others = tmp_path / "index", [document(number, ("gare",)) for number in range(20)]
    revise(index, [*others, document(99, ("chuchotement",))])
    assert b"chuchotement" in index.read_bytes()

    found = revise(index, [*others[:-1], document(19, ("marché",))])

    assert (found.documents, found.written, found.gone) == (20, 1, 1)
    assert b"chuchot" not in index.read_bytes()
    assert find(index, Query("chuchotement")).total == 0
    assert [hit.key for hit in find(index, Query("marchés")).hits] == ["d:19"]


def test_an_index_of_another_form_or_none_is_built_anew(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(index, [document(1, ("gare",))])
    assert not is_of_this_form(index)  # not made to be revised
    assert not is_of_this_form(tmp_path / "absent")

    assert revise(index, [document(1, ("gare",))]).written == 1
    assert is_of_this_form(index)

    sqlite3.connect(index).execute("pragma user_version = 999999")
    assert not is_of_this_form(index)
    (tmp_path / "torn").write_bytes(b"no database")
    assert not is_of_this_form(tmp_path / "torn")


def test_two_documents_with_one_key_are_refused_and_the_index_stays(tmp_path: Path) -> None:
    revise(tmp_path / "index", [document(1, ("gare",))])

    with pytest.raises(Invalid, match="Two documents have the key d:1"):
        revise(tmp_path / "index", [document(1, ("gare",)), document(1, ("marché",))])

    assert find(tmp_path / "index", Query("gare")).total == 1
    assert [each.name for each in tmp_path.iterdir()] == ["index"]
