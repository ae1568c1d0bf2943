# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the launcher says of the machine, and how it installs what is lacking."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

import machine

HERE = machine.Part("shell", ("dash",), "everything", "sh")
LACKING = machine.Part("lantern", ("lantern-light", "oil"), "seeing in the dark", "/nowhere/*/lantern")


class Apt:
    """Stands for apt-get: notes what it is asked, and answers with a code."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.calls: list[list[str]] = []

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.calls.append(command)
        return subprocess.CompletedProcess(command, self.code)


def on_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, root: bool = True, debian: bool = True, code: int = 0
) -> Apt:
    apt = Apt(code)
    (tmp_path / "debian_version").write_text("12.11\n")
    monkeypatch.setattr(machine, "PARTS", (HERE, LACKING))
    monkeypatch.setattr(machine, "DEBIAN", tmp_path / ("debian_version" if debian else "none"))
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.subprocess, "run", apt)
    return apt


def test_what_is_lacking_is_said_with_its_package_and_purpose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = on_machine(monkeypatch, tmp_path)

    code = machine.doctor([])

    said = capsys.readouterr().out
    assert (code, apt.calls) == (0, [])
    assert "lantern     lacking; Debian package lantern-light oil  (seeing in the dark)" in said
    assert "shell       /usr/bin/sh  (everything)" in said
    assert "./dc doctor --install" in said


def test_root_on_debian_installs_what_is_lacking_and_says_so_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = on_machine(monkeypatch, tmp_path)

    assert machine.doctor(["--install"]) == 0

    assert [call[1] for call in apt.calls] == ["update", "install"]
    assert apt.calls[1][-2:] == ["lantern-light", "oil"]
    assert "This installs Debian's packages lantern-light oil:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("who", "code", "words"),
    [({"root": False}, 3, "sudo apt-get install lantern-light oil"), ({"debian": False}, 5, "on Debian only")],
)
def test_others_are_refused_in_words_and_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, who: dict[str, bool], code: int, words: str
) -> None:
    apt = on_machine(monkeypatch, tmp_path, **who)
    said: list[str] = []
    monkeypatch.setattr("builtins.print", lambda *parts, **_: said.extend(map(str, parts)))

    assert machine.doctor(["--install"]) == code

    assert words in said[0]
    assert apt.calls == []


@pytest.mark.parametrize(("answer", "calls"), [("no", 0), ("yes", 2)])
def test_on_a_terminal_nothing_is_installed_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str, calls: int
) -> None:
    apt = on_machine(monkeypatch, tmp_path)
    monkeypatch.setattr(machine.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)

    assert machine.doctor(["--install"]) == 0

    assert len(apt.calls) == calls


def test_a_failure_of_apt_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_machine(monkeypatch, tmp_path, code=100)

    assert machine.doctor(["--install"]) == 1

    assert "apt-get did not install them" in capsys.readouterr().err


def test_nothing_is_asked_of_apt_when_nothing_is_lacking(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = on_machine(monkeypatch, tmp_path, root=False)
    monkeypatch.setattr(machine, "PARTS", (HERE,))

    assert machine.doctor(["--install"]) == 0

    assert apt.calls == []
    assert "Nothing is lacking." in capsys.readouterr().out


@pytest.mark.parametrize(("root", "calls"), [(True, 2), (False, 0)])
def test_a_part_that_tests_want_is_brought_by_root_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: bool, calls: int
) -> None:
    apt = on_machine(monkeypatch, tmp_path, root=root)

    assert (machine.bring("shell"), machine.bring("lantern")) == ("/usr/bin/sh", "")

    assert len(apt.calls) == calls


def test_every_part_names_its_package_and_what_it_is_for() -> None:
    assert {"git", "chromium", "libatomic1", "openssl", "postgresql", "nginx-light", "debootstrap"} == {
        package for part in machine.PARTS for package in part.packages
    }
    assert all(part.purpose and part.found for part in machine.PARTS)
