# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Many slow readers at once, while pages go on: how long a page takes, how much memory the server needs.

Usage: python benchmarks/slow_readers.py ADDRESS --file PATH --page PATH [--readers 300] [--seconds 20] [--process PID …]
ADDRESS begins with http, or with https when a proxy stands in front: then `--connect HOST:PORT` says where it listens and
`--certificate FILE` what it shows. Each reader takes `--rate` bytes a second; pages are asked for once every reader holds its
download and this program, which is one process, has come to rest (`--settle` seconds), and after `--seconds` all leave. Prints one JSON line. Memory: the sum of the resident sizes of the processes and of
their children, in MB, before, at most, and after; `/proc` is read, so Linux only.
"""

import argparse
import asyncio
import json
import ssl
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Server:
    """Where it listens, under which name, and what its certificate is verified with (None: no TLS)."""

    host: str
    port: int
    name: str
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, address: str, *, connect: str, certificate: str) -> "Server":
        """Read the address and where to connect instead of it."""
        parts = urlsplit(address)
        name, secure = parts.hostname or "127.0.0.1", parts.scheme == "https"
        host, _, port = (connect or f"{name}:{parts.port or (443 if secure else 80)}").rpartition(":")
        return cls(host, int(port), name, ssl.create_default_context(cafile=certificate or None) if secure else None)

    async def ask(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection and ask for a path."""
        name = self.name if self.tls else None
        reader, writer = await asyncio.open_connection(
            self.host, self.port, limit=4096, ssl=self.tls, server_hostname=name
        )
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.name}\r\nConnection: close\r\n\r\n".encode())
        return reader, writer


@dataclass
class Crowd:
    """The readers: how many are wanted, how many hold a download already, and the moment at which all leave."""

    wanted: int
    holding: int = 0
    until: float = float("inf")
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def joined(self) -> None:
        """Note that one more reader holds its download."""
        self.holding += 1
        if self.holding == self.wanted:
            self.complete.set()


async def read_slowly(server: Server, path: str, crowd: Crowd, *, rate: int) -> int:
    """Give the bytes taken until the crowd leaves."""
    reader, writer = await server.ask(path)
    taken = 0
    while time.monotonic() < crowd.until:
        piece = await reader.read(max(rate // 10, 1))
        if not piece:
            break
        if not taken:
            crowd.joined()
        taken += len(piece)
        await asyncio.sleep(0.1)
    writer.close()
    return taken


async def page_seconds(server: Server, path: str) -> tuple[float, int]:
    """Give how long one page took, connection included, and its status."""
    started = time.monotonic()
    reader, writer = await server.ask(path)
    status = int((await reader.readline()).split()[1])
    await reader.read(-1)
    writer.close()
    return time.monotonic() - started, status


def resident_mb(processes: list[int]) -> float:
    """Give the resident memory of the processes and their children, in MB."""
    wanted = set(processes)
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            pages = int((entry / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(entry.name) in wanted or parent in wanted:
            total += pages * 4096
    return round(total / 1e6, 1)


async def measure(options: argparse.Namespace) -> dict[str, object]:
    """Run readers and pages side by side and give the figures."""
    server = Server.of(options.address, connect=options.connect, certificate=options.certificate)
    before = resident_mb(options.process)
    crowd = Crowd(options.readers)
    readers = [
        asyncio.create_task(read_slowly(server, options.file, crowd, rate=options.rate)) for _ in range(options.readers)
    ]
    with suppress(TimeoutError):
        await asyncio.wait_for(crowd.complete.wait(), options.seconds + 60)
    await asyncio.sleep(options.settle)
    crowd.until = time.monotonic() + options.seconds
    times, statuses, most = [], set(), before
    while time.monotonic() < crowd.until:
        seconds, status = await page_seconds(server, options.page)
        times.append(seconds * 1000)
        statuses.add(status)
        most = max(most, resident_mb(options.process))
        await asyncio.sleep(0.05)
    taken = await asyncio.gather(*readers, return_exceptions=True)
    served = [each for each in taken if isinstance(each, int) and each > 0]
    times.sort()
    return {
        "readers": options.readers,
        "served": len(served),
        "megabytes_sent": round(sum(served) / 1e6, 1),
        "pages": len(times),
        "page_statuses": sorted(statuses),
        "page_ms_median": round(statistics.median(times), 1),
        "page_ms_p95": round(times[int(len(times) * 0.95)], 1),
        "page_ms_worst": round(times[-1], 1),
        "memory_mb_before": before,
        "memory_mb_most": most,
        "memory_mb_after": resident_mb(options.process),
    }


def figures(folder: Path) -> Iterator[dict[str, Any]]:
    """Give a row for 300 slow downloads and one for 60 slow readers of an export, on a small demonstration."""
    from house import HOST, House  # beside this file; only needed here

    with House(folder, scale=1).running() as house:
        slug = "passages-de-velos"
        for case, path, readers in (
            ("300 slow downloads", f"/files/{slug}/1/{slug}-v1.csv", 300),
            ("60 slow readers of an export", f"/api/explore/v2.1/catalog/datasets/{slug}/exports/csv", 60),
        ):
            asked = argparse.Namespace(
                address=f"http://{HOST}:{house.port}", file=path, page="/fr/", readers=readers, seconds=20.0, rate=200,
                process=[house.process.pid, *house.servers()], connect="", certificate="",
            )  # fmt: skip
            yield {"case": case, **asyncio.run(measure(asked))}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--file", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--connect", default="")
    parser.add_argument("--certificate", default="")
    parser.add_argument("--readers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--settle", type=float, default=3)
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--process", type=int, nargs="*", default=[])
    sys.stdout.write(json.dumps(asyncio.run(measure(parser.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
