# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""nginx with the configuration of `deploy/`, before two planes that only say what reached them."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from datacity.engine.serve.plane import PREFIXES
from tests.factories.deployed import NAME, VISITOR, Answered, Proxy, asked, connection_to, until


class Plane(BaseHTTPRequestHandler):
    """Answers with what it was asked, and notes how much of a body has come so far."""

    received: ClassVar[dict[str, int]] = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = {
            "plane": self.server.name,
            "path": self.path,
            "method": self.command,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # type: ignore[attr-defined]
        body = json.dumps(said).encode()
        self.send_response(206 if "range" in said["headers"] else 200)
        for name, value in (("Content-Length", str(len(body))), ("ETag", '"strong"'), ("Content-Range", "bytes 0-9/99"), ("Strict-Transport-Security", "max-age=1")):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read1(min(left, 65_536)))
            self.received[self.path] = int(self.headers["Content-Length"]) - left
        self.do_GET()

    do_HEAD = do_GET  # noqa: N815 -- the library's name

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def planes() -> Iterator[tuple[int, int]]:
    """The ports of a control plane and a data plane."""
    servers = []
    for name in ("pages", "data"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Plane)
        server.name = name  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    yield servers[0].server_address[1], servers[1].server_address[1]
    for each in servers:
        each.shutdown()
        each.server_close()


@pytest.fixture(scope="module")
def proxy(planes: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with Proxy(tmp_path_factory.mktemp("proxy"), *planes).running() as running:
        yield running


def told(answer: Answered) -> dict[str, Any]:
    assert answer.status in (200, 206), answer
    return dict(json.loads(answer.body))


@pytest.mark.parametrize("prefix", [*PREFIXES, "/explore/dataset/arbres/download/"])
def test_every_address_of_the_data_plane_goes_there(proxy: Proxy, prefix: str) -> None:
    assert told(proxy.ask(f"{prefix}x"))["plane"] == "data"


@pytest.mark.parametrize(
    "path",
    ["/", "/fr/", "/en/datasets/", "/api/v1/openapi.json", "/id/dataset/x", "/healthz", "/static/x.css", "/fr/files/", "/explore/", "/account/"],
)  # fmt: skip
def test_everything_else_goes_to_the_control_plane(proxy: Proxy, path: str) -> None:
    assert told(proxy.ask(path))["plane"] == "pages"


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/%6detrics", "//metrics", "/fr/../metrics", "/./readyz", "/metrics?x=1"])  # fmt: skip
def test_what_a_monitor_reads_is_never_shown_to_the_public(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path).status == 404


@pytest.mark.parametrize("path", ["/fr/", "/files/x/1/x.csv"])
def test_headers_a_client_makes_up_are_replaced(proxy: Proxy, path: str) -> None:
    lies = dict.fromkeys(
        ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Proto", "X-Request-Id"), "203.0.113.66"
    )

    headers = told(proxy.ask(path, **lies))["headers"]

    assert "203.0.113.66" not in headers.values()
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"], headers["host"]) == (VISITOR, "https", NAME)
    assert len(headers["x-request-id"]) == 32


def test_ranges_conditions_and_entity_tags_pass_both_ways(proxy: Proxy) -> None:
    asked_for = {"Range": "bytes=0-9", "If-Range": '"strong"', "If-None-Match": '"other"', "Accept-Encoding": "gzip"}

    answer = proxy.ask("/files/x/1/x.csv", **asked_for)

    assert {name: told(answer)["headers"][name.lower()] for name in asked_for} == asked_for
    assert (answer.status, answer.headers["etag"], answer.headers["content-range"]) == (206, '"strong"', "bytes 0-9/99")


def test_an_upload_reaches_the_plane_while_it_is_sent_and_touches_no_disk(proxy: Proxy) -> None:
    piece, path = b"x" * 1_000_000, "/fr/deposits/new"
    with closing(connection_to(proxy.port, tls=proxy.certificate)) as connection:
        connection.putrequest("POST", path, skip_host=True)
        for name, value in (("Host", NAME), ("Content-Length", str(20 * len(piece)))):
            connection.putheader(name, value)
        connection.endheaders()
        for _ in range(10):
            connection.send(piece)
        arrived = until(lambda: Plane.received.get(path, 0) > 8 * len(piece))
        kept = [path for path in (proxy.folder / "client_body").rglob("*") if path.is_file()]
        for _ in range(10):
            connection.send(piece)
        status = connection.getresponse().status

    assert (arrived, kept, status, Plane.received[path]) == (True, [], 200, 20 * len(piece))


def test_pages_are_for_https_for_a_year_and_http_leads_there(proxy: Proxy) -> None:
    plain = asked(proxy.plain, "/fr/datasets/?q=x", source=VISITOR)

    assert (plain.status, plain.headers["location"]) == (308, f"https://{NAME}/fr/datasets/?q=x")
    assert proxy.ask("/fr/").headers["strict-transport-security"] == "max-age=31536000"
    assert proxy.ask("/metrics").headers["strict-transport-security"] == "max-age=31536000"
    assert "nginx/" not in proxy.ask("/metrics").headers["server"]


def test_another_name_gets_nothing(proxy: Proxy) -> None:
    with pytest.raises(ConnectionError):
        asked(proxy.plain, "/", Host="elsewhere.example")


@pytest.mark.parametrize(("path", "burst"), [("/fr/account/sign-in", 30), ("/fr/x", 80), ("/api/explore/v2.1/x", 200)])
def test_who_asks_too_much_is_told_so_in_both_languages(
    planes: tuple[int, int], tmp_path: Path, path: str, burst: int
) -> None:
    with Proxy(tmp_path, *planes, rate="1r/m").running() as proxy:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: proxy.ask(path), range(burst + 10)))
        other = proxy.ask(path, source="127.0.0.9")

    refused = [each for each in answers if each.status == 429]
    assert (len(answers) - len(refused), other.status) == (burst + 1, 200)
    assert "Trop de demandes" in refused[0].body.decode()
    assert "Too many requests" in refused[0].body.decode()
    assert refused[0].headers["retry-after"] == "60"


def test_programs_of_this_machine_are_not_counted(proxy: Proxy) -> None:
    with ThreadPoolExecutor(8) as threads:
        statuses = {
            each.status for each in threads.map(lambda _: proxy.ask("/fr/account/", source="127.0.0.1"), range(80))
        }

    assert statuses == {200}


def test_the_log_has_one_json_line_a_request_without_address_query_or_path_of_a_page(proxy: Proxy) -> None:
    number = told(proxy.ask("/fr/invitation/12-secret?mail=ana@valmire.example", User_Agent="Ana's phone", Referer="https://x.example/ana"))["headers"]["x-request-id"]  # fmt: skip
    proxy.ask("/files/arbres/1/arbres.csv?token=1")

    def lines(*words: str) -> list[str]:
        return [line for line in proxy.log.read_text().splitlines() if all(word in line for word in words)]

    assert until(lambda: lines(number) and lines("arbres.csv"))
    (page,), file = lines(number), lines("arbres.csv")[-1]
    assert (json.loads(page)["request"], json.loads(page)["plane"], json.loads(page)["path"]) == (number, "pages", "")
    assert (json.loads(file)["path"], json.loads(file)["status"]) == ("/files/arbres/1/arbres.csv", 200)
    assert not [word for word in ("secret", "ana", "mail", "token", VISITOR, "phone") if word in page + file]


def test_planes_that_do_not_answer_are_told_in_words(tmp_path: Path) -> None:
    with Proxy(tmp_path, control=9, data=9).running() as proxy:
        page, sent, data = (
            proxy.ask("/fr/"),
            proxy.ask("/fr/", method="POST", body=b"x=1"),
            proxy.ask("/files/x/1/x.csv"),
        )

    assert [each.status for each in (page, sent, data)] == [503, 503, 503]
    assert "momentanément fermées" in page.body.decode()
    assert "momentanément fermées" in sent.body.decode()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert json.loads(data.body)["error_code"] == "ServiceUnavailableError"
    assert {each.headers["retry-after"] for each in (page, data)} == {"30"}
