# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Two deeds at once, on PostgreSQL: each would be right alone, and both together would not."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from datacity.kernel.errors import Conflict
from datacity.programme.people import actions, queries, rules
from datacity.programme.people.models import Organisation, Person, RoleGrant
from datacity.programme.people.rules import OrganisationKind, Role
from tests.factories import people

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def now() -> datetime:
    return datetime.now(UTC)


def together(*deeds: Callable[[], Any]) -> list[str]:
    """Do each deed in a thread and a connection of its own; give the codes of what was refused."""
    refused: list[str] = []

    def run(deed: Callable[[], Any]) -> None:
        try:
            deed()
        except Conflict as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let both threads reach this function before either goes on; one that waits for the other's commit lets it pass."""
    barrier, known = threading.Barrier(2), getattr(module, name)

    def met(*arguments: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        return known(*arguments)

    monkeypatch.setattr(module, name, met)


def test_two_administrators_who_end_each_others_role_leave_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = people.person(Role.ADMINISTRATOR), people.person(Role.ADMINISTRATOR)
    grants = {each.pk: RoleGrant.objects.get(person=each, role=Role.ADMINISTRATOR) for each in (first, second)}
    meeting(monkeypatch, rules, "check_last_administrator")

    refused = together(
        lambda: actions.end_role(grants[second.pk], by=first, at=now()),
        lambda: actions.deactivate(Person.objects.get(pk=first.pk), by=second, at=now()),
    )

    assert refused == ["people.last_administrator"]
    assert queries.holders(Role.ADMINISTRATOR, at=now()).count() == 1


def test_a_register_number_is_given_to_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    from datacity.programme.people.actions import organisations  # the module the function is looked up in

    administrator = people.person(Role.ADMINISTRATOR)
    meeting(monkeypatch, organisations, "_free_slug")

    refused = together(
        *(
            lambda name=name: actions.register_organisation(
                name, OrganisationKind.PARTNER, by=administrator, at=now(), register_number="552 100 554"
            )
            for name in ("Atelier du Quai", "Atelier du Pont")
        )
    )

    assert refused == ["people.number_taken"]
    assert Organisation.objects.filter(register_number="552 100 554").count() == 1


def test_one_open_link_makes_one_first_administrator() -> None:
    links = [actions.make_first_link(at=now())]
    token = queries.token_of(links[0])

    def join(number: int) -> Person:
        return actions.accept_invitation(
            token,
            name=f"Personne {number}",
            password=people.PASSWORD,
            language="fr",
            at=now(),
            email=f"p{number}@valmire.example",
        )

    refused = together(lambda: join(1), lambda: join(2))

    assert refused == ["people.invitation_over"]
    assert queries.holders(Role.ADMINISTRATOR, at=now()).count() == 1
