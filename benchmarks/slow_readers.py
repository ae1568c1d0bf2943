# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Many slow readers at once, while pages go on: how long a page takes, how much memory the server needs.

Usage: python benchmarks/slow_readers.py ADDRESS --file PATH --page PATH [--readers 300] [--seconds 20] [--process PID …]
Each reader takes `--rate` bytes a second and leaves at the end. Prints one JSON line. Memory: the sum of the resident sizes of
the processes and of their children, in MB, before, at most, and after; `/proc` is read, so Linux only.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


async def read_slowly(host: str, port: int, path: str, *, rate: int, until: float) -> int:
    """Give the bytes taken until the moment."""
    reader, writer = await asyncio.open_connection(host, port, limit=4096)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    taken = 0
    while time.monotonic() < until:
        piece = await reader.read(max(rate // 10, 1))
        if not piece:
            break
        taken += len(piece)
        await asyncio.sleep(0.1)
    writer.close()
    return taken


async def page_seconds(host: str, port: int, path: str) -> tuple[float, int]:
    """Give how long one page took, connection included, and its status."""
    started = time.monotonic()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
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
    parts = urlsplit(options.address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    before = resident_mb(options.process)
    until = time.monotonic() + options.seconds
    readers = [
        asyncio.create_task(read_slowly(host, port, options.file, rate=options.rate, until=until))
        for _ in range(options.readers)
    ]
    times, statuses, most = [], set(), before
    while time.monotonic() < until:
        seconds, status = await page_seconds(host, port, options.page)
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


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--file", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--readers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--process", type=int, nargs="*", default=[])
    sys.stdout.write(json.dumps(asyncio.run(measure(parser.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
