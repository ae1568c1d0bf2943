# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of datasets, descriptions and protections."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from datacity.engine.catalogue import Description as Described
from datacity.engine.protection.gate import check_table
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.previews import Preview, preview
from datacity.engine.protection.proposals import propose
from datacity.frame import scratch
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.permissions import visible_to
from datacity.programme.datasets.rules import ProtectionState
from datacity.programme.datasets.rules import State as DatasetState
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault, visible_deposits
from datacity.programme.deposits.rules import State as DepositState
from datacity.programme.jobs.models import Job


def visible_datasets(actor: Actor) -> QuerySet[Dataset]:
    """Give the datasets whose preparation the actor sees, newest first."""
    return Dataset.objects.filter(visible_to(actor)).select_related("edition", "steward")


def visible_dataset(actor: Actor, slug: str) -> Dataset:
    """Give one dataset. Raises Missing when there is none of that slug that the actor sees."""
    found = visible_datasets(actor).filter(slug=slug).first()
    if found is None:
        raise Missing("datasets.missing", "There is no dataset {slug} in preparation that you can see.", slug=slug)
    return found


def descriptions(dataset: Dataset) -> QuerySet[Description]:
    """Give the descriptions of a dataset, newest first, with their deposits."""
    return Description.objects.filter(dataset=dataset).select_related("deposit", "dataset")


def visible_description(actor: Actor, slug: str, number: int) -> Description:
    """Give one description. Raises Missing when the actor sees none of that number."""
    found = descriptions(visible_dataset(actor, slug)).filter(number=number).first()
    if found is None:
        raise Missing("datasets.no_description", "This dataset has no version {number} in preparation.", number=number)
    return found


def protections(description: Description) -> QuerySet[Protection]:
    """Give the protections of a description, newest first."""
    return Protection.objects.filter(description=description).select_related("planned_by", "description__dataset")


def visible_protection(actor: Actor, number: int) -> Protection:
    """Give one protection by its key. Raises Missing when the actor sees none of that key."""
    found = (
        Protection.objects.filter(pk=number, description__dataset__in=visible_datasets(actor))
        .select_related("description__dataset__edition", "description__deposit", "planned_by")
        .first()
    )
    if found is None:
        raise Missing("datasets.no_protection", "There is no protection {number} that you can see.", number=number)
    return found


def waiting_for_decision() -> QuerySet[Protection]:
    """Give the protections presented for opinion and clearance, oldest first."""
    return (
        Protection.objects.filter(state=ProtectionState.REVIEWED)
        .select_related("description__dataset")
        .order_by("reviewed_at")
    )


def described(description: Description) -> Described:
    """Give what the engine found in the file. Raises Missing while it is not read."""
    if not description.description:
        raise Missing("datasets.not_read_yet", "The file is not read yet.")
    return Described.from_dict(description.description)


def proposed_plan(description: Description) -> Plan:
    """Give the plan to start from: the last one of the dataset that fits the columns, else what the engine proposes.

    k and the suppression limit come from the policy in force.
    """
    found = described(description)
    names = {column.name for column in found.columns}
    last = Protection.objects.filter(description__dataset=description.dataset).order_by("-planned_at", "-pk").first()
    if last is not None and set(last.plan.get("columns", {})) <= names and set(last.plan["columns"]) == names:
        return Plan.from_dict(last.plan)
    return Plan.from_dict(with_policy(propose(found).as_dict()))


def with_policy(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Give the plan with k and suppression limit of the policy in force."""
    in_force = policy.in_force()
    privacy = {
        **plan.get("privacy", {}),
        "k": in_force["datasets.k"],
        "suppression_limit": in_force["datasets.suppression_limit"],
    }
    return {**plan, "privacy": privacy}


def published_plans(dataset: Dataset, *, but: Protection | None = None) -> list[Plan]:
    """Give the plans of this dataset's protections that were presented, for the rule on second aggregates."""
    rows = Protection.objects.filter(description__dataset=dataset, state=ProtectionState.REVIEWED)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [Plan.from_dict(row.plan) for row in rows]


def earlier_tables(protection: Protection) -> list[str]:
    """Give the vault names of the dataset's protected tables presented before this one, oldest first."""
    rows = Protection.objects.filter(
        description__dataset=protection.description.dataset, state=ProtectionState.REVIEWED
    ).exclude(pk=protection.pk)
    return [name for name in rows.order_by("planned_at").values_list("table_file", flat=True) if name]


def listed_datasets(actor: Actor) -> QuerySet[Dataset]:
    """Give the datasets this person sees with `versions` (how many) and `newest` (number of the last) beside each."""
    return visible_datasets(actor).annotate(versions=Count("descriptions"), newest=Max("descriptions__number"))


def datasets_for_versions(actor: Actor) -> QuerySet[Dataset]:
    """Give the datasets that can get a new version, by address."""
    return visible_datasets(actor).exclude(state=DatasetState.RETIRED).order_by("slug")


def undescribed_deposits(actor: Actor) -> QuerySet[Deposit]:
    """Give the deposits this person sees that no dataset was made of, oldest first."""
    used = Description.objects.filter(deposit=OuterRef("pk"))
    waiting = visible_deposits(actor).filter(state=DepositState.RECEIVED)
    return waiting.filter(~Exists(used)).order_by("received_at")


def descriptions_of_deposit(deposit: Deposit) -> QuerySet[Description]:
    """Give the versions that were made of a deposit, newest first."""
    return Description.objects.filter(deposit=deposit).select_related("dataset")


def unpresented_descriptions(actor: Actor) -> QuerySet[Description]:
    """Give the last version of every dataset this person sees, oldest first, unless its protection is presented already."""
    newer = Description.objects.filter(dataset=OuterRef("dataset"), number__gt=OuterRef("number"))
    presented = Protection.objects.filter(description=OuterRef("pk"), state=ProtectionState.REVIEWED)
    rows = Description.objects.filter(~Exists(newer), ~Exists(presented), dataset__in=datasets_for_versions(actor))
    return (
        rows.select_related("dataset", "deposit")
        .defer("options", "refusal", "reading", "description")
        .order_by("made_at")
    )


def last_protections(versions: Iterable[Description]) -> dict[int, Protection]:
    """Give description key -> its last protection, for those that have one; one query."""
    rows = Protection.objects.filter(description__in=[each.pk for each in versions]).order_by("number")
    rows = rows.defer("plan", "result", "before", "after", "attacks", "report", "failure")
    return {row.description_id: row for row in rows}


def job_reading(description: Description) -> Job | None:
    """Give the last job that reads this version; None when it is no longer kept."""
    return (
        Job.objects.filter(name__in=("datasets.read", "datasets.look"), arguments__description=description.pk)
        .order_by("-pk")
        .first()
    )


def job_protecting(protection: Protection) -> Job | None:
    """Give the last job that runs this protection; None when it is no longer kept."""
    return Job.objects.filter(name="datasets.protect", arguments__protection=protection.pk).order_by("-pk").first()


@contextmanager
def sample(description: Description) -> Iterator[Path]:
    """Give the first rows of the typed table as a file that is wiped at the end.

    Raises Missing while the file is not read.
    """
    if not description.sample_file:
        raise Missing("datasets.not_read_yet", "The file is not read yet.")
    with vault().opened(description.sample_file, scratch=scratch.folder(), suffix=".parquet") as path:
        yield path


def preview_of(description: Description, plan: Plan) -> Preview:
    """Give what the plan does to the first rows. Raises Missing while the file is not read; Invalid for a plan that does not fit."""
    with sample(description) as table:
        return preview(table, plan)


def check_plan(description: Description, plan: Plan) -> None:
    """Hold the plan against the columns of the table. Raises Missing while it is not read; Invalid naming what does not fit."""
    with sample(description) as table:
        check_table(plan, table)
