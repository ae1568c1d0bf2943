# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of the outbox."""

from dataclasses import dataclass

from datacity.programme.jobs.models import Job
from datacity.programme.messages.models import Message
from datacity.programme.messages.rules import State
from datacity.programme.people.queries import names

DELIVER = "messages.deliver"
"""The name of the job that delivers a mail."""


def delivery_key(number: int) -> str:
    """Give the key of the job that delivers this mail: one for ever."""
    return f"message {number}"


@dataclass(frozen=True)
class Waiting:
    """A mail that did not leave, without its text; whom it is for by name; the job that delivers it, None when tidied away."""

    message: Message
    name: str
    job: Job | None


def undelivered_count() -> int:
    """Count the mails that wait or expired."""
    return Message.objects.exclude(state=State.DELIVERED).count()


def undelivered() -> list[Waiting]:
    """Give the mails that wait or expired, the newest first: three queries whatever their number."""
    messages = list(Message.objects.exclude(state=State.DELIVERED).defer("subject", "body", "address").order_by("-pk"))
    jobs = {
        job.key: job
        for job in Job.objects.filter(name=DELIVER, key__in=[delivery_key(message.pk) for message in messages])
    }
    known = names(message.recipient for message in messages)
    return [
        Waiting(message, known.get(message.recipient, str(message.recipient)), jobs.get(delivery_key(message.pk)))
        for message in messages
    ]
