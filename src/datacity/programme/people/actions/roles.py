# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Give and end roles, close and reopen accounts."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from datacity.frame import turns
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Invalid, require
from datacity.kernel.ref import CITY, Ref
from datacity.kernel.verdict import Verdict
from datacity.programme.journal.actions import record
from datacity.programme.people import permissions, rules
from datacity.programme.people.models import Person, RoleGrant
from datacity.programme.people.queries import holders
from datacity.programme.people.rules import PersonState, Role, Span


def grant_role(
    person: Person,
    role: Role | str,
    scope: Ref = CITY,
    *,
    by: Actor,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> RoleGrant:
    """Give a person a role in a scope from `start` (now when None) until `end`, excluded (open when None).

    Raises Forbidden for who may not, Invalid for an unknown role or dates in the wrong order, Conflict when the role is
    already held or goes against another one.
    """
    require(permissions.may_grant(by, person))
    known = _known_role(role)
    start = start or at
    if not (verdict := rules.check_span(start, end)):
        raise Invalid("people.grant_dates", "These dates do not work.", field="end", reasons=verdict.reasons)
    with transaction.atomic():
        locked = Person.objects.select_for_update().get(pk=person.pk)
        held = [(Role(grant.role), grant.scope) for grant in locked.grants.all() if grant.span(start) is not Span.ENDED]
        _possible(rules.check_grant(known, scope, held), locked)
        grant = RoleGrant.objects.create(
            person=locked, role=known.value, scope=scope, start=start, end=end, granted_by=by.ref, granted_at=at
        )  # fmt: skip
        record(
            by, "role.granted", person.ref, at=at, payload={"role": known.value, "scope": str(scope), "grant": grant.pk}
        )
    person.forget_roles()
    return grant


def end_role(grant: RoleGrant, *, by: Actor, at: datetime) -> RoleGrant:
    """End a role now; one that has not begun never begins.

    Raises Forbidden for who may not, Conflict when it already ended or when nobody could administer any more.
    """
    require(permissions.may_grant(by, grant.person))
    with transaction.atomic():
        row = RoleGrant.objects.select_for_update(of=("self", "person")).select_related("person").get(pk=grant.pk)
        if row.span(at) is Span.ENDED:
            raise Conflict("people.role_ended", "This role has already ended.", hint="Reload the page.")
        if row.role == Role.ADMINISTRATOR:
            _another_administrator(row.person, at)
        row.end = max(at, row.start)
        row.save(update_fields=("end",))
        record(
            by,
            "role.ended",
            row.person.ref,
            at=at,
            payload={"role": row.role, "scope": str(row.scope), "grant": row.pk},
        )
    grant.person.forget_roles()
    return row


def deactivate(person: Person, *, by: Actor, at: datetime) -> Person:
    """Close an account: its sessions end and its open invitations are withdrawn; roles stay written but give nothing.

    Raises Forbidden for who may not, Conflict when it is closed already or is the last administrator's.
    """
    require(permissions.may_deactivate(by, person))
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        if row.state is PersonState.DEACTIVATED:
            raise Conflict(
                "people.deactivated_already", "This account is already deactivated.", hint="Reload the page."
            )
        if row.holds_anywhere(Role.ADMINISTRATOR, at=at):
            _another_administrator(row, at)
        row.deactivated_at = at
        row.save(update_fields=("deactivated_at",))
        row.sessions.all().delete()
        row.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
        record(by, "person.deactivated", row.ref, at=at)
    person.deactivated_at = at
    return row


def reactivate(person: Person, *, by: Actor, at: datetime) -> Person:
    """Reopen a closed account; the password is the one it had.

    Raises Forbidden for who may not, Conflict when it is not closed.
    """
    require(permissions.may_deactivate(by, person))
    with transaction.atomic():
        if not Person.objects.filter(pk=person.pk, deactivated_at__isnull=False).update(deactivated_at=None):
            raise Conflict("people.not_deactivated", "This account is not deactivated.", hint="Reload the page.")
        record(by, "person.reactivated", person.ref, at=at)
    person.deactivated_at = None
    return person


def _known_role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise Invalid(
            "people.unknown_role", "There is no role {role}; there are: {roles}.", field="role", role=str(role), roles=", ".join(Role)
        ) from error  # fmt: skip


def _possible(verdict: Verdict, person: Person) -> None:
    if not verdict:
        raise Conflict(
            "people.role_impossible",
            "{person} cannot get this role.",
            field="role",
            reasons=verdict.reasons,
            person=str(person.ref),
        )


def _another_administrator(person: Person, at: datetime) -> None:
    turns.take("people.administrators")  # two administrators who end each other's role at once must not both succeed
    others = holders(Role.ADMINISTRATOR, CITY, at).filter(~Q(pk=person.pk)).count()
    if not (verdict := rules.check_last_administrator(others)):
        raise Conflict(
            "people.last_administrator", "Nobody could administer this home any more.", reasons=verdict.reasons
        )
