# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The control plane's pages on a demonstration ten times the size: server time of each page that links reach, as eight kinds of persons.

Usage: python benchmarks/pages.py [--home DIR] [--scale 10] [--rounds 7] [--over MS]; without a home one is made, which takes some minutes.
Links are followed from the front page; one page a route is asked, in this process, through every middleware: once to warm up,
then `rounds` times. Design 12 wants 50 ms at the median. `cpu_ms` is what the processor worked, whoever else uses the machine.
"""

import argparse
import html
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from house import show

PERSONS = ("", "agent", "steward", "officer", "representative", "administrator", "manager", "auditor")
"""Keys of the cast; "" is the visitor."""
FILES = (
    "download=",
    "export=",
    "/export",
    "/leaf",
    "/proof",
    ".json",
    ".toml",
    ".csv",
    ".xml",
    "/files/",
    "/log/",
    "/api/",
    "/static/",
    "/feeds/",
    "format=",
)
TARGET_MS = 50.0
SHOWN = 20
"""Pages over the target that get a row of their own, the slowest first."""
_LINK = re.compile(r'<a [^>]*href="([^"#]+)')


def figures(
    folder: Path, *, home: Path | None = None, scale: int = 10, rounds: int = 7, over: float = TARGET_MS
) -> Iterator[dict[str, Any]]:
    """Give how large the demonstration is, a row for each person, one for all, and one for each page over so many ms."""
    started = time.perf_counter()
    where = home or make(folder / "home", scale)
    seconds = round(time.perf_counter() - started, 1)
    load(where)
    yield {"case": "the demonstration", "seconds": seconds, **sizes()}
    everything: list[dict[str, Any]] = []
    for person in PERSONS:
        found = measure(person, rounds)
        everything += found
        yield summary(f"pages as {person or 'visitor'}", found)
    yield summary("all pages", everything)
    for page in sorted(everything, key=lambda each: -each["ms"])[:SHOWN]:
        if page["ms"] > over:
            name, more = page["person"] or "visitor", {"cpu_ms": round(page["cpu_ms"]), "queries": page["queries"]}
            yield {"case": f"{name}: {page['route']}", "seconds": page["ms"] / 1000, **more, "path": page["path"]}


def make(home: Path, scale: int) -> Path:
    """Make a demonstration of this size and work until nothing waits."""
    environment = {**os.environ, "DATACITY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "datacity.web.settings"}
    for command in (["prepare", "--scale", str(scale)], ["worker", "--until-idle"]):
        subprocess.run(
            [sys.executable, "-m", "django", *command], env=environment, check=True, stdout=subprocess.DEVNULL
        )
    return home


def load(home: Path) -> None:
    """Load Django on the home."""
    address = "http://127.0.0.1:8000"
    os.environ.update(
        DATACITY_HOME=str(home),
        DJANGO_SETTINGS_MODULE="datacity.web.settings",
        DATACITY_PUBLIC_ADDRESS=address,
        DATACITY_LOG_LEVEL="error",
    )
    import django

    django.setup()


def sizes() -> dict[str, int]:
    """Count what the demonstration holds."""
    from datacity.programme.datasets.models import Dataset, Protection
    from datacity.programme.deposits.models import Deposit
    from datacity.programme.journal.models import Entry
    from datacity.programme.people.models import Organisation, Person
    from datacity.programme.releases.models import Release

    models = {
        "datasets": Dataset,
        "deposits": Deposit,
        "protections": Protection,
        "releases": Release,
        "persons": Person,
        "organisations": Organisation,
        "entries": Entry,
    }
    return {name: model.objects.count() for name, model in models.items()}  # type: ignore[attr-defined]  # a manager each


def measure(person: str, rounds: int) -> list[dict[str, Any]]:
    """Follow the links as this person and time one page a route: person, route, path, median ms, queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser(person)
    found = []
    for route, path in pages_of(client).items():
        times, works = [], []
        for _ in range(rounds):
            started, worked = time.perf_counter(), time.process_time()
            client.get(path)
            times.append(1000 * (time.perf_counter() - started))
            works.append(1000 * (time.process_time() - worked))
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        figures = {"ms": statistics.median(times), "cpu_ms": statistics.median(works), "queries": len(asked)}
        found.append({"person": person, "route": route, "path": path, **figures})
    return found


def browser(person: str) -> Any:
    """Give a client, signed in as one of the cast."""
    from django.test import Client

    from datacity.programme.people.models import Person
    from datacity.web.demo.cast import CAST

    client = Client(HTTP_HOST="127.0.0.1:8000")
    if person:
        email = next(part.email for part in CAST if part.key == person)
        client.force_login(Person.objects.get(email=email))
    return client


def pages_of(client: Any) -> dict[str, str]:
    """Give route → first path found, following links from the front page; each was asked once."""
    found: dict[str, str] = {}
    waiting = ["/fr/", "/fr/now/"]
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if not route or route in found:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        found[route] = path
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        links = (urljoin(path, html.unescape(link)) for link in _LINK.findall(text.decode()))
        waiting += [link for link in links if link.startswith("/")]
    return found


def route_of(address: str) -> str:
    """Give the name of the route, "" for what is no page."""
    from django.urls import Resolver404, resolve
    from django.utils import translation

    path = urlsplit(address).path
    if not path.startswith("/fr/") or any(part in address for part in FILES):
        return ""
    try:
        with translation.override("fr"):
            return str(resolve(path).view_name)
    except Resolver404:
        return ""


def summary(case: str, pages: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a row for some pages: median and worst of their medians, which is the worst, how many pass the target."""
    times, works = [page["ms"] for page in pages], [page["cpu_ms"] for page in pages]
    worst = max(pages, key=lambda page: page["ms"])
    return {
        "case": case, "seconds": statistics.median(times) / 1000, "pages": len(pages), "cpu_ms": round(statistics.median(works)),
        "over_50_ms": sum(each > TARGET_MS for each in times), "worst_ms": round(worst["ms"]), "worst_cpu_ms": round(max(works)),
        "worst": worst["route"],
    }  # fmt: skip


def main() -> None:
    """Read the arguments, measure, print a JSON line for each row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--over", type=float, default=TARGET_MS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder:
        for row in figures(
            Path(folder), home=options.home, scale=options.scale, rounds=options.rounds, over=options.over
        ):
            show(row)


if __name__ == "__main__":
    main()
