# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The yearly round."""

from django.db import models

from datacity.frame.fields import OptionalWordsField, WordsField
from datacity.kernel.ref import Ref
from datacity.programme.acts.models import Act
from datacity.programme.editions.rules import State


class Edition(models.Model):
    """One yearly round with its policy, frozen with its fingerprint when it opens.

    act: the act of the council it rests on; without an adopted one, everything in it is subject to the council's vote.
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = WordsField()
    summary = OptionalWordsField(null=True, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in State], default=State.DRAFT.value
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    policy_fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="edition_ends_after_start"
            ),
            models.UniqueConstraint(fields=("state",), condition=models.Q(state="open"), name="edition_one_open"),
        )

    def __str__(self) -> str:
        """Give the slug."""
        return self.slug

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("edition", self.slug)
