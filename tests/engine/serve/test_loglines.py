# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a log line looks, and what never stands in one."""

import json
import logging
import logging.config
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.serve.loglines import EVENT, JsonLine, OneLine, configuration, current_request, without_personal


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("datacity.x", logging.INFO, __file__, 1, message, None, None)
    made.created = 0
    made.__dict__.update(extra)
    return made


def failed(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except type(error):
        return logging.LogRecord("datacity.x", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())


def test_event_is_one_json_object_with_its_fields_and_the_number_of_the_request() -> None:
    line = JsonLine().format(record("GET /fr/ 200", request_id="abc", **{EVENT: {"status": 200, "at": "no"}}))

    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00.000+00:00", "level": "info", "logger": "datacity.x", "request": "abc",
        "message": "GET /fr/ 200", "status": 200,
    }  # fmt: skip


def test_number_is_the_one_of_the_thread_when_the_record_has_none() -> None:
    token = current_request.set("thread-1")
    try:
        assert json.loads(JsonLine().format(record("x")))["request"] == "thread-1"
        assert " INFO thread-1 " in OneLine().format(record("x"))
    finally:
        current_request.reset(token)
    assert "request" not in json.loads(JsonLine().format(record("x")))
    assert " INFO - " in OneLine().format(record("x"))


@pytest.mark.parametrize("formatter", [OneLine(), JsonLine()])
def test_a_trace_stays_on_one_line_and_quotes_no_row(formatter: logging.Formatter) -> None:
    fault = 'duplicate key value violates "email"\nDETAIL:  Key (email)=(ana@valmire.example) already exists.'

    line = formatter.format(failed(ValueError(fault)))

    assert "\n" not in line
    assert "ValueError: duplicate key value" in line
    assert not any(word in line for word in ("ana", "valmire", "already exists"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /fr/search?q=Ana+Lorme 200", "GET /fr/search?(left out) 200"),
        ("at https://city.example/x?token=1&y=2 now", "at https://city.example/x?(left out) now"),
        ("mail to ana.lorme@valmire.example failed", "mail to (mail address) failed"),
        ("Is it there? Yes: 12 files", "Is it there? Yes: 12 files"),
        ("job 12 releases.release: done in 0.50 s", "job 12 releases.release: done in 0.50 s"),
    ],
)
def test_queries_and_mail_addresses_are_taken_out_and_nothing_else(said: str, kept: str) -> None:
    assert without_personal(said) == kept


@given(st.text())
def test_json_line_is_always_one_line_of_json(message: str) -> None:
    line = JsonLine().format(record("%s", args=(message,)))

    assert len(line.splitlines()) <= 1 or "\n" not in line
    assert isinstance(json.loads(line)["message"], str)


@given(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), st.text(max_size=20))
def test_no_mail_address_passes(address: str, around: str) -> None:
    assert address not in without_personal(f"{around} {address} {around}")


@pytest.mark.parametrize(("form", "first"), [("json", "{"), ("text", "2")])
def test_configuration_writes_every_logger_in_its_form(
    form: str, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        logging.config.dictConfig(configuration(form))
        logging.getLogger("_granian").warning("a worker ended")
        logging.getLogger("datacity.engine.serve").info("hello")
    finally:
        root.handlers[:], root.level = kept, level

    lines = capsys.readouterr().err.splitlines()
    assert [line[0] for line in lines] == [first, first]
