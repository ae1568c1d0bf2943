# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was said before a decision."""

from django.db import models

from datacity.frame.fields import RefField
from datacity.frame.guards import Guard
from datacity.kernel.ref import Ref
from datacity.programme.people.models import Person
from datacity.programme.privacy.rules import Outcome, ReviewOutcome


class Opinion(models.Model):
    """What the data protection officer says about a subject: asked once, given once, never a decision."""

    subject = RefField(unique=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True, choices=[(each.value, each.value) for each in Outcome])
    text = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", given_by__isnull=True, given_at__isnull=True)
                | (
                    ~models.Q(outcome="")
                    & ~models.Q(text="")
                    & models.Q(given_by__isnull=False, given_at__isnull=False)
                ),
                name="opinion_given_by_a_person_with_words",
            ),
        )

    def __str__(self) -> str:
        """Give the subject and the outcome."""
        return f"{self.subject} {self.outcome or 'asked'}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("opinion", str(self.pk))


class CollectiveReview(models.Model):
    """What a group may fear from a subject, what is done about it, and the public outcome."""

    subject = RefField(unique=True)
    groups = models.TextField()
    harms = models.TextField()
    safeguards = models.TextField()
    hearing = models.TextField()
    outcome = models.CharField(max_length=20, choices=[(each.value, each.value) for each in ReviewOutcome])
    concluded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField()

    class Meta:
        ordering = ("concluded_at", "id")

    def __str__(self) -> str:
        """Give the subject and the outcome."""
        return f"{self.subject} {self.outcome}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("review", str(self.pk))


GUARDS = (Guard(CollectiveReview),)
