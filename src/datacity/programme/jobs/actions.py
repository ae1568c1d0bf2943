# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Queue a job, lease it, end it, bring a dead one back. Every write is one statement that names the token."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings


from datacity.kernel import bus
from datacity.kernel.actor import Actor
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Missing
from datacity.programme.jobs.models import Job


def enqueue(
    name: str, *, arguments: Mapping[str, Any], at: datetime | None = None, run_at: datetime | None = None,
    key: str | None = None, by: Actor | None = None,
) -> Job:  # fmt: skip
    """Queue a job in the caller's transaction: it exists when, and only when, the deed is committed.

    arguments: identifiers as JSON values. run_at: not before; now when None. by: who asked and may follow the progress.
    key: with a key the same job is made once and never again; the job made first is given back, whatever its state.
    Raises Missing for a name no app declares, Invalid for arguments that are not JSON.
    """
    if name not in bus.registry.jobs:
        raise Missing("jobs.unknown", "No app declares the job {name}.", hint="Name it in JOBS of the app's tasks.py.", name=name)
    canonical_bytes(dict(arguments))
    now = at or settings.CLOCK.now()
    values = {"arguments": dict(arguments), "created_at": now, "run_at": run_at or now, "asked_by": by.ref if by else None}
    if key is None:
        return Job.objects.create(name=name, **values)
    job, _ = Job.objects.get_or_create(name=name, key=key, defaults=values)
    return job
