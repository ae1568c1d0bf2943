# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write an index: one SQLite file with FTS5, replaced whole."""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from datacity.engine.search.documents import Document
from datacity.engine.search.language import folded, meaningful, singular, stem, words
from datacity.kernel.errors import Invalid
from datacity.kernel.words import LANGUAGES, Words

Uses = dict[str, Counter[str]]
"""Language → how often each word is used."""
FORM = 2
"""The number of the index's form and of its stems; raised when either changes, so that an index that lives on is built anew."""
_TABLES = """
create table documents (number integer primary key, key text not null unique, day text not null, content text not null, order_fr text not null,
    order_en text not null) strict;
create table filters (name text not null, value text not null, document integer not null references documents,
    primary key (name, value, document)) strict, without rowid;
create table vocabulary (language text not null, word text not null, length integer not null, uses integer not null,
    primary key (language, word)) strict, without rowid;
create virtual table stems using fts5(title_fr, keywords_fr, text_fr, title_en, keywords_en, text_en, content='', tokenize='ascii');
create index filters_by_document on filters (document);
"""
_ORIGINALS = "create table originals (number integer primary key references documents, original text not null) strict;"
_COLUMNS = "title_fr, keywords_fr, text_fr, title_en, keywords_en, text_en"


def build(index: Path, documents: Iterable[Document], *, revisable: bool = False) -> int:
    """Write the index of these documents in place of what is there; give how many there are.

    The file is replaced in one step: readers see the old index or the new one. The same documents in the same order give the same bytes.
    revisable: keep each document beside the index, so that `revise` can bring a few up to date without the others.
    Raises Invalid when two documents have the same key.
    """
    with replacing(index) as half:
        return _write(half, documents, revisable=revisable)


@contextmanager
def replacing(index: Path) -> Iterator[Path]:
    """Give the path of a draft beside the index; it takes the index's place when the block ends well, else it is gone."""
    half = index.with_name(f".{index.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    try:
        yield half
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(index)
    finally:
        half.unlink(missing_ok=True)


def _write(path: Path, documents: Iterable[Document], *, revisable: bool) -> int:
    base = sqlite3.connect(path, isolation_level=None)
    uses = no_uses()
    number = 0
    try:
        base.executescript("pragma journal_mode = off; pragma synchronous = off; begin;" + _TABLES)
        base.execute(f"pragma user_version = {FORM}")
        if revisable:
            base.execute(_ORIGINALS)
        for number, document in enumerate(documents, start=1):
            add(base, number, document, uses)
            if revisable:
                keep(base, number, document)
        count_uses(base, uses)
        base.execute("insert into stems (stems) values ('optimize')")
        base.execute("commit")
    finally:
        base.close()
    return number


def no_uses() -> Uses:
    """Give an empty count of words for each language."""
    return {language: Counter() for language in LANGUAGES}


def count_uses(base: sqlite3.Connection, uses: Uses) -> None:
    """Add the counts to the vocabulary; a word that nobody uses any more leaves it."""
    rows = [
        (language, word, count) for language in LANGUAGES for word, count in sorted(uses[language].items()) if count
    ]
    base.executemany(
        "insert into vocabulary values (?1, ?2, length(?2), ?3) on conflict (language, word) do update set uses = uses + ?3",
        rows,
    )
    if any(count < 0 for _language, _word, count in rows):
        base.execute("delete from vocabulary where uses <= 0")


def add(base: sqlite3.Connection, number: int, document: Document, uses: Uses) -> None:
    """Write one document under a number and count its words. Raises Invalid when its key is there already."""
    content = {
        "title": document.title.as_dict(),
        "text": document.text.as_dict() if document.text else {},
        "shown": dict(document.shown),
    }
    try:
        base.execute(
            "insert into documents values (?, ?, ?, ?, ?, ?)",
            (
                number,
                document.key,
                document.day,
                json.dumps(content, ensure_ascii=False, sort_keys=True),
                folded(document.title.within("fr")),
                folded(document.title.within("en")),
            ),
        )
    except sqlite3.IntegrityError as error:
        raise Invalid("search.twice", "Two documents have the key {key}.", key=document.key) from error
    base.execute(
        f"insert into stems (rowid, {_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)", (number, *stems_of(document, uses))
    )
    base.executemany(
        "insert or ignore into filters values (?, ?, ?)",
        ((name, value, number) for name, values in sorted(document.filters.items()) for value in sorted(set(values))),
    )


def take_out(base: sqlite3.Connection, number: int, document: Document, uses: Uses) -> None:
    """Take a document out again: as it was written, since the stems are stored nowhere; its words are counted off."""
    gone = no_uses()
    base.execute(
        f"insert into stems (stems, rowid, {_COLUMNS}) values ('delete', ?, ?, ?, ?, ?, ?, ?)",
        (number, *stems_of(document, gone)),
    )
    for language in LANGUAGES:
        uses[language].subtract(gone[language])
    for table, column in (("filters", "document"), ("originals", "number"), ("documents", "number")):
        base.execute(f"delete from {table} where {column} = ?", (number,))


def keep(base: sqlite3.Connection, number: int, document: Document) -> None:
    """Write the document itself beside the index."""
    base.execute("insert into originals values (?, ?)", (number, document.as_text()))


def stems_of(document: Document, uses: Uses) -> list[str]:
    """Give the stems of title, keywords and text in French, then in English, and count the words."""
    return [
        _stems(part, language, uses)
        for language in LANGUAGES
        for part in (document.title, document.keywords, document.text)
    ]


def _stems(part: Words | None, language: str, uses: Uses) -> str:
    """Give the stems of a text in that language, or of its other language when it has no such text.

    Only words written in the language count as its vocabulary: a French typing fault is not corrected to an English word.
    """
    if part is None:
        return ""
    found = meaningful(words(part.within(language)), language)
    if part.language_shown(language) == language:
        uses[language].update(found)
        uses[language].update({singular(word, language) for word in found}.difference(found))
    return " ".join(stem(word, language) for word in found)
