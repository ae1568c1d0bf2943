# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The trial on a bare machine: what it hands over, refuses and reports. The trial itself is `./dc bare`."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

import bare_machine
import bare_root
from bare_root import CannotBuild

TARGETS = """\
http://one.example/debian\tbookworm\tmain\tDebian\tbookworm
http://one.example/debian\tbookworm-updates\tmain\tDebian\tbookworm-updates
http://one.example/debian\tbookworm\tcontrib\tDebian\tbookworm
http://two.example/node\tnodistro\tmain\tElsewhere\tnodistro
http://one.example/debian\ttrixie\tmain\tDebian\ttrixie
"""


def listing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(bare_root, "run", lambda *_, **__: text)


def test_archives_are_those_of_debian_12_that_apt_knows_the_base_first(monkeypatch: pytest.MonkeyPatch) -> None:
    listing(monkeypatch, TARGETS)

    assert [each.line for each in bare_root.archives()] == [
        "deb http://one.example/debian bookworm contrib main",
        "deb http://one.example/debian bookworm-updates main",
    ]


def test_a_machine_whose_apt_does_not_know_debian_12_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    listing(monkeypatch, TARGETS.splitlines(keepends=True)[3])

    with pytest.raises(CannotBuild, match="bookworm"):
        bare_root.archives()


def test_pips_settings_become_variables_and_its_folders_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "index" / "simple").mkdir(parents=True)
    (tmp_path / "wheels").mkdir()
    found = {"extra-index-url": f"file://{tmp_path}/index/simple https://x.example/simple", "find-links": f"{tmp_path}/wheels", "user": "true"}  # fmt: skip
    monkeypatch.setattr(bare_root.environment, "pip_settings", lambda: found)

    settings = bare_root.pip_settings()

    assert settings == {
        "PIP_EXTRA_INDEX_URL": found["extra-index-url"],
        "PIP_FIND_LINKS": found["find-links"],
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    assert set(bare_root.local_places(settings)) == {tmp_path / "index", tmp_path / "wheels"}


def test_a_program_in_the_root_gets_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATACITY_HOME", "/elsewhere")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")

    command = bare_root.inside(Path("/r"), {"PIP_CERT": "/c.pem"}, "./dc help")

    assert command[:5] == ["chroot", "--userspec=city:city", "/r", "/usr/bin/env", "-i"]
    assert {"PIP_CERT=/c.pem", "https_proxy=http://proxy.example:3128", "USER=city"} <= set(command)
    assert not [each for each in command if each.startswith("DATACITY_")]
    assert command[-1] == f"cd /{bare_root.PLACE} && ./dc help"


def test_a_folder_with_files_of_others_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(CannotBuild, match="holds files"):
        bare_root.build(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_packages_installed_in_the_root_start_no_service(tmp_path: Path) -> None:
    (tmp_path / "usr" / "sbin").mkdir(parents=True)

    bare_root.starts_nothing(tmp_path)

    assert subprocess.run([tmp_path / "usr/sbin/policy-rc.d", "nginx", "start"], check=False).returncode == 101


def test_only_root_may(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bare_root.os, "geteuid", lambda: 1000)

    assert bare_machine.run([]) == 1

    assert "Only root" in capsys.readouterr().err


def test_a_missing_debootstrap_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare_root.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bare_root.shutil, "which", lambda name: "" if name == "debootstrap" else f"/bin/{name}")

    with pytest.raises(CannotBuild, match="apt-get install debootstrap"):
        bare_root.require_tools()


def test_report_sets_times_beside_their_limits() -> None:
    trial = bare_machine.Trial(Path("/r"), 8000, settings={}, seconds={"environment": 50.4, "first page": 40})

    assert bare_machine.report(trial).splitlines()[1:] == [
        "environment                 50      45  over",
        "first page                  40      90",
    ]


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ([], True),
        ([("demo.chapter", "done", "2020-01-01 00:00:00"), ("x", "queued", "2999-01-01 00:00:00")], True),
        ([("demo.chapter", "queued", "2999-01-01 00:00:00")], False),
        ([("releases.release", "queued", "2020-01-01 00:00:00")], False),
        ([("releases.release", "running", "2020-01-01 00:00:00")], False),
    ],
)
def test_the_demonstration_is_whole_when_no_job_of_it_is_left(
    tmp_path: Path, rows: list[tuple[str, str, str]], whole: bool
) -> None:
    with closing(sqlite3.connect(tmp_path / "control.sqlite3")) as database, database:
        database.execute("CREATE TABLE jobs_job (name, state, run_at)")
        database.executemany("INSERT INTO jobs_job VALUES (?, ?, ?)", rows)

    assert bare_machine.is_whole(tmp_path) is whole
