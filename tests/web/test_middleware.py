# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Number, time, address and actor of a request; what the log says of it."""

import gzip
import ipaddress
import logging
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from datacity.engine.serve.loglines import OneLine
from datacity.frame.request import Request
from datacity.programme.people import queries
from datacity.programme.people.rules import VISITOR
from datacity.web import middleware
from datacity.web.browsers import browser_of
from datacity.web.logs import RequestId
from tests.factories import people

PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)
T0 = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Stopped:
    """A clock that stands."""

    def now(self) -> datetime:
        return T0


def through(**meta: str) -> Request:
    seen: list[Request] = []

    def view(request: Request) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    middleware.request_id(view)(RequestFactory().get("/", **meta))  # type: ignore[arg-type]  # becomes one in there
    return seen[0]


@override_settings(CLOCK=Stopped())
def test_request_gets_the_time_of_the_clock_and_a_number_of_its_own() -> None:
    one, other = through(), through()

    assert (one.now, len(one.number)) == (T0, 16)
    assert one.number != other.number


@pytest.mark.parametrize(
    ("peer", "forwarded", "address", "secure"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9", True),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9", True),
        ("203.0.113.1", "198.51.100.7", "203.0.113.1", False),
        ("10.0.0.1", "", "10.0.0.1", True),
        ("10.0.0.1", "not an address", "not an address", True),
    ],
)
@override_settings(TRUSTED_PROXIES=PROXIES)
def test_address_and_scheme_come_from_trusted_proxies_only(
    peer: str, forwarded: str, address: str, secure: bool
) -> None:
    request = through(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded, HTTP_X_FORWARDED_PROTO="https")

    assert (request.META["REMOTE_ADDR"], request.is_secure()) == (address, secure)


@override_settings(TRUSTED_PROXIES=PROXIES)
def test_number_is_taken_over_from_a_trusted_proxy_when_it_is_one() -> None:
    kept = through(REMOTE_ADDR="10.0.0.1", HTTP_X_REQUEST_ID="abcdef-123456").number

    assert kept == "abcdef-123456"
    assert through(REMOTE_ADDR="203.0.113.1", HTTP_X_REQUEST_ID="abcdef-123456").number != "abcdef-123456"
    assert "\n" not in through(REMOTE_ADDR="10.0.0.1", HTTP_X_REQUEST_ID="abcdef\n123456").number


@pytest.mark.django_db
def test_actor_is_the_person_or_the_visitor(client: Client) -> None:
    person = people.person()
    visitor = client.get("/en/organisations").wsgi_request.actor  # type: ignore[attr-defined]  # set by the middleware

    signed_in = people.sign_in(client, person).get("/en/organisations").wsgi_request.actor  # type: ignore[attr-defined]  # as above

    assert visitor.ref == VISITOR.ref
    assert signed_in == person


@pytest.mark.django_db
def test_answer_carries_the_number_and_the_log_has_it_with_the_route_but_no_token(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    token = queries.token_of(people.invitation())
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(RequestId())

    answer = client.get(f"/en/invitation/{token}?mail=ana@valmire.example")

    lines = [OneLine().format(record) for record in caplog.records]
    assert [line for line in lines if answer["X-Request-Id"] in line and "GET /en/invitation/<str:token> 200" in line]
    assert not [line for line in lines if token in line or "valmire.example" in line]


def test_log_line_is_one_line_even_with_a_trace() -> None:
    error = ValueError("two\nlines")
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, (ValueError, error, None))

    text = OneLine().format(record)

    assert "\n" not in text
    assert "ValueError: two | lines" in text


def test_fault_line_of_django_names_the_route_and_not_the_path() -> None:
    request = RequestFactory().get("/en/invitation/12-secret?x=1")
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "%s: %s", ("Internal Server Error", request.path), None
    )
    record.request = request

    RequestId().filter(record)

    assert record.getMessage() == "Internal Server Error: (no route)"


@pytest.mark.parametrize(
    ("line", "browser"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", ""),
    ],
)
def test_browser_is_named_coarsely(line: str, browser: str) -> None:
    assert browser_of(line) == browser


@pytest.mark.django_db
def test_pages_travel_packed_to_who_can_unpack_and_are_not_sent_twice(client: Client) -> None:
    plain = client.get("/fr/datasets/")
    packed = client.get("/fr/datasets/", headers={"accept-encoding": "gzip"})
    again = client.get("/fr/datasets/", headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content).decode().startswith("<!doctype html>")
    assert (again.status_code, again.content) == (304, b"")
