# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Persons, organisations and mandates for tests, made by the real actions."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.tokens import default_token_generator
from django.test import Client

from datacity.kernel.actor import SYSTEM
from datacity.kernel.ref import CITY, Ref
from datacity.kernel.words import Words
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Invitation, Mandate, Organisation, Person
from datacity.programme.people.rules import CODE_SECONDS, CODE_TOLERANCE, DECIDING_ROLES, OrganisationKind, Role
from tests.factories.things import Thing, thing

PASSWORD = "une phrase longue et calme"
"""A password that every check lets pass."""
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of every app of a test, in base32."""
_numbers = count(1)


def long_ago() -> datetime:
    """Give a time three hundred days before now: what factories make exists already."""
    return datetime.now(UTC) - timedelta(days=300)


def person(
    role: Role | str | None = None,
    scope: Ref = CITY,
    *,
    name: str = "",
    email: str = "",
    language: str = "fr",
    at: datetime | None = None,
    password: str | None = None,
) -> Person:
    """Make a person who has joined, with this role when one is given."""
    number, at = next(_numbers), at or long_ago()
    made = actions.register_person(
        email or f"person{number}@valmire.example", name or f"Personne {number}", by=SYSTEM, at=at, language=language, password=password
    )  # fmt: skip
    if role is not None:
        actions.grant_role(made, role, scope, by=SYSTEM, at=at)
    if role in DECIDING_ROLES:
        code_app(made)
    return made


def code_app(who: Person) -> Authenticator:
    """Give somebody an app with the secret `SECRET`, as who decides or administers has one; not journaled."""
    made: Authenticator = TOTP.activate(who, SECRET).instance
    who.forget_roles()
    return made


def code(at: datetime | None = None, *, steps: int = 0) -> str:
    """Give the code that such an app shows now, or so many steps of 30 seconds later."""
    step = int((at or datetime.now(UTC)).timestamp()) // CODE_SECONDS + steps
    return format_hotp_value(hotp_value(SECRET, step))


_given = [0]


def fresh_code() -> str:
    """Give a code that this process has not given before, as a person at a real telephone has one; waits for it when needed."""
    now = int(time.time()) // CODE_SECONDS
    step = max(now - CODE_TOLERANCE, _given[0] + 1)
    while step > now + CODE_TOLERANCE:
        time.sleep(1)
        now = int(time.time()) // CODE_SECONDS
    _given[0] = step
    return format_hotp_value(hotp_value(SECRET, step))


def invitation(*, at: datetime | None = None, role: Role | None = None) -> Invitation:
    """Invite somebody; the invitation is open now."""
    return actions.invite(f"guest{next(_numbers)}@valmire.example", by=SYSTEM, at=at or datetime.now(UTC), role=role)


def organisation(
    name: str = "", kind: OrganisationKind | str = OrganisationKind.PARTNER, *, at: datetime | None = None
) -> Organisation:
    """Register a fictional organisation."""
    number = next(_numbers)
    return actions.register_organisation(
        name or f"Organisation {number}", kind, by=SYSTEM, at=at or long_ago(), fictional=True
    )


def mandate(
    who: Person | None = None,
    organisation_: Organisation | None = None,
    *,
    capacity: str = "directrice générale",
    start: date | None = None,
    end: date | None = None,
) -> Mandate:
    """Give a mandate that runs now unless the dates say otherwise."""
    return actions.give_mandate(
        who or person(), organisation_ or organisation(), Words(fr=capacity), by=SYSTEM, at=long_ago(), start=start, end=end
    )  # fmt: skip


def sign_in(client: Client, who: Person) -> Client:
    """Sign the person in, without their password; gives the client back."""
    client.force_login(who)
    return client


# --- For the permission matrix -----------------------------------------------------------------------------------


@thing("invited person")
def invited_person_thing(_actor: Person | None, _case: str) -> Thing:
    """Somebody who was invited and has not joined."""
    guest = invitation().person
    return Thing({"number": guest.pk if guest else 0})


@thing("person")
def person_thing(actor: Person | None, case: str) -> Thing:
    """An account, with what each form about it needs."""
    who = actor if case == "own" and actor else person()
    data = {"role": "juror", "organisation": organisation().slug, "capacity_fr": "porte-parole"}
    return Thing({"number": who.pk}, data=data)


@thing("closed person")
def closed_person_thing(_actor: Person | None, _case: str) -> Thing:
    """An account that was closed."""
    who = person()
    person(Role.ADMINISTRATOR)
    actions.deactivate(who, by=SYSTEM, at=long_ago())
    return Thing({"number": who.pk})


@thing("invitation")
def invitation_thing(_actor: Person | None, _case: str) -> Thing:
    """An open invitation, by its number."""
    return Thing({"number": invitation().pk})


@thing("invitation token")
def invitation_token_thing(_actor: Person | None, _case: str) -> Thing:
    """An open invitation, by its token, with what joining needs."""
    return Thing(
        {"token": queries.token_of(invitation())}, data={"name": "Ana", "language": "fr", "password": PASSWORD}
    )


@thing("reset link")
def reset_thing(_actor: Person | None, _case: str) -> Thing:
    """A link to choose a new password."""
    who = person(password=PASSWORD)
    return Thing(
        {"number": who.pk, "key": default_token_generator.make_token(who)}, data={"password": PASSWORD + " neuf"}
    )


@thing("grant")
def grant_thing(actor: Person | None, case: str) -> Thing:
    """A role somebody holds."""
    person(Role.ADMINISTRATOR)
    who = actor if case == "own" and actor else person()
    return Thing({"number": actions.grant_role(who, Role.MENTOR, Ref("edition", "2027"), by=SYSTEM, at=long_ago()).pk})


@thing("mandate")
def mandate_thing(actor: Person | None, case: str) -> Thing:
    """A mandate that runs."""
    return Thing({"number": mandate(actor if case == "own" else None).pk})


@thing("organisation")
def organisation_thing(_actor: Person | None, _case: str) -> Thing:
    """An organisation that takes part."""
    data = {"name_fr": "Atelier Nord", "kind": "team", "register_number": ""}
    return Thing({"slug": organisation().slug}, data=data)


@thing("organisation identifier")
def identifier_thing(_actor: Person | None, _case: str) -> Thing:
    """The lasting identifier of an organisation."""
    return Thing({"kind": "organisation", "slug": organisation().slug})


@thing("new organisation")
def new_organisation_thing(_actor: Person | None, _case: str) -> Thing:
    """What registering needs."""
    return Thing(data={"name_fr": f"Atelier {next(_numbers)}", "kind": "team"})


@thing("new invitation")
def new_invitation_thing(_actor: Person | None, _case: str) -> Thing:
    """What inviting needs."""
    return Thing(data={"email": f"new{next(_numbers)}@valmire.example", "language": "fr"})


@thing("profile")
def profile_thing(_actor: Person | None, _case: str) -> Thing:
    """What changing one's own account needs."""
    return Thing(data={"name": "Ana Dupuy", "language": "en", "old": "wrong", "password": PASSWORD})


@thing("mail address")
def mail_thing(_actor: Person | None, _case: str) -> Thing:
    """An address that asks for a new password."""
    return Thing(data={"email": person(password=PASSWORD).email})


@thing("person with factors")
def factors_thing(_actor: Person | None, _case: str) -> Thing:
    """Somebody who lost a telephone."""
    who = person()
    code_app(who)
    return Thing({"number": who.pk})


@thing("own factor")
def own_factor_thing(actor: Person | None, _case: str) -> Thing:
    """A second factor of the actor, or of nobody they know."""
    return Thing({"number": code_app(person()).pk}, data={"name": "clé bleue"})


@thing("directory")
def directory_thing(_actor: Person | None, _case: str) -> Thing:
    """The city's own directory, which no setting names here."""
    return Thing({"provider_id": "directory"})
