# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one table of mails."""

from django.db import models
from django.db.models import Q

from datacity.frame.fields import RefField
from datacity.programme.messages.rules import State


class Message(models.Model):
    """A mail to a person. Address, subject and body are there only until it is delivered or expired.

    kind: what it is about, for the list of undelivered mails; never personal.
    """

    kind = models.CharField(max_length=100)
    recipient = RefField()
    language = models.CharField(max_length=2)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(
        max_length=10, default=State.WAITING.value, choices=[(each.value, each.value) for each in State]
    )
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A mail that is over keeps no text and no address."""

        constraints = [
            models.CheckConstraint(condition=Q(state__in=[each.value for each in State]), name="message_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(body="", subject="", address=""), name="message_over_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="message_state")]

    def __str__(self) -> str:
        """Give kind and number."""
        return f"{self.kind} {self.pk}"
