# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The files of `deploy/` that only an operator's machine runs: units, settings, roles of the database, alerts."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from datacity.web import configuration
from tests.factories.deployed import DEPLOY, SYSTEMD, lines_of

SERVICES = sorted(path.name for path in SYSTEMD.glob("datacity-*.service"))
EXPOSURE = re.compile(r"Overall exposure level for \S+: ([0-9.]+)")
MOST_EXPOSED = 1.5
"""Of 10, by systemd's own measure; what is left is the network and the shared root."""
NAMED = re.compile(r"DATACITY_[A-Z_]+")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with this environment's programs in the place of the installation's, so that systemd finds them."""
    folder = tmp_path / "units"
    shutil.copytree(SYSTEMD, folder)
    for unit in folder.glob("*.service"):
        unit.write_text(unit.read_text().replace("/opt/datacity/bin", str(Path(sys.executable).parent)))
    return folder


def analysed(*arguments: str | Path) -> str:
    """Run systemd's own checker and give what it says; the test is skipped where it is not installed."""
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_finds_no_fault_in_the_units(units: Path) -> None:
    assert (
        analysed(
            "verify", *(each for each in sorted(units.iterdir()) if each.suffix in (".service", ".target", ".slice"))
        )
        == ""
    )


def test_systemd_finds_a_fault_where_there_is_one(units: Path) -> None:
    with (units / "datacity-data.service").open("a") as file:
        file.write("ProtectSistem=strict\n")

    assert "ProtectSistem" in analysed("verify", units / "datacity-data.service")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_hardened(units: Path, service: str) -> None:
    found = EXPOSURE.search(analysed("security", "--offline=true", "--no-pager", units / service))

    assert found
    assert float(found[1]) <= MOST_EXPOSED


def test_the_target_starts_every_service() -> None:
    (wanted,) = lines_of("datacity.target", "Wants")

    assert sorted(wanted.split()) == SERVICES
    assert {unit: lines_of(unit, "PartOf") for unit in SERVICES} == {unit: ["datacity.target"] for unit in SERVICES}


def test_the_data_plane_sees_neither_database_nor_secrets_and_needs_no_control_plane() -> None:
    unit = (SYSTEMD / "datacity-data.service").read_text()

    assert lines_of("datacity-data.service", "TemporaryFileSystem") == ["/var/lib/datacity:ro"]
    assert lines_of("datacity-data.service", "BindReadOnlyPaths") == ["/var/lib/datacity/public"]
    assert lines_of("datacity-data.service", "LoadCredential") == ["keys.json:/var/lib/datacity/keys/keys.json"]
    assert "Requires=" not in unit


@pytest.mark.parametrize("path", sorted(SYSTEMD.rglob("*.service")) + sorted(SYSTEMD.glob("options/*.conf")), ids=lambda path: path.name)  # fmt: skip
def test_each_secret_is_a_credential_and_each_credential_a_secret_setting(path: Path) -> None:
    text = path.read_text()
    secrets = {f"{each.variable}_FILE": each.name.lower() for each in configuration.TABLE if each.secret}

    given = dict(re.findall(r"(DATACITY_\w+_FILE)=%d/(\w+)", text))
    loaded = {name: place for name, place in re.findall(r"^LoadCredential=([\w.]+):(\S+)$", text, re.MULTILINE) if name != "keys.json"}  # fmt: skip

    assert given == {variable: secrets[variable] for variable in given}
    assert sorted(given.values()) == sorted(loaded)
    assert loaded == {name: f"/etc/datacity/credentials/{name}" for name in loaded}


def test_the_settings_of_the_installation_are_read_and_hold_no_secret() -> None:
    lines = (DEPLOY / "datacity.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    read = configuration.load(given)

    assert not [each.variable for each in configuration.TABLE if each.secret and each.variable in given]
    assert (read.public_address, read.log_format) == ("https://data.valmire.example", "json")
    assert [str(each) for each in read.trusted_proxies] == ["127.0.0.1/32"]


def test_every_setting_named_in_deploy_exists() -> None:
    known = {each.variable for each in configuration.TABLE} | {f"{each.variable}_FILE" for each in configuration.TABLE if each.secret}  # fmt: skip

    found = {name: str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file() for name in NAMED.findall(path.read_text())}  # fmt: skip

    assert len(found) > 5
    assert {name: place for name, place in found.items() if name not in known} == {}


def test_prometheus_reads_the_alerts() -> None:
    program = shutil.which("promtool")
    if not program:
        pytest.skip("promtool is not installed (Debian package prometheus)")

    done = subprocess.run(
        [program, "check", "rules", DEPLOY / "alerts.yml"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "rules found" in done.stdout
