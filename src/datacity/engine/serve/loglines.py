# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Log lines of both planes: one line for each request or event, as text or as JSON, with the number of the request.

What is logged is chosen where it is logged: routes, identifiers, counts. What a library's own sentence may carry along is taken
out here: the query of an address, mail addresses, and the values a database quotes when it refuses a row.
"""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

current_request: ContextVar[str] = ContextVar("current_request", default="")
"""The number of the request this thread answers, "" outside one."""
FORMATS = ("text", "json")
EVENT = "event"
"""The attribute of a record that holds the fields of an event: `log.info("…", extra={EVENT: {…}})`."""

_QUERY = re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+")
_QUOTED_ROW = re.compile(r"^\s*(DETAIL|CONTEXT|HINT|STATEMENT):.*", re.MULTILINE)
_LIKELY = re.compile(r"[?@]|DETAIL:|CONTEXT:|HINT:|STATEMENT:")


def without_personal(text: str) -> str:
    """Give the text without queries, mail addresses and quoted rows; identifiers and sentences of ours pass."""
    if not _LIKELY.search(text):
        return text
    text = _QUOTED_ROW.sub(r"\1: (left out)", text)
    return _MAIL.sub("(mail address)", _QUERY.sub(r"\1?(left out)", text))


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _number(record: logging.LogRecord) -> str:
    return str(getattr(record, "request_id", "") or current_request.get())


class OneLine(logging.Formatter):
    """Time in UTC, level, number of the request, logger, message; line breaks of a trace become ` | `."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as one line."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        flat = " | ".join(line.strip() for line in without_personal(text).splitlines() if line.strip())
        return f"{_moment(record)} {record.levelname} {_number(record) or '-'} {record.name}: {flat}"


class JsonLine(logging.Formatter):
    """One JSON object: `at`, `level`, `logger`, `request` (left out outside one), `message`, the event's fields, `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as one line."""
        line: dict[str, Any] = {"at": _moment(record), "level": record.levelname.lower(), "logger": record.name}
        if number := _number(record):
            line["request"] = number
        line["message"] = without_personal(record.getMessage())
        fields = getattr(record, EVENT, None)
        if isinstance(fields, Mapping):
            line |= {name: value for name, value in fields.items() if name not in line}
        if record.exc_info:
            line["trace"] = without_personal(self.formatException(record.exc_info)).splitlines()
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(form: str) -> dict[str, Any]:
    """Give the whole configuration of the data plane's log, for `logging.config.dictConfig`: standard error, from info on.

    form: `text` or `json`. The server's own lines take the same form.
    """
    name = "JsonLine" if form == "json" else "OneLine"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{name}"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {"_granian": {"handlers": [], "propagate": True}},
    }
