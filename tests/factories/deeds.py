# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Actors, verbs and jobs for tests of the journal and the jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from datacity.kernel import bus
from datacity.kernel.ref import CITY, Ref
from datacity.programme.journal.actions import record
from datacity.programme.journal.models import Entry

AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
"""When the deeds of tests happen."""

VERBS = (
    bus.Verb("thing.shown", bus.Publicity.PUBLIC, "Thing shown"),
    bus.Verb("thing.kept", bus.Publicity.RESTRICTED, "Thing kept"),
    bus.Verb("thing.whispered", bus.Publicity.SILENT, "Thing whispered"),
)


@dataclass(frozen=True)
class Somebody:
    """An actor without an account."""

    number: int = 1
    roles: tuple[str, ...] = ()

    @property
    def ref(self) -> Ref:
        return Ref("person", str(self.number))

    def has_role(self, role: str, scope: Ref = CITY) -> bool:  # noqa: ARG002 -- the protocol's signature
        return role in self.roles


@contextmanager
def offered(**offers: Any) -> Iterator[None]:
    """Let the registry of this process hold these offers for a while, beside what the apps offer."""
    known = bus.registry
    kept = {name: dict(getattr(known, name)) for name in ("verbs", "jobs", "listeners")}
    schedules = list(known.schedules)
    known.add(**offers)
    try:
        yield
    finally:
        for name, value in kept.items():
            getattr(known, name).clear()
            getattr(known, name).update(value)
        known.schedules[:] = schedules


def deed(
    verb: str = "thing.shown", subject: str = "thing:1", *, by: Any = None, at: datetime = AT, **options: Any
) -> Entry:
    """Record a deed in its own transaction."""
    with transaction.atomic():
        return record(by or Somebody(), verb, Ref.parse(subject), at=at, **options)


@dataclass
class Standing:
    """A clock that stands."""

    time: datetime = AT

    def now(self) -> datetime:
        return self.time
