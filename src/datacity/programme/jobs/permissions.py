# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see and do what with jobs. Roles are written as `people` spells them; this app comes before it."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.jobs.models import Job


def may_manage(person: Actor) -> Verdict:
    """Say whether this person sees all jobs and may retry or dismiss dead ones."""
    return yes_if(person.has_role("administrator"), "jobs.manage", "Only an administrator manages the jobs.")


def may_follow(person: Actor, job: Job) -> Verdict:
    """Say whether this person sees how far the job is: who asked for it, and administrators."""
    return yes_if(
        job.asked_by == str(person.ref), "jobs.follow", "Only who asked for this job follows it."
    ) | may_manage(person)


def visible_to(person: Actor) -> Q:
    """Give the condition for the jobs this person sees."""
    return Q() if may_manage(person) else Q(asked_by=str(person.ref))
