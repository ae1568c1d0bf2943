# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see and do what with people. The same predicates answer "may I" and, as `visible_to`, "which may I see".

The pattern every app follows: `may_<verb>(person, thing) -> Verdict` says yes or no with reasons and writes nothing;
`visible_to(person) -> Q` is the same answer as a database condition. Actions call `require(may_…)` first; pages ask the
predicate to show or hide a button, and show the reasons of a no.
"""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.verdict import Verdict, yes_if
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


def may_change_factors(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor adds, renames or removes second factors of this account: only the person, or the house."""
    return yes_if(
        is_house(actor) or is_self(actor, person),
        "people.not_yours_to_change",
        "Only the person changes this account.",
    )


def may_reset_factors(actor: Actor, person: Person) -> Verdict:
    """Say whether the actor takes all second factors from somebody who lost them: an administrator, never their own."""
    return may_administer(actor) & yes_if(
        is_house(actor) or not is_self(actor, person),
        "people.own_factors",
        "Nobody resets their own second factors; another administrator does it, or who hosts.",
    )


def has_second_factor(person: Person) -> Verdict:
    """Say whether the person can prove who they are with more than a password; what a deed that signs asks first.

    A no leads to the page where a factor is set up (`web/factors.py`).
    """
    return yes_if(
        person.has_second_factor,
        NO_SECOND_FACTOR,
        "This asks for a second factor, and you have none yet.",
    )


NO_SECOND_FACTOR = "people.no_second_factor"
"""The reason by which a refusal becomes the way to the page of factors."""


def proved_lately(request: HttpRequest) -> Verdict:
    """Say whether the signed-in person proved within the last five minutes that it is really them.

    Where a no comes back, the page `account_reauthenticate` (`?next=`) asks. Somebody who has neither password nor factor
    here proved it when they came through the city's own directory.
    """
    records = get_authentication_records(request, request.user)
    moments = [each["at"] for each in records if each.get("reauthenticated") or _only_way(request, each)]
    lately = bool(moments) and time.time() - max(moments) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return yes_if(lately, "people.prove_again", "Prove again who you are; it counts for five minutes.")


def _only_way(request: HttpRequest, record: dict[str, Any]) -> bool:
    person = request.user
    return (
        record["method"] == "socialaccount"
        and isinstance(person, Person)
        and not person.has_usable_password()
        and not person.has_second_factor
    )
