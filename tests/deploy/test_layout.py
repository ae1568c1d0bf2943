# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Both planes as processes of their own, started by the commands of their units, with and without nginx before them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.factories.broken import ABOUT
from tests.factories.deployed import NAME, Answered, Deployed, Proxy, asked, until
from tests.factories.killing import Mortal, kill, wait_for
from tests.factories.originals import french_csv
from tests.factories.publishing import ROOT

pytestmark = pytest.mark.slow
FILE = "/files/comptages/1/comptages-v1.csv"
API = "/api/explore/v2.1/catalog/datasets/comptages/records"
LARGE = "/log/large.json"
READERS, SECONDS, RATE = 300, 10, 200
LIMIT_MS = 500
"""What a page may take while 300 slow readers hold a download each (architecture); printed, not asserted: machines are shared."""
GROWN_MB = 300
Ask = Callable[..., Answered]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A home with one public version and a public file of 8 MB, both planes running."""
    folder = tmp_path_factory.mktemp("deployed")
    first = Mortal(folder / "first")
    first.folder.mkdir()
    first.prepare()
    told = first.publish(french_csv("utf-8")(first.folder), about={**ABOUT, "title": "Comptages"})
    assert told.code == 0, told.messages
    city = Deployed(first.folder)
    (city.home / "public" / "log" / "large.json").write_bytes(b"0123456789abcdef" * 500_000)
    with city.unit("datacity-control.service"), city.unit("datacity-data.service"):
        wait_for(lambda: asked(city.port, "/fr/").status == 200)
        yield city


@pytest.fixture(scope="module")
def proxy(city: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with Proxy(tmp_path_factory.mktemp("proxy"), control=city.port, data=city.data).running() as running:
        yield running


@pytest.fixture(params=["the data plane's own port", "through nginx"])
def ask(request: pytest.FixtureRequest, city: Deployed) -> Ask:
    """How a reader asks the data plane."""
    if request.param == "through nginx":
        return request.getfixturevalue("proxy").ask
    return lambda path, **headers: asked(city.data, path, **headers)


def blob(city: Deployed) -> bytes:
    """The sealed bytes of the file, as they lie in the store."""
    manifest = json.loads(asked(city.data, "/files/comptages/1/manifest.json").body)
    (digest,) = [each["sha256"] for each in manifest["files"] if each["name"] == "comptages-v1.csv"]
    return (city.home / "public" / "blobs" / digest).read_bytes()


def test_whole_files_are_sent_with_range_and_entity_tag(city: Deployed, ask: Ask) -> None:
    sealed = blob(city)

    whole = ask(FILE)
    tag = whole.headers["etag"]
    part = ask(FILE, Range="bytes=5-24", If_Range=tag)
    last = ask(FILE, Range="bytes=-10")
    stale = ask(FILE, Range="bytes=5-24", If_Range='"older"')

    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, sealed, "bytes")
    assert whole.headers["cache-control"] == "public, max-age=300"
    assert not tag.startswith("W/")
    assert (part.status, part.body, part.headers["content-range"], part.headers["etag"]) == (206, sealed[5:25], f"bytes 5-24/{len(sealed)}", tag)  # fmt: skip
    assert (last.status, last.body) == (206, sealed[-10:])
    assert (stale.status, stale.body) == (200, sealed)
    assert (ask(FILE, If_None_Match=tag).status, ask(FILE, Range=f"bytes={len(sealed)}-").status) == (304, 416)


def test_head_tells_the_size_and_sends_nothing(city: Deployed, ask: Ask) -> None:
    answer = ask(FILE, method="HEAD")

    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(blob(city))))


def test_an_interrupted_download_is_completed_byte_by_byte(ask: Ask) -> None:
    whole = ask(LARGE).body

    pieces = [ask(LARGE, Range=f"bytes={start}-{start + 999_999}") for start in range(0, len(whole), 1_000_000)]

    assert {each.status for each in pieces} == {206}
    assert b"".join(each.body for each in pieces) == whole


def test_each_plane_answers_its_own_addresses_and_not_the_others(city: Deployed) -> None:
    assert json.loads(asked(city.data, "/healthz").body)["plane"] == "data"
    assert json.loads(asked(city.port, "/healthz").body)["plane"] == "control"
    assert (asked(city.data, "/fr/").status, asked(city.data, API).status) == (404, 200)


def test_the_counts_of_the_data_plane_are_for_programs_of_this_machine(city: Deployed) -> None:
    asked(city.data, API)

    assert 'datacity_requests_total{plane="data",status="2xx"}' in asked(city.data, "/metrics").body.decode()
    assert asked(city.data, "/metrics", X_Forwarded_For="127.0.0.1").status == 404


def test_both_planes_answer_under_one_name(proxy: Proxy) -> None:
    page, api = proxy.ask("/fr/datasets/"), proxy.ask(API)

    assert (page.status, api.status) == (200, 200)
    assert "comptages" in page.body.decode().lower()
    assert (proxy.ask("/metrics").status, proxy.ask("/readyz").status) == (404, 404)


def test_one_request_has_one_number_in_both_logs(city: Deployed, proxy: Proxy) -> None:
    number = proxy.ask("/fr/datasets/?q=ana@valmire.example").headers["x-request-id"]

    log = city.folder / "datacity-control.service.log"
    assert until(lambda: number in log.read_text() and number in proxy.log.read_text())
    (line,) = [json.loads(each) for each in log.read_text().splitlines() if number in each]
    assert (line["request"], line["status"], line["method"], line["level"]) == (number, 200, "GET", "info")
    assert line["route"].startswith("/")
    assert "valmire" not in log.read_text() + proxy.log.read_text()


def test_the_control_plane_sees_the_visitors_address_and_https(city: Deployed, proxy: Proxy) -> None:
    assert proxy.ask("/fr/", X_Forwarded_For="203.0.113.9").headers["strict-transport-security"]
    assert "Secure" in proxy.ask("/fr/account/sign-in").headers["set-cookie"]


@pytest.mark.parametrize(("stopped", "answers"), [("control", {FILE: 200, API: 200, "/fr/": 503}), ("data", {FILE: 503, API: 503, "/fr/": 200})])  # fmt: skip
def test_each_plane_goes_on_when_the_other_is_gone(city: Deployed, tmp_path: Path, stopped: str, answers: dict[str, int]) -> None:  # fmt: skip
    other = Deployed.copy_of(city, tmp_path)
    with ExitStack() as running:
        processes = {
            name: running.enter_context(other.unit(f"datacity-{name}.service")) for name in ("control", "data")
        }
        proxy = running.enter_context(Proxy(tmp_path / "proxy", control=other.port, data=other.data).running())
        assert {path: proxy.ask(path).status for path in answers} == dict.fromkeys(answers, 200)

        kill(processes[stopped])

        assert {path: proxy.ask(path).status for path in answers} == answers


def test_slow_readers_stop_no_page_and_fill_neither_memory_nor_disk(city: Deployed, proxy: Proxy) -> None:
    options = [
        "--file",
        LARGE,
        "--page",
        "/fr/",
        "--readers",
        str(READERS),
        "--seconds",
        str(SECONDS),
        "--rate",
        str(RATE),
    ]
    there = [f"https://{NAME}", "--connect", f"127.0.0.1:{proxy.port}", "--certificate", str(proxy.certificate)]

    done = subprocess.run([sys.executable, ROOT / "benchmarks" / "slow_readers.py", *there, *options, "--process", *city.processes()], capture_output=True, text=True, check=True)  # fmt: skip

    figures = json.loads(done.stdout)
    print(figures, f"a page may take {LIMIT_MS} ms")  # noqa: T201 -- the figures are the point; pytest shows them with -s
    assert (figures["served"], figures["page_statuses"]) == (READERS, [200])
    assert figures["memory_mb_most"] - figures["memory_mb_before"] < GROWN_MB
    assert [path for path in (proxy.folder / "proxy").rglob("*") if path.is_file()] == []
