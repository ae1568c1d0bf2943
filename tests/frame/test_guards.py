# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guarded tables on a database of their own: what passes, what is refused, what is noticed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections, models
from django.db.utils import ConnectionHandler

from datacity.frame import guards
from datacity.frame.guards import Guard


class Sealed(models.Model):
    """A table as an app would declare it; never migrated."""

    name = models.CharField(max_length=20, unique=True)
    text = models.TextField()
    state = models.CharField(max_length=10, default="open")

    class Meta:
        app_label = "guarded_in_tests"
        managed = False
        db_table = "sealed"

    def __str__(self) -> str:
        return self.name


ALWAYS = Guard(Sealed, emptied=("text",))
CLOSED = Guard(Sealed, when="{old}.state = 'closed'", changeable=("text",))


@pytest.fixture
def house(tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """A database file with the table and two rows, one open, one closed."""
    setting = {"ENGINE": "datacity.frame.sqlite", "NAME": str(tmp_path / "control.sqlite3")}
    connection = ConnectionHandler({"default": setting, "house": setting})["house"]
    connections["house"] = connection
    with django_db_blocker.unblock():
        _run(
            connection,
            "CREATE TABLE sealed (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, text TEXT, state TEXT)",
        )
        _run(connection, "INSERT INTO sealed (name, text, state) VALUES ('a', 'long', 'open'), ('b', 'long', 'closed')")
        yield connection
        connection.close()
    del connections["house"]


def _run(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        return cursor.execute(statement).fetchall()


def _rows(connection: Any) -> list[tuple[Any, ...]]:
    return _run(connection, "SELECT name, text, state FROM sealed ORDER BY id")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed SET name = 'c'",
        "UPDATE sealed SET text = 'other'",
        "DELETE FROM sealed WHERE id = 1",
        "INSERT OR REPLACE INTO sealed (id, name, text, state) VALUES (1, 'c', 'x', 'open')",
        "REPLACE INTO sealed (name, text, state) VALUES ('a', 'x', 'open')",
        "UPDATE OR REPLACE sealed SET name = 'b' WHERE id = 1",
    ],
)
def test_an_append_only_row_stays_as_it_is(house: Any, statement: str) -> None:
    guards.install(house, [ALWAYS])

    with pytest.raises(DatabaseError, match="guarded: sealed"):
        _run(house, statement)

    assert _rows(house) == [("a", "long", "open"), ("b", "long", "closed")]


def test_replacing_is_refused_even_where_recursive_triggers_are_off(house: Any) -> None:
    guards.install(house, [ALWAYS])
    _run(house, "PRAGMA recursive_triggers = OFF")

    with pytest.raises(DatabaseError, match="guarded: sealed"):
        _run(house, "INSERT OR REPLACE INTO sealed (name, text, state) VALUES ('a', 'x', 'open')")

    assert _rows(house) == [("a", "long", "open"), ("b", "long", "closed")]


def test_new_rows_and_the_emptying_of_a_field_pass(house: Any) -> None:
    guards.install(house, [ALWAYS])

    _run(house, "INSERT INTO sealed (name, text, state) VALUES ('c', 'x', 'open')")
    _run(house, "UPDATE sealed SET text = '' WHERE name = 'a'")

    assert _rows(house) == [("a", "", "open"), ("b", "long", "closed"), ("c", "x", "open")]


def test_what_was_emptied_stays_empty(house: Any) -> None:
    guards.install(house, [ALWAYS])
    _run(house, "UPDATE sealed SET text = '' WHERE name = 'a'")

    with pytest.raises(DatabaseError, match="guarded: sealed"):
        _run(house, "UPDATE sealed SET text = 'back' WHERE name = 'a'")


def test_only_rows_that_fulfil_the_condition_are_frozen(house: Any) -> None:
    guards.install(house, [CLOSED])

    _run(house, "UPDATE sealed SET name = 'free' WHERE state = 'open'")
    _run(house, "UPDATE sealed SET text = 'free' WHERE state = 'closed'")
    with pytest.raises(DatabaseError, match="guarded: sealed"):
        _run(house, "UPDATE sealed SET state = 'open' WHERE name = 'b'")
    with pytest.raises(DatabaseError, match="guarded: sealed"):
        _run(house, "DELETE FROM sealed WHERE name = 'b'")

    assert _rows(house) == [("free", "long", "open"), ("b", "free", "closed")]


def test_installing_twice_writes_nothing_the_second_time(house: Any) -> None:
    names = ["guard_sealed_update", "guard_sealed_delete", "guard_sealed_insert"]

    assert (guards.missing(house, [ALWAYS]), guards.install(house, [ALWAYS])) == (names, names)
    assert (guards.missing(house, [ALWAYS]), guards.install(house, [ALWAYS])) == ([], [])


def test_a_trigger_that_was_dropped_or_changed_is_noticed_and_written_again(house: Any) -> None:
    guards.install(house, [CLOSED])
    _run(house, "DROP TRIGGER guard_sealed_delete")

    assert guards.missing(house, [CLOSED]) == ["guard_sealed_delete"]
    assert guards.install(house, [ALWAYS]) == ["guard_sealed_update", "guard_sealed_delete", "guard_sealed_insert"]


def test_lifting_takes_the_guards_away_for_the_block_only(house: Any) -> None:
    guards.install(house, [ALWAYS])

    with guards.lifted(house, [ALWAYS]):
        _run(house, "DELETE FROM sealed")

    assert (_rows(house), guards.missing(house, [ALWAYS])) == ([], [])


def test_postgresql_gets_triggers_for_update_delete_and_truncate() -> None:
    made = dict(guards._postgresql(CLOSED))

    assert list(made) == ["guard_sealed_update", "guard_sealed_delete", "guard_sealed_truncate"]
    assert made["guard_sealed_truncate"][-1].endswith(
        'BEFORE TRUNCATE ON "sealed" FOR EACH STATEMENT EXECUTE FUNCTION "datacity_guard"()'
    )


@pytest.mark.django_db
def test_every_declared_guard_is_in_place_in_a_migrated_home() -> None:
    from django.db import connection

    assert len(guards.declared()) >= 4
    assert guards.missing(connection) == []
