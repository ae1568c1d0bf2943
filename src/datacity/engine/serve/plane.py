# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data plane: one object that answers requests, from any number of threads, from sealed publications alone."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datacity.engine.ports.store import Store
from datacity.engine.serve import explore
from datacity.engine.serve.cache import AnswerCache
from datacity.engine.serve.database import Database, Limits
from datacity.engine.serve.exchange import CROSS_ORIGIN, Answer, Request, Response, respond
from datacity.engine.serve.exports import Exporter
from datacity.engine.serve.files import NOT_SEALED, public_file, version_file
from datacity.engine.serve.odsql.statement import Question
from datacity.engine.serve.profiles import Profile
from datacity.engine.serve.publications import MEDIA_TYPES, Catalogue, Publications, Version
from datacity.engine.serve.refusals import MethodNotAllowed, TooBusy, Withdrawn, api_status, error_code
from datacity.engine.serve.rendering import json_bytes
from datacity.engine.serve.spool import Spool
from datacity.engine.serve.tables import Page, Tables
from datacity.kernel.errors import Missing, Refusal
from datacity.kernel.words import render_refusal

PREFIXES = (
    "/api/explore/",
    "/api/records/1.0",
    "/ogc",
    "/tiles",
    "/files/",
    "/feeds/",
    "/catalog.",
    "/log/",
    "/.well-known/",
)
"""Addresses that the data plane owns; `/healthz` is answered by each plane."""
_METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ("allow", "GET, HEAD, OPTIONS")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Room:
    """What the data plane may hold: answers and row counts in memory, exports on disk, and the limits of questions."""

    cache_bytes: int = 64_000_000
    counts: int = 4_096
    spool_bytes: int = 4_000_000_000
    limits: Limits = field(default_factory=Limits)


class DataPlane:
    """Answers the public API and sends files. `answer` is safe from many threads and never raises."""

    def __init__(
        self, store: Store, *, folder: Path, spool: Path, load: Callable[[], Catalogue], room: Room | None = None
    ) -> None:
        """Open the data plane; nothing is read before the first request.

        store: the publications; folder: the folder on this machine that holds them. spool: folder for computed exports.
        load: gives the catalogue, verified with the keys this data plane trusts (`catalogues.load`).
        """
        room = room or Room()
        self._store = store
        self.publications = Publications(store, load)
        self._spool = Spool(spool, room.spool_bytes)
        spill = self._spool.own_folder()
        self._database = Database([folder, self._spool.folder], room.limits, spill=spill)
        self._tables = Tables(store, self._database, counts=room.counts)
        self._explore = explore.Explore(
            self._tables,
            self._database,
            Exporter(self._tables, self._database, self._spool),
            self._spool,
            AnswerCache(room.cache_bytes),
        )

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def answer(self, request: Request) -> Response:
        """Give the response to a request."""
        started = time.monotonic()
        try:
            response = self._respond(request)
        except Refusal as refusal:
            response = refused(request, refusal)
        except Exception:  # noqa: BLE001 -- the outer edge: a fault of ours is logged with its trace, the reader gets a neutral sentence
            _log.exception("A request to %s failed", request.path.partition("?")[0][:200])
            response = failed(request)
        seconds = time.monotonic() - started
        if seconds > 1:
            _log.info("A request to %s took %.1f s", request.path[:200], seconds)
        return response

    def table(self, slug: str, number: int | None = None) -> Version:
        """Give a version, the newest without number. Raises Missing, Withdrawn."""
        return self.publications.current().version(slug, number)

    def read(self, version: Version, question: Question) -> Page:
        """Answer a question without HTTP, for pages. Raises OdsqlError, ParameterError, TooBusy, TooLong."""
        return self._tables.page(version, question)

    def profiles(self, version: Version) -> tuple[Profile, ...]:
        """Give what each column of a version holds, for pages. Raises TooBusy, TooLong."""
        return self._tables.profiles(version)

    def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _options()
        if request.method not in _METHODS:
            raise MethodNotAllowed(
                "serve.method",
                "The method {method} is not answered here; only GET, HEAD and OPTIONS are.",
                method=request.method[:20],
            )
        return respond(request, self._find(request))

    def _find(self, request: Request) -> Answer:
        path = request.path
        if path == "/healthz":
            return self._health()
        if path.startswith(explore.BASE):
            return self._explore.answer(request, self.publications.current())
        match path.strip("/").split("/"):
            case ["files", slug, number, name]:
                return version_file(self.publications.current(), self._store, slug, number, name)
            case [".well-known", name]:
                kept = "keys.json" if name == "datacity.json" else name
                return public_file(self._store, f"keys/{kept}", media_type=_media_type(name))
            case ["log", *parts] if parts:
                return public_file(
                    self._store, "/".join(("log", *parts)), media_type=_media_type(parts[-1]), maximum_age_seconds=0
                )
            case _:
                raise Missing("serve.nothing_here", "There is nothing at this address.")

    def _health(self) -> Answer:
        catalogue = self.publications.current()
        found = {
            "status": "ok",
            "plane": "data",
            "snapshot": catalogue.sha256 or None,
            "datasets": len(catalogue.versions),
        }
        return Answer(json_bytes(found), MEDIA_TYPES["json"], headers=(("cache-control", "no-store"),))


def _media_type(name: str) -> str:
    return {**MEDIA_TYPES, "pem": "application/x-pem-file"}.get(name.rpartition(".")[2], "application/octet-stream")


def _options() -> Response:
    headers = (
        *CROSS_ORIGIN,
        _ALLOW,
        ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
        ("access-control-allow-headers", "Accept, Accept-Language, If-None-Match, If-Range, Range, X-Request-ID"),
        ("access-control-max-age", "86400"),
        ("content-length", "0"),
    )
    return Response(204, headers, b"")


def refused(request: Request, refusal: Refusal) -> Response:
    """Give a refusal as the API says it, or in plain words for who asked for a file."""
    status = api_status(refusal)
    headers: list[tuple[str, str]] = [
        NOT_SEALED,
        ("cache-control", "public, max-age=60" if status in (404, 410) else "no-store"),
    ]
    if isinstance(refusal, MethodNotAllowed):
        headers.append(_ALLOW)
    if status in (429, 503):
        headers.append(("retry-after", "5"))
    if request.path.startswith("/api/") or "json" in request.headers.get("accept", ""):
        body, media_type = json_bytes(_error_body(request, refusal)), MEDIA_TYPES["json"]
    else:
        both = dict.fromkeys(render_refusal(refusal, language) for language in ("fr", "en"))
        body, media_type = ("\n\n".join(both) + "\n").encode(), "text/plain; charset=utf-8"
    return respond(request, Answer(body, media_type, status=status, headers=tuple(headers)))


def _error_body(request: Request, refusal: Refusal) -> Mapping[str, Any]:
    french = "lang=fr" in request.query.split("&")
    message = render_refusal(refusal, "fr" if french else "en")
    body: dict[str, Any] = {"message": message, "error_code": error_code(refusal)}
    if isinstance(refusal, TooBusy):
        body |= {
            "errorcode": 10002,
            "error": message,
            "reset_time": None,
            "limit_time_unit": "concurrent",
            "call_limit": None,
        }
    if isinstance(refusal, Withdrawn):
        body |= {
            "reason": refusal.values.get("reason"),
            "ground": refusal.values.get("ground"),
            "version": refusal.values.get("number"),
        }
    return body


def failed(request: Request) -> Response:
    """Give the answer to a fault of ours: no detail, in the form the address uses."""
    message = "Something failed on our side. It was recorded; please try again later."
    body = json_bytes({"message": message, "error_code": "InternalServerError"})
    return respond(
        request, Answer(body, MEDIA_TYPES["json"], status=500, headers=(NOT_SEALED, ("cache-control", "no-store")))
    )
