# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write a mail in the deed's transaction, deliver it, erase what waited too long."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

from datacity.frame.city import offered_or_usual
from datacity.kernel.bus import JobContext
from datacity.kernel.ref import Ref
from datacity.programme.jobs.actions import enqueue
from datacity.programme.messages import rules
from datacity.programme.messages.models import Message
from datacity.programme.messages.queries import DELIVER, delivery_key
from datacity.programme.messages.rules import State
from datacity.programme.people.models import Person
from datacity.programme.people.queries import Letter


def write(to: Person, template: str, values: Mapping[str, Any], *, kind: str, at: datetime) -> Message:
    """Write a mail from a template in the person's language; it exists, and is sent, when the deed is committed.

    template: a text template; its first line is the subject. It starts with `{% autoescape off %}`, since a mail is no HTML.
    values: what the template needs; put no more personal data in than the mail needs. kind: what it is about, never personal.
    Raises Invalid when the template gives no subject or no text.
    """
    with override(offered_or_usual(to.language)):
        text = rules.split(render_to_string(template, {"person": to, "address": settings.PUBLIC_ADDRESS, **values}))
    return _queue(to.ref, to.email, to.language, text, kind=kind, at=at)


def post(letter: Letter, *, recipient: Ref, kind: str, at: datetime) -> Message:
    """Put a letter that is already worded in the outbox. recipient: whom or what it concerns. Raises Invalid when it has no text."""
    return _queue(recipient, letter.to, letter.language, rules.text(letter.subject, letter.text), kind=kind, at=at)


def _queue(recipient: Ref, address: str, language: str, text: rules.Text, *, kind: str, at: datetime) -> Message:
    with transaction.atomic():
        message = Message.objects.create(
            kind=kind,
            recipient=recipient,
            language=language,
            address=address,
            subject=text.subject,
            body=text.body,
            written_at=at,
        )
        enqueue(DELIVER, arguments={"message": message.pk}, at=at, key=delivery_key(message.pk))
    return message


def deliver(number: int, *, context: JobContext, at: datetime) -> None:
    """Hand a waiting mail to the mail server, or write it into the outbox folder when none is set; then erase its text.

    A mail that is over is left alone, so the job may run again. A server's mail may go twice when the worker dies between
    sending and noting it; both carry the same Message-ID.
    """
    message = Message.objects.filter(pk=number, state=State.WAITING).first()
    if message is None:
        return
    mail = _mail(message)
    if settings.EMAIL_HOST:
        with get_connection() as server:
            server.send_messages([mail])
    else:
        _write_file(mail, Path(settings.HOME) / "outbox" / f"{message.pk:08d}.eml")
    with transaction.atomic():
        context.finish()
        _end(message, State.DELIVERED, at=at)


def _mail(message: Message) -> EmailMessage:
    host = urlsplit(settings.PUBLIC_ADDRESS).hostname
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.address],
        headers={
            "Message-ID": f"<message-{message.pk}-{int(message.written_at.timestamp())}@{host}>",
            "Date": format_datetime(message.written_at),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )


def _write_file(mail: EmailMessage, path: Path) -> None:
    """Write the mail where only the owner reads it, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(mail.message().as_bytes())
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _end(message: Message, state: State, *, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, address="", subject="", body="", ended_at=at)


def expire(*, at: datetime) -> int:
    """Erase the texts of mails that have waited longer than 14 days; give how many."""
    late = Message.objects.filter(state=State.WAITING, written_at__lt=at - timedelta(days=rules.KEPT_DAYS))
    return late.update(state=State.EXPIRED, address="", subject="", body="", ended_at=at)
