# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Plan a protection, keep what running and attacking it gave, present it or set it aside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from datacity.engine.protection.cells import check_second_aggregate
from datacity.engine.protection.plan import Plan
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Invalid, Refusal, require, require_state
from datacity.programme.datasets import permissions, rules
from datacity.programme.datasets.actions.describing import kept_refusal
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.queries import check_plan, published_plans
from datacity.programme.datasets.rules import ProtectionState
from datacity.programme.jobs.actions import enqueue
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Person
from datacity.programme.privacy import actions as privacy
from datacity.programme.privacy.rules import opinion_needed

PROTECT = "datasets.protect"


@dataclass(frozen=True)
class Outcome:
    """What running and attacking gave, as JSON values, and where the protected table is kept."""

    result: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    attacks: Mapping[str, Any]
    report: Mapping[str, Any]
    table_file: str
    table_sha256: str


def plan(description: Description, wanted: Plan, *, by: Person, at: datetime) -> Protection:
    """Keep the plan and start protecting, measuring and attacking.

    Raises Forbidden; Invalid for a plan that is not ready or does not fit the table; Conflict when the file is not read, the axes are open,
    or another aggregate of this dataset was presented.
    """
    require(permissions.may_describe(by))
    wanted.require_ready()
    fresh = Description.objects.select_related("dataset").get(pk=description.pk)
    require_state(rules.may_plan(fresh.state, bool(fresh.axes)))
    check_plan(fresh, wanted)
    with transaction.atomic():
        locked = (
            Description.objects.select_for_update(of=("self", "dataset"))
            .select_related("dataset")
            .get(pk=description.pk)
        )
        require_state(rules.may_plan(locked.state, bool(locked.axes)))
        check_second_aggregate(published_plans(locked.dataset), wanted)
        last = locked.protections.order_by("-number").values_list("number", flat=True).first() or 0
        protection = Protection.objects.create(
            description=locked,
            number=last + 1,
            plan=wanted.as_dict(),
            plan_fingerprint=wanted.fingerprint,
            policy_fingerprint=policy.in_force(at=at).fingerprint,
            planned_by=by,
            planned_at=at,
        )
        record(by, "protection.planned", protection.ref, at=at, payload={"plan": wanted.fingerprint})
        enqueue(PROTECT, arguments={"protection": protection.pk}, at=at, by=by)
    return protection


def finish_protection(
    number: int, outcome: Outcome, *, by: Actor, at: datetime, finish: Callable[[], None]
) -> Protection:
    """Keep what running gave, in one commit with the end of the job. number: the protection's key."""
    with transaction.atomic():
        locked = (
            Protection.objects.select_for_update(of=("self",)).select_related("description__dataset").get(pk=number)
        )
        for name, value in outcome.__dict__.items():
            setattr(locked, name, dict(value) if isinstance(value, Mapping) else value)
        locked.state, locked.attacked_at, locked.failure = ProtectionState.ATTACKED.value, at, {}
        locked.save()
        Dataset.objects.filter(pk=locked.description.dataset_id, state=rules.State.DESCRIBED).update(
            state=rules.State.PROTECTED
        )
        record(by, "protection.attacked", locked.ref, at=at, payload={"table": outcome.table_sha256})
        finish()
    return locked


def fail_protection(
    number: int, refusal: Refusal, *, by: Actor, at: datetime, finish: Callable[[], None]
) -> Protection:
    """Keep why the plan could not be run, in one commit with the end of the job."""
    with transaction.atomic():
        locked = Protection.objects.select_for_update().get(pk=number)
        locked.state, locked.failure = ProtectionState.FAILED.value, kept_refusal(refusal)
        locked.save(update_fields=("state", "failure"))
        record(by, "protection.failed", locked.ref, at=at, payload={"code": refusal.code})
        finish()
    return locked


def present(protection: Protection, *, by: Person, at: datetime) -> Protection:
    """Present the protected table for opinion, review and clearance; the opinion is asked for when it is needed.

    Raises Forbidden; Conflict when it was not run and attacked, or another one of the same description is presented.
    """
    require(permissions.may_describe(by))
    with transaction.atomic():
        locked = (
            Protection.objects.select_for_update(of=("self", "description", "description__dataset"))
            .select_related("description__dataset")
            .get(pk=protection.pk)
        )
        require_state(rules.ready_for_decision(locked.state))
        others = locked.description.protections.filter(state=ProtectionState.REVIEWED).exclude(pk=locked.pk)
        if others.exists():
            raise Conflict("datasets.presented", "Another protection of this file is presented; set it aside first.")
        check_second_aggregate(published_plans(locked.description.dataset, but=locked), Plan.from_dict(locked.plan))
        locked.state, locked.reviewed_at = ProtectionState.REVIEWED.value, at
        locked.save(update_fields=("state", "reviewed_at"))
        record(by, "protection.reviewed", locked.ref, at=at)
        if opinion_needed(locked.description.answers(), policy.in_force(at=at)["privacy.opinion"]):
            privacy.ask(locked.ref, by=by, at=at)
    return locked


def reject(protection: Protection, *, reason: str, by: Person, at: datetime) -> Protection:
    """Set a protection aside. Raises Forbidden; Invalid without a reason; Conflict when it was set aside already."""
    require(permissions.may_describe(by))
    if len(reason.strip()) < rules.MINIMUM_REASON:
        raise Invalid("datasets.reject_reason", "Say why it is set aside.", field="reason")
    with transaction.atomic():
        locked = Protection.objects.select_for_update().get(pk=protection.pk)
        if locked.state == ProtectionState.REJECTED:
            raise Conflict("datasets.rejected", "This protection was set aside already.")
        locked.state = ProtectionState.REJECTED.value
        failure: dict[str, Any] = {
            "code": "datasets.set_aside",
            "message": "{reason}",
            "hint": "",
            "values": {"reason": reason.strip()},
        }
        locked.failure = failure
        locked.save(update_fields=("state", "failure"))
        record(by, "protection.rejected", locked.ref, at=at)
    return locked
