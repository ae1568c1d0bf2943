# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How an account begins, changes and is proved: invitation, password, profile, sessions."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from datacity.frame import turns
from datacity.kernel import policy
from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.errors import Conflict, Invalid, require
from datacity.kernel.ref import CITY, Ref
from datacity.programme.journal.actions import record
from datacity.programme.people import permissions
from datacity.programme.people.actions.roles import grant_role
from datacity.programme.people.models import Invitation, Person, Session
from datacity.programme.people.queries import home_is_empty, invitation_by_token, person_by_reset_key
from datacity.programme.people.rules import PersonState, Role


def register_person(
    email: str, name: str, *, by: Actor, at: datetime, language: str = "fr", password: str | None = None
) -> Person:
    """Make an account that is active at once: for the command line of who hosts, and for the demo.

    password: checked like any other; None makes an account nobody can sign in to until a password is reset.
    Raises Forbidden for who may not, Invalid for a wrong address, an empty name or a weak password, Conflict for a taken address.
    """
    require(permissions.may_administer(by))
    person = Person(
        email=_free_email(email), name=_checked_name(name), language=language, registered_at=at, joined_at=at
    )
    _set_password(person, password)
    with transaction.atomic():
        person.save()
        record(by, "person.registered", person.ref, at=at)
    return person


def invite(
    email: str,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    language: str = "fr",
    role: Role | str | None = None,
    scope: Ref = CITY,
) -> Invitation:
    """Invite somebody: the account exists without password, its role waits, a mail with a one-time link goes out.

    Raises Forbidden for who may not, Invalid for a wrong address, Conflict when the address has an account.
    """
    require(permissions.may_administer(by))
    with transaction.atomic():
        person = Person(email=_free_email(email), name=name.strip(), language=language, registered_at=at)
        person.set_unusable_password()
        person.save()
        if role:
            grant_role(person, role, scope, by=by, at=at)
        return _invite(person, by=by, at=at)


def invite_again(person: Person, *, by: Actor, at: datetime) -> Invitation:
    """Send a new link to somebody who has not joined; earlier links stop working.

    Raises Forbidden for who may not, Conflict when the person has joined or the account is closed.
    """
    require(permissions.may_administer(by))
    if person.state is not PersonState.INVITED:
        raise Conflict(
            "people.not_invited",
            "Only somebody who has not joined yet can be invited again.",
            hint="A person who joined can ask for a new password.",
        )
    with transaction.atomic():
        person.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
        return _invite(person, by=by, at=at)


def withdraw_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Make a link useless.

    Raises Forbidden for who may not, Conflict when it was used or withdrawn.
    """
    require(permissions.may_administer(by))
    with transaction.atomic():
        if not _still_open(invitation).update(withdrawn_at=at):
            raise Conflict(
                "people.invitation_over", "This invitation was already used or withdrawn.", hint="Reload the page."
            )
        record(by, "invitation.withdrawn", invitation.ref, at=at)


def make_first_link(*, at: datetime) -> Invitation:
    """Make the one-time link of the first administrator; an earlier one stops working.

    Raises Conflict when the home has an administrator.
    """
    if not home_is_empty(at):
        raise Conflict(
            "people.has_administrator", "This home already has an administrator.", hint="Ask an administrator to invite you on the page “Persons”."
        )  # fmt: skip
    hours = policy.in_force(at=at)["people.first_link_hours"]
    with transaction.atomic():
        Invitation.objects.filter(person__isnull=True, used_at__isnull=True, withdrawn_at__isnull=True).update(
            withdrawn_at=at
        )
        row = Invitation.objects.create(
            nonce=secrets.token_hex(16), invited_by=SYSTEM.ref, invited_at=at, expires_at=at + timedelta(hours=hours)
        )
        record(SYSTEM, "administrator.link_made", row.ref, at=at)
    return row


def accept_invitation(token: str, *, name: str, password: str, language: str, at: datetime, email: str = "") -> Person:
    """Join with a one-time link: set name and password. email: for the first administrator only, who has no account yet.

    Raises Missing for a link that does not work (any more), Invalid for an empty name, a wrong address or a weak password,
    Conflict for a taken address or when a home has got its administrator meanwhile. The link is used up only when all is written.
    """
    invitation = invitation_by_token(token, at)
    person = invitation.person or Person(email=_free_email(email), registered_at=at)
    person.name, person.language, person.joined_at = _checked_name(name), language, at
    _set_password(person, password)
    with transaction.atomic():
        if not _still_open(invitation).update(used_at=at):
            raise Conflict(
                "people.invitation_over", "This invitation was already used or withdrawn.", hint="Reload the page."
            )
        person.save()
        if invitation.person is None:
            turns.take("people.administrators")
            if not home_is_empty(at):
                raise Conflict(
                    "people.has_administrator",
                    "This home already has an administrator.",
                    hint="Ask an administrator to invite you on the page “Persons”.",
                )
            grant_role(person, Role.ADMINISTRATOR, by=SYSTEM, at=at)
        record(person, "person.joined", person.ref, at=at)
    return person


def change_profile(person: Person, *, name: str, language: str, by: Actor) -> Person:
    """Change name and language of one's own account; not journaled.

    Raises Forbidden for another's account, Invalid for an empty name.
    """
    require(permissions.may_change_profile(by, person))
    person.name, person.language = _checked_name(name), language
    person.save(update_fields=("name", "language"))
    return person


def change_password(person: Person, *, old: str, new: str, by: Actor, at: datetime, keep: str = "") -> Person:
    """Change one's own password; every session but `keep` (a session key) ends.

    Raises Forbidden for another's account, Invalid for a wrong old password or a weak new one.
    """
    require(permissions.may_change_profile(by, person))
    if not person.check_password(old):
        raise Invalid("people.wrong_password", "This is not your password.", field="old")
    _new_password(person, new, at=at, keep=keep)
    return person


def ask_password_reset(email: str, *, at: datetime) -> None:
    """Ask for a link that lets this address choose a new password.

    Says nothing of whether the address has an account; without one, nothing happens. The mail is written by a job.
    """
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None or not person.is_active:
        return
    with transaction.atomic():
        record(person, "person.reset_asked", person.ref, at=at)


def reset_password(number: int, key: str, *, new: str, at: datetime) -> Person:
    """Choose a new password with a mailed link; every session ends and the link is used up.

    Raises Missing for a link that does not work (any more), Invalid for a weak password.
    """
    person = person_by_reset_key(number, key)
    _new_password(person, new, at=at)
    return person


def sign_out_everywhere(person: Person, *, by: Actor, at: datetime, keep: str = "") -> int:
    """End every session of a person but `keep` (a session key); gives how many ended.

    Raises Forbidden for who may not.
    """
    require(permissions.may_sign_out(by, person))
    with transaction.atomic():
        ended, _kinds = person.sessions.exclude(session_key=keep).delete()
        record(by, "person.signed_out_everywhere", person.ref, at=at, payload={"sessions": ended})
    return ended


def clear_sessions(*, at: datetime) -> int:
    """Delete the sessions whose time is over; gives how many."""
    ended, _kinds = Session.objects.filter(expire_date__lte=at).delete()
    return ended


def _invite(person: Person, *, by: Actor, at: datetime) -> Invitation:
    days = policy.in_force(at=at)["people.invitation_days"]
    row = Invitation.objects.create(
        person=person, nonce=secrets.token_hex(16), invited_by=by.ref, invited_at=at, expires_at=at + timedelta(days=days)
    )  # fmt: skip
    record(by, "person.invited", person.ref, at=at, payload={"invitation": row.pk})
    return row


def _still_open(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True, withdrawn_at__isnull=True)


def _free_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(
            "people.email_form", "This is not a mail address.", hint="Write it like name@town.example.", field="email"
        ) from error
    if Person.objects.filter(email=address).exists():
        raise Conflict("people.email_taken", "This address already has an account.", field="email")
    return address


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 150:
        raise Invalid("people.name", "Write the name, in at most 150 characters.", field="name")
    return text


def _set_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Invalid(
            "people.weak_password", "This password is too weak: {why}", field="password", why=" ".join(error.messages)
        ) from error
    person.set_password(password)


def _new_password(person: Person, password: str, *, at: datetime, keep: str = "") -> None:
    _set_password(person, password)
    with transaction.atomic():
        person.save(update_fields=("password",))
        person.sessions.exclude(session_key=keep).delete()
        record(person, "person.password_changed", person.ref, at=at)
