# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Draft, open, close and archive an edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, require, require_state
from datacity.kernel.words import Words
from datacity.programme.acts.models import Act
from datacity.programme.editions import permissions, rules
from datacity.programme.editions.models import Edition
from datacity.programme.editions.rules import State
from datacity.programme.journal.actions import record


@dataclass(frozen=True)
class Outline:
    """What an edition is called and when it runs."""

    slug: str
    title: Words
    starts_on: date
    ends_on: date
    summary: Words | None = None


def draft(outline: Outline, *, by: Actor, at: datetime, changes: Mapping[str, Any] | None = None) -> Edition:
    """Prepare an edition. changes: policy values that differ from the defaults of this site.

    Raises Forbidden; Invalid (field `slug`, `ends_on`, or the policy parameter); Conflict when the slug is taken.
    """
    require(permissions.may_manage(by))
    rules.check_dates(outline.starts_on, outline.ends_on)
    rules.check_slug(outline.slug)
    policy.default_policy(changes)
    with transaction.atomic():
        if Edition.objects.filter(slug=outline.slug).exists():
            raise Conflict(
                "editions.slug_taken", "An edition with the address {slug} exists.", field="slug", slug=outline.slug
            )
        edition = Edition.objects.create(
            slug=outline.slug,
            title=outline.title,
            summary=outline.summary,
            starts_on=outline.starts_on,
            ends_on=outline.ends_on,
            policy=dict(changes or {}),
        )
        record(by, "edition.drafted", edition.ref, at=at, edition=edition.slug)
    return edition


def correct(edition: Edition, outline: Outline, *, by: Actor, at: datetime) -> Edition:
    """Correct title, summary and dates of a draft; its address stays.

    Raises Forbidden; Invalid for dates that do not follow (field `ends_on`); Conflict when it is no draft any more.
    """
    require(permissions.may_manage(by))
    rules.check_dates(outline.starts_on, outline.ends_on)
    with transaction.atomic():
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        require_state(rules.still_draft(locked.state))
        locked.title, locked.summary = outline.title, outline.summary
        locked.starts_on, locked.ends_on = outline.starts_on, outline.ends_on
        locked.save(update_fields=("title", "summary", "starts_on", "ends_on"))
        record(by, "edition.corrected", locked.ref, at=at, edition=locked.slug)
    return locked


def set_policy(edition: Edition, values: Mapping[str, Any], *, by: Actor, at: datetime) -> Edition:
    """Set the policy values of a draft; those equal to the site's defaults are not kept, so that they follow them.

    Raises Forbidden; Invalid with the parameter as field for a value out of bounds or a name nobody declared; Conflict when
    the edition is no draft any more: its policy is frozen then.
    """
    require(permissions.may_manage(by))
    wanted, usual = policy.default_policy(values).as_dict(), policy.default_policy().as_dict()
    changes = {name: value for name, value in wanted.items() if value != usual[name]}
    with transaction.atomic():
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        require_state(rules.still_draft(locked.state))
        locked.policy = changes
        locked.save(update_fields=("policy",))
        record(by, "edition.policy_set", locked.ref, at=at, edition=locked.slug, payload={"changed": len(changes)})
    return locked


def rest_on(edition: Edition, act: Act, *, by: Actor, at: datetime) -> Edition:
    """Say which act of the council the edition rests on; possible until it is archived, since a council may vote late.

    Raises Forbidden; Conflict when the edition is archived or rests on an adopted act already.
    """
    require(permissions.may_manage(by))
    with transaction.atomic():
        locked = Edition.objects.select_for_update(of=("self",)).select_related("act").get(pk=edition.pk)
        require_state(rules.may_rest_on(locked.state, locked.act.state if locked.act else ""))
        locked.act = act
        locked.save(update_fields=("act",))
        record(by, "edition.rested", locked.ref, at=at, edition=locked.slug, payload={"act": act.reference})
    return locked


def open_edition(edition: Edition, *, by: Actor, at: datetime) -> Edition:
    """Open the edition: its whole policy is copied and frozen with its fingerprint.

    Raises Forbidden; Conflict when another is open or this one is no draft.
    """
    require(permissions.may_manage(by))
    with transaction.atomic():
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        others = tuple(Edition.objects.filter(state=State.OPEN).values_list("slug", flat=True))
        require_state(rules.next_state(locked.state, "open") & rules.may_open_beside(others))
        in_force = policy.default_policy(locked.policy)
        locked.policy, locked.policy_fingerprint = in_force.as_dict(), in_force.fingerprint
        locked.state, locked.opened_at = State.OPEN.value, at
        locked.save()
        record(by, "edition.opened", locked.ref, at=at, edition=locked.slug, payload={"policy": in_force.fingerprint})
    return locked


def close(edition: Edition, *, by: Actor, at: datetime) -> Edition:
    """Close the edition. Raises Forbidden; Conflict when it is not open."""
    return _move(edition, "close", "edition.closed", by=by, at=at)


def archive(edition: Edition, *, by: Actor, at: datetime) -> Edition:
    """Archive a closed edition. Raises Forbidden; Conflict when it is not closed."""
    return _move(edition, "archive", "edition.archived", by=by, at=at)


def _move(edition: Edition, verb: str, entry: str, *, by: Actor, at: datetime) -> Edition:
    require(permissions.may_manage(by))
    with transaction.atomic():
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        require_state(rules.next_state(locked.state, verb))
        locked.state = rules.after(locked.state, verb).value
        if locked.state == State.CLOSED:
            locked.closed_at = at
        locked.save(update_fields=("state", "closed_at"))
        record(by, entry, locked.ref, at=at, edition=locked.slug)
    return locked
