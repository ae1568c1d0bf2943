# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes behind one lock: when it is taken, given back, waited for."""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.utils import ConnectionHandler

from datacity.frame.sqlite import base
from datacity.frame.sqlite.lock import WriteLock


@pytest.fixture
def house(tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """A connection of our backend to a database file with one table."""
    setting = {"ENGINE": "datacity.frame.sqlite", "NAME": str(tmp_path / "control.sqlite3")}
    connection = ConnectionHandler({"default": setting, "house": setting})["house"]
    connections["house"] = connection
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)")
        yield connection
        connection.close()
    del connections["house"]


def _is_free(connection: Any) -> bool:
    """Tell whether somebody else could take the lock now."""
    other = WriteLock(connection.lock.path)
    free = other.take(timeout=0)
    other.close()
    return free


def _pragma(connection: Any, name: str) -> Any:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_connection_follows_the_regime(house: Any) -> None:
    found = {
        name: _pragma(house, name)
        for name in ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "busy_timeout")
    }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }


@pytest.mark.parametrize(
    ("statement", "writes"),
    [
        ("SELECT 1", False),
        ("  \n-- a note\nINSERT INTO thing VALUES (1)", True),
        ("/* why */ UPDATE thing SET name = 'x'", True),
        ("delete from thing", True),
        ("REPLACE INTO thing VALUES (1, 'a')", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("WITH a AS (SELECT 1) INSERT INTO thing SELECT * FROM a", True),
        ("PRAGMA journal_mode", False),
        ("BEGIN IMMEDIATE", False),
        ("CREATE TABLE x (y)", True),
    ],
)
def test_a_statement_that_changes_something_is_recognised(statement: str, writes: bool) -> None:
    assert base.is_write(statement) is writes


def test_a_transaction_holds_the_lock_until_it_ends(house: Any) -> None:
    states = [_is_free(house)]

    house._start_transaction_under_autocommit()
    states.append(_is_free(house))
    house._commit()
    states.append(_is_free(house))

    assert states == [True, False, True]


def test_a_rolled_back_transaction_gives_the_lock_back(house: Any) -> None:
    house._start_transaction_under_autocommit()
    house._rollback()

    assert _is_free(house)


def test_a_single_write_gives_the_lock_back_at_once(house: Any) -> None:
    with house.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES (%s)", ["a"])
        free = _is_free(house)

    assert free


def test_a_write_that_returns_rows_holds_the_lock_until_they_are_read(house: Any) -> None:
    with house.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES (%s) RETURNING id", ["a"])
        held = not _is_free(house)
        row = cursor.fetchone()
        free = _is_free(house)

    assert (held, row, free) == (True, (1,), True)


def test_a_write_that_fails_gives_the_lock_back(house: Any) -> None:
    with house.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES ('a')")
        with pytest.raises(Exception, match="UNIQUE"):
            cursor.execute("INSERT INTO thing (name) VALUES ('a')")

    assert _is_free(house)


def test_reading_never_waits_for_the_lock(house: Any) -> None:
    other = WriteLock(house.lock.path)
    assert other.take(timeout=0)

    with house.cursor() as cursor:
        count = cursor.execute("SELECT count(*) FROM thing").fetchone()

    other.close()
    assert count == (0,)


def test_a_write_waits_while_somebody_else_holds_the_lock(house: Any) -> None:
    other = WriteLock(house.lock.path)
    assert other.take(timeout=0)
    threading.Timer(0.2, other.close).start()

    with house.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES ('late')")
        rows = cursor.execute("SELECT name FROM thing").fetchall()

    assert rows == [("late",)]


def test_a_write_is_refused_and_changes_nothing_when_its_turn_never_comes(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TIMEOUT_SECONDS", 0.05)
    other = WriteLock(house.lock.path)
    assert other.take(timeout=0)

    with house.cursor() as cursor, pytest.raises(OperationalError, match="no turn to write"):
        cursor.execute("INSERT INTO thing (name) VALUES ('never')")

    other.close()
    with sqlite3.connect(house.settings_dict["NAME"]) as database:
        assert database.execute("SELECT count(*) FROM thing").fetchone() == (0,)


def test_a_transaction_over_budget_is_logged(
    house: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(base, "BUDGET_MILLISECONDS", -1)

    with caplog.at_level(logging.WARNING, logger="datacity.database"):
        house._start_transaction_under_autocommit()
        house._commit()

    assert [record.message.split(":")[0] for record in caplog.records] == ["transaction over budget"]


def test_a_lock_is_opened_anew_after_a_fork(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "write.lock")
    assert lock.take(timeout=0)
    child = os.fork()
    if child == 0:
        lock.held = False
        os._exit(0 if not lock.take(timeout=0) else 1)

    _, status = os.waitpid(child, 0)

    lock.close()
    assert os.waitstatus_to_exitcode(status) == 0
