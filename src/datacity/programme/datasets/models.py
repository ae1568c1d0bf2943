# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Datasets, their descriptions and their protections."""

from django.db import models

from datacity.frame.fields import WordsField
from datacity.kernel.ref import Ref
from datacity.programme.datasets.rules import ProtectionState, Reading, State
from datacity.programme.deposits.models import Deposit
from datacity.programme.editions.models import Edition
from datacity.programme.people.models import Person


class Dataset(models.Model):
    """A subject the city keeps data about; what a reader must know of every version."""

    slug = models.SlugField(max_length=80, unique=True)
    title = WordsField()
    summary = WordsField()
    unit_of_observation = WordsField()
    producer = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=20)
    territory = models.CharField(max_length=200, blank=True)
    rhythm = models.CharField(max_length=200, blank=True)
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    themes = models.JSONField(default=list, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    steward = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decisions = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in State], default=State.DESCRIBED.value
    )
    described_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-described_at", "-id")

    def __str__(self) -> str:
        """Give the slug."""
        return self.slug

    @property
    def ref(self) -> Ref:
        """The reference used by the journal and by roles."""
        return Ref("dataset", self.slug)


class Description(models.Model):
    """One deposit read as a version of a dataset: its columns, doubts, findings and sensitivity."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="descriptions")
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    change_note = models.TextField(blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in Reading], default=Reading.WAITING.value
    )
    refusal = models.JSONField(default=dict, blank=True)
    reading = models.JSONField(default=dict, blank=True)
    description = models.JSONField(default=dict, blank=True)
    axes = models.JSONField(default=dict, blank=True)
    axes_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text_file = models.CharField(max_length=80, blank=True)
    typed_file = models.CharField(max_length=80, blank=True)
    sample_file = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (models.UniqueConstraint(fields=("dataset", "number"), name="description_number_once"),)

    def __str__(self) -> str:
        """Give the dataset and the number."""
        return f"{self.dataset_id}/{self.number}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("description", str(self.pk))

    def answers(self) -> dict[str, str]:
        """Give axis -> answer."""
        return {axis: given.get("answer", "") for axis, given in self.axes.items()}


class Protection(models.Model):
    """A plan applied to a description, and what was measured before and after."""

    description = models.ForeignKey(Description, on_delete=models.PROTECT, related_name="protections")
    number = models.PositiveIntegerField()
    plan = models.JSONField()
    plan_fingerprint = models.CharField(max_length=64)
    policy_fingerprint = models.CharField(max_length=64)
    state = models.CharField(
        max_length=20,
        choices=[(each.value, each.value) for each in ProtectionState],
        default=ProtectionState.PLANNED.value,
        db_index=True,
    )
    planned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    attacked_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    attacks = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    failure = models.JSONField(default=dict, blank=True)
    table_file = models.CharField(max_length=80, blank=True)
    table_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-planned_at", "-id")
        constraints = (models.UniqueConstraint(fields=("description", "number"), name="protection_number_once"),)

    def __str__(self) -> str:
        """Give the description and the number."""
        return f"{self.description_id}/{self.number}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal, opinions and reviews."""
        return Ref("protection", str(self.pk))
