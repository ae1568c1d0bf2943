# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""States of a mail, how a written text becomes subject and body, how long it is kept."""

from dataclasses import dataclass
from enum import StrEnum

from datacity.kernel.errors import Invalid

LONGEST_SUBJECT = 200
KEPT_DAYS = 14
"""Days an undelivered mail is kept; then its text is erased, since links in it have ended too."""


class State(StrEnum):
    """Where a mail stands. Expired: it could not be delivered in time and its text was erased."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Text:
    """A mail's subject, on one line, and its body."""

    subject: str
    body: str


def split(rendered: str) -> Text:
    """Read a rendered template: the first line is the subject, the rest is the body.

    Raises Invalid when either is empty.
    """
    first, _, rest = rendered.strip().partition("\n")
    return text(first, rest)


def text(subject: str, body: str) -> Text:
    """Give a mail's text with its subject on one line, so that it cannot add headers. Raises Invalid when either is empty."""
    subject, body = " ".join(subject.split()), body.strip()
    if not subject or not body:
        raise Invalid("messages.empty", "A mail needs a subject and a text.")
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1] + "…"
    return Text(subject, body + "\n")
