# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Plain CSV read fast: DuckDB parses what cannot be read two ways; anything else is left to `read`.

A file is plain when it is UTF-8 without quotes, NUL, byte order mark, blank or trailing lines of another kind, all lines end alike, and every
line has as many delimiters as the header. Then a line is a row and a cell is what stands between two delimiters. What `read` finds
beyond that in the first lines (a title above the header, another encoding) sends the file back to it.
"""

import codecs
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from datacity.engine.sources import duck
from datacity.engine.sources.duck import identifier, literal
from datacity.engine.sources.reading import read
from datacity.engine.sources.report import Format, ReadingReport, ReadOptions
from datacity.engine.sources.writer import GROUP_ROWS, LINE
from datacity.kernel.errors import Invalid

_HEAD = 1 << 17
_PIECE = 1 << 24
_LIMITS = ReadOptions()
_ENDS = {"LF": b"\n", "CRLF": b"\r\n"}


@dataclass
class _Counts:
    """What is counted over all bytes of a file."""

    lines: int = 0
    delimiters: int = 0
    size: int = 0
    sha256: str = ""


def read_plain(path: Path, destination: Path) -> ReadingReport | None:
    """Do what `read` does with a plain CSV file, and give the same report and the same table; None for any other file."""
    head = _head(path)
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"} or b'"' in head or not head.strip():
        return None
    with TemporaryDirectory(prefix=".plain-", dir=destination.parent) as folder:
        first = Path(folder, path.name)
        first.write_bytes(head)
        try:
            report = read(first, Path(folder, "head.parquet"))
        except Invalid:
            return None
        counts = _count(path, report) if _promises(report) else None
        if counts is None or _convert(path, destination, report, Path(folder)) != counts.lines - 1:
            destination.unlink(missing_ok=True)
            return None
    return replace(report, rows=counts.lines - 1, sha256=counts.sha256, bytes=counts.size)


def _head(path: Path) -> bytes:
    """Give the first lines, whole."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]


def _promises(report: ReadingReport) -> bool:
    """Tell whether the first lines were plain."""
    ends = report.line_ends in _ENDS
    return (
        report.format is Format.CSV
        and report.encoding == "utf-8"
        and not report.doubts
        and ends
        and bool(report.delimiter)
    )


def _count(path: Path, report: ReadingReport) -> _Counts | None:
    """Count lines and delimiters; None when some byte makes the file less than plain."""
    delimiter, end = (report.delimiter or "").encode(), _ENDS[report.line_ends or ""]
    counts, hasher, decoder, before = _Counts(), hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), b""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            hasher.update(piece)
            if not _is_plain(before[-3:], piece, end) or not _is_utf8(decoder, piece):
                return None
            counts.lines += piece.count(b"\n")
            counts.delimiters += piece.count(delimiter)
            counts.size += len(piece)
            before = piece
    fits = counts.delimiters == counts.lines * (len(report.columns) - 1)
    within = counts.size <= _LIMITS.maximum_bytes and counts.lines <= _LIMITS.maximum_rows
    if not (fits and within and before.endswith(end)) or _is_footer(before, delimiter, end):
        return None
    counts.sha256 = hasher.hexdigest()
    return counts


def _is_plain(before: bytes, piece: bytes, end: bytes) -> bool:
    """Tell whether a piece has no quote, NUL, byte order mark, blank line or other line end. before: the last bytes before it."""
    seam = before + piece
    if (
        b'"' in piece
        or b"\0" in piece
        or end + end in seam
        or (not before and piece.startswith((codecs.BOM_UTF8, end)))
    ):
        return False
    if end == b"\n":
        return b"\r" not in piece
    both = seam.count(b"\r\n") - before.count(b"\r\n")
    return piece.count(b"\n") == both and piece.count(b"\r") - piece.endswith(b"\r") + before.endswith(b"\r") == both


def _is_utf8(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _is_footer(piece: bytes, delimiter: bytes, end: bytes) -> bool:
    """Tell whether the last line could be a total or a note: some cell is empty, or it begins with a letter and no line of it is like it."""
    last = piece[: -len(end)].rpartition(end)[2]
    words = (
        b"total",
        b"totaux",
        b"ensemble",
        b"somme",
        b"sous-total",
        b"source",
        b"note",
        b"nb",
        b"champ",
        b"grand",
        b"sum",
    )
    return not all(cell.strip() for cell in last.split(delimiter)) or last.strip().lower().startswith(words)


def _convert(path: Path, destination: Path, report: ReadingReport, folder: Path) -> int:
    """Write the text Parquet; give its rows, -1 when DuckDB reads the file otherwise."""
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(report.columns)))
    shown = ", ".join(f"c{place} AS {identifier(column.name)}" for place, column in enumerate(report.columns))
    reader = (
        f"read_csv({literal(str(path))}, delim = {literal(report.delimiter or '')}, header = false, skip = 1, columns = {{{names}}}, quote = '', escape = '',"
        f" nullstr = '', auto_detect = false, strict_mode = true, null_padding = false, max_line_size = 10000000)"
    )
    partial = destination.with_name(destination.name + ".part")
    try:
        with duck.connect(temp=folder) as connection:
            connection.execute(
                f"COPY (SELECT row_number() OVER () + 1 AS {LINE}, {shown} FROM {reader}) TO {literal(str(partial))}"
                f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {GROUP_ROWS})"
            )
            found = connection.execute(f"SELECT count(*) FROM read_parquet({literal(str(partial))})").fetchone()
    except duckdb.Error:
        partial.unlink(missing_ok=True)
        return -1
    partial.replace(destination)
    return int(found[0]) if found else -1
