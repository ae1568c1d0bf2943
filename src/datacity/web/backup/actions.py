# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ask the worker for a backup, or for the check of the newest one."""

from datetime import datetime

from django.db import transaction

from datacity.kernel.actor import Actor
from datacity.kernel.errors import require
from datacity.programme.jobs import permissions
from datacity.programme.jobs.actions import enqueue
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import job_ref
from datacity.programme.journal.actions import record
from datacity.web.backup.rules import ASKED

DAILY, MAKE, CHECK = "backup.daily", "backup.make", "backup.check"


def ask(name: str, *, by: Actor, at: datetime) -> Job:
    """Queue the making (`MAKE`) or the checking (`CHECK`) of a backup. Raises Forbidden unless the person is an administrator."""
    require(permissions.may_manage(by))
    with transaction.atomic():
        job = enqueue(name, arguments={}, at=at, by=by)
        record(by, ASKED, job_ref(job.pk), at=at, payload={"job": name})
    return job
