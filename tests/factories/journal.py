# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Entries with a position, for the permission matrix."""

from datetime import UTC, datetime

from datacity.programme.journal.actions import give_positions
from datacity.programme.journal.models import Entry, Position
from datacity.programme.people.models import Person
from tests.factories import people
from tests.factories.things import Thing, thing


def _placed(verb: str) -> Thing:
    give_positions(at=datetime.now(UTC))
    entry = Entry.objects.filter(verb=verb).latest("pk")
    return Thing({"position": Position.objects.get(entry=entry).position})


@thing("public entry")
def public_entry(_actor: Person | None, _case: str) -> Thing:
    """An entry that everybody reads: an organisation was registered."""
    people.organisation()
    return _placed("organisation.registered")


@thing("restricted entry")
def restricted_entry(_actor: Person | None, _case: str) -> Thing:
    """An entry of which the public sees the hashes: a person was registered."""
    people.person()
    return _placed("person.registered")
