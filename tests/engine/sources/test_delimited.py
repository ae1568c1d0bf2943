# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""CSV: what is read exactly, what is refused with its line, what becomes a doubt."""

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.sources import Format, ReadingReport, ReadOptions, read
from datacity.kernel.errors import Invalid


def reading(folder: Path, content: bytes, **options: Any) -> tuple[ReadingReport, list[dict[str, Any]]]:
    """Read these bytes; give the report and the rows."""
    source, target = folder / "deposit", folder / "text.parquet"
    source.write_bytes(content)
    report = read(source, target, options=ReadOptions(**options))
    return report, pq.read_table(target).to_pylist()


def refusal(folder: Path, content: bytes, **options: Any) -> Invalid:
    """Read these bytes, which are refused; nothing may be left beside the source."""
    source, target = folder / "deposit", folder / "text.parquet"
    source.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        read(source, target, options=ReadOptions(**options))
    assert [path.name for path in folder.iterdir()] == ["deposit"]
    assert str(caught.value)
    return caught.value


def codes(report: ReadingReport) -> list[str]:
    """Give the codes of the doubts, in order."""
    return [doubt.code for doubt in report.doubts]


def test_csv_with_quotes_and_breaks_keeps_cells_and_lines(tmp_path: Path) -> None:
    content = b'nom;note\r\n"rue ""A"";1";"deux\nlignes"\r\nb;\r\n'

    report, rows = reading(tmp_path, content)

    assert rows == [{"__line": 2, "nom": 'rue "A";1', "note": "deux\nlignes"}, {"__line": 4, "nom": "b", "note": None}]
    assert (report.format, report.encoding, report.delimiter, report.line_ends, report.rows) == (
        Format.CSV,
        "utf-8",
        ";",
        "CRLF+LF",
        2,
    )
    assert (report.sha256, report.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert codes(report) == ["sources.mixed_line_ends"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["nom", "prix", "texte"], ["a", "1", "x"], ["b", "2", "y"]]

    report, rows = reading(tmp_path, "\n".join(delimiter.join(line) for line in lines).encode())

    assert report.delimiter == delimiter
    assert [row["prix"] for row in rows] == ["1", "2"]


def test_delimiter_of_decimal_commas_is_the_semicolon(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"nom;prix;taux\na, b;1,5;2,5\nc;2,5;3,5\n")

    assert (report.delimiter, rows[0]["nom"], rows[0]["prix"]) == (";", "a, b", "1,5")


def test_single_column_is_read_as_one(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"ville\nValmire\nAutre\n")

    assert [row["ville"] for row in rows] == ["Valmire", "Autre"]
    assert len(report.columns) == 1


def test_euro_sign_late_in_a_cp1252_file_is_kept(tmp_path: Path) -> None:
    content = ("prix;ville\n" + "1;A\n" * 200_000 + "12 €;Été\n").encode("cp1252")

    report, rows = reading(tmp_path, content)

    assert (report.encoding, rows[-1]) == ("cp1252", {"__line": 200_002, "prix": "12 €", "ville": "Été"})


def test_latin1_accents_are_read_as_windows_1252(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, "commune;n\nÉvry-la-Forêt;1\n".encode("latin-1"))

    assert (report.encoding, rows[0]["commune"]) == ("cp1252", "Évry-la-Forêt")


def test_byte_that_no_encoding_knows_is_refused_with_its_place(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b\n1;2\nxy\x81;3\n")

    assert (found.code, found.values["line"], found.values["byte"], found.values["value"]) == (
        "sources.not_decodable",
        3,
        3,
        "0x81",
    )


def test_utf8_accents_before_a_wrong_byte_raise_a_doubt(tmp_path: Path) -> None:
    report, _ = reading(tmp_path, "é;b\nü;2\n".encode() + b"\xe9;3\n")

    assert report.doubts[0].code == "sources.mixed_encoding"
    assert (report.doubts[0].line, report.doubts[0].values["byte"]) == (3, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_mark_gives_the_encoding(tmp_path: Path, encoding: str) -> None:
    report, rows = reading(tmp_path, "clé;n\némoji 🌳;1\n".encode(encoding))

    assert rows == [{"__line": 2, "cle": "émoji 🌳", "n": "1"}]
    assert report.columns[0].label == "clé"


def test_utf16_without_mark_is_refused_with_the_option_that_helps(tmp_path: Path) -> None:
    content = "nom;nombre\nabc;1\n".encode("utf-16-le")

    found = refusal(tmp_path, content)
    report, rows = reading(tmp_path, content, encoding="utf-16-le")

    assert (found.code, found.values["guess"]) == ("sources.utf16_unmarked", "utf-16-le")
    assert (report.rows, rows[0]["nom"]) == (1, "abc")


def test_nul_byte_is_refused_with_its_place(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b\n1;2\n3;\x004\n")

    assert (found.code, found.values["line"], found.values["byte"]) == ("sources.nul_byte", 3, 3)


def test_unknown_encoding_is_refused_and_the_known_are_listed(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b\n1;2\n", encoding="klingon")

    assert (found.code, "cp1252" in found.values["known"]) == ("sources.encoding_unknown", True)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n"])
def test_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).code == "sources.empty_file"


def test_header_alone_is_refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b;c\n")

    assert (found.code, found.values["columns"]) == ("sources.no_rows", 3)


def test_ragged_rows_are_refused_with_the_first_ten_lines(tmp_path: Path) -> None:
    rows = ["1;2;3"] * 3 + ["1;2"] * 12 + ["1;2;3;4"]

    found = refusal(tmp_path, "\n".join(["a;b;c", *rows]).encode())

    assert (found.code, found.values["count"], found.values["expected"]) == ("sources.ragged_rows", 13, 3)
    assert found.values["places"] == [{"line": line, "expected": 3, "found": 2} for line in range(5, 15)]


def test_empty_cells_after_the_last_column_are_left_out_with_a_doubt(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"a;b;\n1;2;\n3;4;;;\n")

    assert rows == [{"__line": 2, "a": "1", "b": "2"}, {"__line": 3, "a": "3", "b": "4"}]
    assert codes(report) == ["sources.trailing_cells"]


def test_quote_never_closed_is_refused_with_the_line_where_it_opens(tmp_path: Path) -> None:
    found = refusal(tmp_path, b'a;b\n1;2\n3;"open\n4;5\n')

    assert (found.code, found.values["line"]) == ("sources.quote_open", 3)


def test_text_after_a_closing_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    found = refusal(tmp_path, b'a;b\n1;2\n3;"x"y\n')

    assert (found.code, found.values["line"]) == ("sources.quote_misplaced", 3)


def test_same_headers_are_refused_and_the_proposed_renames_work(tmp_path: Path) -> None:
    content = b"nom;ville;nom;nom\n1;2;3;4\n"

    found = refusal(tmp_path, content)
    _, rows = reading(tmp_path, content, renames=found.values["renames"])

    assert (found.code, found.values["renames"]) == ("sources.duplicate_headers", {"#3": "nom 2", "#4": "nom 3"})
    assert "(1, 3, 4)" in str(found)
    assert rows == [{"__line": 2, "nom": "1", "ville": "2", "nom_2": "3", "nom_3": "4"}]


def test_rename_of_no_column_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a;b\n1;2\n", renames={"c": "d"}).code == "sources.rename_unknown"


def test_headers_that_differ_in_case_get_a_number_and_a_doubt(tmp_path: Path) -> None:
    report, _ = reading(tmp_path, "Adresse;adresse;Été;ete\n1;2;3;4\n".encode())

    assert [column.name for column in report.columns] == ["adresse", "adresse_2", "ete", "ete_2"]
    assert codes(report) == ["sources.similar_headers", "sources.similar_headers"]


def test_title_above_the_headers_is_refused_then_skipped_by_header_row(tmp_path: Path) -> None:
    content = b"Comptages 2024\n\nsite;n\nA;1\nB;2\n"

    found = refusal(tmp_path, content)
    _, rows = reading(tmp_path, content, header_row=3)

    assert "header_row" in str(found)
    assert rows == [{"__line": 4, "site": "A", "n": "1"}, {"__line": 5, "site": "B", "n": "2"}]


def test_title_as_wide_as_the_table_raises_a_doubt(tmp_path: Path) -> None:
    report, _ = reading(tmp_path, b"Comptages;;\nsite;n;m\nA;1;2\n")

    assert "sources.title_line" in codes(report)


def test_blank_lines_and_a_total_are_doubts(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"site;n\nA;1\n\n\nTotal;1\n")

    assert [row["__line"] for row in rows] == [2, 5]
    assert [(doubt.code, doubt.line) for doubt in report.doubts] == [("sources.blank_lines", 3), ("sources.footer", 5)]


def test_html_and_formulas_are_kept_unchanged_with_a_doubt(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"a;b\n<script>x</script>;=HYPERLINK(1)\n1 < 2;-5\n")

    assert rows[0] == {"__line": 2, "a": "<script>x</script>", "b": "=HYPERLINK(1)"}
    assert [(doubt.code, doubt.line, doubt.column) for doubt in report.doubts] == [
        ("sources.markup", 2, "a"),
        ("sources.formula", 2, "b"),
    ]


def test_three_hundred_columns_are_read(tmp_path: Path) -> None:
    report, rows = reading(
        tmp_path, (";".join(f"c{n}" for n in range(300)) + "\n" + ";".join("1" * 300) + "\n").encode()
    )

    assert (len(report.columns), len(rows[0])) == (300, 301)


def test_more_columns_than_allowed_are_refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b;c\n1;2;3\n", maximum_columns=2)

    assert (found.code, found.values["columns"], found.values["limit"]) == ("sources.too_many_columns", 3, 2)


def test_endless_line_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    found = refusal(tmp_path, b"a;b\n" + b"x" * 3_000_000, maximum_line_bytes=1_000_000)

    assert (found.code, found.values["line"], found.values["limit"]) == ("sources.line_too_long", 2, 1)


def test_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a;b\n1;2\n" * 1_000_000, maximum_bytes=5_000_000).code == "sources.too_large"


def test_old_macintosh_line_ends_are_read(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"a;b\r1;2\r3;4\r")

    assert (report.line_ends, [row["__line"] for row in rows]) == ("CR", [2, 3])


def test_report_survives_json(tmp_path: Path) -> None:
    report, _ = reading(tmp_path, b"a;A\n<b>x</b>;2\n")

    assert ReadingReport.from_dict(report.as_dict()) == report


shown = st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from('\n\r\t";,|')
cell = st.text(shown, max_size=20)


@given(
    st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=12),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_written_by_a_csv_writer_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, end: str
) -> None:
    import tempfile  # one folder for each example

    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("un", "deux", "trois"), *rows]
    )
    with tempfile.TemporaryDirectory() as folder:
        _, found = reading(Path(folder), text.getvalue().encode(), delimiter=delimiter)

    assert [tuple(row[name] or "" for name in ("un", "deux", "trois")) for row in found] == rows


def test_separator_line_of_a_spreadsheet_is_skipped(tmp_path: Path) -> None:
    report, rows = reading(tmp_path, b"sep=;\nsite;n\nA;1\nB;2\n")

    assert ([column.name for column in report.columns], [row["__line"] for row in rows]) == (["site", "n"], [3, 4])
