# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one door of the step: a file of any accepted format becomes a Parquet file of text, with a reading report."""

from dataclasses import replace
from pathlib import Path

from datacity.engine.sources.cells import cell_doubts
from datacity.engine.sources.columnar import read_parquet
from datacity.engine.sources.decoding import Progress, Scan, fingerprint_file, scan
from datacity.engine.sources.delimited import Table, read_delimited
from datacity.engine.sources.kinds import sniff
from datacity.engine.sources.objects import read_objects
from datacity.engine.sources.report import Doubt, Format, ReadingReport, ReadOptions
from datacity.engine.sources.sheets import read_sheet
from datacity.kernel.words import msg


def read(
    path: Path, destination: Path, *, options: ReadOptions | None = None, progress: Progress = None
) -> ReadingReport:
    """Write all cells of the file as text to `destination` and say how it was read.

    destination: Parquet with `__line` (int64: line of the file where the row starts, or row or record number) and one
    text column per column of the file, in its order, under the technical names; an empty cell is null. It appears only
    when the whole file was read.
    progress: told the bytes done and the bytes in all.
    Raises Invalid when the file is refused: what, where, what to do.
    """
    options = options or ReadOptions()
    kind = sniff(path, options)
    if kind in {Format.XLSX, Format.PARQUET}:
        reader = read_sheet if kind is Format.XLSX else read_parquet
        table = reader(path, destination, options=options, progress=progress)
        found = Scan()
        found.sha256, found.bytes = fingerprint_file(path)
        return _report(kind, found, table, destination, encoded=False)
    if kind is Format.JSON:
        found = scan(path, replace(options, maximum_line_bytes=options.maximum_json_bytes))
        kind, table = read_objects(path, destination, found, options=options, progress=progress)
        return _report(kind, found, table, destination, encoded=True)
    found = scan(path, options)
    table = read_delimited(path, destination, found, options=options, progress=progress)
    return _report(kind, found, table, destination, encoded=True)


def _report(kind: Format, found: Scan, table: Table, destination: Path, *, encoded: bool) -> ReadingReport:
    encoding = "utf-8" if found.encoding == "utf-8-sig" else found.encoding
    doubts = (
        *_encoding_doubts(found),
        *table.doubts,
        *(_line_doubts(found) if kind is Format.CSV else ()),
        *cell_doubts(destination, table.columns),
    )
    return ReadingReport(
        format=kind,
        encoding=encoding if encoded else None,
        delimiter=table.delimiter,
        line_ends=found.line_ends if kind is Format.CSV else None,
        sheet=table.sheet,
        sheets=table.sheets,
        rows=table.rows,
        columns=tuple(table.columns),
        doubts=doubts,
        sha256=found.sha256,
        bytes=found.bytes,
    )


def _encoding_doubts(found: Scan) -> tuple[Doubt, ...]:
    if not (found.bad_utf8 and found.encoding == "cp1252"):
        return ()
    if not found.accents_before:
        return (
            Doubt(
                "sources.not_utf8",
                msg(
                    "Line {line}, byte {byte} is not UTF-8; the whole file was read as windows-1252. Compare the words with accents."
                ),
                {"line": found.bad_utf8.line, "byte": found.bad_utf8.byte},
                line=found.bad_utf8.line,
            ),
        )
    return (
        Doubt(
            "sources.mixed_encoding",
            msg(
                "Accents before line {line} are UTF-8, but byte {byte} of that line is not; the whole file was read as windows-1252. Compare the words with accents."
            ),
            {"line": found.bad_utf8.line, "byte": found.bad_utf8.byte},
            line=found.bad_utf8.line,
        ),
    )


def _line_doubts(found: Scan) -> tuple[Doubt, ...]:
    if not (found.line_ends and "+" in found.line_ends):
        return ()
    return (
        Doubt(
            "sources.mixed_line_ends",
            msg("Line ends are mixed: {crlf} CRLF, {lf} LF, {cr} CR (those inside quoted cells included)."),
            {"crlf": found.ends["CRLF"], "lf": found.ends["LF"], "cr": found.ends["CR"]},
            line=found.turn,
        ),
    )
