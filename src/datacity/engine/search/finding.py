# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ask an index: ranked, narrowed, forgiving of typing faults, the last word taken as a beginning."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datacity.engine.search.language import meaningful, stem, words
from datacity.engine.search.spelling import near
from datacity.kernel.errors import Invalid, Missing

_WEIGHTS = "10.0, 5.0, 1.0"
_BEGINNINGS = 50
_WORDS_ASKED = 12
_MOST = 500


@dataclass(frozen=True)
class Query:
    """What is asked. text: words, "" for everything. language: "fr" or "en", of the words and of the order of titles.

    filters: name → values of which one must be there; several names must all hold. limit: 0 to 500 hits, from the offset on.
    facets: the filter names to count. order: "relevance", "newest" (by day) or "title".
    exact: read every word as it is written, also one that nobody wrote.
    """

    text: str = ""
    language: str = "fr"
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limit: int = 20
    offset: int = 0
    facets: Sequence[str] = ()
    order: str = "relevance"
    exact: bool = False


@dataclass(frozen=True)
class Hit:
    """A document found: its key, score (higher is better, 0 without words), and what the document shows."""

    key: str
    score: float
    title: Mapping[str, str]
    text: Mapping[str, str]
    shown: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """The answer: hits of this page, how many in all, words read in place of others, and counts by filter value.

    facets: name → {value: documents}, counted as if that filter were not set, most frequent first.
    stems: what was looked for, so that `marked` and `excerpt` can show it in the texts.
    """

    total: int
    hits: tuple[Hit, ...]
    corrections: Mapping[str, str]
    facets: Mapping[str, Mapping[str, int]]
    stems: frozenset[str] = frozenset()


def find(index: Path, query: Query) -> Found:
    """Answer the query: every word must be there, in its stem; a word nobody wrote is read as the nearest one written.

    Order: title before keywords before text (BM25), then by title, then newest day.
    Raises Missing when there is no index, Invalid for another language, limit, offset or order.
    """
    if query.order not in {"relevance", "newest", "title"}:
        raise Invalid("search.order", "Results come by relevance, newest or title.", field="order")
    if query.language not in {"fr", "en"} or not 0 <= query.limit <= _MOST or query.offset < 0:
        raise Invalid("search.query", "Ask in fr or en, for at most {most} results from 0 on.", most=_MOST)
    with _opened(index) as base:
        expression, corrections, looked_for = _expression(base, query)
        source, bound = _matching(expression, query, query.filters)
        total = base.execute(f"select count(*) from ({source})", bound).fetchone()[0]
        rows = base.execute(
            f"{source} {_order(query)} limit ? offset ?", (*bound, query.limit, query.offset)
        ).fetchall()
        facets = {name: _counts(base, expression, query, name) for name in query.facets}
    return Found(total, tuple(_hit(row) for row in rows), corrections, facets, looked_for)


@contextmanager
def _opened(index: Path) -> Iterator[sqlite3.Connection]:
    if not index.is_file():
        raise Missing("search.none", "There is no search index yet.")
    base = sqlite3.connect(
        f"file:{index.absolute().as_posix().replace('?', '%3f').replace('#', '%23')}?mode=ro&immutable=1", uri=True
    )
    try:
        yield base
    finally:
        base.close()


def _expression(base: sqlite3.Connection, query: Query) -> tuple[str | None, dict[str, str], frozenset[str]]:
    """Give the FTS5 expression, None for everything, the words that were read as others, and all stems in it."""
    asked = words(query.text)[:_WORDS_ASKED]
    said = meaningful(asked, query.language) or asked
    if not said:
        return None, {}, frozenset()
    corrections: dict[str, str] = {}
    terms, all_stems = [], set()
    for place, word in enumerate(said):
        stems = {stem(word, query.language)}
        if place == len(said) - 1 and word == asked[-1]:
            stems |= _beginning_with(base, word, query.language)
        if not (query.exact or _is_known(base, stems, query.language)) and (
            better := _nearest(base, word, query.language)
        ):
            corrections[word] = better
            stems = {stem(better, query.language)}
        all_stems |= stems
        terms.append("(" + " OR ".join(f'"{each}"' for each in sorted(stems)) + ")")
    columns = " ".join(f"{part}_{query.language}" for part in ("title", "keywords", "text"))
    return f"{{{columns}}} : ({' AND '.join(terms)})", corrections, frozenset(all_stems)


def _beginning_with(base: sqlite3.Connection, word: str, language: str) -> set[str]:
    rows = base.execute(
        "select word from vocabulary where language in ('fr', 'en') and word >= ? and word < ? order by uses desc, word limit ?",
        (word, word + "\x7f", _BEGINNINGS),
    )
    return {stem(row[0], language) for row in rows}


def _is_known(base: sqlite3.Connection, stems: set[str], language: str) -> bool:
    expression = (
        f"{{title_{language} keywords_{language} text_{language}}} : ("
        + " OR ".join(f'"{each}"' for each in sorted(stems))
        + ")"
    )
    return base.execute("select 1 from stems where stems match ? limit 1", (expression,)).fetchone() is not None


def _nearest(base: sqlite3.Connection, word: str, language: str) -> str | None:
    distance = 2 if len(word) > 6 else 1
    if len(word) < 3 or word.isdigit():
        return None
    rows = base.execute(
        "select word, uses from vocabulary where language = ? and length between ? and ?",
        (language, len(word) - distance, len(word) + distance),
    )
    return near(word, rows, distance)


def _matching(expression: str | None, query: Query, filters: Mapping[str, Sequence[str]]) -> tuple[str, list[Any]]:
    """Give SQL for (number, key, score, content, day, order_fr, order_en) of what matches, and its values."""
    columns = "documents.number, key, content, day, order_fr, order_en"
    if expression is None:
        sql, bound = f"select {columns}, 0.0 as score from documents where true", []
    else:
        weights = f"{_WEIGHTS}, 0, 0, 0" if query.language == "fr" else f"0, 0, 0, {_WEIGHTS}"
        sql = f"select {columns}, -bm25(stems, {weights}) as score from stems join documents on documents.number = stems.rowid where stems match ?"
        bound = [expression]
    for name, values in filters.items():
        places = ", ".join("?" for _ in values)
        sql += f" and documents.number in (select document from filters where name = ? and value in ({places}))"
        bound += [name, *values]
    return sql, bound


def _order(query: Query) -> str:
    title = "order_fr" if query.language == "fr" else "order_en"
    first = {"newest": "day desc, ", "title": ""}.get(query.order, "score desc, ")
    return f"order by {first}{title}, day desc, number"


def _counts(base: sqlite3.Connection, expression: str | None, query: Query, name: str) -> dict[str, int]:
    others = {each: values for each, values in query.filters.items() if each != name}
    source, bound = _matching(expression, query, others)
    sql = f"select value, count(*) from filters where name = ? and document in (select number from ({source})) group by value order by 2 desc, 1"
    return dict(base.execute(sql, (name, *bound)).fetchall())


def _hit(row: tuple[Any, ...]) -> Hit:
    content = json.loads(row[2])
    return Hit(row[1], round(row[6], 6), content["title"], content["text"], content["shown"])
