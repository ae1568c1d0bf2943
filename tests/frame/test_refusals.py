# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A refusal is one thing seen as page or as problem; every answer keeps to itself."""

import json
from http import HTTPStatus

import pytest
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from datacity.frame import headers
from datacity.frame.refusals import Middleware, fault
from datacity.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, Missing
from datacity.kernel.verdict import Reason

REFUSALS = [Invalid, Forbidden, Missing, Conflict, Exhausted]
BROWSER, PROGRAM = "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"


class UniqueViolation(Exception):
    """What PostgreSQL's driver says of a row that is there already."""

    sqlstate = "23505"


class TooLong(Exception):
    """What PostgreSQL's driver says of a text longer than its column."""

    sqlstate = "22001"


def answer(exception: Exception, path: str = "/fr/x", accept: str = BROWSER):
    request = RequestFactory().get(path, headers={"accept": accept})
    request.number = "0123456789abcdef"
    with override(path[1:3] if path[1:3] in ("fr", "en") else "en"):
        return Middleware(lambda _request: HttpResponse()).process_exception(request, exception)


@pytest.mark.parametrize("kind", REFUSALS)
def test_each_refusal_is_a_page_with_its_status_sentence_and_number(kind):
    response = answer(kind("x.y", "There is no {thing}.", hint="Look elsewhere.", thing="<b>street</b>"), "/en/x")

    page = response.content.decode()
    assert response.status_code == kind.status
    assert "There is no &lt;b&gt;street&lt;/b&gt;." in page
    assert "Look elsewhere." in page
    assert "0123456789abcdef" in page
    assert response["Cache-Control"] == "no-store"


def test_reasons_are_listed():
    reasons = (Reason("a", "You are the depositor."), Reason("b", "The mandate ended on {day}.", {"day": "1 March"}))

    page = answer(Forbidden("x.y", "You may not clear this.", reasons=reasons), "/en/x").content.decode()

    assert "<li>You are the depositor.</li>" in page
    assert "<li>The mandate ended on 1 March.</li>" in page


@pytest.mark.parametrize(("path", "accept"), [("/api/v1/x", BROWSER), ("/en/x", PROGRAM)])
def test_programs_get_problem_json(path, accept):
    refusal = Invalid("sources.empty", "The file is empty: {name}.", field="file", name="a.csv")

    response = answer(refusal, path, accept)

    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "/problems/sources.empty",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "The file is empty: a.csv.",
        "code": "sources.empty",
        "request": "0123456789abcdef",
        "field": "file",
    }


def test_a_database_that_does_not_answer_is_503_without_its_words():
    response = answer(OperationalError("password of the database"), "/fr/x")

    assert response.status_code == 503
    assert "password" not in response.content.decode()
    assert "pas disponible" in response.content.decode()


@pytest.mark.parametrize("path", ["/en/x", "/api/v1/x"])
def test_what_two_did_at_once_is_a_conflict_and_no_fault(path):
    taken = IntegrityError("UNIQUE constraint failed: people_organisation.slug")
    taken_too = IntegrityError("duplicate key value violates unique constraint")
    taken_too.__cause__ = UniqueViolation()

    answers = [answer(each, path) for each in (taken, taken_too)]

    assert [response.status_code for response in answers] == [409, 409]
    assert all(b"at the same moment" in response.content for response in answers)
    assert all(b"people_organisation" not in response.content for response in answers)


def test_a_text_that_a_column_does_not_hold_is_the_writers_to_shorten():
    too_long = DataError("value too long for type character varying(80): secret")
    too_long.__cause__ = TooLong()

    response = answer(too_long, "/en/x")

    assert response.status_code == 422
    assert b"longer than can be kept" in response.content
    assert b"secret" not in response.content
    assert answer(DataError("integer out of range")) is None


def test_a_row_that_a_guard_or_a_check_refuses_stays_a_fault():
    assert answer(IntegrityError("guarded: journal_entry keeps its rows as they are")) is None


def test_other_faults_are_left_to_the_page_of_faults():
    assert answer(RuntimeError("secret")) is None


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500, 503])
def test_fault_pages_need_no_database_and_give_the_number(status, django_assert_num_queries_none):
    request = RequestFactory().get("/fr/x", headers={"accept": BROWSER})
    request.number = "0123456789abcdef"

    with override("fr"):
        response = fault(request, HTTPStatus(status))

    assert response.status_code == status
    assert "0123456789abcdef" in response.content.decode()


@pytest.fixture
def django_assert_num_queries_none(monkeypatch):
    """Make any use of the database a failure."""
    from django.db import connection  # the connection of this test

    def refuse(*_arguments, **_options):
        raise AssertionError("the page asked the database")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_every_answer_has_the_headers_and_keeps_its_own():
    own = HttpResponse(headers={"Referrer-Policy": "no-referrer"})

    response = headers.middleware(lambda _request: own)(RequestFactory().get("/"))

    assert response["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert response["Referrer-Policy"] == "no-referrer"
    assert (response["X-Content-Type-Options"], response["Cross-Origin-Opener-Policy"]) == ("nosniff", "same-origin")
