# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The real command, from keys to a verified download."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from datacity.engine.cli import main

PLAN = """
plan = 1
[privacy]
k = 2
[columns.ville]
role = "insensitive"
method = "keep"
"""
MANIFEST = """
slug = "parc"
title = {fr = "Parc", en = "Fleet"}
producer = "Ville de Valmire"
legal_title = "administrative"
[columns.nombre]
unit = "véhicules"
"""
CLEAR = ["clear", "OUT.parquet", "--plan", "P.toml", "--by", "Anne Martel", "--capacity", "Adjointe au maire", "--reason", "Risque mesuré", "--keys", "K",
         "-o", "C.json"]  # fmt: skip
RELEASE = ["release", "OUT.parquet", "--manifest", "M.toml", "--clearance", "C.json", "--keys", "K", "--store", "S"]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def datacity(tmp_path: Path) -> Command:
    """Run the command as a user does, in a folder with a table, a plan and a manifest."""
    duckdb.execute(
        f"COPY (SELECT 'Valmire' AS ville, i AS nombre FROM range(20) r(i)) TO '{tmp_path}/OUT.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )
    (tmp_path / "P.toml").write_text(PLAN)
    (tmp_path / "M.toml").write_text(MANIFEST)

    def run(*arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LANGUAGE": language}
        command = [
            sys.executable,
            "-c",
            "import sys; from datacity.engine.cli import main; sys.exit(main())",
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)

    return run


def _released(datacity: Command) -> None:
    for arguments in (["keys", "K"], CLEAR, RELEASE):
        answer = datacity(*arguments)
        assert (answer.returncode, answer.stderr) == (0, "")


def test_table_goes_from_keys_to_a_verified_download(datacity: Command, tmp_path: Path) -> None:
    _released(datacity)
    manifest = next((tmp_path / "S" / "manifests").glob("*.json"))
    (tmp_path / "down").mkdir()
    shutil.copy(manifest, tmp_path / "down" / "manifest.json")
    shutil.copy(manifest.with_suffix(".sig"), tmp_path / "down" / "manifest.sig")
    csv = next(each["sha256"] for each in json.loads(manifest.read_bytes())["files"] if each["format"] == "csv")
    shutil.copy(tmp_path / "S" / "blobs" / csv, tmp_path / "down" / "data.csv")

    trusted, alone = datacity("verify", "down/manifest.json", "--trust", "S/keys/seal.pem"), datacity("verify", "down")
    whole = datacity("verify", "S", "--trust", "K/keys.json", "--json", "-")
    with (tmp_path / "down" / "data.csv").open("ab") as data:
        data.write(b"Valmire;21\n")
    doctored = datacity("verify", "down/data.csv", "--trust", "S/keys/seal.pem")

    assert (trusted.returncode, trusted.stdout.splitlines()[-1]) == (0, "Everything holds.")
    assert (alone.returncode, alone.stdout.splitlines()[-1]) == (1, "Intact; signer not checked.")
    assert (whole.returncode, json.loads(whole.stdout)["holds"]) == (0, True)
    assert (doctored.returncode, doctored.stdout.splitlines()[-1]) == (
        1, "Does not hold: data.csv is no file of this release, or was changed.")  # fmt: skip


def test_manifest_of_the_command_says_what_the_file_says(datacity: Command, tmp_path: Path) -> None:
    _released(datacity)

    again = datacity(*RELEASE, "--json", "-")

    found = json.loads(again.stdout)["manifest"]
    assert (again.returncode, found["slug"], found["version"], found["rows"]) == (0, "parc", 1, 20)
    assert found["columns"][1] == {
        "name": "nombre",
        "label": {"fr": "nombre"},
        "type": "integer",
        "unit": "véhicules",
        "meaning": {},
    }
    assert found["clearance"]["statement"]["person"] == "Anne Martel"


WRONG = [
    (["keys", "K"], 5, "has keys already"),
    ([*CLEAR[:-3], "gone", "-o", "C.json"], 4, "no keys in gone"),
    ([*CLEAR, "--valid-days", "400"], 2, "valid for 1 to 366 days"),
    ([*CLEAR[:-1], "gone/C.json"], 2, "folder does not exist"),
    ([*CLEAR[:4], "--by", " ", *CLEAR[6:]], 2, "person is empty"),
    (["release", "P.toml", *RELEASE[2:]], 5, "with other details"),
    ([*RELEASE[:5], "P.toml", *RELEASE[6:]], 2, "P.toml is not a JSON file"),
    ([*RELEASE[:3], "P.toml", *RELEASE[4:]], 2, "plan is not a field of a manifest"),
    (["release", "gone.parquet", *RELEASE[2:]], 4, "no file gone.parquet"),
    (["verify", "gone"], 4, "no file gone"),
    (["verify", "M.toml"], 2, "nothing that can be verified"),
    (["verify", "C.json", "--trust", "gone.pem"], 4, "no key file gone.pem"),
]


def test_wrong_command_is_refused_and_changes_nothing(
    datacity: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _released(datacity)
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    for deed, code, said in WRONG:
        assert (deed, main([*deed, "--language", "en"])) == (deed, code)
        out, err = capsys.readouterr()
        assert (said in err, out) == (True, ""), err

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_renewed_seal_key_is_used_and_trusted_through_the_first(datacity: Command, tmp_path: Path) -> None:
    _released(datacity)
    shutil.copy(tmp_path / "K" / "seal.pem", tmp_path / "first.pem")

    renewed = datacity("keys", "K", "--renew", "seal", "--json", "-")
    duckdb.execute(f"COPY (SELECT 'Valmire' AS ville, 1 AS nombre) TO '{tmp_path}/OUT.parquet' (FORMAT parquet)")
    second = [datacity(*arguments).returncode for arguments in (CLEAR, RELEASE)]
    whole = datacity("verify", "S", "--trust", "first.pem")

    assert (len(json.loads(renewed.stdout)["keys"]), second, whole.returncode) == (3, [0, 0], 0)
