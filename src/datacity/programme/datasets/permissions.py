# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who describes, protects and sees what is not public yet."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.datasets.models import Dataset
from datacity.programme.people.permissions import is_house
from datacity.programme.people.rules import Role

READING = (Role.DATA_PROTECTION_OFFICER, Role.REPRESENTATIVE, Role.AUDITOR)
"""Roles that see every dataset before it is public."""


def may_describe(actor: Actor) -> Verdict:
    """Say whether the actor turns a deposit into a dataset, and works on its description and protection."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.DATA_STEWARD),
        "datasets.not_steward",
        "Datasets are described and protected by a data steward.",
    )


def may_see(actor: Actor, dataset: Dataset) -> Verdict:
    """Say whether the actor sees the dataset's work pages: a steward, the officer, a representative, an auditor."""
    seen = bool(may_describe(actor)) or any(actor.has_role(role, dataset.ref) for role in READING)
    return yes_if(
        seen,
        "datasets.work_pages",
        "The preparation of a dataset is seen by stewards, the data protection officer, representatives and auditors.",
    )


def may_see_workshop(actor: Actor) -> Verdict:
    """Say whether the actor sees the list of datasets in preparation."""
    return yes_if(
        bool(may_describe(actor)) or any(actor.has_role(role) for role in READING),
        "datasets.work_pages",
        "The preparation of a dataset is seen by stewards, the data protection officer, representatives and auditors.",
    )


def visible_to(actor: Actor) -> Q:
    """Give the condition for the datasets whose preparation the actor sees everywhere; scoped roles use `may_see`."""
    return Q() if may_describe(actor) or any(actor.has_role(role) for role in READING) else Q(pk__in=())
