# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Coming in through the city's own directory (OpenID Connect): only who was invited with the same, verified address."""

from datetime import datetime

from django.db import transaction

from datacity.kernel.errors import Forbidden
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Person
from datacity.programme.people.queries import person_by_email
from datacity.programme.people.rules import PersonState


def come_from_elsewhere(email: str, name: str, *, verified: bool, at: datetime) -> Person:
    """Give the person of this address, who came through the directory for the first time; an open invitation is used up.

    name: taken when the invitation had none. verified: whether the directory vouches for the address.
    Raises Forbidden when it does not, when nobody was invited with it, or when the account is closed.
    """
    person = person_by_email(email) if email else None
    if not verified:
        raise Forbidden(
            "people.mail_not_verified",
            "The directory does not vouch for your mail address, so it cannot be used here.",
            hint="Ask who looks after the directory to verify it.",
        )
    if person is None or person.state is PersonState.DEACTIVATED:
        raise _not_invited()
    with transaction.atomic():
        if person.state is PersonState.INVITED:
            _join(person, name, at=at)
        record(person, "person.signed_in_elsewhere", person.ref, at=at)
    return person


def _join(person: Person, name: str, *, at: datetime) -> None:
    open_ones = person.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)
    if not open_ones.update(used_at=at):
        raise _not_invited()
    known = person.name or " ".join(name.split())[:150] or person.email.partition("@")[0]
    person.name, person.joined_at = known, at
    person.save(update_fields=("name", "joined_at"))
    record(person, "person.joined", person.ref, at=at)


def _not_invited() -> Forbidden:
    return Forbidden(
        "people.not_invited_here",
        "Nobody with your mail address was invited here, or the invitation is too old.",
        hint="Accounts are made by invitation. Ask the administrator of your city for one.",
    )
