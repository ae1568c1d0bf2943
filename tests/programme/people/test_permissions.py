# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see whom, and the password asked once more."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from allauth.core import context
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from datacity.kernel.actor import SYSTEM, Actor
from datacity.kernel.errors import Exhausted
from datacity.programme.people import permissions
from datacity.programme.people.models import Person
from datacity.programme.people.rules import VISITOR, Role
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


def test_visible_persons_are_those_whose_account_may_be_read() -> None:
    actors: list[Actor] = [people.person(role) for role in (None, Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR)]

    for actor in [*actors, VISITOR, SYSTEM]:
        visible = set(Person.objects.filter(permissions.visible_to(actor)))
        assert visible == {person for person in Person.objects.all() if permissions.may_read(actor, person)}


def test_password_given_in_place_counts_from_then_on(request_of_ana: HttpRequest) -> None:
    before = permissions.proved_again(request_of_ana)
    wrong = permissions.proved_again(request_of_ana, "something else")
    right = permissions.proved_again(request_of_ana, PASSWORD)

    assert [reason.code for verdict in (before, wrong) for reason in verdict.reasons] == [
        "people.prove_again",
        "people.wrong_password",
    ]
    assert (bool(before), bool(wrong), bool(right), bool(permissions.proved_again(request_of_ana))) == (
        False,
        False,
        True,
        True,
    )


def test_password_given_in_place_is_forgotten_after_five_minutes(request_of_ana: HttpRequest) -> None:
    assert permissions.proved_again(request_of_ana, PASSWORD)
    record = request_of_ana.session["account_authentication_methods"][-1]

    record["at"] -= 299
    assert permissions.proved_again(request_of_ana)
    record["at"] -= 2
    assert not permissions.proved_again(request_of_ana)


def test_too_many_passwords_in_place_are_stopped_even_for_the_right_one(request_of_ana: HttpRequest) -> None:
    for _ in range(5):
        assert not permissions.proved_again(request_of_ana, "something else")

    with pytest.raises(Exhausted) as refusal:
        permissions.proved_again(request_of_ana, PASSWORD)

    assert (refusal.value.code, refusal.value.field) == ("people.too_many_passwords", "password")
    assert not permissions.proved_again(request_of_ana)
