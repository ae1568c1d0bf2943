# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which database, as whom, and what may be shown of its address."""

import stat
from pathlib import Path

import pytest

from datacity.kernel.errors import Missing
from datacity.web import database, readers

OWNER = readers.database("postgresql://owner:0wn@db.example/city")
MADE = readers.database("postgresql://city_work:w0rk%2F%40@db.example/city?sslmode=require")
SOCKET = readers.database("postgresql://owner@/city?host=/run/postgresql")


def test_an_address_is_shown_without_user_and_password() -> None:
    shown = [database.place(each) for each in ({}, readers.database("sqlite:///srv/a.sqlite3"), OWNER, SOCKET)]

    assert shown == [
        "sqlite://",
        "sqlite:///srv/a.sqlite3",
        "postgresql://db.example:5432/city",
        "postgresql:///run/postgresql:5432/city",
    ]


@pytest.mark.parametrize("address", [OWNER, MADE, SOCKET, readers.database("postgresql://a:b@[::1]:5433/city")])
def test_an_address_that_is_kept_is_read_back_as_it_was(address: database.Address) -> None:
    assert readers.database(database.text(address)) == address


def test_the_made_role_works_where_it_was_made_and_nowhere_else(tmp_path: Path) -> None:
    database.keep_role(tmp_path, MADE)

    assert database.working(OWNER, tmp_path) == MADE
    for other in ({}, {**OWNER, "name": "village"}, {**OWNER, "host": "other.example"}, {**OWNER, "port": "5433"}):
        assert database.working(other, tmp_path) == other


def test_the_kept_address_is_its_owners_alone(tmp_path: Path) -> None:
    database.keep_role(tmp_path / "keys", MADE)

    assert stat.S_IMODE((tmp_path / "keys" / database.ROLE_FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [database.ROLE_FILE]


def test_the_owner_is_the_one_named_or_the_one_who_made_the_role(tmp_path: Path) -> None:
    alone = database.owner(OWNER, {}, tmp_path)
    database.keep_role(tmp_path, MADE)

    assert alone == {}
    assert database.owner(OWNER, {}, tmp_path) == OWNER
    assert database.owner(MADE, OWNER, tmp_path) == OWNER
    assert database.owner(MADE, {}, tmp_path) == {}
    assert database.owner({}, OWNER, tmp_path) == {}


def test_server_and_worker_never_see_the_owners_password(tmp_path: Path) -> None:
    database.keep_role(tmp_path / "keys", MADE)
    (tmp_path / "owner").write_text(f"{database.text(OWNER)}\n")
    given = {"PATH": "/bin", "DATACITY_DATABASE_URL": database.text(OWNER)}
    by_file = {"PATH": "/bin", "DATACITY_DATABASE_URL_FILE": str(tmp_path / "owner")}
    two_roles = {
        **given,
        "DATACITY_DATABASE_URL": database.text(MADE),
        "DATACITY_DATABASE_OWNER_URL": database.text(OWNER),
    }

    made = [database.for_services(each, tmp_path) for each in (given, by_file, two_roles)]

    kept = str(tmp_path / "keys" / database.ROLE_FILE)
    assert made[0] == made[1] == {"PATH": "/bin", "DATACITY_DATABASE_URL_FILE": kept}
    assert made[2] == {"PATH": "/bin", "DATACITY_DATABASE_URL": database.text(MADE)}


def test_services_of_a_home_on_sqlite_keep_their_environment(tmp_path: Path) -> None:
    assert database.for_services({"PATH": "/bin"}, tmp_path) == {"PATH": "/bin"}


def test_the_settings_of_each_kind(tmp_path: Path) -> None:
    sqlite, made = database.entry({}, tmp_path), database.entry(MADE, tmp_path)

    assert sqlite == {"ENGINE": "datacity.frame.sqlite", "NAME": str(tmp_path / "control.sqlite3")}
    assert (made["ENGINE"], made["USER"], made["HOST"]) == ("django.db.backends.postgresql", "city_work", "db.example")
    assert made["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout=20s" in made["OPTIONS"]["options"]


def test_a_missing_driver_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "find_spec", lambda _name: None)

    database.require_driver({})
    with pytest.raises(Missing, match="driver of PostgreSQL") as caught:
        database.require_driver(OWNER)

    assert "0wn" not in str(caught.value)
