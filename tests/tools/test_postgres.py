# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""On which PostgreSQL server the tests work, and which of them do."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import postgres
import testing


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (postgres.VARIABLE, "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something answers at the usual address."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setattr(postgres, "USUAL", server.getsockname())
        yield


def test_the_server_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://ana@db.example/postgres")

    with postgres.server(may_install=False) as address:
        assert address == "postgresql://ana@db.example/postgres"


@pytest.mark.usefixtures("nothing_named")
def test_the_usual_server_is_taken_when_it_lets_somebody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "ana")
    monkeypatch.setenv("PGPASSWORD", "p4ss")
    asked: list[str] = []

    def may_make(address: str) -> bool:
        asked.append(address.split("@", maxsplit=1)[0].removeprefix("postgresql://"))
        return asked[-1] == "postgres"

    monkeypatch.setattr(postgres, "may_make", may_make)
    with listening(monkeypatch):
        found = postgres.answering()

    assert asked == ["ana:p4ss", "postgres:postgres", "postgres"]
    assert found.startswith("postgresql://postgres@127.0.0.1:")


@pytest.mark.usefixtures("nothing_named")
def test_a_usual_server_that_lets_nobody_in_is_said_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "may_make", lambda _address: False)
    with listening(monkeypatch):
        found = postgres.answering()

    assert found == ""
    assert postgres.VARIABLE in capsys.readouterr().err


@pytest.mark.usefixtures("nothing_named")
def test_without_any_server_the_tests_are_skipped_with_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "answering", lambda: "")
    monkeypatch.setattr(postgres, "binaries", lambda **_options: None)

    with postgres.server(may_install=False) as address:
        assert address == ""
    assert "not installed" in capsys.readouterr().err


@pytest.mark.slow
def test_a_server_of_our_own_lets_a_maker_in_and_is_gone_afterwards() -> None:
    folder = postgres.binaries(may_install=False)
    if folder is None:
        pytest.skip("PostgreSQL is not installed")

    with postgres.own(folder) as address:
        lets_in = postgres.may_make(address)
        without_password = postgres.may_make(f"postgresql://postgres@{address.partition('@')[2]}")

    assert (lets_in, without_password, postgres.may_make(address)) == (True, False, False)


@pytest.mark.parametrize(
    ("options", "again"),
    [
        (["-m", "not soak", "-n", "2"], ["-m", f"(not soak) and {testing.NOT_TWICE}", "-n", "2", *testing.ON_POSTGRESQL]),
        (["-m", "not soak", "tests/web/test_home.py"], ["-m", f"(not soak) and {testing.NOT_TWICE}", "tests/web/test_home.py"]),
        (["-m", "not soak", "tests/engine", "tests/frame/test_guards.py::test_x"],
         ["-m", f"(not soak) and {testing.NOT_TWICE}", "tests/frame/test_guards.py::test_x"]),
        (["-m", "not soak", "tests/engine"], []),
    ],
)  # fmt: skip
def test_what_touches_the_database_runs_again(
    options: list[str], again: list[str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert testing.database_tests(options) == again
