# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The wheel in an environment of its own, with the engine's lock and nothing else: no Django, no page, no database."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import environment

pytestmark = pytest.mark.slow
PLAN = """plan = 1
[privacy]
k = 5
suppression_limit = 0.1
[columns.mail]
role = "identifier"
[columns.born]
role = "quasi_identifier"
method = "generalise"
hierarchy = "decades.csv"
level = 1
[columns.zone]
role = "quasi_identifier"
method = "keep"
"""
MANIFEST = """slug = "persons"
title = "Persons"
description = "A made-up table."
producer = "City of Valmire"
legal_title = "administrative"
licence = "lov2"
[period]
start = "2026-01-01"
end = "2026-12-31"
"""


@dataclass(frozen=True)
class Installed:
    """The environment with the wheel, and a folder with a file, its plan and what a release says of it."""

    bin: Path
    folder: Path

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run `datacity` in the folder and give its exit code and its JSON."""
        command = [self.bin / "datacity", *arguments, "--json", "result.json", "--language", "en"]
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATACITY_", "DJANGO_", "PYTHON"))
        }
        done = subprocess.run(command, cwd=self.folder, env=kept, capture_output=True, text=True, check=False)
        assert (self.folder / "result.json").is_file(), done.stderr
        return done.returncode, json.loads((self.folder / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, without the bundle of the pages: the engine needs none."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        root,
    ]
    done = subprocess.run(command, env={**os.environ, "BUILD_WITHOUT_PAGES": "1"}, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("datacity-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(root: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh environment with the engine's lock and the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    settings = environment.uv_environment(environment.pip_settings(), os.environ)
    there = {**settings, "VIRTUAL_ENV": str(folder / "venv")}
    for what in (["--require-hashes", "-r", root / "requirements-engine.lock"], ["--no-deps", wheel]):
        done = subprocess.run([environment.UV, "pip", "install", "--quiet", *what], env=there, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
    lines = ["mail;born;zone", *(f"p{i}@exemple.example;{1950 + i % 20};{'NS'[i % 2]}" for i in range(100))]
    (folder / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "decades.csv").write_text("".join(f"{year};{year // 10}0s;*\n" for year in range(1950, 1970)), encoding="utf-8")  # fmt: skip
    return Installed(folder / "venv" / "bin", folder)


def test_it_carries_the_french_texts_and_no_test(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    assert [name for name in names if name.endswith("locale/fr/LC_MESSAGES/datacity.mo")]
    assert not [name for name in names if name.startswith("tests/") or "node_modules" in name]


def test_it_carries_every_page_of_the_documentation(wheel: Path, root: Path) -> None:
    carried = {
        name.removeprefix("datacity/web/handbook/docs/")
        for name in ZipFile(wheel).namelist()
        if "/handbook/docs/" in name
    }

    assert carried == {
        path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*") if path.is_file()
    }


def test_it_has_neither_django_nor_anything_of_the_web(installed: Installed) -> None:
    tried = "import importlib.util as u; print([n for n in ('django', 'allauth', 'psycopg', 'prometheus_client', 'pytest') if u.find_spec(n)])"

    done = subprocess.run(
        [installed.bin / "python", "-c", tried], cwd=installed.folder, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_file_is_described(installed: Installed) -> None:
    code, said = installed.run("describe", "f.csv")

    found = said["description"]
    assert (code, found["rows"], found["columns"][0]["role"]) == (0, 100, "identifier")


def test_a_file_is_protected_cleared_released_and_verified(installed: Installed) -> None:
    ways = (
        ("protect", "f.csv", "--plan", "plan.toml", "-o", "out.parquet"),
        ("keys", "keys"),
        ("clear", "out.parquet", "--plan", "plan.toml", "--by", "Claire Fontanel", "--capacity", "Maire", "--reason", "Utile.", "--keys", "keys", "-o", "clearance.json"),
        ("release", "out.parquet", "--manifest", "manifest.toml", "--clearance", "clearance.json", "--keys", "keys", "--store", "store"),
        ("verify", "store", "--trust", "keys/keys.json"),
    )  # fmt: skip

    codes = {way[:2]: installed.run(*way) for way in ways}

    assert {way: (code, said.get("error")) for way, (code, said) in codes.items()} == dict.fromkeys(codes, (0, None))
    (installed.folder / "store" / "CURRENT").write_bytes(b"x")
    assert installed.run("verify", "store", "--trust", "keys/keys.json")[0] == 1
