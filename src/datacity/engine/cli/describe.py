# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity describe`: how a file was read, what its columns are, what is sensitive in them, and a plan to start from."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel.words import msg

if TYPE_CHECKING:
    from datacity.engine.catalogue import Column, Description
    from datacity.engine.sources import Doubt, ReadingReport

DOUBTS_SHOWN = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("file", type=existing_file, metavar="FILE")
    parser.add_argument("--sheet", metavar="NAME")
    parser.add_argument("--encoding", metavar="NAME")
    parser.add_argument("--delimiter", metavar="SIGN")
    parser.add_argument("--header-row", type=int, metavar="N")
    parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW")
    parser.add_argument("--plan", type=Path, metavar="PLAN.toml")


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Read and describe the file; the proposed plan is part of the result and goes to `--plan` where asked."""
    # these load DuckDB, which the other verbs' --help does without
    from datacity.engine.cli.tables import described
    from datacity.engine.protection.proposals import propose
    from datacity.engine.sources import ReadOptions

    options = ReadOptions(
        sheet=arguments.sheet,
        encoding=arguments.encoding,
        delimiter=_delimiter(arguments.delimiter),
        header_row=arguments.header_row,
        renames=dict(_renames(arguments.rename)),
    )
    with TemporaryDirectory(prefix="datacity-") as folder:
        text = Path(folder, "text.parquet")
        reading, description = described(Path(arguments.file), text, console, options=options)
    plan = propose(description)
    if arguments.plan is not None:
        arguments.plan.write_text(plan.to_toml(), encoding="utf-8")
    data: dict[str, Any] = {"reading": reading.as_dict(), "description": description.as_dict(), "plan": plan.as_dict()}
    return Outcome(data, "\n".join(_lines(reading, description, console)))


def _delimiter(given: str | None) -> str | None:
    return "\t" if given in {"tab", "\\t"} else given


def _renames(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in given:
        old, _, new = text.partition("=")
        yield old, new


def _lines(reading: "ReadingReport", description: "Description", console: Console) -> Iterator[str]:
    parts = [
        reading.format.value,
        reading.encoding,
        reading.line_ends,
        {"\t": "tab"}.get(reading.delimiter or "", reading.delimiter),
        reading.sheet,
    ]
    yield console.words(
        msg("{rows} rows, {columns} columns ({how})."),
        rows=reading.rows,
        columns=len(reading.columns),
        how=", ".join(filter(None, parts)),
    )
    yield ""
    for column in description.columns:
        yield from _column(column, console)
    doubts = [*reading.doubts, *(doubt for column in description.columns for doubt in column.doubts)]
    if doubts:
        yield ""
        yield console.words(msg("To look at:"))
        yield from (f"  {doubt_line(doubt, console)}" for doubt in doubts[:DOUBTS_SHOWN])
    if len(doubts) > DOUBTS_SHOWN:
        yield "  " + console.words(
            msg("and {count} more (all are in the JSON result)."), count=len(doubts) - DOUBTS_SHOWN
        )
    yield ""
    yield console.words(msg("Quality:"))
    yield from (
        f"  {'+' if mark.ok else '!'} {console.words(mark.message, **mark.values)}" for mark in description.quality
    )
    yield ""
    yield console.words(msg("Sensitivity, as proposed:"))
    yield from (
        f"  {axis.axis.value:<11}{axis.answer.value:<9}{console.words(axis.reason, **axis.values)}"
        for axis in description.axes
    )


def _column(column: "Column", console: Console) -> Iterator[str]:
    kind = column.type.value + (f" ({column.unit})" if column.unit else "")
    yield f"  {column.name:<32} {kind:<14} {column.role.value:<17} {column.label}"
    yield from (f"      {console.words(finding.evidence, **finding.values)}" for finding in column.findings)


def doubt_line(doubt: "Doubt", console: Console) -> str:
    """Give a doubt as one line: column, sentence, line of the file, value."""
    column = f"{doubt.column}: " if doubt.column else ""
    value = f" [{doubt.value}]" if doubt.value else ""
    line = (
        f" ({console.words(msg('line {line}'), line=doubt.line)})"
        if doubt.line and "{line" not in doubt.message
        else ""
    )
    return f"{column}{console.words(doubt.message, **doubt.values)}{line}{value}"
