# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one door of the step: a file of any accepted format becomes a Parquet file of text, with a reading report."""

from pathlib import Path

from datacity.engine.sources.decoding import Progress, scan
from datacity.engine.sources.delimited import read_delimited
from datacity.engine.sources.kinds import sniff
from datacity.engine.sources.report import Doubt, Format, ReadingReport, ReadOptions
from datacity.kernel.words import msg


def read(path: Path, destination: Path, *, options: ReadOptions | None = None, progress: Progress = None) -> ReadingReport:
    """Write all cells of the file as text to `destination` and say how it was read.

    destination: Parquet with `__line` (int64: line of the file where the row starts, or row or record number) and one
    text column per column of the file, in its order, under the technical names; an empty cell is null. It appears only
    when the whole file was read.
    progress: told the bytes done and the bytes in all.
    Raises Invalid when the file is refused: what, where, what to do.
    """
    options = options or ReadOptions()
    kind = sniff(path, options)
    return _read_text_table(path, destination, options=options, progress=progress)


def _read_text_table(path: Path, destination: Path, *, options: ReadOptions, progress: Progress) -> ReadingReport:
    found = scan(path, options)
    table = read_delimited(path, destination, found, options=options, progress=progress)
    doubts = list(table.doubts)
    if found.bad_utf8 and found.accents_before:
        doubts.insert(0, Doubt(
            "sources.mixed_encoding",
            msg("Accents before line {line} are UTF-8, but byte {byte} of that line is not; the whole file was read as windows-1252. Compare the words with accents."),
            {"line": found.bad_utf8.line, "byte": found.bad_utf8.byte}, line=found.bad_utf8.line,
        ))
    if found.line_ends and "+" in found.line_ends:
        doubts.append(Doubt(
            "sources.mixed_line_ends", msg("Line ends are mixed: {crlf} CRLF, {lf} LF, {cr} CR (those inside quoted cells included)."),
            {"crlf": found.ends["CRLF"], "lf": found.ends["LF"], "cr": found.ends["CR"]},
        ))
    return ReadingReport(
        format=Format.CSV, encoding="utf-8" if found.encoding == "utf-8-sig" else found.encoding, delimiter=table.delimiter,
        line_ends=found.line_ends, sheet=None, sheets=(), rows=table.rows, columns=tuple(table.columns), doubts=tuple(doubts),
        sha256=found.sha256, bytes=found.bytes,
    )
