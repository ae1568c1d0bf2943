# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Child processes for heavy jobs: forked from a small process that has everything imported, limited, killed with their worker.

The nursery is forked before the worker has threads or database connections. A child costs a fork (measured: see
`benchmarks/journal.py`), not a new interpreter. When the worker dies, even by `kill -9`, its end of the socket closes:
the nursery kills the child and ends.
"""

import contextlib
import ctypes
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections

from datacity.frame import scratch
from datacity.programme.jobs.actions import Lease
from datacity.web.worker import memory
from datacity.web.worker.running import run

logger = logging.getLogger("datacity.worker")

_PRELOADED = ("duckdb", "pyarrow", "pyarrow.parquet")
_POLL_SECONDS = 0.05
_WEIGH_SECONDS = 0.2
_NICE = 5
_DIE_WITH_PARENT = 1


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    code: 0, the number of the signal that ended it, negative, or its exit code. most_mb: what it and all below it held at most, as
    far as it was weighed. too_much: it was killed for that.
    """

    code: int
    most_mb: int
    too_much: bool = False


class Nursery:
    """The worker's side of the nursery: one child at a time."""

    def __init__(self) -> None:
        """Fork the nursery. Call it before any thread is started; open database connections are closed."""
        connections.close_all()
        self._here, there = socket.socketpair()
        self.process = os.fork()
        if self.process == 0:
            self._here.close()
            try:
                _serve(there)
            finally:
                os._exit(0)
        there.close()

    def run(self, lease: Lease, *, stop: Callable[[], bool]) -> "Ended":
        """Run a job in a child and wait; killed as soon as `stop()` says so, or when it holds more memory than the job may.

        Raises ConnectionError when the nursery itself is gone.
        """
        _send(
            self._here,
            {
                "job": lease.job,
                "token": lease.token,
                "name": lease.name,
                "arguments": lease.arguments,
                "attempt": lease.attempt,
            },
        )
        killed = False
        while True:
            if _readable(self._here, _POLL_SECONDS):
                answer = _receive(self._here)
                if answer is None:
                    raise ConnectionError("the nursery ended")
                return Ended(answer["code"], answer["most_mb"], too_much=answer["too_much"])
            if not killed and stop():
                killed = True
                _send(self._here, {"kill": True})

    def close(self) -> None:
        """End the nursery, and its child if there is one."""
        self._here.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _serve(there: socket.socket) -> None:
    """Fork a child for each lease that comes, until the worker is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for name in _PRELOADED:
        importlib.import_module(name)
    while (order := _receive(there)) is not None:
        if "job" not in order:
            continue
        child = os.fork()
        if child == 0:
            there.close()
            _live(Lease(**order))
        alive = _watch(there, child, memory_mb=Lease(**order).declared.memory_mb)
        scratch.wipe_of(child)
        if not alive:
            return


def _watch(there: socket.socket, child: int, *, memory_mb: int) -> bool:
    """Wait for the child and tell how it ended; False when the worker is gone, after the child was killed.

    The child and all below it may hold `memory_mb` MiB of resident memory together, what it shares with the nursery included.
    """
    most, too_much, looked = 0, False, 0.0
    while True:
        process, status = os.waitpid(child, os.WNOHANG)
        if process:
            with contextlib.suppress(BrokenPipeError):
                code = os.waitstatus_to_exitcode(status)
                _send(there, {"code": code, "most_mb": most, "too_much": too_much})
            return True
        if time.monotonic() - looked >= _WEIGH_SECONDS:
            looked = time.monotonic()
            most = max(most, memory.resident_mb(child))
            if most > memory_mb and not too_much:
                too_much = True
                memory.kill(child)
        if not _readable(there, _POLL_SECONDS):
            continue
        order = _receive(there)
        memory.kill(child)
        if order is None:
            os.waitpid(child, 0)
            return False


def _live(lease: Lease) -> None:
    """Be the child: limited, nice, with its own scratch folder; run the job and leave."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        os.setpgrp()
        os.nice(_NICE)
        os.environ["TMPDIR"] = str(scratch.folder())
        memory.limit_addresses(lease.declared.memory_mb)
        run(lease)
        code = 0
    except BaseException:
        logger.exception("job %d %s: its process failed", lease.job, lease.name)
    finally:
        connections.close_all()
        logging.shutdown()
        os._exit(code)


def _readable(end: socket.socket, seconds: float) -> bool:
    return bool(select.select([end], [], [], seconds)[0])


def _send(end: socket.socket, order: dict[str, Any]) -> None:
    end.sendall(json.dumps(order).encode() + b"\n")


def _receive(end: socket.socket) -> dict[str, Any] | None:
    """Give the next order, or None when the other end is gone."""
    data = b""
    while not data.endswith(b"\n"):
        try:
            piece = end.recv(65_536)
        except ConnectionResetError:
            return None
        if not piece:
            return None
        data += piece
    order: dict[str, Any] = json.loads(data)
    return order
