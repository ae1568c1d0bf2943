# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one table of jobs: what to do, who holds the lease, how far it is."""

from django.db import models
from django.db.models import Q

from datacity.frame.fields import REF_LENGTH
from datacity.programme.jobs.rules import State


class Job(models.Model):
    """One job. `token` grows with every lease: who holds an older one may no longer write.

    arguments: a JSON object of identifiers. asked_by: reference of who may follow it, or "". key: at most one job of a name has it, for ever; None means no such limit.
    error: code or kind of the last failure and the sentence for people; never data. done, total: any unit; total 0 = unknown.
    """

    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001 -- only NULL may stand in many rows of a unique pair
    asked_by = models.CharField(max_length=REF_LENGTH, default="")
    state = models.CharField(
        max_length=10, default=State.QUEUED.value, choices=[(each.value, each.value) for each in State]
    )
    created_at = models.DateTimeField()
    run_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    token = models.PositiveBigIntegerField(default=0)
    owner = models.CharField(max_length=100, default="")
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    note = models.CharField(max_length=300, default="")
    error = models.TextField(default="")

    class Meta:
        """Say in the database what must hold, and keep the queue quick to read."""

        constraints = [
            models.UniqueConstraint(fields=["name", "key"], name="job_key_once"),
            models.CheckConstraint(condition=Q(state__in=[each.value for each in State]), name="job_state_known"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_is_leased"
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], name="job_waiting", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(state="running")),
            models.Index(fields=["state", "id"], name="job_state"),
        ]

    def __str__(self) -> str:
        """Give name and number."""
        return f"{self.name} {self.pk}"
