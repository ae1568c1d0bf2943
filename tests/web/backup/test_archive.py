# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The archive: whole or nothing, never over another, every byte accounted for."""

import fcntl
import io
import os
import random
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Invalid, Refusal
from datacity.web.backup import archive

ABOUT: dict[str, Any] = {"form": 1, "product": "0.1.0"}
FILES = {
    "home.json": b"{}",
    "vault/a.age": random.Random(0).randbytes(3_000),
    "vault/a.key": b"key",
    "public/CURRENT": b"abc\n",
}


def write(target: Path, files: dict[str, bytes] = FILES, *, about: dict[str, Any] = ABOUT) -> archive.Manifest:
    with archive.writing(target, total=10_000, progress=lambda *_: None) as writer:
        writer.add_bytes(archive.ABOUT, canonical_bytes(about))
        for name, data in files.items():
            writer.add_bytes(name, data)
        return writer.finish(about, {"made_at": "2026-03-10T09:30:00Z"})


def members(*named: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    """Give a compressed tar with these members, made by somebody else."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, data in named:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(data), kind, "/etc/passwd"
            tar.addfile(member, io.BytesIO(data))
    return pa.Codec("zstd").compress(plain.getvalue(), asbytes=True)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    target = tmp_path / "home.tar.zst"
    write(target)
    return target


def test_what_was_written_is_read_again(whole: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(whole, into=tmp_path / "out")

    found = {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}  # fmt: skip
    assert found == FILES
    assert set(manifest.files) == {*FILES, archive.ABOUT}
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
def test_tar_and_zstd_read_it_without_us(whole: Path) -> None:
    listed = subprocess.run(["tar", "--zstd", "-tf", str(whole)], capture_output=True, text=True, check=True)

    assert listed.stdout.split() == ["about.json", *FILES, "manifest.json"]


def test_an_archive_is_never_written_over_another_file(whole: Path) -> None:
    before = whole.read_bytes()

    with pytest.raises(Conflict) as caught:
        write(whole)

    assert caught.value.code == "backup.taken"
    assert whole.read_bytes() == before


def test_a_name_taken_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "home.tar.zst"

    def write_while_another_takes_the_name() -> None:
        with archive.writing(target, total=10, progress=lambda *_: None) as writer:
            writer.add_bytes(archive.ABOUT, canonical_bytes(ABOUT))
            writer.finish(ABOUT, {})
            target.write_text("somebody else's")

    with pytest.raises(Conflict):
        write_while_another_takes_the_name()

    assert [path.name for path in tmp_path.iterdir()] == ["home.tar.zst"]
    assert target.read_text() == "somebody else's"


def test_a_failed_backup_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), archive.writing(tmp_path / "a", total=1, progress=lambda *_: None):
        raise ValueError("stop")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_and_a_full_disk_are_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as nowhere:
        write(tmp_path / "no" / "a.tar.zst")
    with pytest.raises(Conflict) as full, archive.writing(tmp_path / "a", total=1 << 62, progress=lambda *_: None):
        pytest.fail("never begun")

    assert (nowhere.value.code, full.value.code) == ("backup.no_folder", "backup.no_room")
    assert list(tmp_path.iterdir()) == []


def test_what_killed_backups_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    left, living, other = (
        tmp_path / f".backup-{'0' * 16}.part",
        tmp_path / f".backup-{'1' * 16}.part",
        tmp_path / ".backup.part",
    )
    for path in (left, living, other):
        path.touch()

    with living.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(tmp_path / "a.tar.zst")

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([living.name, other.name, "a.tar.zst"])


def test_an_archive_cut_short_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    cut = tmp_path / "cut.tar.zst"

    for length in range(len(data)):
        cut.write_bytes(data[:length])
        with pytest.raises(Refusal):
            archive.unpack(cut)


def test_a_large_archive_cut_inside_a_file_is_refused(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.tar.zst", tmp_path / "cut.tar.zst"
    write(whole, {**FILES, "vault/large.age": random.Random(1).randbytes(3_000_000)})

    for share in (10, 50, 90):
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * share // 100])
        with pytest.raises(Conflict) as caught:
            archive.unpack(cut, into=tmp_path / f"out-{share}")
        assert caught.value.code == "backup.not_whole"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_altered_bit_is_refused_or_changes_nothing(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, len(content) * 8 - 1))
    content[place // 8] ^= 1 << place % 8
    altered, out = tmp_path / "altered.tar.zst", tmp_path / f"out-{os.urandom(8).hex()}"
    altered.write_bytes(content)

    try:
        archive.unpack(altered, into=out)
    except Refusal:
        return

    assert {name: (out / name).read_bytes() for name in FILES} == FILES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive at all",
        members(),
        members(("about.json", b"{}")),
        members(("about.json", b'{"form": 1}'), ("vault/../../evil", b"x")),
        members(("about.json", b'{"form": 1}'), ("/etc/evil", b"x")),
        members(("about.json", b'{"form": 1}'), ("scratch/evil", b"x")),
        members(("about.json", b'{"form": 1}'), ("vault/a", b""), kind=tarfile.SYMTYPE),
        members(("home.json", b"{}"), ("manifest.json", b"{}")),
        members(("about.json", b'{"form": 1}'), ("manifest.json", b"[]")),
    ],
)
def test_what_is_no_backup_is_refused_and_writes_nothing_outside(tmp_path: Path, content: bytes) -> None:
    path, out = tmp_path / "a.tar.zst", tmp_path / "in" / "out"
    path.write_bytes(content)

    with pytest.raises(Conflict):
        archive.unpack(path, into=out)

    assert sorted(each.name for each in tmp_path.iterdir()) in (["a.tar.zst"], ["a.tar.zst", "in"])


def test_members_the_manifest_does_not_name_as_they_are_are_refused(tmp_path: Path) -> None:
    about = canonical_bytes(ABOUT)
    honest = write(tmp_path / "honest.tar.zst")
    for number, files in enumerate(({**FILES, "vault/b.age": b"more"}, {**FILES, "vault/a.key": b"other"}, dict(list(FILES.items())[1:]))):  # fmt: skip
        forged = tmp_path / f"{number}.tar.zst"
        forged.write_bytes(members(("about.json", about), *files.items(), ("manifest.json", honest.as_bytes())))

        with pytest.raises(Conflict) as caught:
            archive.unpack(forged)

        assert caught.value.code == "backup.altered"


def test_void_members_are_not_unpacked(tmp_path: Path) -> None:
    target = tmp_path / "a.tar.zst"
    with archive.writing(target, total=10, progress=lambda *_: None) as writer:
        writer.add_bytes(archive.ABOUT, canonical_bytes(ABOUT))
        writer.add_bytes("vault/gone.age", b"closed")
        writer.leave_out("vault/gone.age")
        writer.finish(ABOUT, {})

    manifest = archive.unpack(target, into=tmp_path / "out")

    assert manifest.left_out == ("vault/gone.age",)
    assert not (tmp_path / "out" / "vault" / "gone.age").exists()


def test_an_archive_of_a_newer_form_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "a.tar.zst", about={"form": 2, "product": "9.0.0"})

    with pytest.raises(Conflict) as caught:
        archive.unpack(tmp_path / "a.tar.zst", into=tmp_path / "out")

    assert caught.value.code == "backup.newer_form"
    assert caught.value.values["made_by"] == "9.0.0"
    assert not (tmp_path / "out").exists()
