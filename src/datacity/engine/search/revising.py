# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bring an index up to date: only the documents that changed are read into stems again."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from datacity.engine.search.building import FORM, add, build, count_uses, keep, no_uses, replacing, take_out
from datacity.engine.search.documents import Document
from datacity.kernel.errors import Invalid

_MOST_CHANGED = 4
"""When more than one document in four changed, building anew is quicker."""


@dataclass(frozen=True)
class Revision:
    """What a revision did: how many documents there are now, how many were written, how many taken out."""

    documents: int
    written: int
    gone: int


def is_of_this_form(index: Path) -> bool:
    """Tell whether the index is there, readable, revisable and of the form this version writes."""
    try:
        with closing(sqlite3.connect(f"file:{index.absolute().as_posix()}?mode=ro", uri=True)) as base:
            form = base.execute("pragma user_version").fetchone()[0]
            base.execute("select 1 from originals limit 1")
    except sqlite3.DatabaseError:
        return False
    return bool(form == FORM)


def revise(index: Path, documents: Iterable[Document]) -> Revision:
    """Make the index hold these documents and no others; it is not touched when it does already.

    An index that is absent or of another form is built anew. Readers see the old index or the new one.
    Raises Invalid when two documents have the same key.
    """
    wanted: dict[str, Document] = {}
    for document in documents:
        if wanted.setdefault(document.key, document) is not document:
            raise Invalid("search.twice", "Two documents have the key {key}.", key=document.key)
    if not is_of_this_form(index):
        return Revision(build(index, wanted.values(), revisable=True), len(wanted), 0)
    there = _originals(index)
    written = [each for key, each in wanted.items() if key not in there or there[key][1] != each.as_text()]
    gone = [there[key] for key in there if key not in wanted]
    if not written and not gone:
        return Revision(len(wanted), 0, 0)
    if _MOST_CHANGED * (len(written) + len(gone)) > len(wanted):
        build(index, wanted.values(), revisable=True)
    else:
        with replacing(index) as half:
            shutil.copyfile(index, half)
            _change(half, written, [*gone, *(there[each.key] for each in written if each.key in there)])
    return Revision(len(wanted), len(written), len(gone))


def _originals(index: Path) -> dict[str, tuple[int, str]]:
    """Give key → number and text of each document that the index holds."""
    with closing(sqlite3.connect(f"file:{index.absolute().as_posix()}?mode=ro", uri=True)) as base:
        rows = base.execute("select key, number, original from documents join originals using (number)").fetchall()
    return {key: (number, original) for key, number, original in rows}


def _change(path: Path, written: list[Document], taken_out: list[tuple[int, str]]) -> None:
    """Take these out, then write those, in one transaction."""
    uses = no_uses()
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript("pragma journal_mode = off; pragma synchronous = off; pragma secure_delete = on; begin;")
        for number, original in taken_out:
            take_out(base, number, Document.of_text(original), uses)
        last = base.execute("select coalesce(max(number), 0) from documents").fetchone()[0]
        for number, document in enumerate(written, start=last + 1):
            add(base, number, document, uses)
            keep(base, number, document)
        count_uses(base, uses)
        base.execute(
            "insert into stems (stems) values ('optimize')"
        )  # else what was taken out stays readable in the file
        base.execute("commit")
