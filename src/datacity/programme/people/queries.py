# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads about people that others use: who holds a role, who speaks for whom, what is stored about somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from datacity.frame import reader
from datacity.frame.city import here, offered_or_usual
from datacity.frame.proving import CodeKind, Ways
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Forbidden, Missing
from datacity.kernel.ref import CITY, Ref
from datacity.kernel.words import msg
from datacity.programme.people.models import Invitation, Mandate, Organisation, Person, RoleGrant
from datacity.programme.people.permissions import visible_to
from datacity.programme.people.rules import (
    KIND_NAMES,
    ROLE_NAMES,
    SECOND_FACTORS,
    Factor,
    InvitationState,
    OrganisationKind,
    Role,
)


@dataclass(frozen=True)
class Letter:
    """A mail to write: to whom, in which language, what."""

    to: str
    language: str
    subject: str
    text: str


def running(at: datetime) -> Q:
    """Give the condition for role grants that run at this time."""
    return Q(start__lte=at) & (Q(end__isnull=True) | Q(end__gt=at))


def active() -> Q:
    """Give the condition for persons who can sign in."""
    return Q(joined_at__isnull=False, deactivated_at__isnull=True)


def holders(role: Role | str, scope: Ref = CITY, at: datetime | None = None) -> QuerySet[Person]:
    """Give the active persons who hold this role in this scope or in the whole city, by name."""
    grants = RoleGrant.objects.filter(running(at or settings.CLOCK.now()), role=role, scope__in=(scope, CITY))
    return Person.objects.filter(active(), pk__in=grants.values("person")).order_by("name", "pk")


def person_of(ref: Ref) -> Person:
    """Give the person behind a reference. Raises Missing when it is none."""
    found = Person.objects.filter(pk=int(ref.id)).first() if ref.kind == "person" and ref.id.isdigit() else None
    if found is None:
        raise Missing("people.no_person", "There is no person {ref}.", ref=str(ref))
    return found


def person_by_email(email: str) -> Person | None:
    """Give the person with this address, whatever its case."""
    return Person.objects.filter(email=email.strip().lower()).first()


def names(refs: Iterable[Ref]) -> dict[Ref, str]:
    """Give the names behind person references, in one query; others are left out."""
    numbers = {int(ref.id) for ref in refs if ref.kind == "person" and ref.id.isdigit()}
    return {person.ref: str(person) for person in Person.objects.filter(pk__in=numbers)}


def signed_in_person(actor: Actor) -> Person:
    """Give the person an actor is. Raises Forbidden for a visitor."""
    if isinstance(actor, Person):
        return actor
    raise Forbidden("people.sign_in", "Sign in first.")


def readable_person(actor: Actor, number: int) -> Person:
    """Give the person when the actor may see the account. Raises Missing otherwise."""
    found = Person.objects.filter(visible_to(actor), pk=number).first()
    if found is None:
        raise Missing("people.no_person", "There is no person {ref}.", ref=str(number))
    return found


def directory(actor: Actor, at: datetime) -> QuerySet[Person]:
    """Give the persons the actor may see, with their running roles (`running_grants`): three queries whatever their number."""
    grants = RoleGrant.objects.filter(running(at)).order_by("role")
    mandates = Mandate.objects.select_related("organisation").order_by("-start")
    return Person.objects.filter(visible_to(actor)).prefetch_related(
        Prefetch("grants", queryset=grants, to_attr="running_grants"),
        Prefetch("mandates", queryset=mandates, to_attr="all_mandates"),
    )


def mandates_running(at: datetime) -> QuerySet[Mandate]:
    """Give the mandates that run at this time, with person and organisation."""
    day = localdate(at)
    open_end, not_ended = Q(end__isnull=True) | Q(end__gte=day), Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    return Mandate.objects.filter(open_end, not_ended, start__lte=day).select_related("person", "organisation")


def mandate_for(person: Person, organisation: Organisation, at: datetime) -> Mandate | None:
    """Give the mandate by which this person speaks for this organisation at this time; the newest of several."""
    return mandates_running(at).filter(person=person, organisation=organisation).order_by("-start", "-pk").first()


def ways_to_prove(person: Person, *, password: bool = True) -> Ways:
    """Give how this person can prove who they are, for a form built on `frame.proving.ProofForm`.

    password: whether the password is asked too, as everywhere but in the second step of signing in.
    """
    kinds = set(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    recovery = CodeKind.RECOVERY if Factor.RECOVERY_CODES in kinds else None
    return Ways(
        password=password and person.has_usable_password(),
        code=CodeKind.APP if Factor.CODE_APP in kinds else recovery,
        passkey=reverse("people:passkey_options") if Factor.PASSKEY in kinds else "",
    )


def factors_of(person: Person) -> list[Authenticator]:
    """Give the person's code app, passkeys and recovery codes, the oldest first."""
    return list(Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk"))


def factor_of(person: Person, number: int) -> Authenticator:
    """Give a factor of this person that can be removed alone. Raises Missing for another's and for recovery codes."""
    found = Authenticator.objects.filter(user=person, pk=number, type__in=SECOND_FACTORS).first()
    if found is None:
        raise Missing("people.no_such_factor", "You have no such second factor.", hint="Reload the page.")
    return found


def codes_left(person: Person) -> list[str]:
    """Give the recovery codes that were not used yet."""
    row = Authenticator.objects.filter(user=person, type=Factor.RECOVERY_CODES).first()
    codes: list[str] = RecoveryCodes(row).get_unused_codes() if row else []
    return codes


def mandate_for_city(person: Person, at: datetime) -> Mandate | None:
    """Give the mandate by which this person speaks for the city or one of its directorates at this time; the newest of several."""
    kinds = (OrganisationKind.CITY, OrganisationKind.DIRECTORATE)
    return mandates_running(at).filter(person=person, organisation__kind__in=kinds).order_by("-start", "-pk").first()


def organisation_by_slug(slug: str) -> Organisation:
    """Give the organisation. Raises Missing when there is none."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise Missing("people.no_organisation", "There is no organisation {slug}.", slug=slug)
    return found


def home_is_empty(at: datetime) -> bool:
    """Tell whether nobody can administer this home yet."""
    return not holders(Role.ADMINISTRATOR, CITY, at).exists()


def token_of(invitation: Invitation) -> str:
    """Give the secret part of the invitation's link: its number and a keyed hash of the row.

    The token is stored nowhere; whoever reads the database without the home's secret key cannot make one.
    Source: HMAC-SHA256, RFC 2104.
    """
    content = f"{invitation.pk}:{invitation.nonce}:{invitation.expires_at.isoformat()}"
    return f"{invitation.pk}-{salted_hmac('datacity.people.invitation', content, algorithm='sha256').hexdigest()}"


def invitation_by_token(token: str, at: datetime) -> Invitation:
    """Give the open invitation of this token. Raises Missing when the token is wrong, used, withdrawn or too old."""
    number, _dash, _mac = token.partition("-")
    found = (
        Invitation.objects.select_related("person").filter(pk=int(number)).first()
        if number.isdigit() and len(number) < 18
        else None
    )
    if (
        found is None
        or not constant_time_compare(token, token_of(found))
        or found.state(at) is not InvitationState.OPEN
    ):
        raise Missing(
            "people.no_invitation",
            "This invitation does not exist, was used or is too old.",
            hint="Ask an administrator for a new one.",
        )
    return found


def invitation_address(invitation: Invitation, language: str) -> str:
    """Give the whole address to send or print."""
    with override(offered_or_usual(language)):
        return settings.PUBLIC_ADDRESS + reverse("people:join", kwargs={"token": token_of(invitation)})


def letter(verb: str, subject: Ref, at: datetime) -> Letter | None:
    """Give the mail that a journal entry of people asks for; None when there is nothing to send any more.

    verb: `person.invited`, `person.reset_asked`, or a change of second factors. subject: the person.
    """
    person = person_of(subject)
    with override(offered_or_usual(person.language)):
        if verb == "person.invited":
            return _invitation_letter(person, at)
        if verb == "person.reset_asked" and person.is_active:
            return _reset_letter(person)
        if verb in _FACTOR_LETTERS and person.is_active:
            return _factor_letter(person, verb)
    return None


_FACTOR_LETTERS = {
    "person.factor_added": msg("A second factor was added to your account."),
    "person.factor_removed": msg("A second factor was removed from your account."),
    "person.recovery_codes_made": msg("New recovery codes were made for your account; the ones before no longer work."),
    "person.recovery_code_used": msg("A recovery code of your account was used."),
    "person.factors_reset": msg(
        "An administrator removed the second factors of your account, and you were signed out everywhere. Sign in with your password and set up a new one."
    ),
}


def _factor_letter(person: Person, verb: str) -> Letter:
    text = _(
        "Hello,\n\n{what}\n\nYour second factors:\n\n{address}\n\n"
        "If it was not you, and you did not ask for it, tell an administrator of {city} now.\n"
    )
    address = settings.PUBLIC_ADDRESS + reverse("people:factors")
    what = _(_FACTOR_LETTERS[verb])
    return Letter(
        person.email,
        person.language,
        _("Your second factor at {city}").format(city=settings.CITY_NAME),
        text.format(what=what, address=address, city=settings.CITY_NAME),
    )


def _invitation_letter(person: Person, at: datetime) -> Letter | None:
    invitation = person.invitations.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at).first()
    if invitation is None:
        return None
    text = _(
        "Hello,\n\nYou are invited to join {city} on DataCity. Open this address once, before {day}, and choose your password:\n\n"
        "{address}\n\nIf you did not expect this mail, do nothing: the address stops working by itself.\n"
    )
    values = {
        "city": here().names.name.within(reader.language()), "day": localdate(invitation.expires_at).strftime("%d/%m/%Y"),
        "address": invitation_address(invitation, person.language),
    }  # fmt: skip
    return Letter(person.email, person.language, _("Your invitation to {city}").format(**values), text.format(**values))


def _reset_letter(person: Person) -> Letter:
    key = default_token_generator.make_token(person)
    address = settings.PUBLIC_ADDRESS + reverse("people:reset", kwargs={"number": person.pk, "key": key})
    text = _(
        "Hello,\n\nSomebody, probably you, asked for a new password. Open this address within two hours and choose one:\n\n"
        "{address}\n\nIf it was not you, do nothing: your password stays as it is.\n"
    )
    return Letter(person.email, person.language, _("Choose a new password"), text.format(address=address))


def person_by_reset_key(number: int, key: str) -> Person:
    """Give the active person whose reset link this is. Raises Missing when the link is wrong, used or too old."""
    found = Person.objects.filter(active(), pk=number).first()
    if found is None or not default_token_generator.check_token(found, key):
        raise Missing(
            "people.no_reset", "This link does not exist, was used or is too old.", hint="Ask for a new password again."
        )
    return found


def what_is_stored(person: Person, at: datetime) -> dict[str, Any]:
    """Give everything people stores about somebody, as JSON values; their own export.

    Source: Regulation (EU) 2016/679, art. 15 and 20.
    """
    moment = datetime.isoformat
    return {
        "datacity": 1,
        "kind": "person",
        "made_at": moment(at),
        "person": {
            "reference": str(person.ref),
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "state": person.state.value,
            "registered_at": moment(person.registered_at),
            "joined_at": moment(person.joined_at) if person.joined_at else None,
            "last_sign_in": moment(person.last_login) if person.last_login else None,
            "password": "stored as an Argon2 hash, not exported",
        },
        "second_factors": [_factor_stored(each) for each in factors_of(person)],
        "roles": [
            {
                "role": grant.role,
                "scope": str(grant.scope),
                "start": moment(grant.start),
                "end": moment(grant.end) if grant.end else None,
            }
            for grant in person.grants.all()
        ],
        "mandates": [
            {
                "organisation": mandate.organisation.slug,
                "capacity": mandate.capacity.as_dict(),
                "start": mandate.start.isoformat(),
                "end": mandate.end.isoformat() if mandate.end else None,
                "ended_at": moment(mandate.ended_at) if mandate.ended_at else None,
            }
            for mandate in person.mandates.select_related("organisation")
        ],
        "invitations": [
            {
                "invited_at": moment(each.invited_at),
                "expires_at": moment(each.expires_at),
                "state": each.state(at).value,
            }
            for each in person.invitations.all()
        ],
        "sessions": [
            {
                "started_at": moment(each.started_at) if each.started_at else None,
                "expires_at": moment(each.expire_date),
                "browser": each.browser,
            }
            for each in person.sessions.filter(expire_date__gt=at)
        ],
    }


def _factor_stored(row: Authenticator) -> dict[str, Any]:
    """Give what is stored of a second factor, its secret aside."""
    return {
        "kind": Factor(row.type).name.lower(),
        "name": row.data.get("name", ""),
        "added_at": row.created_at.isoformat(),
        "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
        "secret": "stored encrypted, not exported",
    }


def role_choices() -> list[tuple[str, str]]:
    """Give every role with its name in the reader's language, by name."""
    return sorted(((role.value, _(ROLE_NAMES[role])) for role in Role), key=lambda pair: pair[1].casefold())


def kind_choices() -> list[tuple[str, str]]:
    """Give every kind of organisation with its name in the reader's language."""
    return [(kind.value, _(KIND_NAMES[kind])) for kind in OrganisationKind]
