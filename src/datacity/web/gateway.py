# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Django's WSGI application behind an RSGI server: in threads, with bodies that stay small in memory both ways.

What comes in passes through a bounded queue, so that a large upload waits for the disk. What goes out is gathered: a small
body is sent from memory, a larger one is first written to a file that the server sends, because RSGI's own byte streams
do not wait for slow readers (measured: 2.6 GB of memory with 60 of them).
"""

import asyncio
import io
import os
import secrets
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from datacity.engine.serve.exchange import FileBody, Response
from datacity.engine.serve.requests import Scope, Sender

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MEMORY_BYTES = 1_000_000
"""A body up to this size is sent from memory."""
SPOOL_BYTES = 4_000_000_000
"""Largest body that is gathered in a file."""
LARGE_UPLOAD_BYTES = 1_000_000
"""A request of this size or of unknown size gets one of the threads kept for uploads."""
_CHUNKS = 8
_SILENCE_SECONDS = 60.0
_SENT_SECONDS = 120.0
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
)


class Peer(Sender, Protocol):
    """RSGI's protocol object: gives the body of the request, tells when the client leaves, takes the response."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the pieces of the request's body."""
        ...

    def client_disconnect(self) -> Awaitable[None]:
        """Wait until the client has left."""
        ...


class Incoming(io.RawIOBase):
    """The body of a request, read in a thread while the event loop receives it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, pieces: "asyncio.Queue[bytes | None]", expected: int | None
    ) -> None:
        """Read from the queue; None in it is the end. expected: bytes announced, None when unknown."""
        super().__init__()
        self._loop = loop
        self._pieces = pieces
        self._expected = expected
        self._received = 0
        self._rest = b""
        self._ended = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, at least a byte unless the body ended.

        Raises ConnectionError when the client left in the middle or is silent for a minute: half a body is no body.
        """
        if not self._rest and not self._ended:
            self._rest = self._next()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next(self) -> bytes:
        waiting = asyncio.run_coroutine_threadsafe(self._pieces.get(), self._loop)
        try:
            piece = waiting.result(timeout=_SILENCE_SECONDS)
        except TimeoutError as error:
            waiting.cancel()
            raise ConnectionError("the client sends nothing any more") from error
        if piece is None:
            self._ended = True
            if self._expected is not None and self._received < self._expected:
                raise ConnectionError("the client left in the middle of the body")
            return b""
        self._received += len(piece)
        return piece


class FileWrapper:
    """What Django wraps a file to send with (`wsgi.file_wrapper`)."""

    def __init__(self, file: Any, size: int = 65_536) -> None:
        """Take the file and the size of a piece."""
        self.file = file
        self._size = size

    def __iter__(self) -> "FileWrapper":
        """Give itself."""
        return self

    def __next__(self) -> bytes:
        """Give the next piece."""
        piece: bytes = self.file.read(self._size)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the file, and with it Django's response."""
        if hasattr(self.file, "close"):
            self.file.close()

    def on_disk(self) -> FileBody | None:
        """Give the file for the server to send, when it is a plain file that stays where it is, unread so far."""
        if not isinstance(self.file, io.BufferedReader | io.FileIO) or not isinstance(
            self.file.name, str | os.PathLike
        ):
            return None
        path = Path(self.file.name)
        with suppress(OSError, ValueError):
            opened, named = os.fstat(self.file.fileno()), path.stat()
            if (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino) and self.file.tell() == 0:
                return FileBody(path.absolute(), 0, opened.st_size)
        return None


class Gateway:
    """Runs a WSGI application for an RSGI server."""

    def __init__(self, spool: Path, *, threads: int = 16, upload_threads: int = 48, waiting: int = 256) -> None:
        """Set the bounds. spool: folder of large bodies, made when needed. waiting: requests under way before more are refused."""
        self._spool = spool
        self._pages = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self._uploads = ThreadPoolExecutor(upload_threads, thread_name_prefix="uploads")
        self._waiting = waiting
        self._under_way = 0

    def warm(self, application: Callable[[], Application]) -> None:
        """Let a thread load the application before somebody asks for it; what fails is told to who asks."""
        self._pages.submit(application)

    def is_full(self) -> bool:
        """Tell whether so many requests are under way that another would only wait."""
        return self._under_way >= self._waiting

    async def run(self, application: Callable[[], Application], scope: Scope, protocol: Peer, number: str) -> Response:
        """Give the application's response. application: gives it, called in the thread; what it raises is raised here."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_CHUNKS)
        expected = _announced(scope)
        gone = threading.Event()
        body: io.IOBase = io.BytesIO()
        helpers = [asyncio.ensure_future(_notice(protocol, gone))]
        if expected != 0:
            body = io.BufferedReader(Incoming(loop, pieces, expected), 65_536)
            helpers.append(asyncio.ensure_future(_receive(protocol, pieces)))
        large = expected is None or expected >= LARGE_UPLOAD_BYTES
        environ = environment(scope, body, number)
        self._under_way += 1
        try:
            return await loop.run_in_executor(
                self._uploads if large else self._pages,
                self._run_resting if large else self._run,
                application,
                environ,
                gone,
            )
        finally:
            self._under_way -= 1
            for each in helpers:
                each.cancel()

    def _run_resting(
        self, application: Callable[[], Application], environ: dict[str, Any], gone: threading.Event
    ) -> Response:
        """Run in a thread that may rest for hours afterwards: it keeps no connection of the database meanwhile."""
        try:
            return self._run(application, environ, gone)
        finally:
            if (database := sys.modules.get("django.db")) is not None:
                database.connections.close_all()

    def _run(self, application: Callable[[], Application], environ: dict[str, Any], gone: threading.Event) -> Response:
        started: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], None]:
            started[:] = [
                (int(status[:3]), [(name.lower(), value) for name, value in headers if name.lower() not in _HOP_BY_HOP])
            ]
            return _refuse_writing

        result = application()(environ, start_response)
        try:
            body = result.on_disk() if isinstance(result, FileWrapper) else None
            body_or_bytes = body or _gather(result, self._spool, gone)
            status, headers = started[0]
        finally:
            if hasattr(result, "close"):
                result.close()
        return _response(status, headers, body_or_bytes)

    def close(self) -> None:
        """Let the threads go."""
        self._pages.shutdown(wait=False, cancel_futures=True)
        self._uploads.shutdown(wait=False, cancel_futures=True)


def _refuse_writing(_: bytes) -> None:
    raise NotImplementedError("the old way of writing in WSGI; Django does not use it")


def _response(status: int, headers: list[tuple[str, str]], body: bytes | FileBody) -> Response:
    size = len(body) if isinstance(body, bytes) else body.length
    names = {name for name, _ in headers}
    if "content-length" not in names and status not in (204, 304) and status >= 200:
        headers.append(("content-length", str(size)))
    return Response(status, tuple(headers), body)


def _announced(scope: Scope) -> int | None:
    """Give the bytes the request says it has; 0 when it has no body, None when it does not say."""
    length = scope.headers.get("content-length")
    if length is not None:
        return int(length) if length.isascii() and length.isdigit() else 0
    return None if "chunked" in (scope.headers.get("transfer-encoding") or "").lower() else 0


async def _receive(protocol: Peer, pieces: "asyncio.Queue[bytes | None]") -> None:
    try:
        async for piece in protocol:
            await pieces.put(bytes(piece))
    except Exception:  # noqa: BLE001 -- the client left; the reader finds fewer bytes than announced and says so
        await pieces.put(None)
        return
    await pieces.put(None)


async def _notice(protocol: Peer, gone: threading.Event) -> None:
    with suppress(Exception):
        await protocol.client_disconnect()
        gone.set()


def environment(scope: Scope, body: io.IOBase, number: str) -> dict[str, Any]:
    """Give the WSGI environment of a request. Header names with an underscore are left out: they would pass for others.

    Source: PEP 3333.
    """
    client, _, _ = scope.client.rpartition(":")
    server, _, port = str(getattr(scope, "server", "")).rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode("utf-8", "surrogateescape").decode("latin-1"),
        "SERVER_NAME": server or "localhost",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client.strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if name == "cookie" else ", "
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    environ["HTTP_X_REQUEST_ID"] = number
    return environ


def _gather(result: Iterable[bytes], spool: Path, gone: threading.Event) -> bytes | FileBody:
    """Give the whole body, in memory or in a file; stops early when nobody waits for it."""
    pieces: list[bytes] = []
    held = 0
    waiting = iter(result)
    for piece in waiting:
        pieces.append(piece)
        held += len(piece)
        if held > MEMORY_BYTES:
            return _to_file(pieces, waiting, spool, gone)
        if gone.is_set():
            break
    return b"".join(pieces)


def _to_file(pieces: list[bytes], rest: Iterable[bytes], spool: Path, gone: threading.Event) -> FileBody:
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(spool)
    path = spool / f"{secrets.token_hex(12)}.page"
    with path.open("xb") as file:
        written = sum(file.write(piece) for piece in pieces)
        for piece in rest:
            written += file.write(piece)
            if gone.is_set():
                break
            if written > SPOOL_BYTES:
                path.unlink()
                raise OSError("a page is larger than the spool allows")
    return FileBody(path, 0, written)


def _sweep(spool: Path) -> None:
    """Remove files sent before: the server has opened them long ago, so what is still being sent goes on."""
    for each in spool.glob("*.page"):
        with suppress(FileNotFoundError):
            if time.time() - each.stat().st_mtime > _SENT_SECONDS:
                each.unlink()
