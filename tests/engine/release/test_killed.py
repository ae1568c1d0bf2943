# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Killed at any step, a release or a withdrawal leaves nothing half, and the next run completes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from datacity.engine.proof.verifying import verify
from datacity.engine.release import State
from tests.engine.release.killed import DEEDS, reopened
from tests.factories.sealed import City

STATES = {
    "release": ([(1, State.RELEASED)], [(1, State.SUPERSEDED), (2, State.RELEASED)]),
    "withdraw": ([(1, State.RELEASED)], [(1, State.WITHDRAWN)]),
}


def _states(city: City) -> list[tuple[int, State]]:
    return [(each.version, each.state) for each in city.snapshot.datasets["comptages"]]


def _loop(tmp_path: Path, root: Path, deed: str, *, first: int, stride: int) -> set[int]:
    """Kill at every step; check each copy, do the deed again, check again. Give which of the two states was found after the kills."""
    base = tmp_path / "base"
    base.mkdir()
    city = City(base)
    city.release("SELECT i AS id, 'x' AS name FROM range(20) r(i)")
    city.table("SELECT i AS id, 'y' AS name FROM range(20) r(i)")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    command = [
        sys.executable,
        str(root / "tests/engine/release/killed.py"),
        str(tmp_path),
        deed,
        str(first),
        str(stride),
    ]
    subprocess.run(command, check=True, env=environment, cwd=tmp_path)

    before, after = STATES[deed]
    seen = set()
    copies = sorted((each for each in tmp_path.iterdir() if each.name.isdigit()), key=lambda each: int(each.name))
    for copy in copies:
        killed = reopened(copy)
        seen.add([before, after].index(_states(killed)))
        left = verify(killed.store.root, trust=killed.trust)
        DEEDS[deed](killed)
        whole = verify(killed.store.root, trust=killed.trust)
        assert (copy.name, left.first_wrong, _states(killed), whole.first_wrong) == (copy.name, None, after, None)
    assert len(copies) > 50 // stride
    return seen


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_kill_at_some_steps_leaves_nothing_half(tmp_path: Path, root: Path, deed: str) -> None:
    assert _loop(tmp_path, root, deed, first=3, stride=17) <= {0, 1}


@pytest.mark.kill
@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_kill_at_every_step_leaves_nothing_half(tmp_path: Path, root: Path, deed: str) -> None:
    assert _loop(tmp_path, root, deed, first=1, stride=1) == {0, 1}
