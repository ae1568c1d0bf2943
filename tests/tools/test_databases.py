# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the launcher hands an address of a database on: in the environment, never on a command line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import homes
import launch

OWNS, WORKS = "postgresql://city:0wns@db.example/city", "postgresql://city_work:w0rks@db.example/city"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], Mapping[str, str]]]:
    """What was started: command and environment of each."""
    found: list[tuple[list[str], Mapping[str, str]]] = []

    def call(command: Sequence[Any], environment: Mapping[str, str] | None = None) -> int:
        found.append(([str(each) for each in command], environment or {}))
        return 0

    for name in ("DATACITY_DATABASE_URL", "DATACITY_DATABASE_URL_FILE", "DATACITY_DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(launch, "call", call)
    monkeypatch.setattr(homes, "become", call)
    monkeypatch.setattr(homes, "build", lambda: True)
    return found


def test_up_and_move_hand_addresses_on_in_the_environment(
    started: list[tuple[list[str], Mapping[str, str]]], tmp_path: Path
) -> None:
    homes.up(["--home", str(tmp_path), "--database", OWNS])
    homes.move_database([WORKS, "--database-owner", OWNS, "--home", str(tmp_path)])

    (up, first), (move, second) = started
    assert not any("postgresql://" in word for word in (*up, *move))
    assert first["DATACITY_DATABASE_URL"] == OWNS
    assert (second["DATACITY_DATABASE_URL"], second["DATACITY_DATABASE_OWNER_URL"]) == (WORKS, OWNS)
    assert move[-1] == "move_database"


def test_an_address_that_is_given_goes_before_a_file_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATACITY_DATABASE_URL_FILE", "/run/secrets/database")

    kept, given = launch.home_environment({}), launch.home_environment({"--database": OWNS})

    assert kept["DATACITY_DATABASE_URL_FILE"] == "/run/secrets/database"
    assert "DATACITY_DATABASE_URL_FILE" not in given


@pytest.mark.parametrize("arguments", [[], [OWNS, WORKS], [OWNS, "--force"]])
def test_a_move_needs_one_address(arguments: list[str], started: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert homes.move_database(arguments) == 2

    assert "usage: ./dc move-database URL" in capsys.readouterr().err
    assert started == []


@pytest.mark.parametrize(("database", "told"), [("postgresql", True), ("sqlite", False)])
def test_reset_says_that_a_database_outside_the_home_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: str, told: bool
) -> None:
    home = tmp_path / "city"
    home.mkdir()
    (home / "home.json").write_text(json.dumps({"home": 1, "demo": True, "database": database}), encoding="utf-8")
    monkeypatch.setattr("builtins.input", lambda _question: "yes")

    assert homes.reset(["--home", str(home)]) == 0

    assert ("PostgreSQL database is still there" in capsys.readouterr().out) is told
    assert not home.exists()
