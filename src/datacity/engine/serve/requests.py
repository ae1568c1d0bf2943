# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Between an RSGI server and the data plane: read its request, send our response.

RSGI is the protocol of the server granian: `scope` describes the request, `protocol` takes the response. A file is sent by
the server itself, without passing through Python, so that a slow reader costs no thread and no memory.
"""

import ipaddress
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Protocol

from datacity.engine.serve.exchange import FileBody, Request, Response

_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")
Headers = list[tuple[str, str]]


class ScopeHeaders(Protocol):
    """The headers of a request; names in lower case."""

    def get(self, key: str, default: str | None = None) -> str | None:
        """Give one header."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """Give all headers, repeated ones repeatedly."""
        ...


class Scope(Protocol):
    """What RSGI says of a request; the path is decoded."""

    proto: str
    http_version: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> ScopeHeaders:
        """Give the headers."""
        ...


class Sender(Protocol):
    """The part of RSGI's protocol object that sends whole bodies."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send bytes."""
        ...

    def response_file(self, status: int, headers: Headers, file: str) -> None:
        """Send a file."""
        ...

    def response_file_range(self, status: int, headers: Headers, file: str, start: int, end: int) -> None:
        """Send the bytes of a file from `start` up to, not including, `end`."""
        ...


def read_request(scope: Scope) -> Request:
    """Give the request; a repeated header is joined with commas."""
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Request(scope.method, scope.path, scope.query_string, headers)


def request_number(request: Request) -> str:
    """Give the number of the request: the one sent when it has the right form, else a new one."""
    sent = request.headers.get("x-request-id", "")
    return sent if _NUMBER.fullmatch(sent) else secrets.token_hex(8)


FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "via")
"""Headers that say a proxy stands between: who asks is then somebody else than the direct peer."""


def is_from_this_machine(peer: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a program of this machine asks for itself: a loopback peer, and no sign of a proxy.

    peer: the address of the direct peer, without port. headers: names in lower case.
    """
    if any(name in headers for name in FORWARDING):
        return False
    try:
        return ipaddress.ip_address(peer.strip("[]")).is_loopback
    except ValueError:
        return False


def send(sender: Sender, response: Response, *, number: str = "") -> None:
    """Send the response; the server leaves the body out for HEAD."""
    headers = [*response.headers, ("x-request-id", number)] if number else list(response.headers)
    body = response.body
    if isinstance(body, FileBody) and body.length:
        sender.response_file_range(response.status, headers, str(body.path), body.offset, body.offset + body.length)
    else:
        sender.response_bytes(response.status, headers, body if isinstance(body, bytes) else b"")
