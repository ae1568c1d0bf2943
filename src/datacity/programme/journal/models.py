# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tables of the journal: entries, their details, people's secrets, positions in the one order."""

from django.db import models
from django.db.models import Q

from datacity.frame.fields import RefField
from datacity.frame.guards import Guard
from datacity.kernel.bus import Publicity
from datacity.programme.journal.rules import Leaf, moment_text


class Entry(models.Model):
    """One deed, as written in the deed's own transaction; its place in the order comes later."""

    verb = models.CharField(max_length=100)
    publicity = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Publicity])
    edition = models.CharField(max_length=100)
    actor = models.CharField(max_length=64)
    subject = RefField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    payload_digest = models.CharField(max_length=64)

    class Meta:
        """Keep what pages look for findable; a silent verb leaves no entry."""

        constraints = [
            models.CheckConstraint(condition=Q(publicity__in=["public", "restricted"]), name="entry_not_silent")
        ]
        indexes = [
            models.Index(fields=["verb", "id"], name="entry_verb"),
            models.Index(fields=["subject", "id"], name="entry_subject"),
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["actor"], name="entry_actor"),
        ]

    def __str__(self) -> str:
        """Give the verb and the subject."""
        return f"{self.verb} {self.subject}"

    def leaf(self) -> Leaf:
        """Give what the leaf hash covers."""
        return Leaf(
            entry=self.pk, verb=self.verb, publicity=self.publicity, edition=self.edition, actor=self.actor, subject=str(self.subject),
            at=moment_text(self.at), recorded_at=moment_text(self.recorded_at), payload_digest=self.payload_digest,
        )  # fmt: skip


class Detail(models.Model):
    """What an entry says beyond its leaf: nonce (32 bytes) and payload (canonical JSON). Only `erase` empties them."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    nonce = models.BinaryField(max_length=32)
    payload = models.TextField()

    def __str__(self) -> str:
        """Give the number of the entry."""
        return str(self.entry_id)


class Secret(models.Model):
    """The key of somebody's pseudonyms (32 bytes). Emptied when the person is unlinked; never given back."""

    ref = RefField(unique=True)
    secret = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        """Give whose it is."""
        return str(self.ref)


class Position(models.Model):
    """The place of an entry in the one order, given by the sequencer: the leaf index, from 0; hashes in hexadecimal."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="place")
    leaf_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        """Count from 0."""

        constraints = [models.CheckConstraint(condition=Q(position__gte=0), name="position_from_zero")]

    def __str__(self) -> str:
        """Give the number."""
        return str(self.position)


GUARDS = (
    Guard(Entry),
    Guard(Detail, emptied=("nonce", "payload")),
    Guard(Secret, emptied=("secret",)),
    Guard(Position),
)
