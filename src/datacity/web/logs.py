# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Log lines: one line each, with the number of the request, without personal data.

What is logged is ours to choose: paths without their query, identifiers, never names, addresses or form values.
"""

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

current_request: ContextVar[str] = ContextVar("current_request", default="-")
"""The number of the request this thread answers, `-` outside one."""


class RequestId(logging.Filter):
    """Puts the number of the request on each record, and takes the path out of Django's own lines about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id`; let every record through. A path may hold a one-time token: the route stands in its place."""
        record.request_id = current_request.get()
        request: Any = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no route)"
            record.args = tuple(
                route if argument in (path, request.get_full_path()) else argument for argument in record.args
            )
        return True


class OneLine(logging.Formatter):
    """Time in UTC, level, request, logger, message; line breaks of a trace become ` | `."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as one line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        flat = " | ".join(line.strip() for line in text.splitlines() if line.strip())
        number = getattr(record, "request_id", "-")
        return f"{moment} {record.levelname} {number} {record.name}: {flat}"
