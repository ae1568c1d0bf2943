# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Prove who you are again: what a deed that counts as a signature asks in place.

A view of such a deed uses a form built on `frame.proving.ProofForm` with `queries.ways_to_prove(person)`, calls
`prove_again` with what was given, and hands the `Proof` to the action, which keeps it in the journal.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from datacity.kernel.errors import Exhausted, Forbidden, Invalid, require
from datacity.programme.people import permissions
from datacity.programme.people.actions.factors import add_passkey, note_use, spend_code
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Proof


def prove_again(request: HttpRequest, *, password: str = "", code: str = "", passkey: str = "", at: datetime) -> Proof:
    """Check that it is really the signed-in person: password and second factor, or a passkey with user verification.

    passkey: the browser's answer as JSON. Raises Forbidden for who has no second factor (the page of factors follows);
    Invalid at `password`, `code` or `passkey`; Exhausted at the same fields after too many attempts.
    """
    person = _signed_in(request)
    require(permissions.has_second_factor(person))
    if passkey:
        return check_passkey(person, passkey, at=at)
    _check_password(request, person, password)
    return check_code(person, code, at=at)


def prove_for_account(
    request: HttpRequest, *, password: str = "", code: str = "", passkey: str = "", at: datetime
) -> None:
    """Prove it for five minutes of changes to one's own account; without a second factor the password is enough.

    Raises as `prove_again`, save for who has no second factor yet.
    """
    person = _signed_in(request)
    if person.has_second_factor:
        proof = prove_again(request, password=password, code=code, passkey=passkey, at=at)
    else:
        _check_password(request, person, password)
        proof = None
    record_authentication(request, person, "mfa" if proof else "password", reauthenticated=True)


def check_code(person: Person, code: str, *, at: datetime) -> Proof:
    """Accept a code within the limit of attempts. Raises Invalid or Exhausted at `code`."""
    if not code.strip():
        raise Invalid("people.code_missing", "Give the code.", field="code")
    forget = _attempt(person, "code")
    proof = spend_code(person, code, at=at)
    forget()
    return proof


def check_passkey(person: Person, answer: str, *, at: datetime) -> Proof:
    """Accept the browser's answer to the challenge of this session. Raises Invalid or Exhausted at `passkey`."""
    forget = _attempt(person, "passkey")
    note_use(_passkey_of(person, answer), at=at)
    forget()
    return Proof.PASSKEY


def passkey_owner(answer: str, *, at: datetime) -> tuple[Person, Authenticator]:
    """Give who signs in with this passkey alone. Raises Invalid at `passkey` for one that is not known here."""
    with _fitting():
        person = webauthn.extract_user_from_response(json.loads(answer))
    factor = _passkey_of(person, answer)
    note_use(factor, at=at)
    return person, factor


def enrol_passkey(request: HttpRequest, answer: str, name: str, *, at: datetime) -> Authenticator:
    """Keep the passkey that the browser made for the challenge of this session.

    Raises Invalid at `passkey` when it does not answer the challenge, at `name` for an empty one.
    """
    person = _signed_in(request)
    with _fitting():
        credential = json.loads(answer)
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    return add_passkey(person, credential, name, by=person, at=at, keep=request.session.session_key or "")


def _passkey_of(person: Person, answer: str) -> Authenticator:
    with _fitting():
        credential = json.loads(answer)
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(person, credential)
    return found


@contextmanager
def _fitting() -> Iterator[None]:
    """Turn whatever a browser can send wrongly into one refusal: Invalid at `passkey`."""
    try:
        yield
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(
            "people.passkey_refused",
            "This passkey was not accepted.",
            hint="Try again, and take a passkey that you set up here.",
            field="passkey",
        ) from error


def _signed_in(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Forbidden("people.sign_in", "Sign in first.")
    return request.user


def _check_password(request: HttpRequest, person: Person, password: str) -> None:
    """Let a right password pass. Raises Invalid, or Exhausted when too many were tried: allauth counts in two places."""
    if not password:
        raise Invalid("people.password_missing", "Give your password.", field="password")
    try:
        if ratelimit.consume(request, action="reauthenticate", user=person):
            if get_adapter().reauthenticate(person, password):
                return
            raise Invalid("people.wrong_password", "This is not your password.", field="password")
    except ValidationError:
        pass  # allauth's word for too many attempts on this account
    raise _too_many("password")


def _attempt(person: Person, field: str) -> Callable[[], None]:
    """Count an attempt with a factor and give what forgets it again. Raises Exhausted after too many."""
    try:
        forget: Callable[[], None] = check_rate_limit(person)
    except ValidationError:
        raise _too_many(field) from None
    return forget


def _too_many(field: str) -> Exhausted:
    return Exhausted(
        "people.too_many_attempts", "Too many attempts.", hint="Wait a few minutes, then try again.", field=field
    )
