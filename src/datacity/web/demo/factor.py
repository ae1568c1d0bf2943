# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The second factor of the made-up persons: nobody holds their telephone, so the strip shows the code of the day's half minute.

One secret for all of a home, computed from its secret key. Only on a demo home; the strip says that a real person's code is
on their own telephone. A visitor who changed the factor of a made-up person finds it back after "See as".
"""

import base64
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.utils.crypto import salted_hmac

from datacity.kernel.actor import SYSTEM
from datacity.programme.people import actions
from datacity.programme.people.actions.factors import LAST_STEP
from datacity.programme.people.models import Person
from datacity.programme.people.rules import DECIDING_ROLES, Factor, code_steps


def secret() -> str:
    """Give the secret of this demo home's made-up telephone, in base32."""
    return base64.b32encode(salted_hmac("datacity.demo.factor", "telephone", algorithm="sha256").digest()[:20]).decode()


def give(person: Person, *, at: datetime) -> None:
    """Set up the made-up telephone for a person whose role asks for a second factor; put it back when it was changed."""
    if not any(person.holds_anywhere(role) for role in DECIDING_ROLES):
        return
    app = _app(person)
    if app is not None and decrypt(app.data["secret"]) == secret():
        return
    if app is not None:
        actions.remove_factor(app, by=SYSTEM, at=at)
    actions.add_code_app(person, secret(), _code(code_steps(at)[0]), by=SYSTEM, at=at)


def code_for(person: Person | None, *, at: datetime) -> str:
    """Give a code that counts now and that this person has not given yet; the present one when all were given."""
    now = code_steps(at)
    app = _app(person) if person is not None else None
    spent = app.data.get(LAST_STEP, -1) if app is not None else -1
    present = now[len(now) // 2]
    return _code(next((step for step in (present, now[-1]) if step > spent), present))


def _app(person: Person) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(user_id=person.pk, type=Factor.CODE_APP).first()
    return found


def _code(step: int) -> str:
    return str(format_hotp_value(hotp_value(secret(), step)))
