# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What goes in and out of the data plane, independent of any server: request, answer, response.

An `Answer` says what the content is; `respond` turns it into what goes over the wire for this request: 304, a range,
compressed, or whole. Source of the rules: RFC 9110 (conditions, ranges, negotiation of codings).
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from datacity.engine.serve.ranges import requested_range

_COMPRESSED_FROM_BYTES = 1_024
_GZIP_LEVEL = 6
CROSS_ORIGIN = (
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "ETag, Content-Range, Accept-Ranges, Content-Disposition, Retry-After, X-Request-ID, X-DataCity-Sealed, X-DataCity-Version",
    ),
)
"""Anybody's page may read what is public, and nothing here depends on who asks."""
PUBLIC = (*CROSS_ORIGIN, ("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "cross-origin"))
"""Headers of every answer of the data plane."""


@dataclass(frozen=True)
class Request:
    """A question as it came. path: decoded, without query; query: as written; headers: names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileBody:
    """A part of a file to send: `length` bytes from `offset`."""

    path: Path
    offset: int
    length: int

    def read(self) -> bytes:
        """Give the bytes; for small files and tests, servers send them without reading."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


@dataclass(frozen=True)
class Response:
    """What to send. The body of an answer to HEAD is present; the server leaves it out and keeps the headers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | FileBody

    def header(self, name: str) -> str | None:
        """Give a header by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


class Answer:
    """Content with its description; the same answer serves many requests and keeps its compressed form."""

    def __init__(
        self,
        body: bytes | FileBody,
        media_type: str,
        *,
        status: int = 200,
        etag: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Describe the content. etag: strong, without quotes, "" for none; headers: further ones, lower-case names."""
        self.body = body
        self.media_type = media_type
        self.status = status
        self.etag = etag
        self.headers = headers
        self._gzipped: bytes | None = None
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Give the length of the content in bytes."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.length

    @property
    def weight(self) -> int:
        """Give the bytes the answer holds in memory."""
        return (len(self.body) if isinstance(self.body, bytes) else 0) + len(self._gzipped or b"") + 500

    def gzipped(self) -> bytes:
        """Give the compressed content; computed once."""
        if not isinstance(self.body, bytes):
            raise TypeError("files are sent as they are")
        with self._lock:
            if self._gzipped is None:
                self._gzipped = gzip.compress(self.body, _GZIP_LEVEL, mtime=0)
            return self._gzipped

    @property
    def is_compressible(self) -> bool:
        """Tell whether compressing makes sense."""
        return (
            isinstance(self.body, bytes)
            and len(self.body) >= _COMPRESSED_FROM_BYTES
            and self.media_type.partition(";")[0]
            in ("application/json", "text/csv", "text/plain", "application/x-ndjson")
        )


def respond(request: Request, answer: Answer, *, always: tuple[tuple[str, str], ...] = PUBLIC) -> Response:
    """Give what goes over the wire: 304 when the client has it, a range when asked, compressed when accepted, or all."""
    headers = [*always, *answer.headers]
    if answer.is_compressible:
        headers.append(("vary", "accept-encoding"))
    if answer.status == 200 and answer.etag and _has_it(request, answer.etag):
        return Response(304, (*headers, ("etag", f'"{answer.etag}"')), b"")
    headers.append(("content-type", answer.media_type))
    found = _ranged(request, answer)
    if found is not None:
        return replace(found, headers=(*headers, *found.headers))
    if answer.status == 200 and answer.is_compressible and "range" not in request.headers and _accepts_gzip(request):
        body = answer.gzipped()
        coded = (
            ("content-encoding", "gzip"),
            ("content-length", str(len(body))),
            *_tag(answer.etag and answer.etag + "-gzip"),
        )
        return Response(answer.status, (*headers, *coded), body)
    headers += [("content-length", str(answer.size)), *_tag(answer.etag)]
    if answer.etag and answer.status == 200:
        headers.append(("accept-ranges", "bytes"))
    return Response(answer.status, tuple(headers), answer.body)


def _tag(etag: str) -> tuple[tuple[str, str], ...]:
    return (("etag", f'"{etag}"'),) if etag else ()


def _has_it(request: Request, etag: str) -> bool:
    wanted = request.headers.get("if-none-match", "")
    if wanted.strip() == "*":
        return True
    held = {part.strip().removeprefix("W/") for part in wanted.split(",")}
    return not held.isdisjoint({f'"{etag}"', f'"{etag}-gzip"'})


def _accepts_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, *options = (piece.strip() for piece in part.split(";"))
        if coding in ("gzip", "x-gzip", "*"):
            return not any(option.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for option in options)
    return False


def _ranged(request: Request, answer: Answer) -> Response | None:
    condition = request.headers.get("if-range")
    if request.method != "GET" or answer.status != 200 or not answer.etag or "range" not in request.headers:
        return None
    if condition is not None and condition.strip() != f'"{answer.etag}"':
        return None
    wanted = requested_range(request.headers["range"], answer.size)
    if wanted is None:
        return None
    tag = (*_tag(answer.etag), ("accept-ranges", "bytes"))
    if not wanted:
        return Response(416, (("content-range", f"bytes */{answer.size}"), ("content-length", "0"), *tag), b"")
    described = (
        ("content-range", f"bytes {wanted.start}-{wanted.stop - 1}/{answer.size}"),
        ("content-length", str(len(wanted))),
        *tag,
    )
    if isinstance(answer.body, bytes):
        return Response(206, described, answer.body[wanted.start : wanted.stop])
    part = FileBody(answer.body.path, answer.body.offset + wanted.start, len(wanted))
    return Response(206, described, part)
