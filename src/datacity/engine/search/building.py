# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write an index: one SQLite file with FTS5, replaced whole."""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from datacity.engine.search.documents import Document
from datacity.engine.search.language import folded, meaningful, singular, stem, words
from datacity.kernel.errors import Invalid
from datacity.kernel.words import LANGUAGES, Words

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


def build(index: Path, documents: Iterable[Document]) -> int:
    """Write the index of these documents in place of what is there; give how many there are.

    The file is replaced in one step: readers see the old index or the new one. The same documents in the same order give the same bytes.
    Raises Invalid when two documents have the same key.
    """
    half = index.with_name(f".{index.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    try:
        count = _write(half, documents)
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(index)
    finally:
        half.unlink(missing_ok=True)
    return count


def _write(path: Path, documents: Iterable[Document]) -> int:
    base = sqlite3.connect(path, isolation_level=None)
    uses: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    number = 0
    try:
        base.executescript("pragma journal_mode = off; pragma synchronous = off; begin;" + _TABLES)
        for number, document in enumerate(documents, start=1):
            _add(base, number, document, uses)
        base.executemany(
            "insert into vocabulary values (?, ?, ?, ?)",
            (
                (language, word, len(word), count)
                for language in LANGUAGES
                for word, count in sorted(uses[language].items())
            ),
        )
        base.execute("insert into stems (stems) values ('optimize')")
        base.execute("commit")
    finally:
        base.close()
    return number


def _add(base: sqlite3.Connection, number: int, document: Document, uses: dict[str, Counter[str]]) -> None:
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
    columns = [
        _stems(part, language, uses)
        for language in LANGUAGES
        for part in (document.title, document.keywords, document.text)
    ]
    base.execute(
        "insert into stems (rowid, title_fr, keywords_fr, text_fr, title_en, keywords_en, text_en) values (?, ?, ?, ?, ?, ?, ?)",
        (number, *columns),
    )
    base.executemany(
        "insert or ignore into filters values (?, ?, ?)",
        ((name, value, number) for name, values in sorted(document.filters.items()) for value in sorted(set(values))),
    )


def _stems(part: Words | None, language: str, uses: dict[str, Counter[str]]) -> str:
    """Give the stems of a text in that language, or of its other language when it has no such text."""
    if part is None:
        return ""
    found = meaningful(words(part.within(language)), language)
    uses[language].update(found)
    uses[language].update({singular(word, language) for word in found}.difference(found))
    return " ".join(stem(word, language) for word in found)
