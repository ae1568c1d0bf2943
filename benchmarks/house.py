# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A server with its worker on a home of its own, for benchmarks: started, asked, weighed, stopped."""

import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from datacity.web.worker import memory

HOST = "127.0.0.1"
_BOUNDARY = "limite-de-mesure"
_START_SECONDS = 180


def free_port() -> int:
    """Give a port nobody uses now."""
    with closing(socket.socket()) as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


class House:
    """The whole platform on a home, as `./dc up` runs it."""

    def __init__(self, folder: Path, *, scale: int = 0) -> None:
        """Take the folder; scale 0 makes a real, empty home, any other a demonstration of that size."""
        self.home = folder / "home"
        self.port = free_port()
        self.log = folder / "server.log"
        self._demo = ["--scale", str(scale)] if scale else ["--no-demo"]

    @property
    def environment(self) -> dict[str, str]:
        """What its processes know, and this one must know to act on the same home."""
        address = f"http://{HOST}:{self.port}"
        return {
            "DATACITY_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
            "DATACITY_PUBLIC_ADDRESS": address,
        }

    @contextmanager
    def running(self) -> Iterator["House"]:
        """Run until the block ends. Raises SystemExit with the end of its log when the first page does not come."""
        command = [
            sys.executable,
            "-m",
            "datacity.web.up",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
            *self._demo,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env={**os.environ, **self.environment}, stdout=log, stderr=log)
        try:
            end = time.monotonic() + _START_SECONDS
            while self.seconds_of("/fr/")[1] != 200:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise SystemExit(self.log.read_text(encoding="utf-8", errors="replace")[-2000:])
                time.sleep(0.2)
            yield self
        finally:
            self.process.terminate()
            self.process.wait()

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, *, seconds: float = 600
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Give status, headers and body of an address; status 0 while nobody answers."""
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=seconds)) as connection, suppress(OSError):
            connection.request("GET", path, headers=dict(headers or {}))
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        return 0, {}, b""

    def seconds_of(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[float, int]:
        """Give how long a page takes, and its status."""
        started = time.perf_counter()
        status, _, _ = self.ask(path, headers)
        return time.perf_counter() - started, status

    def size_of(self, path: str) -> int:
        """Read a download to its end without keeping it, and give its bytes."""
        size = 0
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=600)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status != 200:
                raise SystemExit(f"{path}: {response.status} {response.read()[:500]!r}")
            while piece := response.read(1 << 20):
                size += len(piece)
        return size

    def upload(self, path: str, cookie: str, fields: Mapping[str, str], file: Path) -> str:
        """Send a form with a file, piece by piece, and give where the answer leads. Raises SystemExit when it leads nowhere."""
        token = "a" * 32
        parts = [
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        parts.append(f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n')
        opening = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'
        head, tail = ("".join(parts) + opening).encode(), f"\r\n--{_BOUNDARY}--\r\n".encode()
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=600)) as connection, file.open("rb") as source:
            connection.putrequest("POST", path)
            connection.putheader("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
            connection.putheader("Content-Length", str(len(head) + file.stat().st_size + len(tail)))
            connection.putheader("Cookie", f"{cookie}; datacity_csrf={token}")
            connection.putheader("Origin", f"http://{HOST}:{self.port}")
            connection.endheaders()
            connection.send(head)
            while piece := source.read(1 << 20):
                connection.send(piece)
            connection.send(tail)
            response = connection.getresponse()
            answer = response.read().decode(errors="replace")
        if response.status != 302:
            raise SystemExit(f"{path}: {response.status} {answer[-1000:]}")
        return response.headers["Location"]

    def nurseries(self) -> list[int]:
        """Give the processes that fork the children of jobs."""
        workers = [each for each in memory.below(self.process.pid) if "worker" in _command(each)]
        return [each for each in workers if any(each in memory.below(other) for other in workers)][:1]

    def child_mb(self) -> int:
        """Give what the child of the job under way holds, all below it included; 0 when there is none."""
        return sum(memory.resident_mb(child) for nursery in self.nurseries() for child in _direct(nursery))

    def servers(self) -> list[int]:
        """Give the server's processes."""
        return [each for each in memory.below(self.process.pid) if "granian" in _command(each)]

    def server_mb(self) -> int:
        """Give what the server's processes hold."""
        return sum(memory.resident_mb(each) for each in self.servers() if not memory.below(each))


def _command(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    return ""


def _direct(process: int) -> list[int]:
    deeper = {each for child in memory.below(process) for each in memory.below(child)}
    return [each for each in memory.below(process) if each not in deeper]


class Watch:
    """Looks at a house while something goes on: memory of the job's child and of the server, a page, a progress block."""

    def __init__(self, house: House, *, page: str = "/fr/", block: str = "", cookie: str = "") -> None:
        """Take what to look at; `block` is the address of a progress block, seen with the cookie."""
        self.house, self.page, self.block, self.cookie = house, page, block, cookie
        self.child_mb = self.server_mb = 0
        self.page_ms: list[float] = []
        self.told: list[tuple[float, str]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._weigh, self._look)]

    def __enter__(self) -> Self:
        """Begin to look."""
        self.began = time.monotonic()
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self.seconds = time.monotonic() - self.began
        self._stop.set()
        for each in self._threads:
            each.join()

    def _weigh(self) -> None:
        while not self._stop.wait(0.1):
            self.child_mb = max(self.child_mb, self.house.child_mb())
            self.server_mb = max(self.server_mb, self.house.server_mb())

    def _look(self) -> None:
        while not self._stop.wait(0.5):
            self.page_ms.append(1000 * self.house.seconds_of(self.page)[0])
            if self.block:
                text = " ".join(
                    re.sub(r"<[^>]*>", " ", self.house.ask(self.block, {"Cookie": self.cookie})[2].decode()).split()
                )
                if text and (not self.told or self.told[-1][1] != text):
                    self.told.append((time.monotonic() - self.began, text))

    @property
    def silence(self) -> float:
        """The longest time in seconds in which the progress block said the same."""
        moments = [0.0, *(at for at, _ in self.told), self.seconds]
        return max(later - earlier for earlier, later in itertools.pairwise(moments))

    def figures(self) -> dict[str, Any]:
        """Give the figures for a row of the table."""
        found: dict[str, Any] = {
            "seconds": round(self.seconds, 1),
            "peak_mb": self.child_mb or None,
            "server_mb": self.server_mb,
        }
        if self.page_ms:
            found["page_ms"] = round(statistics.median(self.page_ms))
            found["worst_ms"] = round(max(self.page_ms))
        if self.told:
            found["told"] = len(self.told)
            found["silence_s"] = round(self.silence, 1)
        return found


def show(row: Mapping[str, Any]) -> None:
    """Print a row as JSON at once."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()
