# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The dispatcher, spoken to as an RSGI server speaks to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.serve.plane import DataPlane
from datacity.engine.serve.publications import Catalogue
from datacity.web.control_plane import ControlPlane
from datacity.web.entry import Site, trusted
from datacity.web.gateway import Application, FileWrapper
from datacity.web.places import Places, read_places


class Headers:
    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)

    def get(self, key: str, default: str | None = None) -> str | None:
        return next((value for name, value in self.pairs if name == key), default)

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Scope:
    path: str
    method: str = "GET"
    query_string: str = ""
    headers: Headers = field(default_factory=lambda: Headers([("host", "valmire.example")]))
    proto: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:55555"
    scheme: str = "http"
    authority: str | None = None


@dataclass
class Wire:
    """Records what is sent; gives the body in pieces and counts how far it was read."""

    pieces: list[bytes] = field(default_factory=list)
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    file: str = ""
    given: int = 0
    leaves: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.given += 1
            yield piece

    async def client_disconnect(self) -> None:
        if not self.leaves:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def response_file(self, *_: object) -> None:
        raise AssertionError("whole files are sent as ranges")

    def response_file_range(self, status: int, headers: list[tuple[str, str]], file: str, start: int, end: int) -> None:
        self.status, self.headers, self.file = status, headers, file
        self.body = Path(file).read_bytes()[start:end]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


Ask = Callable[..., Wire]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[..., Ask]]:
    """Give a site around a WSGI application, or around a loader that fails."""
    made: list[Site] = []

    def make(
        application: Application | None = None,
        *,
        load: Callable[[], Application] | None = None,
        retry_seconds: float = 0,
    ) -> Ask:
        def open_plane() -> DataPlane:
            return DataPlane(
                FolderStore(tmp_path / "public"), folder=tmp_path, spool=tmp_path / "exports", load=Catalogue
            )

        control = ControlPlane(load or (lambda: application or hello), retry_seconds=retry_seconds)
        found = Site(open_plane, control, spool=tmp_path, static=tmp_path / "static")
        made.append(found)

        def ask(scope: Scope | str, wire: Wire | None = None) -> Wire:
            wire = wire or Wire()
            asyncio.run(found.__rsgi__(scope if isinstance(scope, Scope) else Scope(scope), wire))
            return wire

        return ask

    yield make
    for each in made:
        each.close()


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [b"hello"]


def test_a_page_is_answered_by_django_with_its_length_and_number(site: Callable[..., Ask]) -> None:
    wire = site()("/fr/")

    assert (wire.status, wire.body) == (200, b"hello")
    assert [name for name, _ in wire.headers] == ["content-type", "content-length", "x-request-id"]


def test_the_public_addresses_are_answered_without_django(site: Callable[..., Ask]) -> None:
    def load() -> Application:
        raise AssertionError("Django was loaded")

    ask = site(load=load)

    assert json.loads(ask("/api/explore/v2.1/catalog/datasets").body) == {"total_count": 0, "results": []}
    assert ask("/files/a/1/b.csv").status == 404
    assert ask("/.well-known/datacity.pem").status == 404


@pytest.mark.parametrize("fault", [ImportError("no module"), SystemExit(2), RuntimeError("wrong setting")])
def test_a_broken_control_plane_leaves_the_api_and_says_so_in_both_languages(
    site: Callable[..., Ask], fault: BaseException
) -> None:
    def load() -> Application:
        raise fault

    ask = site(load=load)

    page, api = ask("/fr/datasets/velos"), ask("/api/explore/v2.1/catalog/datasets")

    assert (page.status, api.status) == (503, 200)
    assert "momentanément fermées".encode() in page.body
    assert b"closed for a moment" in page.body
    assert b"Traceback" not in page.body
    assert page.header("retry-after") == "30"
    assert json.loads(ask(Scope("/api/v1/", headers=Headers([("accept", "application/json")]))).body)["status"] == 503


def test_a_mended_control_plane_is_loaded_at_the_next_try(site: Callable[..., Ask]) -> None:
    tries: list[int] = []

    def load() -> Application:
        tries.append(1)
        if len(tries) == 1:
            raise ImportError("no module")
        return hello

    ask = site(load=load)

    assert [ask("/fr/").status for _ in range(3)] == [503, 200, 200]
    assert len(tries) == 2


def test_a_broken_control_plane_is_not_loaded_again_at_every_request(site: Callable[..., Ask]) -> None:
    tries: list[int] = []

    def load() -> Application:
        tries.append(1)
        raise ImportError("no module")

    ask = site(load=load, retry_seconds=60)

    assert [ask("/fr/").status for _ in range(3)] == [503] * 3
    assert len(tries) == 1


def test_a_fault_outside_django_is_told_in_plain_words(site: Callable[..., Ask]) -> None:
    def fails(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raise RuntimeError("secret detail")

    wire = site(fails)("/fr/")

    assert wire.status == 503
    assert b"secret" not in wire.body


def test_django_sees_the_request_as_it_was_sent(site: Callable[..., Ask]) -> None:
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        return hello(environ, start_response)

    headers = Headers(
        [
            ("host", "valmire.example"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("accept", "x"),
            ("accept", "y"),
            ("x_forwarded_for", "203.0.113.9"),
            ("x-request-id", "abcdef12-3456"),
        ]
    )
    wire = site(look)(Scope("/fr/été", query_string="q=%C3%A9", headers=headers))

    assert {
        name: seen[name]
        for name in (
            "PATH_INFO",
            "QUERY_STRING",
            "HTTP_COOKIE",
            "HTTP_ACCEPT",
            "REMOTE_ADDR",
            "HTTP_HOST",
            "SERVER_PORT",
        )
    } == {
        "PATH_INFO": "/fr/été".encode().decode("latin-1"),
        "QUERY_STRING": "q=%C3%A9",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "x, y",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_HOST": "valmire.example",
        "SERVER_PORT": "8000",
    }
    assert "HTTP_X_FORWARDED_FOR" not in seen
    assert (seen["HTTP_X_REQUEST_ID"], wire.header("x-request-id")) == ("abcdef12-3456", "abcdef12-3456")


@pytest.mark.parametrize("sent", ["", "short", "a" * 65, "line\nbreak-12345", "<script>alert</script>"])
def test_a_number_of_another_form_is_replaced(site: Callable[..., Ask], sent: str) -> None:
    wire = site()(Scope("/fr/", headers=Headers([("x-request-id", sent)])))

    number = wire.header("x-request-id")
    assert number is not None
    assert number != sent
    assert number.isalnum()


def upload(pieces: list[bytes], announced: int | None = None) -> tuple[Scope, Wire]:
    length = sum(map(len, pieces)) if announced is None else announced
    return Scope("/fr/deposits", "POST", headers=Headers([("content-length", str(length))])), Wire(pieces)


def test_a_body_reaches_django_whole(site: Callable[..., Ask]) -> None:
    def read(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]

    pieces = [bytes([i % 256]) * 40_000 for i in range(30)]

    assert site(read)(*upload(pieces)).body == b"".join(pieces)


def test_a_body_is_taken_only_as_fast_as_it_is_read(site: Callable[..., Ask]) -> None:
    scope, wire = upload([b"x" * 100_000] * 200)

    def read_little(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        environ["wsgi.input"].read(200_000)
        start_response("413 Content Too Large", [])
        return [b"enough"]

    site(read_little)(scope, wire)

    assert wire.status == 413
    assert wire.given < 20


def test_half_a_body_is_no_body(site: Callable[..., Ask]) -> None:
    errors: list[str] = []

    def read(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        try:
            while environ["wsgi.input"].read(1_000):
                pass
        except OSError as error:
            errors.append(str(error))
        start_response("400 Bad Request", [])
        return [b"half"]

    wire = site(read)(*upload([b"x" * 500], announced=5_000))

    assert (wire.status, errors) == (400, ["the client left in the middle of the body"])


def test_a_large_page_is_sent_from_a_file_and_closed(site: Callable[..., Ask]) -> None:
    closed: list[bool] = []

    class Rows:
        def __iter__(self) -> Iterator[bytes]:
            return (b"row\n" * 10_000 for _ in range(100))

        def close(self) -> None:
            closed.append(True)

    def rows(environ: dict[str, Any], start_response: Callable[..., Any]) -> Rows:
        start_response("200 OK", [("Content-Type", "text/csv")])
        return Rows()

    wire = site(rows)("/fr/list.csv")

    assert wire.body == b"row\n" * 1_000_000
    assert (wire.header("content-length"), bool(wire.file), closed) == ("4000000", True, [True])


def test_work_stops_when_the_client_has_left(site: Callable[..., Ask]) -> None:
    made: list[int] = []
    closed: list[bool] = []

    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            while len(made) < 1_000_000:
                made.append(1)
                yield b"x" * 1_000

        def close(self) -> None:
            closed.append(True)

    def endless(environ: dict[str, Any], start_response: Callable[..., Any]) -> Endless:
        start_response("200 OK", [])
        return Endless()

    site(endless)("/fr/", Wire(leaves=True))

    assert closed == [True]
    assert len(made) < 1_000_000


def test_a_file_of_django_is_sent_by_the_server(site: Callable[..., Ask], tmp_path: Path) -> None:
    (tmp_path / "receipt.pdf").write_bytes(b"%PDF sealed")

    def send(environ: dict[str, Any], start_response: Callable[..., Any]) -> FileWrapper:
        start_response("200 OK", [("Content-Type", "application/pdf")])
        wrapper: FileWrapper = environ["wsgi.file_wrapper"]((tmp_path / "receipt.pdf").open("rb"))
        return wrapper

    wire = site(send)("/fr/receipt")

    assert (wire.body, wire.file) == (b"%PDF sealed", str(tmp_path / "receipt.pdf"))


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static" / "built"
    folder.mkdir(parents=True)
    (folder / "city-3GXRWPJD.css").write_text("body{}")
    (folder / "city-3GXRWPJD.css.gz").write_bytes(b"packed")
    (folder / "plain.svg").write_text("<svg/>")
    (folder / "secret.py").write_text("x")
    (tmp_path / "outside.css").write_text("x")
    (folder / "link.css").symlink_to(tmp_path / "outside.css")
    return folder


def test_a_hashed_file_is_kept_for_ever_and_sent_packed(site: Callable[..., Ask], static: Path) -> None:
    packed = site()(Scope("/static/built/city-3GXRWPJD.css", headers=Headers([("accept-encoding", "gzip")])))
    plain = site()("/static/built/plain.svg")

    assert (packed.body, packed.header("content-encoding"), packed.header("content-type")) == (
        b"packed",
        "gzip",
        "text/css; charset=utf-8",
    )
    assert packed.header("cache-control") == "public, max-age=31536000, immutable"
    assert (plain.body, plain.header("cache-control"), plain.header("content-encoding")) == (
        b"<svg/>",
        "public, max-age=300",
        None,
    )
    again = site()(Scope("/static/built/plain.svg", headers=Headers([("if-none-match", str(plain.header("etag")))])))
    assert again.status == 304


@pytest.mark.parametrize(
    "path",
    [
        "built/secret.py",
        "../outside.css",
        "built/../../outside.css",
        "built/link.css",
        "built//plain.svg",
        ".hidden.css",
        "",
    ],
)
def test_nothing_outside_the_static_files_is_sent(site: Callable[..., Ask], static: Path, path: str) -> None:
    assert site()(f"/static/{path}").body == b"hello"


def test_places_come_from_the_environment_with_the_documented_defaults() -> None:
    assert read_places({"XDG_DATA_HOME": "/data"}) == Places(
        Path("/data/datacity/public"), Path("/data/datacity/spool"), ("/data/datacity/keys/keys.json",)
    )
    assert read_places(
        {
            "DATACITY_HOME": "/h",
            "DATACITY_KEYS": "/k",
            "DATACITY_STORE_URL": "file:///s%20t",
            "DATACITY_TRUST": "a.pem, b.pem",
        }
    ) == Places(Path("/s t"), Path("/h/spool"), ("a.pem", "b.pem"))


def test_keys_that_are_not_made_yet_are_trusted_by_nobody(tmp_path: Path) -> None:
    assert not trusted((str(tmp_path / "keys.json"),))
