# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The control plane seen from outside: loaded at first need, tried again when it is broken, replaced by plain words meanwhile."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from datacity.engine.serve.exchange import Request, Response

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
RETRY_SECONDS = 5.0
"""Rest between two tries to load a broken control plane."""
_PAGE = (Path(__file__).parent / "unavailable.html").read_bytes()
_log = logging.getLogger(__name__)


class ControlPlaneDown(Exception):
    """The control plane cannot answer now."""


def load_django() -> Application:
    """Import Django and the site. Raises whatever a wrong setting, a missing library or a fault in the code raises."""
    from datacity.web.wsgi import application  # only here: the data plane must answer where this import fails

    return application


class ControlPlane:
    """Django's application, loaded once."""

    def __init__(self, load: Callable[[], Application] = load_django, *, retry_seconds: float = RETRY_SECONDS) -> None:
        """Take how it is loaded; nothing is loaded yet."""
        self._load = load
        self._retry = retry_seconds
        self._lock = threading.Lock()
        self._application: Application | None = None
        self._failed_at = float("-inf")

    def application(self) -> Application:
        """Give the application. Raises ControlPlaneDown when it does not load; a later call tries again."""
        with self._lock:
            if self._application is not None:
                return self._application
            if time.monotonic() - self._failed_at < self._retry:
                raise ControlPlaneDown
            try:
                self._application = self._load()
            except (Exception, SystemExit) as error:
                # SystemExit: a wrong setting stops whoever imports the settings, and must not stop the data plane
                self._failed_at = time.monotonic()
                _log.exception("The control plane does not start; the data plane goes on")
                _forget_half_loaded()
                raise ControlPlaneDown from error
            return self._application

    def is_broken(self) -> bool:
        """Tell, after a failed page, whether the database is what failed: it cannot be reached, or is not one of ours."""
        if "django.db" not in sys.modules:
            return True
        from django.db import DatabaseError, connection  # loaded already, else we would not be here

        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        except (DatabaseError, OSError):
            return True
        finally:
            connection.close()
        return False


def _forget_half_loaded() -> None:
    """Let a second try start afresh: Django refuses to fill its list of apps again after a failure in the middle."""
    apps = getattr(sys.modules.get("django.apps"), "apps", None)
    if apps is not None and not apps.ready:
        apps.app_configs.clear()
        apps.apps_ready = apps.models_ready = apps.loading = False
        apps.clear_cache()


def unavailable(request: Request) -> Response:
    """Give the page that says in plain words, in both languages, that people's pages are closed and the data is not."""
    accepted = request.headers.get("accept", "*/*")
    headers = (
        ("cache-control", "no-store"),
        ("retry-after", "30"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    )
    if "html" not in accepted and "json" in accepted:
        body, media_type = (
            json.dumps({"status": 503, "title": "The pages are not available at this moment."}).encode(),
            "application/problem+json",
        )
    else:
        body, media_type = _PAGE, "text/html; charset=utf-8"
    return Response(503, (*headers, ("content-type", media_type), ("content-length", str(len(body)))), body)
