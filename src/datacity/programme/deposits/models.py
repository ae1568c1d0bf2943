# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was handed over."""

from django.db import models

from datacity.kernel.ref import Ref
from datacity.programme.deposits.rules import LegalTitle, State
from datacity.programme.people.models import Organisation, Person


class Deposit(models.Model):
    """Bytes received from a person under a legal title, kept encrypted, known by their hash."""

    reference = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    legal_title = models.CharField(max_length=30, choices=[(each.value, each.value) for each in LegalTitle])
    legal_reference = models.CharField(max_length=300, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    deposited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_index=True)
    state = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in State], default=State.RECEIVED.value
    )
    state_at = models.DateTimeField()
    state_reason = models.TextField(blank=True)
    vault_name = models.CharField(max_length=80, blank=True)
    receipt = models.JSONField()

    class Meta:
        ordering = ("-received_at", "-id")

    def __str__(self) -> str:
        """Give the reference."""
        return self.reference

    @property
    def ref(self) -> Ref:
        """The reference used by the journal and by opinions."""
        return Ref("deposit", self.reference)
