# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A workbook is a ZIP archive: its real size is counted while it unpacks, before any reader trusts it."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from datacity.engine.sources.report import MEGABYTE, ReadOptions
from datacity.kernel.errors import Invalid

BLOCK = 1 << 18
MOST_ENTRIES = 10_000
HIGHEST_RATIO = 400
RATIO_COUNTS_FROM = 20 * MEGABYTE
"""Deflate reaches 1,032 to 1; sheets of repeated rows stay under 100 (measured 11 to 60 on our own exports)."""

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FILLED_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]{0,200}[^/>]>')
_ERROR_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"[^>]{0,100} t="e"')
_OVERLAP = 400


@dataclass
class Extent:
    """What a worksheet really holds: last filled row and column, filled cells, cells with an error."""

    row: int = 0
    column: int = 0
    filled: int = 0
    errors: int = 0


def check_workbook(path: Path, options: ReadOptions) -> list[Extent]:
    """Unpack every entry to nowhere, counting, and give what each worksheet holds.

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
        "sources.workbook_damaged", "The workbook is damaged and cannot be read ({why}).",
        hint="Open it in a spreadsheet, save it again as XLSX and deposit the new file.", field="file", why=why[:200],
    )


def _bomb(size: int, limit: int) -> Invalid:
    return Invalid(
        "sources.unpacks_too_large", "The file unpacks to more than {limit} MB ({size} MB seen); nothing was read.",
        hint="Deposit the table as CSV, or cut it into smaller files.", field="file", size=size // MEGABYTE, limit=limit // MEGABYTE,
    )


def _check_declared(entries: list[zipfile.ZipInfo], options: ReadOptions) -> None:
    if len(entries) > MOST_ENTRIES:
        raise damaged(f"{len(entries)} entries")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Invalid("sources.workbook_password", "The workbook is protected by a password.", hint="Save it without a password.", field="file")
    declared = sum(entry.file_size for entry in entries)
    if declared > options.maximum_unpacked_bytes:
        raise _bomb(declared, options.maximum_unpacked_bytes)


def _check_real(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], options: ReadOptions) -> list[Extent]:
    total = 0
    extents: list[Extent] = []
    for entry in entries:
        extent = Extent() if _SHEET.fullmatch(entry.filename) else None
        size, tail = 0, b""
        with archive.open(entry) as packed:
            while block := packed.read(BLOCK):
                size += len(block)
                total += len(block)
                if total > options.maximum_unpacked_bytes:
                    raise _bomb(total, options.maximum_unpacked_bytes)
                if size > RATIO_COUNTS_FROM and size > HIGHEST_RATIO * max(entry.compress_size, 1):
                    raise _bomb(size, min(options.maximum_unpacked_bytes, RATIO_COUNTS_FROM))
                if extent:
                    tail = _measure(extent, tail, block)
        if extent:
            _measure(extent, tail, b"", last=True)
            _check_extent(extent, options)
            extents.append(extent)
    return extents


def _measure(extent: Extent, tail: bytes, block: bytes, *, last: bool = False) -> bytes:
    """Count in what is whole; give back the end of the block, which may hold half a cell."""
    data = tail + block
    cut = len(data) if last else max(data.rfind(b"<c ", 0, len(data)), len(data) - _OVERLAP, 0)
    body = data[:cut]
    found = _FILLED_CELL.findall(body)
    extent.filled += len(found)
    extent.errors += len(_ERROR_CELL.findall(body))
    if found:
        extent.row = max(extent.row, int(found[-1][1]))
        extent.column = max(extent.column, max(_column(letters) for letters in {letters for letters, _ in found}))
    return data[cut:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_extent(extent: Extent, options: ReadOptions) -> None:
    if extent.row * extent.column > options.maximum_sheet_cells:
        raise Invalid(
            "sources.sheet_too_wide", "A sheet has cells as far as row {row} and column {column}: too many cells to read.",
            hint="Delete the stray cells below and beside the table, or deposit it as CSV.", field="file", row=extent.row, column=extent.column,
        )
