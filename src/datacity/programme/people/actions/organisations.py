# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Register organisations, say who speaks for them."""

from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate

from datacity.frame import turns
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Invalid, require
from datacity.kernel.words import Words
from datacity.programme.journal.actions import record
from datacity.programme.people import permissions
from datacity.programme.people.models import Mandate, Organisation, Person
from datacity.programme.people.rules import OrganisationKind, Span


def register_organisation(
    name: Words | str,
    kind: OrganisationKind | str,
    *,
    by: Actor,
    at: datetime,
    register_number: str = "",
    fictional: bool = False,
    slug: str = "",
) -> Organisation:
    """Write an organisation into the register. slug: made from the name when empty; unique, never changed.

    Raises Forbidden for who may not, Invalid for an unknown kind, Conflict when the register number is there already.
    """
    require(permissions.may_register_organisation(by))
    words, known = Words.of(name), _known_kind(kind)
    with transaction.atomic():
        turns.take("people.register")
        if register_number and (other := Organisation.objects.filter(register_number=register_number).first()):
            raise Conflict(
                "people.number_taken",
                "{other} already has this register number.",
                field="register_number",
                other=other.slug,
            )
        row = Organisation.objects.create(
            slug=slug or _free_slug(words), name=words, kind=known.value, register_number=register_number, fictional=fictional, registered_at=at
        )  # fmt: skip
        record(by, "organisation.registered", row.ref, at=at, payload={"name": words.as_dict(), "kind": known.value})
    return row


def change_organisation(
    organisation: Organisation,
    *,
    name: Words | str,
    kind: OrganisationKind | str,
    register_number: str,
    by: Actor,
    at: datetime,
) -> Organisation:
    """Correct name, kind or register number; the address of its page stays.

    Raises Forbidden for who may not, Invalid for an unknown kind, Conflict when the register number is another's.
    """
    require(permissions.may_register_organisation(by))
    words, known = Words.of(name), _known_kind(kind)
    with transaction.atomic():
        turns.take("people.register")
        others = Organisation.objects.exclude(pk=organisation.pk)
        if register_number and (other := others.filter(register_number=register_number).first()):
            raise Conflict(
                "people.number_taken",
                "{other} already has this register number.",
                field="register_number",
                other=other.slug,
            )
        organisation.name, organisation.kind, organisation.register_number = words, known.value, register_number
        organisation.save(update_fields=("name", "kind", "register_number"))
        record(
            by, "organisation.changed", organisation.ref, at=at, payload={"name": words.as_dict(), "kind": known.value}
        )
    return organisation


def leave_organisation(organisation: Organisation, *, by: Actor, at: datetime) -> Organisation:
    """Note that an organisation left; its mandates end at once.

    Raises Forbidden for who may not, Conflict when it left already.
    """
    require(permissions.may_register_organisation(by))
    with transaction.atomic():
        if not Organisation.objects.filter(pk=organisation.pk, left_at__isnull=True).update(left_at=at):
            raise Conflict("people.left_already", "This organisation has already left.", hint="Reload the page.")
        organisation.mandates.filter(ended_at__isnull=True).update(ended_at=at)
        record(by, "organisation.left", organisation.ref, at=at)
    organisation.left_at = at
    return organisation


def give_mandate(
    person: Person,
    organisation: Organisation,
    capacity: Words | str,
    *,
    by: Actor,
    at: datetime,
    start: date | None = None,
    end: date | None = None,
) -> Mandate:
    """Say that a person speaks for an organisation in a capacity, from day to day, both included.

    start: today when None. end: open when None. Raises Forbidden for who may not, Invalid when the end comes before the
    start, Conflict when the organisation left.
    """
    require(permissions.may_give_mandate(by, person))
    words, first = Words.of(capacity), start or localdate(at)
    if end is not None and end < first:
        raise Invalid("people.mandate_dates", "The last day comes before the first.", field="end")
    if organisation.left_at is not None:
        raise Conflict(
            "people.organisation_left",
            "This organisation has left; nobody can speak for it any more.",
            field="organisation",
        )
    with transaction.atomic():
        row = Mandate.objects.create(
            person=person, organisation=organisation, capacity=words, start=first, end=end, given_by=by.ref, given_at=at
        )
        payload = {
            "mandate": row.pk,
            "capacity": words.as_dict(),
            "start": first.isoformat(),
            "end": end.isoformat() if end else "",
        }
        record(by, "mandate.given", organisation.ref, at=at, payload=payload)
    return row


def end_mandate(mandate: Mandate, *, by: Actor, at: datetime) -> Mandate:
    """End a mandate at once; one that has not begun never begins.

    Raises Forbidden for who may not, Conflict when it already ended.
    """
    require(permissions.may_end_mandate(by, mandate))
    with transaction.atomic():
        row = (
            Mandate.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=mandate.pk)
        )
        if row.span(at) is Span.ENDED:
            raise Conflict("people.mandate_ended", "This mandate has already ended.", hint="Reload the page.")
        row.ended_at = at
        row.save(update_fields=("ended_at",))
        record(by, "mandate.ended", row.organisation.ref, at=at, payload={"mandate": row.pk})
    return row


def _known_kind(kind: OrganisationKind | str) -> OrganisationKind:
    try:
        return OrganisationKind(kind)
    except ValueError as error:
        kinds = ", ".join(OrganisationKind)
        raise Invalid(
            "people.unknown_kind",
            "There is no kind {kind}; there are: {kinds}.",
            field="kind",
            kind=str(kind),
            kinds=kinds,
        ) from error


def _free_slug(name: Words) -> str:
    stem = slugify(name.within("fr"))[:70] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return (
        stem
        if stem not in taken
        else next(f"{stem}-{n}" for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)
    )
