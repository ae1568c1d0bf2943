# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacity.engine.cli.start import main

KEY = "ab" * 32


def ask(port: int, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


@pytest.fixture
def options() -> list[str]:
    """What the data plane is told besides."""
    return []


@pytest.fixture
def port(tmp_path: Path, options: list[str]) -> Iterator[int]:
    """A data plane of its own, over an empty store that has a public journal, in a process where Django cannot be imported."""
    (tmp_path / "public" / "log").mkdir(parents=True)
    (tmp_path / "public" / "log" / "checkpoint.json").write_bytes(b"x" * 2_000_000)
    (tmp_path / "barred" / "django").mkdir(parents=True)
    (tmp_path / "barred" / "django" / "__init__.py").write_text("raise ImportError('barred')")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    run = "import sys; from datacity.engine.cli.start import main; sys.exit(main())"
    command = [
        sys.executable,
        "-c",
        run,
        "serve",
        "--store",
        "public",
        "--trust",
        KEY,
        "--port",
        str(free),
        "--spool",
        "spool",
        *options,
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "barred"), *sys.path])}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(1200):
            try:
                ask(free, "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield free
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_the_data_plane_runs_alone_and_without_django(port: int) -> None:
    assert ask(port, "/api/explore/v2.1/catalog/datasets")[::2] == (200, b'{"total_count":0,"results":[]}')
    assert json.loads(ask(port, "/healthz")[2])["plane"] == "data"
    assert ask(port, "/fr/")[0] == 404

    status, headers, body = ask(port, "/log/checkpoint.json", range="bytes=1999990-")
    assert (status, headers["content-length"], headers["content-range"], body) == (
        206,
        "10",
        "bytes 1999990-1999999/2000000",
        b"x" * 10,
    )
    status, headers, body = ask(port, "/log/checkpoint.json", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "2000000", b"")
    assert len(headers["x-request-id"]) == 16


@pytest.mark.parametrize("options", [["--log-format", "json", "--log-requests"]])
def test_each_request_is_a_line_of_json_without_query_or_the_path_of_what_is_not_there(
    port: int, tmp_path: Path
) -> None:
    number = ask(port, "/log/checkpoint.json?mail=ana@valmire.example", x_request_id="number-from-the-proxy")[1][
        "x-request-id"
    ]
    ask(port, "/files/ana@valmire.example/1/x.csv")
    counted = ask(port, "/metrics")[2].decode()

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    told = [(line["request"], line["path"], line["status"]) for line in lines if line["message"].startswith("GET /") and "healthz" not in line["path"]]  # fmt: skip
    assert number == "number-from-the-proxy"
    assert [each[1:] for each in told] == [("/log/checkpoint.json", 200), ("/files/…", 404)]
    assert told[0][0] == number
    assert "valmire" not in (tmp_path / "log").read_text()
    assert 'plane="data",status="4xx"} 1' in counted


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_counts_are_not_told_through_a_proxy(port: int, header: str) -> None:
    assert ask(port, "/metrics")[0] == 200

    assert ask(port, "/metrics", **{header: "127.0.0.1"})[0] == 404


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the test runs in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--store", "nowhere", "--trust", KEY], 4, "no folder"),
        (["--store", ".", "--trust", "nothing.pem"], 4, "nothing.pem"),
        (["--store", ".", "--trust", KEY, "--port", "99999"], 2, "--port"),
        (["--store", "."], 2, "--trust"),
    ],
)
def test_serve_says_what_is_wrong_before_it_starts(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str], inside: Path
) -> None:
    assert main(["serve", *arguments, "--language", "en"]) == code
    assert list(inside.iterdir()) == []
    assert says in capsys.readouterr().err


def test_a_port_in_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert (
            main(
                [
                    "serve",
                    "--store",
                    str(tmp_path),
                    "--trust",
                    KEY,
                    "--port",
                    str(taken.getsockname()[1]),
                    "--language",
                    "en",
                ]
            )
            == 5
        )
    assert "cannot be used" in capsys.readouterr().err
