# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A list's whole state is in its address."""

from datetime import date
from io import BytesIO

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.translation import override
from openpyxl import load_workbook

from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter, DayFilter
from datacity.frame.tables import Table
from datacity.kernel.errors import Invalid, Missing
from datacity.kernel.words import Words

ROWS = [
    {"name": "Élan", "n": 3, "on": date(2026, 3, 1), "kind": "a"},
    {"name": "abri", "n": 12345, "on": date(2026, 1, 9), "kind": "b"},
    {"name": "Zinc", "n": None, "on": None, "kind": "a"},
]


class Things(Table):
    caption = "Choses"
    columns = (
        Column("name", "Nom", head=True, sort="name"),
        Column("n", "Nombre", kind=Kind.NUMBER, sort="n"),
        Column("on", "Jour", kind=Kind.DAY, sort="on"),
    )
    filters = (ChoiceFilter("kind", "Sorte", [("a", "A"), ("b", "B")]), DayFilter("since", "Depuis", "on"))
    search = ("name",)
    order = "name"
    name = "choses"


def names(query: str, rows=ROWS) -> list[str]:
    return [row["name"] for row in Things(rows, QueryDict(query)).page.object_list]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["abri", "Élan", "Zinc"]),
        ("sort=-name", ["Zinc", "Élan", "abri"]),
        ("sort=n", ["Élan", "abri", "Zinc"]),
        ("sort=-n", ["abri", "Élan", "Zinc"]),
        ("q=elan", ["Élan"]),
        ("q=ABR ri", ["abri"]),
        ("q=rien", []),
        ("kind=a", ["Élan", "Zinc"]),
        ("since_day=1&since_month=2&since_year=2026", ["Élan"]),
        ("kind=a&q=z", ["Zinc"]),
    ],
)
def test_the_address_decides_which_rows_in_which_order(query, wanted):
    assert names(query) == wanted


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("sort=secret", "tables.sort", "sort"),
        ("size=7", "tables.size", "size"),
        ("page=0", "tables.page_number", "page"),
        ("page=x", "tables.page_number", "page"),
        ("page=²", "tables.page_number", "page"),
    ],
)
def test_an_address_the_list_does_not_know_is_refused(query, code, field):
    with pytest.raises(Invalid) as refused:
        Things(ROWS, QueryDict(query))

    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_page_after_the_last_is_missing():
    with pytest.raises(Missing) as refused:
        _ = Things(ROWS, QueryDict("page=2")).page

    assert refused.value.values == {"page": 2, "pages": 1}


def test_a_wrong_filter_is_said_at_its_field_and_filters_nothing():
    table = Things(ROWS, QueryDict("kind=zzz&since_day=31&since_month=2&since_year=2026"))

    assert table.count == 3
    assert sorted(table.form.errors) == ["kind", "since"]


def test_addresses_keep_the_rest_and_start_at_the_first_page():
    rows = [{**ROWS[0], "n": n} for n in range(60)]
    table = Things(rows, QueryDict("q=elan&page=2&format=csv"), path="/fr/choses")

    assert table.heads[1].url == "/fr/choses?q=elan&sort=n"
    assert table.next == "/fr/choses?q=elan&page=3"
    assert [page for page, _url, _here in table.pages] == [1, 2, 3]
    assert [each.url for each in table.active] == ["/fr/choses"]
    assert table.kept == []


def test_the_sorted_column_says_its_order_and_turns_it():
    heads = Things(ROWS, QueryDict("sort=n")).heads

    assert [(head.order, head.url) for head in heads] == [
        ("", "?sort=name"),
        ("ascending", "?sort=-n"),
        ("", "?sort=on"),
    ]


def test_cells_read_in_the_reader_s_language():
    with override("fr"):
        lines = list(Things(ROWS, QueryDict("sort=-n")).lines)

    assert [cell.text for cell in lines[0]] == ["abri", "12\u00a0345", "9\u00a0janvier 2026"]
    assert [cell.text for cell in lines[2]] == ["Zinc", "", ""]


def test_words_in_the_other_language_are_marked():
    class Bilingual(Table):
        columns = (Column("title", "Titre"),)

    with override("fr"):
        (line,) = Bilingual([{"title": Words(en="Bikes")}], QueryDict("")).lines

    assert (line[0].text, line[0].language) == ("Bikes", "en")


def test_two_lists_on_a_page_do_not_mix_their_addresses():
    table = Things(ROWS, QueryDict("x_sort=-n&sort=name&x_q=a"), prefix="x")

    assert [row["name"] for row in table.page.object_list] == ["abri", "Élan"]
    assert table.url(page=2) == "?x_sort=-n&sort=name&x_q=a&x_page=2"


def download(query: str, rows=ROWS):
    with override("fr"):
        request = RequestFactory().get(f"/?{query}")
        return Things(rows, request.GET).download(request)


def content(response) -> bytes:
    found = b"".join(response.streaming_content)
    for close in response._resource_closers:  # `close()` itself would also end the database connection
        close()
    return found


def test_the_csv_holds_all_filtered_rows_as_spreadsheets_expect():
    response = download("format=csv&kind=a&size=25")

    assert response["Content-Disposition"] == 'attachment; filename="choses.csv"'
    assert content(response).decode("utf-8-sig") == "Nom;Nombre;Jour\r\nÉlan;3;2026-03-01\r\nZinc;;\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@cmd", "\tx"])
def test_a_text_that_would_run_is_only_text_in_both_files(text):
    rows = [{**ROWS[0], "name": text}]

    written = content(download("format=csv", rows)).decode("utf-8-sig").splitlines()[1]
    sheet = load_workbook(BytesIO(content(download("format=xlsx", rows)))).active

    assert written.startswith(f"'{text}")
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text)


def test_the_xlsx_keeps_numbers_and_days():
    sheet = load_workbook(BytesIO(content(download("format=xlsx&sort=n")))).active

    found = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)]
    assert found[0] == ["Nom", "Nombre", "Jour"]
    assert (found[1][1], found[1][2].date()) == (3, date(2026, 3, 1))


def test_another_format_is_refused():
    with pytest.raises(Invalid) as refused:
        download("format=pdf")

    assert (refused.value.code, refused.value.values) == ("tables.format", {"found": "pdf"})


def test_no_format_is_no_download():
    assert download("") is None
