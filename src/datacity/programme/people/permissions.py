# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see and do what with people. The same predicates answer "may I" and, as `visible_to`, "which may I see".

The pattern every app follows: `may_<verb>(person, thing) -> Verdict` says yes or no with reasons and writes nothing;
`visible_to(person) -> Q` is the same answer as a database condition. Actions call `require(may_…)` first; pages ask the
predicate to show or hide a button, and show the reasons of a no.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, reauthenticate_by_password
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest

from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.errors import Exhausted
from datacity.kernel.verdict import YES, Verdict, no, yes_if
from datacity.programme.people.models import Mandate, Person
from datacity.programme.people.rules import Role


def is_house(actor: Actor) -> bool:
    """Tell whether it is the house itself: the demo, the command line of who hosts, the first start."""
    return actor is SYSTEM


def is_self(actor: Actor, person: Person) -> bool:
    """Tell whether the actor is this person."""
    return actor.ref == person.ref


def may_administer(actor: Actor) -> Verdict:
    """Say whether the actor invites persons, grants roles and sees everybody's account."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.ADMINISTRATOR),
        "people.not_administrator",
        "Only an administrator manages accounts and roles.",
    )


def may_grant(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor gives this person a role or ends one: an administrator, and never their own."""
    return may_administer(actor) & yes_if(
        is_house(actor) or not is_self(actor, person),
        "people.own_role",
        "Nobody changes their own roles; another administrator does it.",
    )


def may_deactivate(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor closes or reopens this account: an administrator, and never their own."""
    return may_administer(actor) & yes_if(
        is_house(actor) or not is_self(actor, person),
        "people.own_account",
        "Nobody deactivates their own account; another administrator does it.",
    )


def may_read(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor sees this person's account: the person, an administrator, an auditor."""
    return yes_if(
        is_self(actor, person) or bool(may_list(actor)),
        "people.not_yours",
        "An account is seen by its person, by administrators and by auditors.",
    )


def may_list(actor: Actor) -> Verdict:
    """Say whether the actor sees the directory of persons."""
    return yes_if(
        bool(may_administer(actor)) or actor.has_role(Role.AUDITOR),
        "people.no_directory",
        "The directory of persons is for administrators and auditors.",
    )


def may_change_profile(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor changes name, language or password of this account: only the person, once signed in."""
    return yes_if(is_self(actor, person), "people.not_yours_to_change", "Only the person changes this account.")


def may_sign_out(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor ends all sessions of this person: the person or an administrator."""
    return yes_if(
        is_self(actor, person) or bool(may_administer(actor)),
        "people.not_yours_to_end",
        "Sessions are ended by their person or by an administrator.",
    )


def may_register_organisation(actor: Actor) -> Verdict:
    """Say whether the actor registers and changes organisations."""
    return yes_if(
        is_house(actor) or actor.has_role(Role.ADMINISTRATOR) or actor.has_role(Role.PROGRAMME_MANAGER),
        "people.not_registrar",
        "Organisations are registered by an administrator or a programme manager.",
    )


def may_give_mandate(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor says that this person speaks for an organisation; never for oneself."""
    return may_register_organisation(actor) & yes_if(
        is_house(actor) or not is_self(actor, person),
        "people.own_mandate",
        "Nobody gives themselves a mandate.",
    )


def may_end_mandate(actor: Actor, mandate: Mandate) -> Verdict:
    """Say whether the actor ends this mandate: who may give one, or the person who holds it."""
    return yes_if(
        is_self(actor, mandate.person), "people.not_your_mandate", "This is not your mandate."
    ) | may_register_organisation(actor)


def visible_to(actor: Actor) -> Q:
    """Give the condition for the persons whose account the actor sees; the same answer as `may_read`."""
    if may_list(actor):
        return Q()
    return Q(pk=int(actor.ref.id)) if actor.ref.kind == "person" else Q(pk__in=())


def proved_again(request: HttpRequest, password: str = "") -> Verdict:
    """Say whether the signed-in person proved again, within the last five minutes, that it is really them.

    password: given by a form that asks for it in place; a right one counts from now on. Without it the page
    `account_reauthenticate` asks (`?next=`). Raises Exhausted after too many wrong passwords.
    """
    if password and request.user.is_authenticated:
        if not _right(request, password):
            return no("people.wrong_password", "This is not your password.")
        reauthenticate_by_password(request)
        return YES
    return yes_if(
        did_recently_reauthenticate(request),
        "people.prove_again",
        "Give your password again; it counts for five minutes.",
    )


def _right(request: HttpRequest, password: str) -> bool:
    """Tell whether it is the person's password. Raises Exhausted when too many were tried: allauth counts in two places."""
    try:
        if ratelimit.consume(request, action="reauthenticate", user=request.user):
            return bool(get_adapter().reauthenticate(request.user, password))
    except ValidationError:
        pass  # allauth's word for too many attempts on this account
    raise Exhausted(
        "people.too_many_passwords",
        "Too many passwords were tried.",
        hint="Wait a few minutes, then try again.",
        field="password",
    )
