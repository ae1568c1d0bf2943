# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Background work of the outbox: deliver, write people's letters, erase what waited too long."""

from django.conf import settings
from django.db import transaction

from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.programme.journal.queries import entry_by_number
from datacity.programme.messages import actions
from datacity.programme.messages.queries import DELIVER
from datacity.programme.people import queries as people


def deliver(context: JobContext, *, message: int) -> None:
    """Deliver one mail."""
    actions.deliver(message, context=context, at=settings.CLOCK.now())


def letter(context: JobContext, *, entry: int) -> None:
    """Write the letter that people word for this deed; none when there is nothing to send any more."""
    deed, at = entry_by_number(entry), settings.CLOCK.now()
    worded = people.letter(deed.verb, deed.subject, at)
    with transaction.atomic():
        context.finish()
        if worded is not None:
            actions.post(worded, recipient=deed.subject, kind=deed.verb, at=at)


def expire(_context: JobContext) -> None:
    """Erase the texts of mails that waited too long."""
    actions.expire(at=settings.CLOCK.now())


JOBS = (
    Job(DELIVER, deliver, "Deliver a mail", attempts=8),
    Job("messages.letter", letter, "Write a mail"),
    Job("messages.expire", expire, "Erase mails that waited too long"),
)
LISTENERS = tuple(
    Listener(verb, job="messages.letter")
    for verb in (
        "person.invited",
        "person.reset_asked",
        "person.factor_added",
        "person.factor_removed",
        "person.factors_reset",
        "person.recovery_codes_made",
        "person.recovery_code_used",
    )
)
SCHEDULE = (Schedule("messages.expire", every_seconds=86_400),)
