# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.engine.serve.database import Limits
from datacity.engine.serve.exchange import Request
from datacity.engine.serve.plane import Room
from tests.factories.publications import BASE, COUNTS_COLUMNS, COUNTS_SQL, Publisher, Reader, content

FIRST = {
    "passages": 1,
    "voie": "Rue de la République 1",
    "vitesse": 0.5,
    "jour": "2024-01-02",
    "releve": "2024-06-30T23:30:00+00:00",
    "actif": False,
    "point": {"lon": 3.0, "lat": 48.5},
    "forme": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2.0, 48.5]}, "properties": {}},
    "arrondissement": "01",
}


def test_records_are_a_page_of_ten_with_the_number_of_all(counts: Reader) -> None:
    answer = counts.json("/comptages/records")

    assert answer["total_count"] == 300
    assert answer["results"][0] == FIRST
    assert [row["passages"] for row in answer["results"]] == list(range(1, 11))


def test_pages_follow_one_another_without_gap_or_repeat(counts: Reader) -> None:
    pages = [
        counts.records("comptages", limit=100, offset=offset, order_by="arrondissement", select="passages")
        for offset in (0, 100, 200)
    ]

    assert sorted(row["passages"] for page in pages for row in page) == list(range(1, 301))


def test_grouped_records_have_no_total(counts: Reader) -> None:
    answer = counts.json("/comptages/records", {"select": "count(*) as n", "group_by": "actif"})

    assert answer == {"results": [{"n": 150, "actif": False}, {"n": 150, "actif": True}]}


def test_times_are_written_in_the_zone_asked_for(counts: Reader) -> None:
    rows = counts.records("comptages", select="releve", limit=1, timezone="Europe/Paris")

    assert rows == [{"releve": "2024-07-01T01:30:00+02:00"}]


def test_a_trailing_slash_is_the_same_address(counts: Reader) -> None:
    assert content(counts.get(f"{BASE}/comptages/records/")) == content(counts.get(f"{BASE}/comptages/records"))


def test_one_record_is_found_by_its_number(counts: Reader) -> None:
    assert counts.json("/comptages/records/1") == {"_id": 1, **FIRST}
    assert counts.json("/comptages/records/300", {"select": "passages"}) == {"_id": 300, "passages": 300}
    assert counts.json("/comptages/records/301")["error_code"] == "NotFoundError"


def test_facets_count_the_rows_of_each_value(counts: Reader) -> None:
    answer = counts.json("/comptages/facets", {"facet": "actif", "where": "passages <= 3"})

    assert answer == {
        "facets": [
            {
                "name": "actif",
                "facets": [
                    {"name": "false", "count": 2, "value": "false", "state": "displayed"},
                    {"name": "true", "count": 1, "value": "true", "state": "displayed"},
                ],
            }
        ]
    }


def test_a_dataset_describes_itself(counts: Reader) -> None:
    found = counts.json("/comptages", {"lang": "en"})

    assert found["dataset_id"] == "comptages"
    assert found["metas"]["default"]["title"] == "Dataset comptages"
    assert found["metas"]["default"]["license"] == "Open Licence 2.0 (Etalab)"
    assert found["metas"]["default"]["records_count"] == 300
    assert found["metas"]["datacity"]["versions"] == [1]
    assert found["fields"][0] == {
        "name": "passages",
        "label": "Passages",
        "type": "int",
        "description": None,
        "annotations": {},
    }
    assert [field["type"] for field in found["fields"]] == [
        "int",
        "text",
        "double",
        "date",
        "datetime",
        "boolean",
        "geo_point_2d",
        "geo_shape",
        "text",
    ]


def test_datasets_are_searched_like_records(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("velos", "SELECT 1 AS n", {"n": "integer"}, title={"fr": "Comptages de vélos"})
    publisher.release("arbres", "SELECT 1 AS n UNION ALL SELECT 2", {"n": "integer"}, title={"fr": "Arbres"})
    reader = serve()

    def slugs(**query: Any) -> list[str]:
        return [found["dataset_id"] for found in reader.json("", query)["results"]]

    assert slugs() == ["arbres", "velos"]
    assert slugs(where="'velos'") == ["velos"]
    assert slugs(where="records_count > 1") == ["arbres"]
    assert slugs(order_by="records_count", limit=1) == ["velos"]
    assert reader.json("", {"limit": 0}) == {"total_count": 2, "results": []}


def test_a_version_is_a_permalink_to_what_it_held(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("velos", "SELECT 1 AS n", {"n": "integer"})
    publisher.release("velos", "SELECT 2 AS n", {"n": "integer"})
    reader = serve()

    assert reader.records("velos") == [{"n": 2}]
    assert reader.records("velos", version=1) == [{"n": 1}]
    assert reader.json("/velos/records", {"version": 3})["error_code"] == "NotFoundError"
    assert reader.get(f"{BASE}/velos/records", {"version": 1}).header("x-datacity-version") == "1"


def test_a_new_version_is_seen_without_restart(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("velos", "SELECT 1 AS n", {"n": "integer"})
    reader = serve()
    before = reader.records("velos")

    publisher.release("velos", "SELECT 2 AS n", {"n": "integer"})

    assert (before, reader.records("velos")) == ([{"n": 1}], [{"n": 2}])


def test_a_withdrawn_dataset_is_gone_with_its_reason(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("velos", "SELECT 1 AS n", {"n": "integer"})
    reader = serve()
    first = reader.get(f"{BASE}/velos/records")

    publisher.withdraw("velos", 1, "Une rue était reconnaissable.")

    gone = reader.get(f"{BASE}/velos/records", if_none_match=str(first.header("etag")))
    assert (first.status, gone.status) == (200, 410)
    assert json.loads(content(gone)) == {
        "message": "Version 1 of velos was withdrawn on 2026-05-04. Reason: Une rue était reconnaissable.",
        "error_code": "WithdrawnError",
        "reason": "Une rue était reconnaissable.",
        "ground": "RGPD art. 17",
        "version": 1,
    }


@pytest.mark.parametrize(
    ("query", "code", "says"),
    [
        ("limit=101", "InvalidRESTParameterError", "limit"),
        ("limit=-2", "InvalidRESTParameterError", "limit"),
        ("limit=dix", "InvalidRESTParameterError", "whole number"),
        ("offset=9990", "InvalidRESTParameterError", "10000"),
        ("group_by=voie&limit=20001", "InvalidRESTParameterError", "20000"),
        ("rows=10", "InvalidRESTParameterError", "rows"),
        ("limit=1&limit=2", "InvalidRESTParameterError", "twice"),
        ("timezone=Mars/Olympus", "InvalidRESTParameterError", "time zone"),
        ("timezone=../etc/passwd", "InvalidRESTParameterError", "time zone"),
        ("lang=xx", "InvalidRESTParameterError", "lang"),
        ("version=x", "InvalidRESTParameterError", "version"),
        ("version=0", "InvalidRESTParameterError", "version"),
        ("where=%FF", "InvalidRESTParameterError", "UTF-8"),
        ("where=within_distance(point,geom'POINT(1 1)',1km)", "ODSQLError", "within_distance()"),
        ("where=inconnu=1", "ODSQLError", "inconnu"),
        ("select=passages*9223372036854775807", "ODSQLError", "range of numbers"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(counts: Reader, query: str, code: str, says: str) -> None:
    response = counts.get(f"{BASE}/comptages/records", query)

    body = json.loads(content(response))
    assert (response.status, body["error_code"]) == (400, code)
    assert says in body["message"]
    assert response.header("etag") is None


def test_messages_are_french_when_french_is_asked(counts: Reader) -> None:
    body = json.loads(content(counts.get(f"{BASE}/nulle-part/records", "lang=fr")))

    assert body == {"message": "Il n’y a pas de jeu de données nulle-part.", "error_code": "NotFoundError"}


def test_the_same_question_has_the_same_tag_however_it_is_spelt(counts: Reader) -> None:
    one = counts.get(f"{BASE}/comptages/records", "limit=5&where=passages>3")
    other = counts.get(f"{BASE}/comptages/records", "where=passages%3E3&limit=5")

    assert one.header("etag") == other.header("etag")
    assert (
        counts.get(
            f"{BASE}/comptages/records", "limit=5&where=passages>3", if_none_match=f'W/"x", {one.header("etag")}'
        ).status
        == 304
    )


def test_an_answer_is_compressed_when_that_is_accepted(counts: Reader) -> None:
    plain = counts.get(f"{BASE}/comptages/records")
    packed = counts.get(f"{BASE}/comptages/records", accept_encoding="br, gzip")
    refused = counts.get(f"{BASE}/comptages/records", accept_encoding="gzip;q=0")

    assert packed.header("content-encoding") == "gzip"
    assert gzip.decompress(content(packed)) == content(plain) == content(refused)
    assert packed.header("etag") != plain.header("etag")
    assert packed.header("content-length") == str(len(content(packed)))
    assert counts.get(f"{BASE}/comptages/records", if_none_match=str(packed.header("etag"))).status == 304


def test_every_page_of_the_web_may_read(counts: Reader) -> None:
    assert counts.get(f"{BASE}/comptages/records").header("access-control-allow-origin") == "*"
    before = counts.plane.answer(Request("OPTIONS", f"{BASE}/comptages/records"))
    assert (before.status, before.header("access-control-allow-methods")) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_written(counts: Reader, method: str) -> None:
    response = counts.plane.answer(Request(method, f"{BASE}/comptages/records"))

    assert (response.status, response.header("allow")) == (405, "GET, HEAD, OPTIONS")


def test_a_question_that_takes_too_long_is_stopped(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release(
        "velos", "SELECT i AS n, md5(i::VARCHAR) || 'é' AS t FROM range(2000000) r(i)", {"n": "integer", "t": "text"}
    )
    reader = serve(Room(limits=Limits(question_seconds=0.2, threads=1)))

    body = reader.json("/velos/records", {"where": "search(t, 'abcdefgh') or search(t, 'ijklmnop')"})

    assert body["error_code"] == "QueryTimeoutError"
    assert reader.records("velos", limit=1, select="n") == [{"n": 0}]


def test_too_many_questions_at_once_are_refused_with_429(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("velos", "SELECT 1 AS n", {"n": "integer"})
    reader = serve(Room(limits=Limits(questions=1, queue=0)))

    with reader.plane._database._questions.take():
        busy = reader.get(f"{BASE}/velos/records")

    body = json.loads(content(busy))
    assert (busy.status, busy.header("retry-after"), body["errorcode"], body["error_code"]) == (
        429,
        "5",
        10002,
        "TooManyRequestsError",
    )
    assert reader.records("velos") == [{"n": 1}]


def test_whole_numbers_of_any_size_are_written_exactly(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("grands", "SELECT 9223372036854775807 AS n FROM range(3)", {"n": "integer"})

    assert serve().records("grands", select="sum(n) as s") == [{"s": 27670116110564327421}]


def test_a_fault_of_ours_tells_nothing(counts: Reader, publisher: Publisher) -> None:
    for path in (publisher.folder / "blobs").iterdir():
        path.write_bytes(b"PAR1 no longer a table")

    response = counts.get(f"{BASE}/comptages/records", {"where": "passages = 7"})

    assert response.status == 500
    assert str(publisher.folder) not in content(response).decode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "where",
                "select",
                "group_by",
                "order_by",
                "limit",
                "offset",
                "refine",
                "exclude",
                "timezone",
                "lang",
                "version",
                "x",
            ]
        ),
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                ["1", "-1", "100", "passages", "count(*)", "voie like '%a'", "voie:x", "fr", "UTC", "year(jour)"]
            ),
        ),
        max_size=4,
    )
)
def test_no_request_makes_us_fail(counts: Reader, query: dict[str, str]) -> None:
    for address in ("records", "facets", "exports/jsonl", ""):
        response = counts.get(f"{BASE}/comptages/{address}", query)

        assert response.status in (200, 400, 404)
        assert content(response)


def test_answers_are_the_same_from_many_threads(publisher: Publisher, serve: Callable[..., Reader]) -> None:
    publisher.release("comptages", COUNTS_SQL, COUNTS_COLUMNS)
    reader = serve(Room(cache_bytes=0))
    alone = [content(reader.get(f"{BASE}/comptages/records", {"where": f"passages > {i}"})) for i in range(8)]
    together: dict[int, bytes] = {}

    threads = [
        threading.Thread(
            target=lambda i=i: together.update(
                {i: content(reader.get(f"{BASE}/comptages/records", {"where": f"passages > {i}"}))}
            )
        )
        for i in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [together[i] for i in range(8)] == alone
