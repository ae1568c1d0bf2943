# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Clear or refuse a protected table, note what was released, take a release back.

A clearance is its own row with a person, a capacity and a reason, by database constraint. The bytes leave in a job, which
is idempotent: the row says `releasing` until the public catalogue holds the version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from datacity.engine.proof.clearances import Cleared, Representative, clearance_statement
from datacity.engine.release import Published
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Forbidden, Refusal, require, require_state
from datacity.programme.datasets.actions.describing import kept_refusal
from datacity.programme.datasets.models import Protection
from datacity.programme.datasets.rules import ready_for_decision
from datacity.programme.jobs.actions import enqueue
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Mandate, Person
from datacity.programme.people.queries import mandate_for_city
from datacity.programme.people.rules import Proof
from datacity.programme.releases import permissions, rules
from datacity.programme.releases.models import Clearance, Release, Withdrawal
from datacity.programme.releases.queries import case_of, keys
from datacity.programme.releases.rules import ClearanceOutcome, State

RELEASE = "releases.release"
WITHDRAW = "releases.withdraw"


@dataclass(frozen=True)
class Words:
    """What the representative writes: the reason, and why against an unfavourable opinion."""

    reason: str
    against_opinion: str = ""


def decide(protection: Protection, outcome: str, words: Words, *, by: Person, at: datetime, proven: Proof) -> Clearance:
    """Clear or refuse a presented table; a cleared one starts to be released.

    proven: how the person proved who they are just before; the page and the command line see to it, the journal keeps it.
    Raises Forbidden without the role or a running mandate; Invalid with a field (`outcome`, `reason`, `against_opinion`);
    Conflict when the case is not complete, the three persons are not three, or it was decided already.
    """
    dataset = protection.description.dataset
    require(permissions.may_clear(by, dataset))
    mandate = _mandate(by, at)
    case = case_of(protection, str(by.ref), at=at)
    rules.check_reason(words.reason, words.against_opinion, case.opinion, outcome)
    with transaction.atomic():
        locked = (
            Protection.objects.select_for_update(of=("self", "description__dataset"))
            .select_related("description__dataset__edition")
            .get(pk=protection.pk)
        )
        allowed = rules.may_clear(case) if outcome == ClearanceOutcome.GIVEN else rules.may_decide(case)
        require_state(ready_for_decision(locked.state) & allowed)
        if Clearance.objects.filter(protection=locked).exists():
            raise Conflict("releases.decided", "This table was decided on already; a decision is taken once.")
        clearance = _record_decision(locked, outcome, words, by=by, mandate=mandate, at=at, proven=proven)
        if outcome == ClearanceOutcome.GIVEN:
            _start_release(clearance, at=at, by=by)
    return clearance


def finish_release(
    number: int, published: Published, *, by: Actor, at: datetime, finish: Callable[[], None]
) -> Release:
    """Note that the public catalogue holds the version, in one commit with the end of the job; harmless again.

    number: the release's key.
    """
    with transaction.atomic():
        locked = (
            Release.objects.select_for_update(of=("self", "dataset"))
            .select_related("dataset__edition", "clearance")
            .get(pk=number)
        )
        if locked.state == State.RELEASING:
            older = Release.objects.filter(dataset=locked.dataset, state=State.RELEASED, version__lt=published.version)
            older.update(state=State.SUPERSEDED)
            locked.state, locked.released_at, locked.version = State.RELEASED.value, at, published.version
            locked.manifest_sha256, locked.failure = published.sha256, {}
            locked.save()
            payload = {"dataset": locked.dataset.slug, "version": published.version, "manifest": published.sha256}
            record(by, "release.released", locked.ref, at=at, payload=payload, edition=_edition(locked))
        finish()
    return locked


def fail_release(number: int, refusal: Refusal, *, by: Actor, at: datetime, finish: Callable[[], None]) -> Release:
    """Keep why the version could not be published; it stays `releasing` and can be tried again."""
    with transaction.atomic():
        locked = Release.objects.select_for_update(of=("self",)).select_related("dataset__edition").get(pk=number)
        locked.failure = kept_refusal(refusal)
        locked.save(update_fields=("failure",))
        record(by, "release.failed", locked.ref, at=at, payload={"code": refusal.code}, edition=_edition(locked))
        finish()
    return locked


def release_again(release: Release, *, by: Person, at: datetime) -> Release:
    """Try to publish a cleared version again. Raises Forbidden; Conflict when it is no longer `releasing`."""
    require(permissions.may_clear(by, release.dataset))
    with transaction.atomic():
        locked = Release.objects.select_for_update().get(pk=release.pk)
        require_state(rules.still_releasing(locked.state))
        locked.failure = {}
        locked.save(update_fields=("failure",))
        enqueue(RELEASE, arguments={"release": locked.pk}, at=at, by=by)
    return locked


def withdraw(release: Release, *, ground: str, reason: str, by: Person, at: datetime, proven: Proof) -> Withdrawal:
    """Take a release back on a stated legal ground; the bytes leave in a job, the manifest and the reason stay.

    proven: as in `decide`.
    Raises Forbidden without the role or a running mandate; Invalid with a field (`ground`, `reason`); Conflict when it
    is not public.
    """
    require(permissions.may_withdraw(by, release.dataset))
    mandate = _mandate(by, at)
    rules.check_withdrawal(ground, reason)
    with transaction.atomic():
        locked = Release.objects.select_for_update(of=("self",)).select_related("dataset__edition").get(pk=release.pk)
        require_state(rules.may_be_withdrawn(locked.state))
        withdrawal = Withdrawal.objects.create(
            release=locked,
            ground=ground,
            reason=reason.strip(),
            person=by,
            capacity=mandate.capacity.within("fr"),
            at=at,
        )
        locked.state = State.WITHDRAWN.value
        locked.save(update_fields=("state",))
        payload = {
            "dataset": locked.dataset.slug,
            "version": locked.version,
            "ground": ground,
            "reason": reason.strip(),
            "identity": proven.value,
        }
        record(by, "release.withdrawn", locked.ref, at=at, payload=payload, edition=_edition(locked))
        enqueue(WITHDRAW, arguments={"release": locked.pk}, at=at, by=by)
    return withdrawal


def _mandate(person: Person, at: datetime) -> Mandate:
    mandate = mandate_for_city(person, at)
    if mandate is None:
        raise Forbidden(
            "releases.no_mandate",
            "You hold no running mandate to speak for the city.",
            hint="Ask an administrator to enter your mandate and its dates.",
        )
    return mandate


def _record_decision(
    protection: Protection, outcome: str, words: Words, *, by: Person, mandate: Mandate, at: datetime, proven: Proof
) -> Clearance:
    in_force = policy.in_force(at=at)
    expires = at + timedelta(days=in_force["releases.clearance_days"])
    capacity = mandate.capacity.within("fr")
    statement = {}
    if outcome == ClearanceOutcome.GIVEN:
        cleared = Cleared(protection.table_sha256, protection.plan_fingerprint, in_force.fingerprint)
        named = Representative(by.name, capacity, words.reason.strip())
        statement = keys().clear(clearance_statement(cleared, named, at=at, valid_until=expires), at=at)
    clearance = Clearance.objects.create(
        protection=protection,
        outcome=outcome,
        person=by,
        capacity=capacity,
        reason=words.reason.strip(),
        against_opinion=words.against_opinion.strip(),
        given_at=at,
        expires_at=expires,
        policy_fingerprint=in_force.fingerprint,
        statement=statement,
    )
    dataset = protection.description.dataset
    payload = {"dataset": dataset.slug, "capacity": capacity, "reason": clearance.reason, "identity": proven.value}
    edition = dataset.edition.slug if dataset.edition else "city"
    record(by, f"clearance.{outcome}", clearance.ref, at=at, payload=payload, edition=edition)
    return clearance


def _start_release(clearance: Clearance, *, at: datetime, by: Actor) -> Release:
    description = clearance.protection.description
    last = (
        Release.objects.filter(dataset=description.dataset)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
        or 0
    )
    release = Release.objects.create(
        dataset=description.dataset,
        version=last + 1,
        clearance=clearance,
        change_note=description.change_note,
        started_at=at,
    )
    record(by, "release.started", release.ref, at=at, edition=_edition(release))
    enqueue(RELEASE, arguments={"release": release.pk}, at=at, by=by)
    return release


def _edition(release: Release) -> str:
    return release.dataset.edition.slug if release.dataset.edition else "city"
