# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Doubts about the content of cells: markup, formulas, broken characters. Cells are never changed."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from datacity.engine.sources.duck import connect, identifier, literal
from datacity.engine.sources.report import ColumnSource, Doubt, shorten
from datacity.engine.sources.writer import LINE
from datacity.kernel.words import msg

_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "sources.markup",
        "contains(v, '<') AND regexp_matches(v, '(?i)<(?:!--|/?(?:a|b|i|p|br|em|ul|ol|li|div|span|img|table|script|iframe|strong|svg|style|h[1-6])[\\s/>])')",
        msg("{count} cells hold HTML; they are kept unchanged and shown as text."),
    ),
    (
        "sources.formula",
        "v[1] IN ('=', '+', '-', '@') AND regexp_matches(v, '^(?:=|[+@-] *[A-Za-z(]).') AND NOT regexp_matches(v, '^[+-]?[0-9]')",
        msg("{count} cells start like a formula; they are kept unchanged, and written as text in XLSX."),
    ),
    (
        "sources.replacement_character",
        "contains(v, '\ufffd')",
        msg("{count} cells hold the sign � for characters lost before this file was made."),
    ),
    (
        "sources.mojibake",
        "regexp_matches(v, 'Ã[\u0080-\u00bf]|â€|Â[\u00a0-\u00bf]')",
        msg("{count} cells hold accents decoded wrongly (for instance “Ã©” for “é”)."),
    ),
    (
        "sources.control_character",
        "regexp_matches(v, '[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f]')",
        msg("{count} cells hold control characters."),
    ),
)


_ODD = "[<\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffdÃÂâ]|^[=+@-] *[A-Za-z(]|^="
"""What any of the checks needs to be there: one cheap pattern over all cells, the checks themselves only where it is met."""


def cell_doubts(text: Path, columns: Sequence[ColumnSource]) -> list[Doubt]:
    """Give one doubt per column and kind of odd content, with how many cells and the first of them (line and value)."""
    source = f"read_parquet({literal(str(text))})"
    with connect() as connection:
        tests = ", ".join(
            f"coalesce(bool_or(regexp_matches({identifier(column.name)}, {literal(_ODD)})), false)"
            for column in columns
        )
        odd = connection.execute(f"SELECT {tests} FROM {source}").fetchone() or ()
        found = [
            _column_doubts(connection, source, column) for column, is_odd in zip(columns, odd, strict=False) if is_odd
        ]
    return [doubt for doubts in found for doubt in doubts]


def _column_doubts(connection: duckdb.DuckDBPyConnection, source: str, column: ColumnSource) -> list[Doubt]:
    parts = [
        f"count(*) FILTER ({test}), min(line) FILTER ({test}), arg_min(v, line) FILTER ({test})"
        for _, test, _ in _CHECKS
    ]
    cells = f"SELECT {LINE} AS line, {identifier(column.name)} AS v FROM {source}"
    row = (
        connection.execute(
            f"SELECT {', '.join(parts)} FROM ({cells}) WHERE regexp_matches(v, {literal(_ODD)})"
        ).fetchone()
        or (0, None, None) * 5
    )
    found = []
    for place, (code, _, message) in enumerate(_CHECKS):
        count, line, value = row[3 * place : 3 * place + 3]
        if count:
            found.append(Doubt(code, message, {"count": count}, line=line, column=column.name, value=shorten(value)))
    return found
