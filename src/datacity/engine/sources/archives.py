# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A workbook is a ZIP archive: its real size is counted while it unpacks, before any reader trusts it."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from datacity.engine.sources.report import MEGABYTE, ReadOptions
from datacity.kernel.errors import Invalid

BLOCK = 1 << 18
MOST_ENTRIES = 10_000
HIGHEST_RATIO = 400
RATIO_COUNTS_FROM = 20 * MEGABYTE
"""Deflate reaches 1,032 to 1; sheets of repeated rows stay under 100 (measured 11 to 60 on our own exports)."""

_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?:[^<>]*?\sr\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,10})[\"'])?[^<>]*?(/?)>")
_ERROR_CELL = re.compile(rb"<c [^<>]*t=\"e\"")
_LONGEST_TAG = 1 << 16


@dataclass
class Extent:
    """What a part really holds as cells: last filled row and column, filled cells, cells with an error, cells without address."""

    row: int = 0
    column: int = 0
    filled: int = 0
    errors: int = 0
    unplaced: int = 0


def check_workbook(path: Path, options: ReadOptions) -> list[Extent]:
    """Unpack every entry to nowhere, counting, and give what each part with cells holds.

    The reader allots memory for the whole rectangle of a sheet and ends the process when it gets none, hence the check.

    Raises Invalid for an archive that unpacks to more than `maximum_unpacked_bytes` or more than 400 to 1, whatever
    sizes it declares; for a password; for damage; and for a sheet whose corners span over `maximum_sheet_cells`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_declared(entries, options)
            return _check_real(archive, entries, options)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise damaged(str(error)) from error


def damaged(why: str) -> Invalid:
    """Give the refusal of a workbook that cannot be unpacked or parsed."""
    return Invalid(
        "sources.workbook_damaged",
        "The workbook is damaged and cannot be read ({why}).",
        hint="Open it in a spreadsheet, save it again as XLSX and deposit the new file.",
        field="file",
        why=why[:200],
    )


def _bomb(size: int, limit: int) -> Invalid:
    return Invalid(
        "sources.unpacks_too_large",
        "The file unpacks to more than {limit} MB ({size} MB seen); nothing was read.",
        hint="Deposit the table as CSV, or cut it into smaller files.",
        field="file",
        size=size // MEGABYTE,
        limit=limit // MEGABYTE,
    )


def _check_declared(entries: list[zipfile.ZipInfo], options: ReadOptions) -> None:
    if len(entries) > MOST_ENTRIES:
        raise damaged(f"{len(entries)} entries")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Invalid(
            "sources.workbook_password",
            "The workbook is protected by a password.",
            hint="Save it without a password.",
            field="file",
        )
    declared = sum(entry.file_size for entry in entries)
    if declared > options.maximum_unpacked_bytes:
        raise _bomb(declared, options.maximum_unpacked_bytes)


def _check_real(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], options: ReadOptions) -> list[Extent]:
    total = 0
    extents: list[Extent] = []
    for entry in entries:
        extent, tail, size, wide = Extent(), b"", 0, False
        with archive.open(entry) as packed:
            while block := packed.read(BLOCK):
                wide = wide or (not size and block.startswith((b"\xff\xfe", b"\xfe\xff")))
                size += len(block)
                total += len(block)
                if total > options.maximum_unpacked_bytes:
                    raise _bomb(total, options.maximum_unpacked_bytes)
                if size > RATIO_COUNTS_FROM and size > HIGHEST_RATIO * max(entry.compress_size, 1):
                    raise _bomb(size, min(options.maximum_unpacked_bytes, RATIO_COUNTS_FROM))
                tail = _measure(extent, tail + (block.replace(b"\0", b"") if wide else block))
        _measure(extent, tail, last=True)
        if extent.unplaced:
            with archive.open(entry) as packed:
                extent = walked(packed)
        _check_extent(extent, options)
        extents += [extent] if extent.filled else []
    return extents


def _measure(extent: Extent, data: bytes, *, last: bool = False) -> bytes:
    """Count in what is whole; give back the end of the data, which may hold half a tag."""
    cut = data.rfind(b"<")
    body = data if last or cut < 0 else data[:cut]
    letters: set[bytes] = set()
    for column, row, closed in _CELL.findall(body):
        if not column:
            extent.unplaced += 1
        elif not closed:
            extent.filled += 1
            letters.add(column)
            extent.row = max(extent.row, int(row))
    extent.column = max([extent.column, *map(_column, letters)])
    extent.errors += len(_ERROR_CELL.findall(body))
    tail = data[len(body) :]
    return tail if len(tail) <= _LONGEST_TAG else b""


def walked(sheet: IO[bytes]) -> Extent:
    """Give the extent of a sheet whose cells do not all say their address: they stand one after the other."""
    extent, place = Extent(), [0, 0]
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            place[:] = [int(attributes.get("r", place[0] + 1)), 0]
        elif tag == "c":
            found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,10})", attributes.get("r", ""))
            place[1] = _column(found.group(1).encode()) if found else place[1] + 1
            place[0] = int(found.group(2)) if found else place[0]
            extent.filled += 1
            extent.row, extent.column = max(extent.row, place[0]), max(extent.column, place[1])

    parser.StartElementHandler = start
    try:
        parser.ParseFile(sheet)
    except (expat.ExpatError, ValueError) as error:
        raise damaged(str(error)) from error
    return extent


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_extent(extent: Extent, options: ReadOptions) -> None:
    if extent.row * extent.column > options.maximum_sheet_cells:
        raise Invalid(
            "sources.sheet_too_wide",
            "A sheet has cells as far as row {row} and column {column}: too many cells to read.",
            hint="Delete the stray cells below and beside the table, or deposit it as CSV.",
            field="file",
            row=extent.row,
            column=extent.column,
        )
