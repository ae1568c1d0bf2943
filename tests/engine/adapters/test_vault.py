# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The vault keeps files closed, whole and destructible."""

import hashlib
import io
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.engine.adapters import vault as vaults
from datacity.engine.adapters.vault import Vault, VaultFile
from datacity.kernel.errors import Conflict, Invalid, Missing

CONTENT = b"nom;adresse\nMartin;12 rue des Tanneurs\n"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", tmp_path / "keys" / "vault.key")


def test_file_comes_out_as_it_went_in_and_is_measured(vault: Vault, tmp_path: Path) -> None:
    kept = vault.put("deposit-1", io.BytesIO(CONTENT))

    vault.take_out("deposit-1", tmp_path / "out.csv")

    assert kept == VaultFile("deposit-1", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert (tmp_path / "out.csv").read_bytes() == CONTENT


def test_file_on_disk_shows_nothing_of_its_content(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT * 100))

    stored = b"".join(path.read_bytes() for path in (tmp_path / "vault").iterdir())

    assert b"Martin" not in stored
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "vault").iterdir()} == {0}


def test_second_file_of_a_name_is_refused_and_the_first_stays(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT))

    with pytest.raises(Conflict) as refusal:
        vault.put("deposit-1", io.BytesIO(b"other"))

    vault.take_out("deposit-1", tmp_path / "out")
    assert refusal.value.code == "vault.taken"
    assert (tmp_path / "out").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["../deposit", "a/b", "", "A", ".hidden", "x" * 99])
def test_name_outside_the_form_is_refused(vault: Vault, name: str) -> None:
    with pytest.raises(Invalid):
        vault.put(name, io.BytesIO(CONTENT))


def test_altered_file_gives_nothing(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT * 10_000))
    path = tmp_path / "vault" / "deposit-1.age"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)

    with pytest.raises(Conflict) as refusal:
        vault.take_out("deposit-1", tmp_path / "out")

    assert refusal.value.code == "vault.altered"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["keys", "vault"]


def test_failed_reading_leaves_nothing_behind(vault: Vault, tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(f"cable pulled at {size}")

    with pytest.raises(OSError, match="cable pulled"):
        vault.put("deposit-1", Broken())  # type: ignore[arg-type]  # only `read` is used

    assert list((tmp_path / "vault").iterdir()) == []


def test_destroyed_file_is_gone_noted_and_its_old_copy_stays_closed(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT))
    copy = (tmp_path / "vault" / "deposit-1.age").read_bytes()

    vault.destroy("deposit-1")
    vault.destroy("deposit-1")
    (tmp_path / "vault" / "deposit-1.age").write_bytes(copy)

    assert (tmp_path / "vault" / "destroyed.log").read_text() == "deposit-1\n"
    with pytest.raises(Conflict) as refusal:
        vault.take_out("deposit-1", tmp_path / "out")
    assert refusal.value.code == "vault.no_key"


def test_unknown_file_is_missing(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        vault.take_out("deposit-9", tmp_path / "out")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200_000))
def test_any_content_comes_out_unchanged(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("vault")
    vault = Vault(folder / "vault", folder / "vault.key")

    vault.put("x", io.BytesIO(content))
    with vault.opened("x", scratch=folder, suffix=".bin") as path:
        found = path.read_bytes()

    assert found == content
    assert sorted(each.name for each in folder.iterdir()) == ["vault", "vault.key"]


def test_what_a_killed_put_left_is_removed_and_its_name_can_be_used(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT))
    folder = tmp_path / "vault"
    for name in ("deposit-2.part", "deposit-2.key", "deposit-3.key.new"):
        (folder / name).write_bytes(b"left")

    vault.put("deposit-2", io.BytesIO(b"again"))
    for name in ("deposit-4.part", "deposit-4.key"):
        (folder / name).write_bytes(b"left")
    removed = vault.tidy({"deposit-1", "deposit-2"}, before=0)

    assert removed == ["deposit-3.key.new", "deposit-4.key", "deposit-4.part"]
    assert vault.holds("deposit-1")
    assert vault.holds("deposit-2")


def test_file_that_nobody_knows_is_destroyed_once_it_is_old(vault: Vault, tmp_path: Path) -> None:
    for name in ("known", "unknown"):
        vault.put(name, io.BytesIO(CONTENT))
    put_at = (tmp_path / "vault" / "unknown.age").stat().st_mtime

    young = vault.tidy({"known"}, before=put_at - 1)
    old = vault.tidy({"known"}, before=put_at + 1)

    assert (young, old) == ([], ["unknown"])
    assert (vault.holds("known"), vault.holds("unknown")) == (True, False)


def test_nothing_is_tidied_while_a_file_is_being_put(vault: Vault, tmp_path: Path) -> None:
    found: list[list[str]] = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            found.append(vault.tidy((), before=float("inf")))
            return super().read(size)

    vault.put("deposit-1", Slow(CONTENT))

    assert found
    assert not any(found)
    assert vault.holds("deposit-1")


def test_a_file_is_noted_before_anything_of_it_is_gone(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    vault.put("deposit-1", io.BytesIO(CONTENT))
    monkeypatch.setattr("datacity.engine.adapters.vault.os.urandom", Mock(side_effect=KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        vault.destroy("deposit-1")

    assert vault.destroyed() == ["deposit-1"]
    assert (vault.has("deposit-1"), vault.holds("deposit-1")) == (True, True)


def test_a_key_is_read_whole_or_not_at_all(vault: Vault, tmp_path: Path) -> None:
    vault.put("deposit-1", io.BytesIO(CONTENT))
    folder = tmp_path / "vault"
    key = (folder / "deposit-1.key").read_bytes()

    before = vaults.wrapped_key(folder, "deposit-1")
    vault.destroy("deposit-1")

    assert (before, vaults.wrapped_key(folder, "deposit-1")) == (key, None)


def test_what_was_destroyed_elsewhere_is_removed_and_noted(vault: Vault, tmp_path: Path) -> None:
    for name in ("deposit-1", "deposit-2"):
        vault.put(name, io.BytesIO(CONTENT))
    folder = tmp_path / "vault"

    removed = vaults.replay_destroyed(folder, ["deposit-0", "deposit-1"])

    assert (removed, vaults.names(folder), vault.destroyed()) == (["deposit-1"], ["deposit-2"], ["deposit-0", "deposit-1"])  # fmt: skip
    assert not (folder / "deposit-1.key").exists()


@pytest.mark.parametrize("line", ["../evil", "UPPER", "a b", "", "x" * 90])
def test_a_list_of_destroyed_files_holds_names_only(tmp_path: Path, line: str) -> None:
    (tmp_path / "destroyed.log").write_text(f"deposit-1\n{line}\n")

    with pytest.raises(Invalid) as refusal:
        vaults.read_destroyed(tmp_path / "destroyed.log")

    assert refusal.value.code == "vault.log"


def test_the_homes_key_is_told_from_another(vault: Vault, tmp_path: Path) -> None:
    keys = tmp_path / "keys" / "vault.key"
    empty = vaults.opens(tmp_path / "vault", keys)
    vault.put("deposit-1", io.BytesIO(CONTENT))
    Vault(tmp_path / "other", tmp_path / "other.key")

    assert (empty, vaults.opens(tmp_path / "vault", keys), vaults.opens(tmp_path / "vault", tmp_path / "other.key")) == (True, True, False)  # fmt: skip
