# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Table an act, enter its outcome, raise a point, put somebody in charge, answer or refuse it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Forbidden, Invalid, require, require_state
from datacity.kernel.words import Words
from datacity.programme.acts import permissions, rules
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.queries import today, usual_due_days
from datacity.programme.acts.rules import PointState, Vote
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Organisation, Person
from datacity.programme.people.queries import mandate_for_city


@dataclass(frozen=True)
class Tabled:
    """What comes before the council. source: where its text stands, "" when nowhere on line."""

    reference: str
    kind: str
    title: Words
    tabled_on: date
    summary: Words | None = None
    source: str = ""


@dataclass(frozen=True)
class Raised:
    """What was asked. office: of the speaker, never a name. group: political group, "" for none. due_on: None for the usual delay."""

    office: str
    asked: Words
    group: str = ""
    owner: Organisation | None = None
    due_on: date | None = None


def table(tabled: Tabled, *, by: Actor, at: datetime) -> Act:
    """Enter an act that comes before the council; its address is made of its reference.

    Raises Forbidden; Invalid (field `reference`) when no address can be made of it; Conflict when it is entered already.
    """
    require(permissions.may_record(by))
    slug = slugify(tabled.reference)[:60]
    if not slug or slug in rules.RESERVED:
        raise Invalid("acts.reference", "A reference has letters or digits, for example 2027 SG 4.", field="reference")
    with transaction.atomic():
        if Act.objects.filter(slug=slug).exists():
            raise Conflict(
                "acts.reference_taken", "The act {reference} is entered.", field="reference", reference=tabled.reference
            )
        act = Act.objects.create(
            slug=slug,
            reference=tabled.reference.strip(),
            kind=tabled.kind,
            title=tabled.title,
            summary=tabled.summary,
            source=tabled.source,
            tabled_on=tabled.tabled_on,
        )
        record(by, "act.tabled", act.ref, at=at, payload={"reference": act.reference})
    return act


def enter_outcome(act: Act, vote: Vote, *, by: Actor, at: datetime) -> Act:
    """Enter what the council did: adopted, rejected or withdrawn; the act is frozen from then on.

    Raises Forbidden; Invalid with the field of the vote that is wrong; Conflict when it is decided already.
    """
    require(permissions.may_record(by))
    with transaction.atomic():
        locked = Act.objects.select_for_update().get(pk=act.pk)
        require_state(rules.next_state(locked.state))
        rules.check_vote(vote, locked.tabled_on, today(at))
        locked.state, locked.decided_on, locked.method = vote.outcome, vote.decided_on, vote.method
        locked.votes_for, locked.votes_against, locked.abstentions = vote.counts
        locked.save()
        payload = {"reference": locked.reference, "on": vote.decided_on.isoformat(), "method": vote.method}
        record(by, f"act.{vote.outcome}", locked.ref, at=at, payload=payload)
    return locked


def raise_point(act: Act, raised: Raised, *, by: Actor, at: datetime) -> Point:
    """Enter a point of the debate; without a day it is due after the usual delay of the policy.

    Raises Forbidden; Invalid (field `due_on`) for a day before the debate.
    """
    require(permissions.may_raise(by))
    with transaction.atomic():
        locked = Act.objects.select_for_update().get(pk=act.pk)
        raised_on = locked.decided_on or locked.tabled_on
        due_on = raised.due_on or rules.due_after(raised_on, usual_due_days(at))
        rules.check_due(due_on, raised_on)
        last = locked.points.aggregate(last=Max("number"))["last"] or 0
        point = Point.objects.create(
            act=locked,
            number=last + 1,
            office=raised.office.strip(),
            group=raised.group.strip(),
            asked=raised.asked,
            raised_on=raised_on,
            owner=raised.owner,
            due_on=due_on,
        )
        record(by, "point.raised", point.ref, at=at, payload=_where(point))
    return point


def assign(point: Point, owner: Organisation, due_on: date, *, by: Actor, at: datetime) -> Point:
    """Put the city or a directorate in charge of a point until a day.

    Raises Forbidden; Invalid (field `due_on`); Conflict when the point has its end.
    """
    require(permissions.may_record(by))
    with transaction.atomic():
        locked = _open(point)
        rules.check_due(due_on, locked.raised_on)
        locked.owner, locked.due_on = owner, due_on
        locked.save(update_fields=("owner", "due_on"))
        payload = {**_where(locked), "owner": str(owner.ref), "due_on": due_on.isoformat()}
        record(by, "point.assigned", locked.ref, at=at, payload=payload)
    return locked


def answer(point: Point, clause: str, words: Words, *, by: Person, at: datetime) -> Point:
    """End a point at a clause. Raises Forbidden without the role or a running mandate; Invalid (field `clause`); Conflict."""
    if not clause.strip():
        raise Invalid("acts.no_clause", "Name the clause where the answer stands.", field="clause")
    return _settle(point, PointState.ANSWERED, clause.strip(), words, by=by, at=at)


def refuse(point: Point, reasons: Words, *, by: Person, at: datetime) -> Point:
    """End a point with the reasons why the city does not follow it. Raises Forbidden without the role or a running mandate; Conflict."""
    return _settle(point, PointState.REFUSED, "", reasons, by=by, at=at)


def _settle(point: Point, state: PointState, clause: str, words: Words, *, by: Person, at: datetime) -> Point:
    require(permissions.may_settle(by))
    mandate = mandate_for_city(by, at)
    if mandate is None:
        raise Forbidden(
            "acts.no_mandate",
            "You hold no running mandate to speak for the city; ask an administrator to enter it with its dates.",
        )
    with transaction.atomic():
        locked = _open(point)
        locked.state, locked.clause, locked.answer = state.value, clause, words
        locked.settled_by, locked.settled_at = by, at
        locked.capacity = mandate.capacity.within("fr")
        locked.save()
        payload = {**_where(locked), "clause": clause, "words": words.as_dict(), "capacity": locked.capacity}
        record(by, f"point.{state.value}", locked.ref, at=at, payload=payload)
    return locked


def _open(point: Point) -> Point:
    locked = Point.objects.select_for_update(of=("self",)).select_related("act").get(pk=point.pk)
    require_state(rules.still_open(locked.state))
    return locked


def _where(point: Point) -> dict[str, str | int]:
    return {"act": point.act.reference, "number": point.number}
