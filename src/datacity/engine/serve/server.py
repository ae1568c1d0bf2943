# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data plane as an RSGI application, for `datacity serve` and for the site's dispatcher.

Answers are computed in threads. Exports have threads of their own: computing one may take minutes and several readers
wait for the same file, while questions, cached answers and files go on.
"""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from datacity.engine.serve.counting import Counts, exposition, read
from datacity.engine.serve.exchange import Answer, Request, Response, respond
from datacity.engine.serve.loglines import EVENT, current_request
from datacity.engine.serve.plane import DataPlane, failed, refused
from datacity.engine.serve.refusals import TooBusy
from datacity.engine.serve.requests import Scope, Sender, is_from_this_machine, read_request, request_number, send
from datacity.kernel.errors import Refusal

THREADS = 32
"""Threads that answer questions, when nothing else is said."""
_EXPORT_THREADS = 64
_WAITING = 512
_ENVIRONMENT = "DATACITY_SERVE"
_log = logging.getLogger(__name__)


class Answering:
    """Answers requests of the data plane in threads; the plane is opened at the first request, or by `warm`."""

    def __init__(
        self,
        open_plane: Callable[[], DataPlane],
        threads: int = THREADS,
        *,
        counts: Counts | None = None,
        log_requests: bool = False,
    ) -> None:
        """Take how the plane is opened, how many threads answer questions, and where answers are counted.

        log_requests: a line for each answer, without query; a proxy in front usually writes one already.
        """
        self._open = open_plane
        self._counts = counts
        self._log_requests = log_requests
        self._lock = threading.Lock()
        self._plane: DataPlane | None = None
        self._questions = ThreadPoolExecutor(threads, thread_name_prefix="questions")
        self._exports = ThreadPoolExecutor(_EXPORT_THREADS, thread_name_prefix="exports")
        self._under_way = 0

    def plane(self) -> DataPlane:
        """Give the plane, opened once."""
        with self._lock:
            if self._plane is None:
                self._plane = self._open()
            return self._plane

    def warm(self) -> None:
        """Open the plane and compile its grammar aside, so that the first reader does not wait."""
        self._questions.submit(self._try_opening)

    def _try_opening(self) -> None:
        try:
            self.plane().answer(Request("GET", "/api/explore/v2.1/catalog/datasets", "limit=1&order_by=modified"))
        except Refusal as refusal:
            _log.error("The data plane does not open: %s", refusal)

    async def __call__(self, scope: Scope, sender: Sender) -> None:
        """Answer one request."""
        request = read_request(scope)
        number = request_number(request)
        started = time.monotonic()
        if self._under_way >= _WAITING:
            response = refused(request, _too_many())
        else:
            response = await self._answer_aside(request, number)
        if self._counts is not None:
            self._counts.add("data", response.status)
        if self._log_requests:
            _log_answer(request, response, number=number, seconds=time.monotonic() - started)
        send(sender, response, number=number)

    async def _answer_aside(self, request: Request, number: str) -> Response:
        self._under_way += 1
        try:
            pool = self._exports if "/exports/" in request.path else self._questions
            return await asyncio.get_running_loop().run_in_executor(pool, self._answer, request, number)
        finally:
            self._under_way -= 1

    def _answer(self, request: Request, number: str) -> Response:
        current_request.set(number)
        try:
            return self.plane().answer(request)
        except Refusal as refusal:
            return refused(request, refusal)
        except Exception:  # noqa: BLE001 -- the outer edge: without a plane there is still an answer
            _log.exception("The data plane does not open")
            return failed(request)

    def close(self) -> None:
        """Let threads and plane go."""
        for pool in (self._questions, self._exports):
            pool.shutdown(wait=False, cancel_futures=True)
        if self._plane is not None:
            self._plane.close()
        if self._counts is not None:
            self._counts.close()


def _log_answer(request: Request, response: Response, *, number: str, seconds: float) -> None:
    """Log an answer. The path of what exists is public; of another only the beginning is kept: anything may stand in it."""
    path = request.path if response.status < 400 else "/".join([*request.path.split("/")[:2], "…"])
    event = {
        "request": number,
        "method": request.method,
        "path": path,
        "status": response.status,
        "milliseconds": round(seconds * 1000),
    }
    _log.info("%s %s %d", request.method, path, response.status, extra={EVENT: event, "request_id": number})


def _too_many() -> TooBusy:
    return TooBusy(
        "serve.busy",
        "Too many questions are being answered at this moment.",
        hint="Ask again in a few seconds, or download the whole file instead.",
    )


@dataclass(frozen=True)
class ServeOptions:
    """What `datacity serve` was told, handed to the server's processes through their environment."""

    store: str
    spool: str
    trust: tuple[str, ...]
    threads: int = THREADS
    log_requests: bool = False

    def put_into_environment(self) -> None:
        """Leave the options where the processes of the server find them."""
        os.environ[_ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def of_environment(cls) -> "ServeOptions":
        """Read the options left by `put_into_environment`."""
        found = json.loads(os.environ[_ENVIRONMENT])
        return cls(**{**found, "trust": tuple(found["trust"])})

    @property
    def spool_folder(self) -> Path:
        """Give the folder of computed exports of this process."""
        return Path(self.spool)


class Application:
    """The data plane alone, as granian runs it; its counts are at `/metrics`, for programs of this machine."""

    def __init__(self, answering: Answering, spool: Path) -> None:
        """Take who answers, and the folder in which answers are counted."""
        self._answering = answering
        self._spool = spool

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Get ready before the first request."""
        self._answering.warm()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let everything go."""
        self._answering.close()

    async def __rsgi__(self, scope: Scope, protocol: Sender) -> None:
        """Answer one request."""
        if scope.path == "/metrics" and is_from_this_machine(
            scope.client.rpartition(":")[0], read_request(scope).headers
        ):
            counted = Answer(exposition(read(self._spool)).encode(), "text/plain; version=0.0.4; charset=utf-8")
            send(protocol, respond(read_request(scope), counted))
            return
        await self._answering(scope, protocol)
