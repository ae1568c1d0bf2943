# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Doubts about the content of cells: markup, formulas, broken characters. Cells are never changed."""

from collections.abc import Sequence
from pathlib import Path

from datacity.engine.sources.duck import connect, identifier, literal
from datacity.engine.sources.report import ColumnSource, Doubt, shorten
from datacity.engine.sources.writer import LINE
from datacity.kernel.words import msg

_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "sources.markup", "contains(v, '<') AND regexp_matches(v, '(?i)<(?:!--|/?(?:a|b|i|p|br|em|ul|ol|li|div|span|img|table|script|iframe|strong|svg|style|h[1-6])[\\s/>])')",
        msg("{count} cells hold HTML; they are kept unchanged and shown as text."),
    ),
    (
        "sources.formula", "v[1] IN ('=', '+', '-', '@') AND regexp_matches(v, '^(?:=|[+@-] *[A-Za-z(]).') AND NOT regexp_matches(v, '^[+-]?[0-9]')",
        msg("{count} cells start like a formula; they are kept unchanged, and written as text in XLSX."),
    ),
    (
        "sources.replacement_character", "contains(v, '\ufffd')",
        msg("{count} cells hold the sign � for characters lost before this file was made."),
    ),
    (
        "sources.mojibake", "regexp_matches(v, 'Ã[\u0080-\u00bf]|â€|Â[\u00a0-\u00bf]')",
        msg("{count} cells hold accents decoded wrongly (for instance “Ã©” for “é”)."),
    ),
    (
        "sources.control_character", "regexp_matches(v, '[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f]')",
        msg("{count} cells hold control characters."),
    ),
)


def cell_doubts(text: Path, columns: Sequence[ColumnSource]) -> list[Doubt]:
    """Give one doubt per column and kind of odd content, with how many cells and the first of them (line and value)."""
    found: list[Doubt] = []
    with connect() as connection:
        for column in columns:
            parts = [f"count(*) FILTER ({test}), min(line) FILTER ({test}), arg_min(v, line) FILTER ({test})" for _, test, _ in _CHECKS]
            row = connection.execute(
                f"SELECT {', '.join(parts)} FROM (SELECT {LINE} AS line, {identifier(column.name)} AS v FROM read_parquet({literal(str(text))}))"
                f" WHERE v IS NOT NULL"
            ).fetchone()
            for place, (code, _, message) in enumerate(_CHECKS):
                count, line, value = row[3 * place : 3 * place + 3] if row else (0, None, None)
                if count:
                    found.append(Doubt(code, message, {"count": count}, line=line, column=column.name, value=shorten(value)))
    return found
