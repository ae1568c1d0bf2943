# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The assembly at start: what is collected, which names stop it."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from datacity.kernel import bus, policy
from datacity.kernel.bus import Job, Listener, Publicity, Schedule, Verb
from datacity.kernel.errors import Conflict, Missing
from datacity.programme.editions.queries import policy_in_force
from datacity.programme.jobs.actions import enqueue
from datacity.web import start

RULES = "datacity.programme.jobs.rules"
TASKS = "datacity.programme.jobs.tasks"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Collect anew after the test, whatever it did."""
    yield
    start.collect()


def _offer(monkeypatch: pytest.MonkeyPatch, module: str, **tuples: Any) -> None:
    """Let an app offer something more."""
    loaded: ModuleType = sys.modules[module]
    for name, more in tuples.items():
        monkeypatch.setattr(loaded, name, (*getattr(loaded, name), *more))


def test_every_installed_app_is_collected() -> None:
    registry = start.collect()

    assert {"entry.erased", "job.retried", "person.invited"} <= set(registry.verbs)
    assert {"jobs.tidy", "messages.deliver", "messages.letter"} <= set(registry.jobs)
    assert [listener.job for listener in registry.listeners["person.invited"]] == ["messages.letter"]
    assert "jobs" in [provider.name for provider in registry.providers["now"]]
    assert bus._enqueuers == [enqueue]
    assert policy._sources == [policy_in_force]


def test_collecting_twice_changes_nothing() -> None:
    first = {name: len(value) for name, value in vars(start.collect()).items()}

    assert {name: len(value) for name, value in vars(start.collect()).items()} == first


@pytest.mark.parametrize(
    ("module", "offer", "refusal", "words"),
    [
        (TASKS, {"LISTENERS": (Listener("nobody.declared", job="jobs.tidy"),)}, Missing, "no app declares"),
        (TASKS, {"LISTENERS": (Listener("job.retried", job="jobs.unknown"),)}, Missing, "unknown job"),
        (TASKS, {"SCHEDULE": (Schedule("jobs.unknown", every_seconds=60),)}, Missing, "unknown job"),
        (TASKS, {"JOBS": (Job("jobs.tidy", print, "Again"),)}, Conflict, "declared twice"),
        (RULES, {"VERBS": (Verb("entry.erased", Publicity.PUBLIC, "Again"),)}, Conflict, "declared twice"),
    ],
)
def test_an_unknown_or_repeated_name_stops_the_start(
    module: str, offer: dict[str, Any], refusal: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _offer(patch, module, **offer)

        with pytest.raises(refusal, match=words):
            start.collect()


def test_listening_to_a_silent_verb_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _offer(patch, RULES, VERBS=(Verb("ballot.cast", Publicity.SILENT, "Ballot cast"),))
        _offer(patch, TASKS, LISTENERS=(Listener("ballot.cast", job="jobs.tidy"),))

        with pytest.raises(Conflict, match="silent"):
            start.collect()
