# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The home folder: closed to others, versioned, held by one server, demo or real for ever."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datacity.kernel.errors import Conflict, Invalid
from datacity.web import home

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_and_its_folders_are_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "city"

    home.make_folders(folder)

    assert {path.name: mode(path) for path in [folder, *folder.iterdir()]} == dict.fromkeys(
        ["city", *home.FOLDERS], 0o700
    )


def test_an_open_home_is_closed_again(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    home.make_folders(tmp_path)

    assert mode(tmp_path) == 0o700


def test_a_folder_with_foreign_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_bytes(b"years of work")

    with pytest.raises(Invalid) as caught:
        home.make_folders(tmp_path)

    assert caught.value.code == "home.not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_start_cut_short_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "write.lock").touch()

    home.make_folders(tmp_path)

    assert (tmp_path / "vault").is_dir()


def test_a_home_becomes_demo_or_real_once(tmp_path: Path) -> None:
    home.make_folders(tmp_path)
    first = home.settle(tmp_path, demo=True, at=AT)

    later = home.settle(tmp_path, demo=False, at=AT.replace(year=2027))

    assert first == home.HomeNote(
        home.FORM, home.PRODUCT, demo=True, made_at="2026-03-02T09:30:00+00:00", database="sqlite"
    )
    assert later == home.read(tmp_path) == first
    assert mode(home.note_path(tmp_path)) == 0o600


def test_a_folder_without_note_is_no_home(tmp_path: Path) -> None:
    assert home.read(tmp_path) is None


def test_a_home_of_a_newer_version_is_refused_naming_both(tmp_path: Path) -> None:
    note = {"home": home.FORM + 1, "product": "9.1.0", "demo": False, "made_at": AT.isoformat()}
    home.note_path(tmp_path).write_text(json.dumps(note), encoding="utf-8")

    with pytest.raises(Conflict) as caught:
        home.read(tmp_path)

    assert (caught.value.values["home_version"], caught.value.values["product_version"]) == ("9.1.0", home.PRODUCT)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"home": 1}', '{"home": "one", "product": "1", "demo": true, "made_at": ""}']
)
def test_an_unreadable_note_is_refused(tmp_path: Path, text: str) -> None:
    home.note_path(tmp_path).write_text(text, encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        home.read(tmp_path)

    assert caught.value.code == "home.note_unreadable"


def test_a_home_with_an_unknown_change_is_refused_naming_it_and_both_versions() -> None:
    refusal = home.newer("9.1.0", change="jobs.0009_later")

    assert refusal.code == "home.newer"
    assert str(refusal).startswith(
        "This home was last used by DataCity 9.1.0, which made the change jobs.0009_later;"
        f" this is DataCity {home.PRODUCT}"
    )


@pytest.mark.parametrize(
    ("there", "missing", "code"),
    [
        ("public/CURRENT", "keys.json", "home.no_keys"),
        ("public/log/checkpoint.json", "keys.json", "home.no_keys"),
        ("vault/deposit-1.key", "vault.key", "home.no_vault_key"),
    ],
)
def test_a_home_that_was_at_work_is_not_given_new_keys(tmp_path: Path, there: str, missing: str, code: str) -> None:
    keys, store = tmp_path / "keys", tmp_path / "public"
    for name in (there, "keys/keys.json", "keys/vault.key"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    home.require_keys(tmp_path, keys, store)

    (keys / missing).unlink()

    with pytest.raises(Conflict) as caught:
        home.require_keys(tmp_path, keys, store)
    assert caught.value.code == code


def test_a_new_home_needs_no_keys_yet(tmp_path: Path) -> None:
    home.make_folders(tmp_path)

    home.require_keys(tmp_path, tmp_path / "keys", tmp_path / "public")

    assert not (tmp_path / "keys").exists()


def test_a_home_is_held_by_one_server_and_free_again_when_it_is_killed(tmp_path: Path) -> None:
    code = "import sys, time; from pathlib import Path; from datacity.web import home\nwith home.held(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        with pytest.raises(Conflict) as caught, home.held(tmp_path):
            pass
        other.kill()
        other.wait()

    assert caught.value.values["process"] == str(other.pid)
    with home.held(tmp_path):
        pass


@pytest.mark.parametrize("known", ["sqlite", ""])
def test_a_home_that_works_on_sqlite_is_moved_before_it_works_on_postgresql(known: str) -> None:
    note = home.HomeNote(home.FORM, home.PRODUCT, demo=False, made_at=AT.isoformat(), database=known)

    home.require_same_database(note, "sqlite", "sqlite://")
    with pytest.raises(Conflict) as caught:
        home.require_same_database(note, "postgresql", "postgresql://db.example:5432/city")

    assert caught.value.code == "home.works_on_sqlite"
    assert "postgresql://db.example:5432/city" in str(caught.value)


def test_a_home_that_works_on_postgresql_is_not_started_on_an_empty_file() -> None:
    note = home.HomeNote(home.FORM, home.PRODUCT, demo=False, made_at=AT.isoformat(), database="postgresql")

    home.require_same_database(note, "postgresql", "postgresql://db.example:5432/city")
    with pytest.raises(Conflict) as caught:
        home.require_same_database(note, "sqlite", "sqlite://")

    assert caught.value.code == "home.works_elsewhere"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_new_home_may_work_on_either_and_a_used_one_on_its_own_only(kind: str) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]
    notes = {
        name: home.HomeNote(home.FORM, home.PRODUCT, demo=False, made_at=AT.isoformat(), database=name)
        for name in (kind, other)
    }
    refused = set()
    for name, note in ((None, None), *notes.items()):
        try:
            home.require_same_database(note, kind, f"{kind}://city")
        except Conflict:
            refused.add(name)

    assert refused == {other}


def test_a_note_of_before_there_was_a_choice_is_read(tmp_path: Path) -> None:
    home.note_path(tmp_path).write_text(
        '{"home": 1, "product": "0.1.0", "demo": false, "made_at": "2026-03-02T09:30:00+00:00"}'
    )

    note = home.read(tmp_path)

    assert note is not None
    assert note.database == ""
