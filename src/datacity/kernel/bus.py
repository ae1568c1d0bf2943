# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What apps offer each other by name: verbs, jobs, listeners, schedules, panels, providers.

Each app ends `rules.py` with `VERBS` and `tasks.py` with `JOBS`, `LISTENERS`, `SCHEDULE`, and `panels.py` with
`PANELS`, `PROVIDERS`; `web/start.py` collects them into one `Registry` and stops the start when a name is unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from datacity.kernel.errors import Conflict, Missing


class Publicity(StrEnum):
    """How much of a journal entry is public: all, only its hash, or nothing (no entry)."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    SILENT = "silent"


@dataclass(frozen=True)
class Verb:
    """A journal verb, `noun.past_participle`, and how public it is; title is its English label."""

    name: str
    publicity: Publicity
    title: str


class JobContext(Protocol):
    """What a running job may ask of the worker."""

    def progress(self, done: int, total: int, note: str = "", /, **values: int) -> None:
        """Tell how far the job is; shown to who waits. values: fill the places of the note."""
        ...

    def still_mine(self) -> None:
        """Raise Conflict when the lease went to another worker; call it in the transaction of each lasting effect."""
        ...

    def finish(self) -> None:
        """Mark the job done inside the caller's transaction, so that its effect and its end are one commit.

        Raises Conflict when the lease went to another worker. A job that never calls it is done when it returns.
        """
        ...

    @property
    def scratch(self) -> Path:
        """The folder for temporary files of this job alone (mode 0700), wiped when its process is over."""
        ...


@dataclass(frozen=True)
class Job:
    """A named background task. run(context, **arguments); arguments are identifiers as JSON values.

    in_child: run in a child process; memory_mb: its limit. attempts: tries before the dead letters.
    lease_seconds: silence after which another worker takes it.
    """

    name: str
    run: Callable[..., None]
    title: str
    in_child: bool = False
    memory_mb: int = 1024
    attempts: int = 5
    lease_seconds: int = 60


@dataclass(frozen=True)
class Listener:
    """Who answers to a verb: a job enqueued in the same transaction, or `run` at once for an invariant.

    run(entry) gets the mapping verb, subject, actor, payload, at.
    """

    verb: str
    job: str = ""
    run: Callable[[Mapping[str, Any]], None] | None = None


@dataclass(frozen=True)
class Schedule:
    """A job made again and again, every so many seconds; 0 means once at every start of the worker (to reconcile)."""

    job: str
    every_seconds: int


@dataclass(frozen=True)
class Panel:
    """What an app adds to a page of another: render(request, thing) -> safe HTML or ""."""

    place: str
    name: str
    render: Callable[[Any, Any], str]
    order: int = 100


@dataclass(frozen=True)
class Provider:
    """A named source of rows of one kind.

    Kinds: `now` (what waits for a person), `calendar`, `search`, `measure`, `transfer`, `register`; for pages that belong to no
    app, `open` (what residents can follow now), `latest` (newest publications), `sitemap`.
    """

    kind: str
    name: str
    give: Callable[..., Any]


@dataclass
class Registry:
    """Everything collected at start."""

    verbs: dict[str, Verb] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    listeners: dict[str, list[Listener]] = field(default_factory=dict)
    schedules: list[Schedule] = field(default_factory=list)
    panels: dict[str, list[Panel]] = field(default_factory=dict)
    providers: dict[str, list[Provider]] = field(default_factory=dict)

    def add(
        self,
        *,
        verbs: Iterable[Verb] = (),
        jobs: Iterable[Job] = (),
        listeners: Iterable[Listener] = (),
        schedules: Iterable[Schedule] = (),
        panels: Iterable[Panel] = (),
        providers: Iterable[Provider] = (),
    ) -> None:
        """Add an app's offers. Raises Conflict when a verb or a job of that name exists already."""
        for verb in verbs:
            if verb.name in self.verbs:
                raise Conflict("bus.twice", "The verb {name} is declared twice.", name=verb.name)
            self.verbs[verb.name] = verb
        for job in jobs:
            if job.name in self.jobs:
                raise Conflict("bus.twice", "The job {name} is declared twice.", name=job.name)
            self.jobs[job.name] = job
        for listener in listeners:
            self.listeners.setdefault(listener.verb, []).append(listener)
        self.schedules.extend(schedules)
        for panel in panels:
            self.panels.setdefault(panel.place, []).append(panel)
            self.panels[panel.place].sort(key=lambda each: (each.order, each.name))
        for provider in providers:
            self.providers.setdefault(provider.kind, []).append(provider)

    def check(self) -> None:
        """Raise Missing for the first listener or schedule that names an unknown verb or job."""
        for verb, listeners in self.listeners.items():
            if verb not in self.verbs:
                raise Missing("bus.unknown_verb", "Somebody listens to {name}, which no app declares.", name=verb)
            for listener in listeners:
                if listener.job and listener.job not in self.jobs:
                    raise Missing(
                        "bus.unknown_job", "{verb} is answered by the unknown job {name}.", verb=verb, name=listener.job
                    )
        for schedule in self.schedules:
            if schedule.job not in self.jobs:
                raise Missing("bus.unknown_job", "The schedule names the unknown job {name}.", name=schedule.job)


registry = Registry()
"""The one registry of this process, filled by `web/start.py`."""

_enqueuers: list[Callable[..., Any]] = []


def bind_enqueue(enqueue: Callable[..., Any]) -> None:
    """Say who enqueues the jobs of listeners; called once at start."""
    _enqueuers[:] = [enqueue]


def announce(entry: Mapping[str, Any]) -> None:
    """Tell every listener of the entry's verb: run at once, or enqueue in the same transaction.

    entry: verb, subject, actor, payload, at, entry (its number).
    """
    for listener in registry.listeners.get(entry["verb"], ()):
        if listener.run is not None:
            listener.run(entry)
        if listener.job and _enqueuers:
            _enqueuers[0](listener.job, arguments={"entry": entry["entry"]})
