# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A real server whose control plane is broken, or whose readers are many and slow: the data goes on, the pages too."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.factories import databases
from tests.factories.broken import ABOUT
from tests.factories.killing import Mortal, wait_for
from tests.factories.originals import french_csv
from tests.factories.publishing import ROOT

pytestmark = pytest.mark.slow
API = "/api/explore/v2.1/catalog/datasets/comptages/records"
FILE = "/files/comptages/1/comptages-v1.csv"
READERS, SECONDS = 300, 8
GROWN_MB = 300


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Mortal:
    """A home with one public version."""
    city = Mortal(tmp_path_factory.mktemp("released"))
    city.prepare()
    told = city.publish(french_csv("utf-8")(city.folder), about={**ABOUT, "title": "Comptages"})
    assert told.code == 0, told.messages
    return city


@contextmanager
def answering(city: Mortal, **settings: str) -> Iterator[Any]:
    """Run the server until its API answers."""
    command = ("-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(city.port), "--no-ws")
    city.extra = settings
    with city.started(*command, "datacity.web.entry:app") as process:
        wait_for(lambda: city.status(API) == 200)
        yield process


def database_gone(city: Mortal) -> dict[str, str]:
    if databases.on_postgresql():
        name = databases.name_of(city.home)
        databases.run(f'ALTER DATABASE "{name}" RENAME TO "{name}_gone"')
        databases.made_too(f"{name}_gone")
        return {}
    (city.home / "control.sqlite3").rename(city.home / "elsewhere")
    (city.home / "control.sqlite3").mkdir()
    return {}


def database_corrupt(city: Mortal) -> dict[str, str]:
    (city.home / "control.sqlite3").write_bytes(b"no database" * 1_000)
    return {}


def wrong_setting(_city: Mortal) -> dict[str, str]:
    return {"DATACITY_LOG_LEVEL": "shouting"}


@pytest.mark.parametrize(
    "hurt", [database_gone, pytest.param(database_corrupt, marks=pytest.mark.sqlite), wrong_setting]
)
def test_api_answers_and_pages_say_closed_when_the_control_plane_is_broken(
    released: Mortal, tmp_path: Path, hurt: Callable[[Mortal], dict[str, str]]
) -> None:
    city = Mortal.copy_of(released, tmp_path)
    settings = hurt(city)

    with answering(city, **settings):
        answers = {
            path: city.status(path) for path in (API, FILE, "/.well-known/datacity.json", "/fr/", "/en/journal/")
        }
        page = city.ask("/fr/")

    assert answers == {API: 200, FILE: 200, "/.well-known/datacity.json": 200, "/fr/": 503, "/en/journal/": 503}
    assert any(words in page for words in ("momentanément fermées", "pas disponible pour le moment"))
    assert "Traceback" not in page


@pytest.mark.once
@pytest.mark.parametrize(("path", "readers"), [(FILE, READERS), (API.replace("records", "exports/csv"), 60)])
def test_slow_readers_stop_no_page_and_fill_no_memory(released: Mortal, tmp_path: Path, path: str, readers: int) -> None:  # fmt: skip
    city = Mortal.copy_of(released, tmp_path)
    benchmark = str(ROOT / "benchmarks" / "slow_readers.py")

    with answering(city) as server:
        wait_for(lambda: city.status("/fr/") == 200)
        options = [
            "--file",
            path,
            "--page",
            "/fr/",
            "--readers",
            str(readers),
            "--seconds",
            str(SECONDS),
            "--rate",
            "200",
        ]
        done = subprocess.run(
            [sys.executable, benchmark, f"http://127.0.0.1:{city.port}", *options, "--process", str(server.pid)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    figures = json.loads(done.stdout)
    print(figures)  # noqa: T201 -- the figures are the point; pytest shows them with -s
    assert (figures["served"], figures["page_statuses"]) == (readers, [200])
    assert figures["memory_mb_most"] - figures["memory_mb_before"] < GROWN_MB
