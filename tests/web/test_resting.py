# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Threads kept for uploads hold no connection of the database while they rest; those of pages keep theirs."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from datacity.web.gateway import LARGE_UPLOAD_BYTES, Gateway


class Sender:
    """A client that sends nothing and stays."""

    def __aiter__(self) -> "Sender":
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration

    async def client_disconnect(self) -> None:
        await asyncio.sleep(60)


def scope(length: int) -> Any:
    return SimpleNamespace(
        method="POST", path="/", query_string="", scheme="http", http_version="1.1", client="127.0.0.1:1", server="127.0.0.1:2",
        authority="", headers={"content-length": str(length)},
    )  # fmt: skip


def page(_environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"seen"


@pytest.mark.parametrize(("length", "closed_by"), [(0, []), (LARGE_UPLOAD_BYTES, ["uploads_0"])])
def test_connections_are_closed_after_a_large_upload_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, closed_by: list[str]
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append(threading.current_thread().name))
    gateway = Gateway(tmp_path)

    answer = asyncio.run(gateway.run(lambda: page, scope(length), Sender(), "1"))  # type: ignore[arg-type]
    gateway.close()

    assert (answer.status, answer.body, closed) == (200, b"seen", closed_by)
