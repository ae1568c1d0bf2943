# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of the outbox."""

from collections.abc import Iterable

from django.db.models import QuerySet

from datacity.programme.jobs.models import Job
from datacity.programme.messages.models import Message
from datacity.programme.messages.rules import State

DELIVER = "messages.deliver"
"""The name of the job that delivers a mail."""


def delivery_key(number: int) -> str:
    """Give the key of the job that delivers this mail: one for ever."""
    return f"message {number}"


def undelivered() -> QuerySet[Message]:
    """Give the mails that wait or expired, the newest first, without their texts."""
    return Message.objects.exclude(state=State.DELIVERED).defer("subject", "body", "address").order_by("-pk")


def delivery_jobs(messages: Iterable[Message]) -> dict[int, Job]:
    """Give the delivering job of each of these mails, by the mail's number, in one query."""
    numbers = {delivery_key(message.pk): message.pk for message in messages}
    return {numbers[job.key or ""]: job for job in Job.objects.filter(name=DELIVER, key__in=numbers)}
