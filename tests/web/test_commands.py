# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The administrator's commands about people."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from datacity.programme.people.models import Invitation, Person
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_link_of_the_first_administrator_opens_the_page(client: Client) -> None:
    address = run("create_administrator_link")

    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.post(path, {"email": "aline@valmire.example", "name": "Aline", "language": "fr", "password": PASSWORD}).status_code == 302
    assert Person.objects.get().has_role(Role.ADMINISTRATOR)


def test_link_is_refused_on_a_home_that_has_an_administrator() -> None:
    people.person(Role.ADMINISTRATOR)

    with pytest.raises(CommandError) as refusal:
        run("create_administrator_link")

    assert refusal.value.returncode == 5
    assert not Invitation.objects.exists()


def test_invite_prints_a_link_and_gives_the_role(client: Client) -> None:
    address = run("invite", "ana@valmire.example", "--role", "auditor", "--language", "en")

    assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert [grant.role for grant in Person.objects.get().grants.all()] == ["auditor"]


@pytest.mark.parametrize(("arguments", "code"), [(("ana",), 2), (("ana@valmire.example", "--scope", "all of it", "--role", "juror"), 2)])
def test_invite_with_a_wrong_input_writes_nothing(arguments: tuple[str, ...], code: int) -> None:
    with pytest.raises(CommandError) as refusal:
        run("invite", *arguments)

    assert (refusal.value.returncode, Person.objects.count()) == (code, 0)
