# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a file is by its content; its name is never trusted."""

import re
import zipfile
from pathlib import Path

from datacity.engine.sources.report import Format, ReadOptions
from datacity.kernel.errors import Invalid

ACCEPTED = "CSV, XLSX, JSON, GeoJSON, Parquet"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG (image)"),
    (b"\xff\xd8\xff", "JPEG (image)"),
    (b"GIF8", "GIF (image)"),
    (b"II*\x00", "TIFF (image)"),
    (b"MM\x00*", "TIFF (image)"),
    (b"RIFF", "RIFF (image, audio, video)"),
    (b"BM", "BMP (image)"),
    (b"\x1f\x8b", "gzip (archive)"),
    (b"BZh", "bzip2 (archive)"),
    (b"\xfd7zXZ", "xz (archive)"),
    (b"7z\xbc\xaf", "7-Zip (archive)"),
    (b"Rar!", "RAR (archive)"),
    (b"\x28\xb5\x2f\xfd", "Zstandard (archive)"),
    (b"\x7fELF", "ELF (executable)"),
    (b"MZ", "Windows (executable)"),
    (b"\xcf\xfa\xed\xfe", "macOS (executable)"),
    (b"\xca\xfe\xba\xbe", "Java (executable)"),
    (b"#!", "script (executable)"),
    (b"\xd0\xcf\x11\xe0", "XLS, DOC (before 2007) or a workbook with a password"),
    (b"SQLite format 3", "SQLite (GeoPackage)"),
    (b"{\\rtf", "RTF (document)"),
)
_MARKUP = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<head", "HTML"),
    (b"<kml", "KML"),
    (b"<svg", "SVG (image)"),
    (b"<?xml", "XML"),
)
_TEXT_NEEDED = {b"BM", b"MZ", b"#!"}
"""Two letters that also start honest text; they count only when bytes follow that text has not."""


def sniff(path: Path, options: ReadOptions) -> Format:
    """Give the format the content shows (JSON also for GeoJSON: the reader tells them apart).

    Raises Invalid for an empty file, a file over `maximum_bytes`, a type that is not accepted (it says what it looks
    like and what is accepted), and a `format` option that contradicts the content.
    """
    size = path.stat().st_size
    if size == 0:
        raise empty_file()
    if size > options.maximum_bytes:
        raise Invalid(
            "sources.too_large",
            "The file has {size} MB; {limit} MB are allowed.",
            hint="Cut it by period or by area and deposit the parts.",
            field="file",
            size=size // 1_000_000,
            limit=options.maximum_bytes // 1_000_000,
        )
    with path.open("rb") as file:
        head = file.read(8192)
        file.seek(max(size - 4, 0))
        tail = file.read(4)
    found = _kind(path, head, tail)
    return _agreed(found, options.format)


def empty_file() -> Invalid:
    """Give the refusal of a file without content."""
    return Invalid(
        "sources.empty_file", "The file is empty.", hint="Export it again and deposit the new file.", field="file"
    )


def not_accepted(looks_like: str) -> Invalid:
    """Give the refusal of a type that is not read."""
    return Invalid(
        "sources.type_not_accepted",
        "This file looks like {looks_like}; accepted: {accepted}.",
        hint="Export the table itself, for instance as CSV in UTF-8.",
        field="file",
        looks_like=looks_like,
        accepted=ACCEPTED,
    )


def _kind(path: Path, head: bytes, tail: bytes) -> Format:
    if head.startswith(b"PAR1"):
        if tail != b"PAR1":
            raise Invalid(
                "sources.parquet_cut",
                "The Parquet file is cut: its end is missing.",
                hint="Send the file again, whole.",
                field="file",
            )
        return Format.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(path)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Format.CSV
    for start, name in _SIGNATURES:
        if head.startswith(start) and (start not in _TEXT_NEEDED or _is_binary(head) or start == b"#!"):
            raise not_accepted(name)
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> Format:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text.strip(b"\x00"):
        raise empty_file()
    for start, name in _MARKUP:
        if text.startswith(start):
            named = next((other for mark, other in _MARKUP[:5] if mark in text[:2000]), name)
            raise not_accepted(named)
    if re.match(rb"[\[{]\s*(?:[\[{\"\]}]|-?[0-9]|true|false|null|$)", text):
        return Format.JSON
    if _is_binary(head) and head.count(0) < len(head) // 4:
        raise not_accepted("binary data")
    return Format.CSV


def _is_binary(head: bytes) -> bool:
    controls = sum(head.count(byte) for byte in (*range(9), *range(14, 32)) if byte)
    return controls > max(len(head) // 50, 2)


def _inside_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mimetype = (
                archive.read("mimetype")[:80].decode("ascii", "replace")
                if "mimetype" in names and archive.getinfo("mimetype").file_size < 100
                else ""
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise not_accepted("ZIP (archive, damaged)") from error
    if "xl/workbook.xml" in names:
        return Format.XLSX
    known = {
        "xl/workbook.bin": "XLSB (binary workbook)",
        "word/document.xml": "DOCX (document)",
        "ppt/presentation.xml": "PPTX (slides)",
        "META-INF/MANIFEST.MF": "JAR (executable)",
    }
    found = next((label for name, label in known.items() if name in names), None)
    if found is None and "opendocument" in mimetype:
        found = "ODS (OpenDocument)"
    if found is None and any(name.lower().endswith(".shp") for name in names):
        found = "Shapefile (ZIP)"
    raise not_accepted(found or "ZIP (archive)")


def _agreed(found: Format, wanted: Format | None) -> Format:
    texts = {Format.CSV, Format.JSON, Format.GEOJSON}
    if wanted is None or wanted == found:
        return found
    if wanted in texts and found in texts:
        return Format.JSON if wanted == Format.GEOJSON else wanted
    raise Invalid(
        "sources.format_differs",
        "The file was said to be {wanted}; its content is {found}.",
        hint="Leave the format out: it is found from the content.",
        field="format",
        wanted=wanted.value,
        found=found.value,
    )
