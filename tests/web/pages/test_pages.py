# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of no single app: in both languages, nothing inline, nothing from elsewhere."""

import re
from dataclasses import replace
from datetime import UTC, date
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from datacity.frame import colours
from datacity.frame.now import Item
from datacity.kernel import bus
from datacity.kernel.bus import Provider
from datacity.web.pages import site
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db

PAGES = (
    "",
    "about/",
    "state/",
    "accessibility/",
    "personal-data/",
    "contact/",
    "city/",
    "take-part/",
    "decisions/",
    "display/",
    "site-map/",
    "style-guide/",
)
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
OUTSIDE = re.compile(r'(?:src|<link[^>]*href|action|hx-get)="(?:https?:)?//(?!testserver)', re.IGNORECASE)


@pytest.fixture
def providers():
    """The providers of this process, emptied for the test."""
    kept = dict(bus.registry.providers)
    bus.registry.providers.clear()
    yield bus.registry.providers
    bus.registry.providers.clear()
    bus.registry.providers.update(kept)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_title_its_language_and_nothing_inline_or_foreign(client: Client, path, language):
    response = client.get(f"/{language}/{path}")

    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    assert page.count("<h1>") == 1
    assert INLINE.findall(page) == []
    assert OUTSIDE.findall(page) == []
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["about", "state", "accessibility", "privacy", "contact", "take_part"])
def test_both_texts_of_a_page_have_the_same_parts(client: Client, name):
    paths = {"privacy": "personal-data", "take_part": "take-part"}
    shapes = [
        re.findall(
            r"<(h2|ol|ul|li)\b",
            re.search(r"<main.*</main>", client.get(f"/{code}/{paths.get(name, name)}/").content.decode(), re.DOTALL)[
                0
            ],
        )
        for code in ("fr", "en")
    ]

    assert shapes[0] == shapes[1]
    assert "h2" in shapes[0]


@pytest.mark.parametrize(
    ("wish", "wanted"), [("en-GB,en;q=0.9", "/en/about/"), ("fr-CH", "/fr/about/"), ("pt", "/fr/about/")]
)
def test_an_address_without_language_leads_to_the_reader_s(client: Client, wish, wanted):
    response = client.get("/about/", headers={"accept-language": wish})

    assert (response.status_code, response["Location"]) == (302, wanted)


def test_the_language_switch_stays_on_the_page(client: Client):
    page = client.get("/fr/style-guide/?sort=n&q=pont", follow=True).content.decode()

    assert '<a href="/en/style-guide/?sort=n&amp;q=pont" lang="en" hreflang="en">English</a>' in page or "422" in page


def test_no_page_of_a_visitor_sets_a_cookie_but_the_forms(client: Client):
    set_by = {path: sorted(client.get(f"/fr/{path}").cookies) for path in PAGES}

    assert {path: names for path, names in set_by.items() if names} == {"display/": ["datacity_csrf"]}


def test_chosen_display_is_kept_and_shown_on_every_page(client: Client):
    sent = client.post("/fr/display/", {"theme": "dark", "font": "atkinson", "text": "larger"})

    page = client.get("/en/about/").content.decode()
    assert (sent.status_code, sent["Location"]) == (302, "/fr/display/?saved")
    assert sent.cookies["datacity_display"]["httponly"]
    assert 'data-color-scheme="dark"' in page
    assert 'data-font="atkinson"' in page
    assert 'data-text="larger"' in page


def test_an_unknown_display_is_refused_and_nothing_is_kept(client: Client):
    sent = client.post("/fr/display/", {"theme": "pink", "font": "source", "text": "normal"})

    assert sent.status_code == 422
    assert "datacity_display" not in sent.cookies


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_display_form_never_leads_elsewhere(client: Client, target):
    sent = client.post("/fr/display/", {"theme": "auto", "font": "source", "text": "normal", "next": target})

    assert sent["Location"] == "/fr/display/?saved"


def test_the_city_s_colour_is_a_style_sheet_kept_for_a_year(client: Client, settings):
    settings.CITY = replace(settings.CITY, colour="#b3131b")
    mark = colours.fingerprint("#b3131b")

    page = client.get("/fr/").content.decode()
    response, other = client.get(f"/theme.css?v={mark}"), client.get("/theme.css?v=older")

    assert f'<link rel="stylesheet" href="/theme.css?v={mark}">' in page
    assert response.content.decode() == colours.style_sheet("#b3131b") == other.content.decode()
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert other["Cache-Control"] == "public, max-age=300"
    assert client.get("/theme.css", headers={"if-none-match": f'"{mark}"'}).status_code == 304


def test_the_site_map_for_robots_names_each_page_in_both_languages_and_each_exists(client: Client, providers):
    providers["sitemap"] = [Provider("sitemap", "x", lambda: [("Vélos", "about/", date(2026, 3, 1))])]

    tree = ET.fromstring(client.get("/sitemap.xml").content)

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    paths = [re.sub(r"^https?://[^/]+", "", loc.text) for loc in tree.findall("s:url/s:loc", names)]
    assert len(paths) == 2 * (len(site.PAGES) + 1)
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert [when.text for when in tree.findall("s:url/s:lastmod", names)] == ["2026-03-01", "2026-03-01"]


def test_home_shows_what_is_open_and_what_is_new(client: Client, providers):
    providers["open"] = [Provider("open", "x", lambda _at: [Item("Édition 2026", "/fr/x", date(2026, 12, 1))])]
    providers["latest"] = [
        Provider("latest", "x", lambda _at, limit: [Item("Vélos", "/fr/y", date(2026, 3, 1), who="Mobilité")][:limit])
    ]

    page = client.get("/fr/").content.decode()

    assert "jusqu’au 1er\u00a0décembre 2026" in page
    assert '<a class="ds-link" href="/fr/y">Vélos</a>' in page


def test_a_visitor_is_sent_to_sign_in_before_now(client: Client):
    response = client.get("/fr/now/")

    assert (response.status_code, response["Location"].startswith("/fr/account/sign-in?next=/fr/now/")) == (302, True)


def test_now_groups_what_every_app_gives_for_this_person(client: Client, providers):
    someone = person(name="Ana Vidal")
    sign_in(client, someone)
    seen = []

    def give(actor, at):
        seen.append((actor.ref, at.tzinfo))
        return [
            Item("Donner un avis", "/fr/a", date(2020, 1, 1)),
            Item("Relire", "/fr/b", None, "next"),
            Item("Autoriser", "/fr/c", None, "waiting", "Noé Brun"),
        ]

    providers["now"] = [
        Provider("now", "x", give),
        Provider("now", "y", lambda _actor, _at: [Item("Décrire", "/fr/d", None, "now", "", 1)]),
    ]

    page = client.get("/fr/now/").content.decode()

    order = [
        page.index(text)
        for text in (
            "Maintenant",
            "Décrire",
            "Donner un avis",
            "Ensuite",
            "Relire",
            "En attente d’autres personnes",
            "Autoriser",
        )
    ]
    assert order == sorted(order)
    assert "en retard depuis le 1er\u00a0janvier 2020" in page
    assert "En attente\u00a0: Noé Brun" in page
    assert seen == [(someone.ref, UTC)]


def test_now_says_truly_that_nothing_waits(client: Client, providers):
    sign_in(client, person())

    page = client.get("/fr/now/").content.decode()

    assert "Rien ne vous attend." in page
    assert "Vous n’attendez personne." in page
    assert "city-tasks" not in page


def test_the_menu_marks_where_the_reader_is(client: Client):
    page = client.get("/fr/decisions/").content.decode()

    assert re.findall(r'<a href="([^"]*)" aria-current="page">', page) == ["/fr/decisions/"]


@pytest.mark.parametrize(
    ("path", "status"), [("/fr/nowhere", 404), ("/fr/style-guide/?sort=x", 422), ("/fr/style-guide/?page=99", 404)]
)
def test_what_cannot_be_shown_gives_its_number(client: Client, path, status):
    response = client.get(path)

    page = response.content.decode()
    assert response.status_code == status
    assert response["X-Request-Id"] in page
    assert page.count("<h1>") == 1
    assert INLINE.findall(page) == []


def test_a_fault_of_ours_is_a_page_with_a_number_and_no_trace(client: Client, providers):
    def give(at):
        raise RuntimeError("secret detail")

    providers["open"] = [Provider("open", "x", give)]
    client.raise_request_exception = False

    response = client.get("/fr/")

    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"] in page
    assert "secret detail" not in page
    assert "Quelque chose n’a pas marché de notre côté" in page


def test_a_form_without_its_protection_is_refused_in_plain_words():
    response = Client(enforce_csrf_checks=True).post(
        "/fr/display/", {"theme": "dark", "font": "source", "text": "normal"}
    )

    assert response.status_code == 403
    assert "resté ouvert trop longtemps" in response.content.decode()
    assert "datacity_display" not in response.cookies


def test_only_reading_is_answered_where_nothing_is_sent(client: Client):
    assert [client.post(f"/fr/{path}").status_code for path in ("", "about/", "decisions/")] == [405, 405, 405]


def test_public_pages_ask_the_database_nothing(client: Client, django_assert_num_queries, providers):
    with django_assert_num_queries(0):
        for path in PAGES:
            if path != "decisions/":  # it shows the latest decisions, which are rows
                client.get(f"/fr/{path}")
