# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home comes back as it was, without what was destroyed since; nothing is ever restored over something."""

import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datacity.kernel.errors import Conflict, Invalid
from datacity.web.backup import archive, checking, restoring
from tests.factories import backing, databases
from tests.factories.killing import Mortal

pytestmark = pytest.mark.slow
PAGES = (
    "/fr/",
    "/en/datasets/",
    "/fr/datasets/passages-de-velos/",
    "/en/datasets/passages-de-velos/report/",
    "/en/journal/",
    "/fr/journal/1/",
    "/fr/decisions/",
)
DATA = (
    "/api/explore/v2.1/catalog/datasets",
    "/api/explore/v2.1/catalog/datasets/passages-de-velos/records?limit=100",
    "/files/passages-de-velos/1/manifest.json",
    "/log/entries/00000000.jsonl",
    "/log/checkpoint.json",
    "/log/journal.jsonl",
    "/.well-known/datacity.json",
)
REQUEST_NUMBER = re.compile(r'<span class="city-number">[0-9a-f]{16}</span>')
"""The number of a request, at the foot of each page; all else on it must be the same."""
DESTROYED = "from tests.factories import backing, people\nfrom itertools import count\npeople._numbers = count(50)\nbacking.destroy()"


def seen(city: Mortal) -> dict[str, str]:
    """Give what a stranger reads on every public page, and gets from the data plane."""
    with city.server():
        assert {path: city.status(path) for path in (*PAGES, *DATA)} == dict.fromkeys((*PAGES, *DATA), 200)
        return {path: REQUEST_NUMBER.sub("", city.ask(path)) for path in (*PAGES, *DATA)}


def journal(city: Mortal) -> list[Any]:
    """Give every entry with its place and hashes."""
    rows = "SELECT e.verb, e.subject, e.actor, e.payload_digest, p.position, p.leaf_hash, p.chain_hash FROM journal_entry e LEFT JOIN journal_position p ON p.entry_id = e.id ORDER BY e.id"
    return databases.rows(city.home, rows)


def test_a_restored_home_shows_what_the_old_one_showed_and_revives_nothing(city: Mortal, tmp_path: Path) -> None:
    old = Mortal.copy_of(city, tmp_path)
    before, entries, held = seen(old), journal(old), old.in_vault()
    target = tmp_path / "home.tar.zst"
    assert old.django("backup", str(target)).returncode == 0
    old.run(DESTROYED)
    gone = held - old.in_vault()

    back, restored = backing.brought_back(target, tmp_path / "back", keys=old.home / "keys", logs=(old.home / "vault" / "destroyed.log",))  # fmt: skip
    back.port = old.port

    assert set(restored.removed) == gone != set()
    assert journal(back) == entries
    assert back.in_vault() == held - gone
    assert seen(back) == before
    assert (back.public_fault(), back.django("verify_journal").returncode) == ("", 0)


def test_the_worker_notes_what_was_destroyed_since_the_backup(city: Mortal, backup: Path, tmp_path: Path) -> None:
    old = Mortal.copy_of(city, tmp_path)
    old.run(DESTROYED)

    back, _ = backing.brought_back(backup, tmp_path / "back", keys=old.home / "keys", logs=(old.home / "vault" / "destroyed.log",))  # fmt: skip
    back.recover()

    question = "SELECT count(*) FROM deposits_deposit WHERE state = 'destroyed' AND state_reason <> ''"
    assert (old.one(question), back.one(question)) == (1, 1)
    assert back.one("SELECT count(*) FROM journal_entry WHERE verb = 'deposit.destroyed'") == 1
    assert back.django("verify_journal").returncode == 0


def test_a_backup_is_only_restored_where_nothing_is(backup: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.odt").write_bytes(b"years of work")

    with pytest.raises(Conflict) as caught:
        restoring.restore(backup, backing.target_of(taken))

    assert caught.value.code == "restore.not_empty"
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "thesis.odt"]


def test_a_damaged_backup_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    damaged = tmp_path / "damaged.tar.zst"
    damaged.write_bytes(content[: len(content) // 2])

    with pytest.raises(Conflict) as caught:
        restoring.restore(damaged, backing.target_of(tmp_path / "home"))

    assert caught.value.code == "backup.not_whole"
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.tar.zst"]


def test_missing_keys_are_named_with_what_cannot_be_done(city: Mortal, backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"

    done = restore(city, backup, "--home", str(home), "--json", str(tmp_path / "told.json"))

    told = json.loads((tmp_path / "told.json").read_text())
    assert set(told["missing_keys"]) == {path.name for path in (city.home / "keys").iterdir()}
    assert "vault.key: no raw file and no second factor can be read" in done.stdout
    assert "nothing can be cleared" in done.stdout
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_home_without_its_keys_does_not_start_and_says_why(city: Mortal, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    back = Mortal(tmp_path / "back")
    restoring.restore(backup, backing.target_of(back.home))

    started = back.django("prepare", "--no-demo")
    shutil.copytree(city.home / "keys", back.home / "keys", dirs_exist_ok=True)
    started_with_keys = back.django("prepare", "--no-demo")

    assert (started.returncode, started_with_keys.returncode) == (5, 0)
    assert "The keys of this home are not in" in started.stderr


def test_keys_are_in_a_backup_only_when_asked_for(city: Mortal, backup: Path, tmp_path: Path) -> None:
    with_keys = tmp_path / "with.tar.zst"
    assert city.django("backup", "--with-keys", str(with_keys)).returncode == 0

    restored = restoring.restore(with_keys, backing.target_of(tmp_path / "home", keys=tmp_path / "elsewhere"))

    assert [name for name in archive.unpack(backup).files if name.startswith("keys/")] == []
    assert (restored.missing, restored.foreign) == ((), False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "elsewhere").iterdir()} == {path.name: path.read_bytes() for path in (city.home / "keys").iterdir()}  # fmt: skip
    assert not (tmp_path / "home" / "keys").exists()


def test_keys_of_another_home_are_told(city: Mortal, backup: Path, tmp_path: Path) -> None:
    other = Mortal(tmp_path)
    other.prepare()
    other.run("from datacity.programme.deposits.queries import vault\nvault()")

    restored = restoring.restore(backup, backing.target_of(tmp_path / "back", keys=other.home / "keys"))

    assert restored.foreign


def test_a_backup_of_a_newer_home_is_refused_naming_both_versions(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("datacity.web.backup.versions.known_migrations", lambda: {"journal": set()})
    monkeypatch.setattr("datacity.web.home.PRODUCT", "0.0.1")

    with pytest.raises(Conflict) as caught:
        restoring.restore(backup, backing.target_of(tmp_path / "home"))

    values = caught.value.values
    assert (caught.value.code, values["product_version"], values["change"]) == ("home.newer", "0.0.1", "journal.0001_initial")  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_is_none_is_refused(backup: Path, tmp_path: Path) -> None:
    log = tmp_path / "destroyed.log"
    log.write_text("../../etc/passwd\n")

    with pytest.raises(Invalid) as caught:
        restoring.restore(backup, backing.target_of(tmp_path / "home"), logs=[log])

    assert caught.value.code == "vault.log"
    assert [path.name for path in tmp_path.iterdir()] == ["destroyed.log"]


def test_the_list_beside_the_backup_is_used_by_itself(city: Mortal, backup: Path, tmp_path: Path) -> None:
    name = min(city.in_vault())
    moved = Path(shutil.copyfile(backup, tmp_path / "home.tar.zst"))
    (tmp_path / "destroyed.log").write_text(f"{name}\n")

    done = restore(city, moved, "--home", str(tmp_path / "home"))

    assert f"  {name}" in done.stdout
    assert not (tmp_path / "home" / "vault" / f"{name}.age").exists()


def test_a_sound_backup_checks_and_a_forged_journal_does_not(city: Mortal, backup: Path, tmp_path: Path) -> None:
    forged = Mortal.copy_of(city, tmp_path)
    if not databases.on_postgresql():
        databases.rows(forged.home, "DROP TRIGGER guard_journal_entry_update")
    else:
        databases.rows(forged.home, "ALTER TABLE journal_entry DISABLE TRIGGER USER")
    databases.rows(forged.home, "UPDATE journal_entry SET subject = 'person:999' WHERE id = 1")
    assert forged.django("backup", str(tmp_path / "forged.tar.zst")).returncode == 0

    told = checking.check(backup, scratch=tmp_path).as_dict()
    done = forged.django("backup", "--check", "--language", "en", str(tmp_path / "forged.tar.zst"))

    assert told["journal"].endswith(" 0 faults.")
    assert done.returncode == 5
    assert "position 0: the entry does not give its leaf hash" in done.stderr
    assert json.loads((forged.home / "backups" / "state.json").read_text())["checked"]["sound"] is False


def restore(city: Mortal, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as an administrator does, on the database the tests work on."""
    home = Path(arguments[list(arguments).index("--home") + 1])
    environment = {**city.environment, **databases.environment(home)}
    command = [sys.executable, "-m", "datacity.web.backup.restore", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done
