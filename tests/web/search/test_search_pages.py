# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search over everything public: what is found, what never is, and how the page says it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from datacity.engine.search import Document, Query, revise
from datacity.frame.search import Kind, found_as
from datacity.kernel import bus
from datacity.kernel.bus import Publicity
from datacity.kernel.words import Words
from datacity.programme.jobs.models import Job
from datacity.programme.people import actions as people
from datacity.programme.people.rules import Proof
from datacity.programme.releases import actions as releases
from datacity.web.search import index, tasks
from datacity.web.worker.loop import run_due
from tests.factories import data, decisions
from tests.factories.editions import edition
from tests.factories.people import mandate, organisation, person
from tests.factories.portal import empty_store, home
from tests.factories.things import all_things

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """No index and nothing published before and after."""
    empty_store()
    index.path().unlink(missing_ok=True)
    yield
    empty_store()
    index.path().unlink(missing_ok=True)


def page(client: Client, query: str, language: str = "fr") -> str:
    """Give the page's main part, its entities read."""
    response = client.get(f"/{language}/search/?{query}")
    assert response.status_code == 200
    return unescape(response.content.decode().partition("<main")[2].partition("</main>")[0])


def titles(client: Client, query: str, language: str = "fr") -> list[str]:
    """Give the titles found, without marks."""
    found = re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", page(client, query, language))
    return [re.sub(r"</?mark>", "", each) for each in found]


def keys() -> set[str]:
    """Give the keys of everything in the index."""
    total = index.search(Query(limit=0)).total
    return {hit.key for hit in index.search(Query(limit=total)).hits}


def holds(word: str) -> bool:
    """Tell whether a word is anywhere in the file of the index, as text or as a stem."""
    return word.encode() in index.path().read_bytes()


# --- What is found -----------------------------------------------------------------------------------------------


def test_each_kind_of_public_thing_is_found_in_both_languages(client: Client) -> None:
    home().publish()
    edition("open")
    organisation("Coopérative des Quais")
    table = decisions.presented(axes=decisions.BOTH_AXES, title="Effectifs de nuit")
    decisions.opined(table)
    decisions.reviewed(table)
    decisions.decided(protection=table)
    decisions.decided("refused", protection=decisions.presented(title="Tournées du matin"))
    index.refresh()

    assert titles(client, "q=passages de velos")[0] == "Passages de vélos"
    assert titles(client, "q=bike+counts", "en")[0] == "Bike counts"
    assert "Coopérative des Quais" in titles(client, "q=cooperatives+quai")
    assert "Cleared to leave: Effectifs de nuit" in titles(client, "q=effectif+nuits", "en")
    assert {"Opinion on Effectifs de nuit: Favourable", "Refused: Tournées du matin"} <= {
        *titles(client, "q=opinion+effectifs", "en"), *titles(client, "q=refused+tournee", "en"),
    }  # fmt: skip
    assert titles(client, "q=dépôt+équipes+nuit&kind=review") == [
        "Examen collectif de Effectifs de nuit\u00a0: Elle peut sortir avec ces garanties"
    ]
    assert titles(client, "q=comment+marche&kind=page")[0] == "Comment ça marche"
    assert "Give an opinion as data protection officer" in titles(
        client, "q=give+opinion+officer&kind=documentation", "en"
    )
    assert {key.partition(":")[0] for key in keys()} >= {
        Kind.DATASET, Kind.DECISION, Kind.OPINION, Kind.REVIEW, Kind.EDITION, Kind.ORGANISATION, Kind.PAGE, Kind.DOCUMENTATION,
    }  # fmt: skip


def test_every_app_that_stands_in_the_site_map_is_searched_too() -> None:
    def apps(kind: str) -> set[str]:
        return {each.give.__module__.split(".")[2] for each in bus.registry.providers[kind]}

    assert apps("sitemap") - apps("search") == set()


def test_every_result_leads_to_a_page_that_a_visitor_may_read(client: Client) -> None:
    all_things()["withdrawn table"](None, "other")
    home().publish()
    edition("open")
    organisation("Coopérative des Quais")
    index.refresh()

    total = index.search(Query(limit=0)).total
    hits = index.search(Query(limit=total)).hits
    answers = {hit.key: client.get(f"/{code}/{hit.shown['path']}").status_code for hit in hits for code in ("fr", "en")}

    assert {key: status for key, status in answers.items() if status not in {200, 410}} == {}
    assert total > 40


# --- What never is -----------------------------------------------------------------------------------------------


def test_what_is_not_public_is_never_in_the_index() -> None:
    who = person(name="Zéphyrine Quolibet", email="zephyrine@secret.example")
    mandate(who, organisation("Atelier"))
    edition(title="Brouillonnade")
    decisions.presented(title="Grimoires confidentiels")
    asked = decisions.presented(axes=decisions.BOTH_AXES, title="Almanachs cachés")
    decisions.opined(asked)
    decisions.reviewed(asked)
    index.refresh()

    for word in (
        "zephyrine",
        "quolibet",
        "secret.example",
        "brouillonn",
        "grimoire",
        "almanach",
        decisions.OPINION[:20],
        decisions.REVIEW["groups"][:20],
    ):
        assert not holds(word), word
    assert holds("atelier")


def test_a_withdrawn_release_is_found_by_its_tombstone_only(client: Client) -> None:
    city = home()
    city.publish(
        title=Words("Registre des bateaux", "Register of boats"),
        description=Words("Amarrages au ponton.", "Moorings at the pontoon."),
    )
    index.refresh()
    assert titles(client, "q=amarrages") == ["Registre des bateaux"]

    city.withdraw("passages", 1)
    index.refresh()

    assert keys_of(Kind.DATASET) == set()
    assert titles(client, "q=bateaux") == ["Registre des bateaux\u00a0: version 1 retirée"]
    assert client.get("/fr/datasets/passages/v/1/").status_code == 410
    assert "Rien de public ne contient" in page(client, "q=amarrages&exact=1")
    assert not holds("Amarrages")
    assert not holds("pontoon")


def test_the_decision_that_let_a_withdrawn_version_leave_is_not_found() -> None:
    made = decisions.released(protection=decisions.presented(title="Horaires des écluses"))
    index.refresh()
    assert keys_of(Kind.DECISION)

    by = decisions.representative(password=None)
    releases.withdraw(made, ground="error", reason=decisions.REASON, by=by, at=datetime.now(UTC), proven=Proof.SHELL)
    index.refresh()

    assert keys_of(Kind.DECISION) == set()
    assert not holds("Horaires des")


def keys_of(kind: Kind) -> set[str]:
    return {key for key in keys() if key.startswith(f"{kind}:")}


# --- Kept current ------------------------------------------------------------------------------------------------


def test_every_public_verb_and_no_other_asks_for_a_refresh() -> None:
    listening = {
        verb for verb, some in bus.registry.listeners.items() if any(each.job == tasks.REFRESH for each in some)
    }

    assert listening == {name for name, verb in bus.registry.verbs.items() if verb.publicity is Publicity.PUBLIC}
    assert "release.withdrawn" in listening


def test_a_deed_is_found_after_its_job_and_many_deeds_cost_one_reading(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.ready_keys()
    index.refresh()
    run_due()
    read: list[int] = []
    refresh = index.refresh
    monkeypatch.setattr(index, "refresh", lambda: read.append(refresh().written))
    manager = person("programme_manager")
    for name in ("Forgerons", "Tanneurs", "Tisserands"):
        people.register_organisation(Words(f"Guilde des {name}"), "partner", by=manager, at=data.NOW)
    assert Job.objects.filter(name=tasks.REFRESH, state="queued").count() == 3

    run_due()

    assert len(read) == 1  # of all three
    assert titles(client, "q=guilde+tisserand") == ["Guilde des Tisserands"]


def test_the_worker_refreshes_at_its_start() -> None:
    assert [each.every_seconds for each in bus.registry.schedules if each.job == tasks.REFRESH] == [0]


def test_an_index_of_an_older_form_is_replaced_and_the_command_rebuilds(capsys) -> None:
    index.path().write_bytes(b"of a time long gone")
    assert not index.is_ready()

    index.refresh()
    assert index.is_ready()
    first = index.path().read_bytes()
    call_command("rebuild_search")

    assert index.path().read_bytes() == first
    assert int(capsys.readouterr().out.split()[0]) == len(keys())


def test_the_number_of_queries_does_not_grow() -> None:
    def fill() -> None:
        for _ in range(2):
            table = decisions.presented(axes=decisions.BOTH_AXES)
            decisions.opined(table)
            decisions.reviewed(table)
            decisions.decided(protection=table)
            organisation()

    counts = []
    for _ in range(3):
        fill()
        with CaptureQueriesContext(connection) as captured:
            list(index.documents())
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
    assert counts[0] < 10


# --- The page ----------------------------------------------------------------------------------------------------


def filled(*documents: Document) -> None:
    revise(index.path(), documents)


def document(number: int, title: str, text: str = "", kind: Kind = Kind.PAGE) -> Document:
    return found_as(kind, str(number), Words(fr=title, en=f"{title} en"), "about/", text=Words(text) if text else None)


def test_a_search_asks_no_database(client: Client, django_assert_num_queries) -> None:
    filled(document(1, "Vélos"))

    with django_assert_num_queries(0):
        assert titles(client, "q=velo") == ["Vélos"]


def test_a_mistyped_word_is_read_as_the_nearest_and_can_be_asked_exactly(client: Client) -> None:
    filled(document(1, "Comptages de vélos"))

    said = page(client, "q=comtages+velo")

    assert "Voici les résultats pour «\u00a0comptages velo\u00a0»." in said
    assert titles(client, "q=comtages+velo") == ["Comptages de vélos"]
    link = re.search(r'href="([^"]*)">Chercher exactement «\u00a0comtages velo\u00a0»', said)
    assert link is not None
    exactly = unescape(client.get(link[1]).content.decode())
    assert "Rien de public ne contient «\u00a0comtages velo\u00a0»" in exactly


def test_a_near_word_that_finds_nothing_is_not_spoken_of(client: Client) -> None:
    filled(document(1, "Paste"), document(2, "Cyclable"))

    said = page(client, "q=piste+cyclable")

    assert "Voici les résultats" not in said
    assert "Rien de public ne contient «\u00a0piste cyclable\u00a0»" in said


def test_words_are_marked_and_everything_is_escaped(client: Client) -> None:
    filled(document(1, "<i>Vélos</i>", "Un <script>vélo()</script> & plus"))

    main = client.get("/fr/search/?q=velo<>").content.decode().partition("<main")[2]

    assert "&lt;i&gt;<mark>Vélos</mark>&lt;/i&gt;" in main
    assert "Un &lt;script&gt;<mark>vélo</mark>()&lt;/script&gt; &amp; plus" in main
    assert "<script>" not in main
    assert 'value="velo&lt;&gt;"' in main


def test_kinds_count_and_narrow(client: Client) -> None:
    filled(*(document(n, f"Vélo {n}") for n in range(3)), document(9, "Vélo", kind=Kind.EDITION))

    main = page(client, "q=vélo")

    assert re.findall(r'kind=(\w+)">([^<]+) <span class="city-count">(\d)', main) == [
        ("edition", "Éditions", "1"),
        ("page", "Pages sur ce site", "3"),
    ]
    assert titles(client, "q=vélo&kind=edition") == ["Vélo"]


def test_pages_follow_each_other_by_address(client: Client) -> None:
    filled(*(document(n, f"Vélo {n:02}") for n in range(23)))

    pages = [titles(client, f"q=vélo&page={number}") for number in (1, 2, 3)]

    assert [len(each) for each in pages] == [10, 10, 3]
    assert len({title for each in pages for title in each}) == 23
    assert 'start="11"' in page(client, "q=vélo&page=2")
    assert 'rel="next"' in page(client, "q=vélo&page=2")
    assert client.get("/fr/search/?q=vélo&page=4").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("q=a&page=0", 422), ("q=a&page=x", 422), ("q=a&kind=person", 422), ("q=" + "x" * 5000, 200), ("", 200)],
)
def test_wrong_addresses_are_refused_in_words(client: Client, query: str, status: int) -> None:
    filled(document(1, "Vélo"))

    assert client.get(f"/fr/search/?{query}").status_code == status


def test_nothing_found_gives_advice_and_what_the_other_language_has(client: Client) -> None:
    filled(found_as(Kind.PAGE, "1", Words("Arbres", "Trees"), "about/"))

    main = page(client, "q=trees&exact=1")

    assert "Rien de public ne contient «\u00a0trees\u00a0»" in main
    assert 'href="/en/search/?q=trees&exact=1">Un résultat en anglais' in main
    assert "Voir tous les jeux de données" in main
    assert "One result in French" in page(client, "q=arbres&exact=1", "en")


def test_a_home_whose_index_is_not_made_yet_says_so(client: Client) -> None:
    assert "La recherche se prépare" in page(client, "q=vélo")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_has_the_search_in_its_header(client: Client, language: str) -> None:
    for path in ("", "about/", "datasets/", "search/", "docs/", "account/sign-in/", "nowhere/"):
        header = client.get(f"/{language}/{path}").content.decode().partition("</header>")[0]
        assert f'<form class="city-find" method="get" action="/{language}/search/" role="search"' in header, path


def test_the_address_without_slash_or_language_leads_to_the_page(client: Client) -> None:
    assert client.get("/fr/search?q=v%C3%A9lo")["Location"] == "/fr/search/?q=v%C3%A9lo"
    assert client.get("/search/?q=v", headers={"accept-language": "en"})["Location"] == "/en/search/?q=v"


def test_titles_of_both_languages_are_made_whatever_the_process_speaks() -> None:
    decisions.decided("refused", protection=decisions.presented(title="Quais"))

    with override("en"):
        first = [each.as_text() for each in index.documents()]
    with override("fr"):
        assert [each.as_text() for each in index.documents()] == first
    assert settings.HOME in index.path().parents
