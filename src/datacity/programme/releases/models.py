# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Decisions to let data leave, what left, and what was taken back."""

from django.db import models

from datacity.frame.guards import Guard
from datacity.kernel.ref import Ref
from datacity.programme.datasets.models import Dataset, Protection
from datacity.programme.people.models import Person
from datacity.programme.releases.rules import ClearanceOutcome, Ground, State


class Clearance(models.Model):
    """The decision of the controller's named representative about one protection: person, capacity, reason."""

    protection = models.OneToOneField(Protection, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=[(each.value, each.value) for each in ClearanceOutcome])
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=200)
    reason = models.TextField()
    against_opinion = models.TextField(blank=True)
    given_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    policy_fingerprint = models.CharField(max_length=64)
    statement = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-given_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(capacity="") & ~models.Q(reason="") & models.Q(person__isnull=False),
                name="clearance_person_capacity_reason",
            ),
        )

    def __str__(self) -> str:
        """Give the protection and the outcome."""
        return f"{self.protection_id} {self.outcome}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("clearance", str(self.pk))


class Release(models.Model):
    """A version of a dataset that leaves, left, was superseded or was withdrawn."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    clearance = models.OneToOneField(Clearance, on_delete=models.PROTECT, related_name="release")
    state = models.CharField(
        max_length=20,
        choices=[(each.value, each.value) for each in State],
        default=State.RELEASING.value,
        db_index=True,
    )
    change_note = models.TextField(blank=True)
    started_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    failure = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (models.UniqueConstraint(fields=("dataset", "version"), name="release_version_once"),)

    def __str__(self) -> str:
        """Give the dataset and the version."""
        return f"{self.dataset_id} v{self.version}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("release", str(self.pk))


class Withdrawal(models.Model):
    """Why a release was taken back, on which legal ground, by whom in which capacity."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="withdrawal")
    ground = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Ground])
    reason = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(capacity="") & ~models.Q(reason=""), name="withdrawal_capacity_reason"
            ),
        )

    def __str__(self) -> str:
        """Give the release."""
        return f"withdrawal of {self.release_id}"


GUARDS = (Guard(Clearance), Guard(Withdrawal))
