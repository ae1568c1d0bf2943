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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from datacity.engine.serve.exchange import Request, Response
from datacity.engine.serve.plane import DataPlane, failed, refused
from datacity.engine.serve.refusals import TooBusy
from datacity.engine.serve.requests import Scope, Sender, read_request, request_number, send
from datacity.kernel.errors import Refusal

THREADS = 32
"""Threads that answer questions, when nothing else is said."""
_EXPORT_THREADS = 64
_WAITING = 512
_ENVIRONMENT = "DATACITY_SERVE"
_log = logging.getLogger(__name__)


class Answering:
    """Answers requests of the data plane in threads; the plane is opened at the first request, or by `warm`."""

    def __init__(self, open_plane: Callable[[], DataPlane], threads: int = THREADS) -> None:
        """Take how the plane is opened, and how many threads answer questions."""
        self._open = open_plane
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
        if self._under_way >= _WAITING:
            send(sender, refused(request, _too_many()))
            return
        self._under_way += 1
        try:
            pool = self._exports if "/exports/" in request.path else self._questions
            response = await asyncio.get_running_loop().run_in_executor(pool, self._answer, request)
        finally:
            self._under_way -= 1
        send(sender, response, number=request_number(request))

    def _answer(self, request: Request) -> Response:
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

    def put_into_environment(self) -> None:
        """Leave the options where the processes of the server find them."""
        os.environ[_ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def of_environment(cls) -> "ServeOptions":
        """Read the options left by `put_into_environment`."""
        found = json.loads(os.environ[_ENVIRONMENT])
        return cls(store=found["store"], spool=found["spool"], trust=tuple(found["trust"]), threads=found["threads"])

    @property
    def spool_folder(self) -> Path:
        """Give the folder of computed exports of this process."""
        return Path(self.spool)


class Application:
    """The data plane alone, as granian runs it."""

    def __init__(self, answering: Answering) -> None:
        """Take who answers."""
        self._answering = answering

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Get ready before the first request."""
        self._answering.warm()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let everything go."""
        self._answering.close()

    async def __rsgi__(self, scope: Scope, protocol: Sender) -> None:
        """Answer one request."""
        await self._answering(scope, protocol)
