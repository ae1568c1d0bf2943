# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files as cities really send them when something went wrong, each made in a folder by a function of its own."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.models import Deposit
from datacity.programme.people.rules import Role
from tests.factories.people import person

HEAD = "Compteur;Jour;Passages\n"
ROWS = "".join(f"Quai {place};2026-10-{day:02d};{place * 100 + day}\n" for place in (1, 2) for day in range(1, 29))
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
NO = {"answer": "no", "reason": "Comptages globaux, sans personne."}
ABOUT = {
    "title": {"fr": "Comptages", "en": "Counts"},
    "axes": dict.fromkeys(("personal", "collective", "business", "security"), NO),
}
"""What ABOUT.toml says of a file whose content harms nobody."""
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def text(name: str, content: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    """Give a maker of a text file."""
    return raw(name, content.encode(encoding))


def raw(name: str, content: bytes) -> Callable[[Path], Path]:
    """Give a maker of a file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def bomb(folder: Path) -> Path:
    """Make a workbook of a few kilobytes whose sheet unpacks to more than a gigabyte."""
    path = folder / "bombe.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Compteur", "Passages"])
    book.save(path)
    with zipfile.ZipFile(path) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    block = b"<row><c><v>1</v></c></row>" * 40_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            if not name.endswith("sheet1.xml"):
                written.writestr(name, content)
        with written.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for _ in range(1_000):
                sheet.write(block)
            sheet.write(b"</sheetData></worksheet>")
    return path


def one_line(folder: Path) -> Path:
    """Make a file of one line of one gigabyte, which takes no room on a disk that keeps holes."""
    path = folder / "une-ligne.csv"
    with path.open("wb") as file:
        file.write(b"Compteur;Jour;Passages\nQuai;")
        for _ in range(1_000):
            file.write(b"x" * 1_000_000)
    return path


def wide(columns: int) -> Callable[[Path], Path]:
    """Give a maker of a file of so many columns and three rows."""
    header = ";".join(f"Mesure {number}" for number in range(1, columns + 1))
    return text("large.csv", "\n".join([header, *(";".join([str(row)] * columns) for row in range(3))]) + "\n")


def deposited_as(name: str) -> Deposit:
    """Deposit a file that its sender calls so."""
    handed = deposits.Handed("Comptages", name, "administrative")
    return deposits.receive(io.BytesIO((HEAD + ROWS).encode()), handed, by=person(Role.AGENT), at=datetime.now(UTC))


REFUSED: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "empty": (raw("vide.csv", b""), "sources.empty_file", "empty"),
    "header_only": (text("entete.csv", HEAD), "sources.no_rows", "3 columns"),
    "ragged_rows": (
        text("inegal.csv", f"{HEAD}Quai 1;2026-10-01;101;de trop\nQuai 1;2026-10-02;102\nQuai 1;2026-10-03\n"),
        "sources.ragged_rows",
        "2 (4), 4 (2)",
    ),
    "open_quote": (
        text("guillemet.csv", f'{HEAD}Quai 1;2026-10-01;101\n"Quai 1;2026-10-02;102\n'),
        "sources.quote_open",
        "3",
    ),
    "utf_16_without_mark": (text("utf16.csv", HEAD + ROWS, "utf-16-le"), "sources.utf16_unmarked", "utf-16-le"),
    "duplicate_headers": (
        text("double.csv", HEAD.replace("Passages", "Jour") + ROWS),
        "sources.duplicate_headers",
        "#3",
    ),
    "zip_bomb": (bomb, "sources.unpacks_too_large", "800 MB"),
    "json_that_is_no_table": (
        raw("objet.json", json.dumps({"nom": "Valmire", "habitants": 1}).encode()),
        "sources.json_no_table",
        "array",
    ),
    "json_cut_short": (
        raw("coupe.json", b'[{"nom": "Quai 1"},\n {"nom": "Quai'),
        "sources.json_broken",
        "Line 2, column 10",
    ),
    "pdf": (raw("rapport.pdf", PDF), "sources.type_not_accepted", "PDF"),
    "pdf_called_csv": (raw("rapport.csv", PDF), "sources.type_not_accepted", "PDF"),
    "image": (raw("plan.png", PNG), "sources.type_not_accepted", "PNG"),
    "image_called_csv": (raw("plan.csv", PNG), "sources.type_not_accepted", "PNG"),
    "nul_bytes": (raw("nul.csv", HEAD.encode() + b"Quai\x00 1;2026-10-01;101\n"), "sources.nul_byte", "Line 2, byte 5"),
}
"""Name → maker, code of the refusal, and a place or value that the refusal must say."""

READ: dict[str, tuple[Callable[[Path], Path], str, int | None]] = {
    "mixed_line_ends": (text("fins.csv", (HEAD + ROWS).replace("\n", "\r\n", 20)), "sources.mixed_line_ends", 21),
    "latin_1": (text("latin1.csv", HEAD + ROWS.replace("Quai 2", "Quai d'Été"), "latin-1"), "sources.not_utf8", 30),
    "euro_sign_late": (
        text("euro.csv", HEAD + ROWS * 400 + "Quai 9 €;2026-10-01;1\n", "cp1252"),
        "sources.not_utf8",
        22402,
    ),
    "utf_16": (text("utf16.csv", HEAD + ROWS, "utf-16"), "", None),
    "similar_headers": (text("casse.csv", HEAD.replace("Jour", "compteur") + ROWS), "sources.similar_headers", None),
    "blank_lines": (text("blancs.csv", HEAD + ROWS + "\n\nQuai 1;2026-10-29;1\n"), "sources.blank_lines", 58),
    "called_txt": (text("comptages.txt", HEAD + ROWS), "", None),
    "table_called_xlsx": (text("comptages.xlsx", HEAD + ROWS), "", None),
}
"""Name → maker, code of the warning ("" for none), and the line it must name."""
