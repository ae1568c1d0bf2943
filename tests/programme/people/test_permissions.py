# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see whom, and who one is asked once more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.errors import Exhausted, Forbidden, Invalid
from datacity.programme.people import actions, permissions
from datacity.programme.people.models import Person
from datacity.programme.people.rules import VISITOR, Proof, Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_ana() -> Iterator[HttpRequest]:
    """A sent form of a signed-in person."""
    cache.clear()
    request = RequestFactory().post("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = people.person(password=PASSWORD)
    with context.request_context(request):
        yield request
    cache.clear()


def ana(request: HttpRequest) -> Person:
    """The person of the request."""
    assert isinstance(request.user, Person)
    return request.user


def test_visible_persons_are_those_whose_account_may_be_read() -> None:
    actors: list[Actor] = [people.person(role) for role in (None, Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR)]

    for actor in [*actors, VISITOR, SYSTEM]:
        visible = set(Person.objects.filter(permissions.visible_to(actor)))
        assert visible == {person for person in Person.objects.all() if permissions.may_read(actor, person)}


def test_proof_counts_for_five_minutes(request_of_ana: HttpRequest) -> None:
    before = permissions.proved_lately(request_of_ana)
    actions.prove_for_account(request_of_ana, password=PASSWORD, at=datetime.now(UTC))
    record = request_of_ana.session["account_authentication_methods"][-1]

    assert [reason.code for reason in before.reasons] == ["people.prove_again"]
    record["at"] -= 299
    assert permissions.proved_lately(request_of_ana)
    record["at"] -= 2
    assert not permissions.proved_lately(request_of_ana)


def test_password_alone_proves_nothing_once_there_is_a_second_factor(request_of_ana: HttpRequest) -> None:
    people.code_app(ana(request_of_ana))

    with pytest.raises(Invalid) as refusal:
        actions.prove_for_account(request_of_ana, password=PASSWORD, at=datetime.now(UTC))

    assert (refusal.value.code, refusal.value.field) == ("people.code_missing", "code")
    assert not permissions.proved_lately(request_of_ana)


def test_deed_that_signs_takes_password_and_code_and_says_so(request_of_ana: HttpRequest) -> None:
    people.code_app(ana(request_of_ana))

    proof = actions.prove_again(request_of_ana, password=PASSWORD, code=people.code(), at=datetime.now(UTC))

    assert proof is Proof.CODE
    with pytest.raises(Invalid) as refusal:
        actions.prove_again(request_of_ana, password=PASSWORD, code=people.code(), at=datetime.now(UTC))
    assert refusal.value.code == "people.code_used"


def test_deed_that_signs_is_refused_to_who_has_no_second_factor(request_of_ana: HttpRequest) -> None:
    with pytest.raises(Forbidden) as refusal:
        actions.prove_again(request_of_ana, password=PASSWORD, code="123456", at=datetime.now(UTC))

    assert [reason.code for reason in refusal.value.reasons] == [permissions.NO_SECOND_FACTOR]


@pytest.mark.parametrize(
    "wrong", [{"password": "something else", "code": ""}, {"password": PASSWORD, "code": "000000"}]
)
def test_too_many_attempts_are_stopped_even_for_the_right_proof(
    request_of_ana: HttpRequest, wrong: dict[str, str]
) -> None:
    people.code_app(ana(request_of_ana))
    field = "password" if wrong["password"] != PASSWORD else "code"
    for _ in range(5):
        with pytest.raises(Invalid):
            actions.prove_again(request_of_ana, **wrong, at=datetime.now(UTC))

    with pytest.raises(Exhausted) as refusal:
        actions.prove_again(request_of_ana, password=PASSWORD, code=people.code(), at=datetime.now(UTC))

    assert (refusal.value.code, refusal.value.field) == ("people.too_many_attempts", field)


def test_who_came_through_the_directory_alone_proved_it_there(request_of_ana: HttpRequest) -> None:
    person = ana(request_of_ana)
    record_authentication(request_of_ana, person, "socialaccount")
    with_password = permissions.proved_lately(request_of_ana)
    person.set_unusable_password()

    assert not with_password
    assert permissions.proved_lately(request_of_ana)
    people.code_app(person)
    assert not permissions.proved_lately(request_of_ana)
