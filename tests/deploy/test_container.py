# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The container file, read line by line: no engine is needed here, and none builds the image in the tests."""

import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from datacity.web import configuration
from tests.factories.deployed import DEPLOY, lines_of
from tests.factories.publishing import ROOT

FILE = DEPLOY / "Containerfile"
KNOWN = {"ARG", "FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Give each instruction with its text, continued lines joined."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Give the instructions of each named stage."""
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for word, rest in instructions():
        if word == "FROM":
            name = rest.partition(" AS ")[2]
        if name:
            found.setdefault(name, []).append((word, rest))
    return found


def said(stage: str, word: str) -> list[str]:
    return [rest for each, rest in stages()[stage] if each == word]


def sources(rest: str) -> list[str]:
    return [] if rest.startswith("--from=") else rest.split()[:-1]


def test_two_stages_with_known_instructions_and_one_base_that_a_site_can_replace() -> None:
    assert {word for word, _ in instructions()} <= KNOWN
    assert list(stages()) == ["build", "run"]
    assert {rest.split()[0] for word, rest in instructions() if word == "FROM"} == {"${PYTHON}"}
    assert not [
        rest for _, rest in instructions() if ":latest" in rest or "://" in rest.replace("http://127.0.0.1", "")
    ]


def test_everything_copied_exists_and_is_let_through() -> None:
    kept = [line[1:] for line in (DEPLOY / "containerignore").read_text().splitlines() if line.startswith("!")]

    wanted = [source for word, rest in instructions() if word == "COPY" for source in sources(rest)]

    assert len(wanted) > 8
    assert [source for source in wanted if not (ROOT / source).exists()] == []
    assert sorted(wanted) == sorted(kept)
    assert not [name for name in (".git", ".venv", "home", "keys") if any(fnmatch(name, pattern) for pattern in kept)]


def test_the_image_runs_without_root_and_writes_only_the_home() -> None:
    (user,) = said("run", "USER")

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert [word for word, _ in stages()["run"]].index("USER") > [word for word, _ in stages()["run"]].index("RUN")
    assert [json.loads(rest) for rest in said("run", "VOLUME")] == [["/var/lib/datacity"]]
    assert "PYTHONDONTWRITEBYTECODE=1" in said("run", "ENV")[0]


def test_it_installs_the_servers_lock_with_hashes_and_brings_no_tool_of_building_along() -> None:
    build = " ".join(said("build", "RUN"))

    assert "--require-hashes -r requirements-server.lock" in build
    assert [rest for rest in said("run", "COPY")] == ["--from=build /opt/datacity /opt/datacity"]  # noqa: C416 -- compared as a list
    assert not [rest for rest in said("run", "RUN") if re.search(r"pip|apt|npm|curl", rest)]


def test_it_starts_the_control_plane_as_its_unit_does_and_looks_after_its_health() -> None:
    (command,), (unit,) = said("run", "CMD"), lines_of("datacity-control.service", "ExecStart")
    (health,) = said("run", "HEALTHCHECK")

    assert json.loads(command) == unit.replace("/opt/datacity/bin/", "").split()
    assert "http://127.0.0.1:8000/healthz" in json.loads(health.partition("CMD ")[2])[-1]


def test_its_settings_are_settings_and_no_secret() -> None:
    given = dict(pair.split("=", 1) for pair in said("run", "ENV")[0].split() if pair.startswith("DATACITY_"))

    read = configuration.load(given)

    assert (str(read.home), read.log_format) == ("/var/lib/datacity", "json")
    assert not [each.variable for each in configuration.TABLE if each.secret and each.variable in given]


@pytest.mark.parametrize("program", ["datacity", "granian"])
def test_the_programs_it_names_are_installed_by_its_lock(program: str) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    locked = {line.partition("==")[0] for line in Path(ROOT / "requirements-server.lock").read_text().splitlines() if "==" in line}  # fmt: skip

    assert program in {*scripts, *locked}
