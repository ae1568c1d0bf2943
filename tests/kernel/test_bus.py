# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What apps offer each other is known by name, or the start stops."""

import pytest

from datacity.kernel.bus import Job, Listener, Panel, Publicity, Registry, Schedule, Verb
from datacity.kernel.errors import Conflict, Missing

VERB = Verb("dataset.read", Publicity.RESTRICTED, "A file was read")
JOB = Job("datasets.read", lambda _context: None, "Read a file")


def test_complete_registry_passes_the_check() -> None:
    registry = Registry()
    registry.add(
        verbs=[VERB], jobs=[JOB], listeners=[Listener(VERB.name, job=JOB.name)], schedules=[Schedule(JOB.name, 60)]
    )

    registry.check()

    assert registry.listeners == {VERB.name: [Listener(VERB.name, job=JOB.name)]}


def test_verb_or_job_declared_twice_is_refused() -> None:
    registry = Registry()
    registry.add(verbs=[VERB], jobs=[JOB])

    with pytest.raises(Conflict):
        registry.add(verbs=[VERB])
    with pytest.raises(Conflict):
        registry.add(jobs=[JOB])


@pytest.mark.parametrize(
    "offer",
    [
        {"listeners": [Listener("dataset.unknown", job="datasets.read")]},
        {"verbs": [VERB], "listeners": [Listener(VERB.name, job="datasets.unknown")]},
        {"schedules": [Schedule("datasets.unknown", 60)]},
    ],
)
def test_unknown_name_stops_the_start(offer: dict[str, list[object]]) -> None:
    registry = Registry()
    registry.add(**offer)  # type: ignore[arg-type]  # the cases mix kinds on purpose

    with pytest.raises(Missing):
        registry.check()


def test_panels_of_a_place_stand_in_their_order() -> None:
    registry = Registry()
    late, early = (
        Panel("dataset", "z", lambda _r, _t: "", order=200),
        Panel("dataset", "a", lambda _r, _t: "", order=10),
    )
    registry.add(panels=[late, early])

    assert [panel.name for panel in registry.panels["dataset"]] == ["a", "z"]
