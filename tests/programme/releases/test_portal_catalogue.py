# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The catalogue: every public dataset, found by words and facets, also as a file, for the home page and the site map."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from datacity.kernel.words import Words
from datacity.programme.releases.panels import portal
from tests.factories import data
from tests.factories.portal import Home, empty_store, home

pytestmark = pytest.mark.django_db
PAGE = "/en/datasets/"
TREES = {
    "title": Words("Arbres de la ville", "City trees"),
    "producer": "Espaces verts, Valmire",
    "keywords": ("nature",),
}


@pytest.fixture(autouse=True)
def city() -> Home:
    """An empty public folder."""
    empty_store()
    return home()


def titles(page: bytes) -> list[str]:
    """Give the titles of the cards, in order."""
    return re.findall(r'<h2 class="city-card-title"><a href="[^"]*">([^<]*)', page.decode())


def test_empty_catalogue_says_so_and_offers_no_search(client: Client) -> None:
    page = client.get(PAGE)

    assert page.status_code == 200
    assert "Nothing is published yet" in page.content.decode()
    assert 'role="search"' not in page.content.decode().partition("<main")[2]


def test_catalogue_lists_the_newest_version_of_each_dataset(client: Client, city: Home) -> None:
    city.publish()
    city.publish(change_note=Words("Encore."))
    city.publish(slug="arbres", **TREES)

    page = client.get(PAGE)

    assert sorted(titles(page.content)) == ["Bike counts", "City trees"]
    assert '<p role="status" class="city-status">2 datasets</p>' in page.content.decode()
    assert "5 look-alikes at least" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "TREES"}, ["City trees"]),
        ({"q": "treez"}, ["City trees"]),
        ({"keyword": "nature"}, ["City trees"]),
        ({"producer": "Espaces verts, Valmire", "q": "counts"}, []),
        ({"licence": "nothing"}, []),
        ({"sort": "title"}, ["Bike counts", "City trees"]),
    ],
)
def test_search_and_facets_narrow(client: Client, city: Home, query: dict[str, str], found: list[str]) -> None:
    city.publish()
    city.publish(slug="arbres", **TREES)

    page = client.get(PAGE, query)

    assert page.status_code == 200
    assert titles(page.content) == found
    assert ("Nothing fits" in page.content.decode()) is not found or not found


def test_accents_do_not_matter_and_a_correction_is_said(client: Client, city: Home) -> None:
    city.publish()

    right, wrong = (client.get("/fr/datasets/", {"q": text}).content for text in ("velos", "vleos"))

    assert titles(right) == titles(wrong) == ["Passages de vélos"]
    assert "velos" in wrong.decode().partition("vleos")[2]


def test_filter_in_force_can_be_removed_by_a_link(client: Client, city: Home) -> None:
    city.publish()
    city.publish(slug="arbres", **TREES)

    page = client.get(PAGE, {"q": "trees", "keyword": "nature"}).content.decode()

    assert f'href="{PAGE}?keyword=nature"' in page
    assert f'href="{PAGE}?q=trees"' in page


@pytest.mark.parametrize(
    ("query", "status"), [({"sort": "rank"}, 422), ({"page": "x"}, 422), ({"page": "9"}, 404), ({"format": "doc"}, 422)]
)
def test_address_that_asks_for_nonsense_is_refused(
    client: Client, city: Home, query: dict[str, str], status: int
) -> None:
    city.publish()

    assert client.get(PAGE, query).status_code == status
    assert client.get(PAGE).status_code == 200


def test_list_is_given_as_csv(client: Client, city: Home) -> None:
    city.publish()
    city.publish(slug="arbres", **TREES)

    answer = client.get(PAGE, {"format": "csv", "keyword": "nature"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] -- a streamed answer
    lines = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert [line[:3] for line in lines] == [
        ["slug", "title", "producer"],
        ["arbres", "City trees", "Espaces verts, Valmire"],
    ]


def test_query_count_is_the_same_for_one_and_three_datasets(client: Client, city: Home) -> None:
    counts = []
    for slug in ("one", "two", "three"):
        city.publish(slug=slug)
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        counts.append(len(captured))

    assert counts == [0, 0, 0]


def test_other_pages_are_given_the_newest_and_all(city: Home) -> None:
    city.publish()
    city.publish(slug="arbres", **TREES)

    with override("fr"):
        newest = portal.latest(data.NOW, 1)

    assert [item.url for item in newest] == ["/fr/datasets/arbres/"]
    assert sorted(path for _title, path, _day in portal.sitemap()) == ["datasets/arbres/", "datasets/passages/"]
    assert [item.title for item in newest] == ["Arbres de la ville"]
