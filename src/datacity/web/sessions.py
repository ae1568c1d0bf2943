# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The session store: in the database, each row knowing whose session it is, so that it can be listed and ended."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from datacity.programme.people.models import Session

STARTED, BROWSER = "started", "browser"
"""Keys under which sign-in notes when it happened and in which kind of browser."""


class SessionStore(DatabaseStore):
    """Django's database store over `people.Session`."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Give the table of sessions."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Give the row to save, with the person, the start and the browser that the data names."""
        row = cast("Session", super().create_model_instance(data))
        person, started = data.get(SESSION_KEY), data.get(STARTED)
        row.person_id = int(person) if person else None
        row.started_at = datetime.fromisoformat(started) if started else None
        row.browser = str(data.get(BROWSER, ""))[:60]
        return row
