# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The second factors of an account: added, renamed, removed, reset, and a code accepted once.

The rows are allauth's (`Authenticator`); its adapter (`web/factors.py`) encrypts what is secret in them.
"""

import hmac
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.db.models import QuerySet

from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Invalid, require
from datacity.programme.journal.actions import record
from datacity.programme.people import permissions
from datacity.programme.people.models import Person
from datacity.programme.people.rules import SECOND_FACTORS, Factor, Proof, code_steps

LAST_STEP = "last_step"
"""Where a code app's row notes the newest step whose code was accepted: that code and older ones count no more."""


def add_code_app(person: Person, secret: str, code: str, *, by: Actor, at: datetime, keep: str = "") -> Authenticator:
    """Set up an app that shows codes, once it shows a right one; recovery codes are made with the first factor.

    secret: base32. keep: the session that stays; every other one began without the factor and ends.
    Raises Forbidden for another's account, Invalid at `code` for a wrong code, Conflict when there is an app already.
    """
    require(permissions.may_change_factors(by, person))
    step = _step(secret, code, at)
    if step is None:
        raise _wrong_code()
    with transaction.atomic():
        _lock(person)
        if _factors(person, Factor.CODE_APP).exists():
            raise Conflict("people.has_code_app", "An app is set up already.", hint="Remove it first to change phones.")
        data = {"secret": encrypt(secret), LAST_STEP: step}
        row = Authenticator.objects.create(user=person, type=Factor.CODE_APP, data=data, created_at=at)
        _added(person, row, by=by, at=at, keep=keep)
    return row


def add_passkey(
    person: Person, credential: dict[str, Any], name: str, *, by: Actor, at: datetime, keep: str = ""
) -> Authenticator:
    """Keep the public half of a passkey that the browser just made and the caller verified.

    name: how the person calls it. keep: as in `add_code_app`. Raises Forbidden, or Invalid at `name` for an empty one.
    """
    require(permissions.may_change_factors(by, person))
    data = {"name": _checked_name(name), "credential": credential}
    with transaction.atomic():
        _lock(person)
        row = Authenticator.objects.create(user=person, type=Factor.PASSKEY, data=data, created_at=at)
        _added(person, row, by=by, at=at, keep=keep)
    return row


def rename_passkey(factor: Authenticator, name: str, *, by: Actor) -> Authenticator:
    """Call a passkey something else; not journaled. Raises Forbidden, or Invalid at `name` for an empty one."""
    require(permissions.may_change_factors(by, _person(factor)))
    factor.data = {**factor.data, "name": _checked_name(name)}
    factor.save(update_fields=("data",))
    return factor


def remove_factor(factor: Authenticator, *, by: Actor, at: datetime) -> None:
    """Take a factor away; with the last one its recovery codes go too. Raises Forbidden for another's."""
    person = _person(factor)
    require(permissions.may_change_factors(by, person))
    with transaction.atomic():
        _lock(person)
        factor.delete()
        if not _factors(person, *SECOND_FACTORS).exists():
            _factors(person, Factor.RECOVERY_CODES).delete()
        record(by, "person.factor_removed", person.ref, at=at, payload={"factor": factor.type})
    person.forget_roles()


def make_codes(person: Person, *, by: Actor, at: datetime) -> Authenticator:
    """Make new recovery codes; the ones before open nothing any more.

    Raises Forbidden for another's account, Conflict when there is no factor they could stand in for.
    """
    require(permissions.may_change_factors(by, person))
    with transaction.atomic():
        _lock(person)
        if not _factors(person, *SECOND_FACTORS).exists():
            raise Conflict("people.no_factor", "Set up an app or a passkey first; recovery codes stand in for them.")
        _factors(person, Factor.RECOVERY_CODES).delete()
        row: Authenticator = RecoveryCodes.activate(person).instance
        record(by, "person.recovery_codes_made", person.ref, at=at)
    return row


def reset_factors(person: Person, *, by: Actor, at: datetime) -> int:
    """Take every factor from somebody who lost them and end their sessions; gives how many factors went.

    The person is told by mail. Raises Forbidden for who may not, Conflict when there is none.
    """
    require(permissions.may_reset_factors(by, person))
    with transaction.atomic():
        _lock(person)
        gone = _factors(person, *SECOND_FACTORS).count()
        if not gone:
            raise Conflict("people.nothing_to_reset", "This person has no second factor.", hint="Reload the page.")
        _factors(person, *Factor).delete()
        person.sessions.all().delete()
        record(by, "person.factors_reset", person.ref, at=at, payload={"factors": gone})
    person.forget_roles()
    return gone


def spend_code(person: Person, code: str, *, at: datetime) -> Proof:
    """Accept a code of the person's app or a recovery code, each once, whatever process it was given to.

    Raises Invalid at `code` for a wrong one, or one that was given before.
    """
    digits = "".join(code.split())
    with transaction.atomic():
        app = _factors(person, Factor.CODE_APP).select_for_update().first()
        step = _step(decrypt(app.data["secret"]), digits, at) if app else None
        if app is not None and step is not None:
            return _spend_step(app, step, at=at)
        codes = _factors(person, Factor.RECOVERY_CODES).first()
        if codes is not None and RecoveryCodes(codes).validate_code(digits):
            record(person, "person.recovery_code_used", person.ref, at=at)
            return Proof.RECOVERY_CODE
    raise _wrong_code()


def note_use(factor: Authenticator, *, at: datetime) -> None:
    """Note when a factor was used last."""
    factor.last_used_at = at
    factor.save(update_fields=("last_used_at",))


def _spend_step(app: Authenticator, step: int, *, at: datetime) -> Proof:
    if step <= app.data.get(LAST_STEP, -1):
        raise Invalid(
            "people.code_used", "This code was used already.", hint="Wait for the next one, 30 seconds at most.", field="code"
        )  # fmt: skip
    app.data = {**app.data, LAST_STEP: step}
    app.last_used_at = at
    app.save(update_fields=("data", "last_used_at"))
    return Proof.CODE


def _step(secret: str, code: str, at: datetime) -> int | None:
    """Give the newest step around this time whose code this is. Source: RFC 6238 over RFC 4226."""
    digits = "".join(code.split())
    fits = [
        step for step in code_steps(at) if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)), digits)
    ] if digits.isascii() else []  # fmt: skip
    return max(fits, default=None)


def _added(person: Person, row: Authenticator, *, by: Actor, at: datetime, keep: str) -> None:
    RecoveryCodes.activate(person)
    if permissions.is_self(by, person):
        person.sessions.exclude(session_key=keep).delete()
    record(by, "person.factor_added", person.ref, at=at, payload={"factor": row.type})
    person.forget_roles()


def _lock(person: Person) -> None:
    Person.objects.select_for_update().get(pk=person.pk)


def _factors(person: Person, *kinds: Factor) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=person.pk, type__in=kinds)
    return found


def _person(factor: Authenticator) -> Person:
    person: Person = factor.user
    return person


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 60:
        raise Invalid("people.factor_name", "Write a name, in at most 60 characters.", field="name")
    return text


def _wrong_code() -> Invalid:
    return Invalid(
        "people.wrong_code",
        "This code is not right.",
        hint="Take the one that is shown now; if it is refused again, set your telephone's clock to automatic.",
        field="code",
    )
