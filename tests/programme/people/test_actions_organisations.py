# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Organisations and who speaks for them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Forbidden, Invalid
from datacity.kernel.words import Words
from datacity.programme.journal.models import Detail, Entry
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Mandate, Organisation
from datacity.programme.people.rules import Role
from tests.factories import people

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def test_organisation_gets_a_slug_of_its_own_and_a_public_entry_without_names_of_persons() -> None:
    manager = people.person(Role.PROGRAMME_MANAGER, name="Zoé Personne")

    made = [actions.register_organisation(Words(fr="Évasion & Cie"), "partner", by=manager, at=now()) for _ in range(3)]

    assert [row.slug for row in made] == ["evasion-cie", "evasion-cie-2", "evasion-cie-3"]
    entry = Entry.objects.latest("pk")
    assert (entry.verb, entry.publicity, entry.subject) == ("organisation.registered", "public", made[2].ref)
    assert "Zoé" not in Detail.objects.get(pk=entry.pk).payload


def test_register_number_belongs_to_one_organisation() -> None:
    first = actions.register_organisation("Un", "partner", by=SYSTEM, at=now(), register_number="000 000 000")

    with pytest.raises(Conflict) as refusal:
        actions.register_organisation("Deux", "partner", by=SYSTEM, at=now(), register_number="000 000 000")

    assert (refusal.value.code, refusal.value.values["other"]) == ("people.number_taken", first.slug)
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.ADMINISTRATOR, True), (Role.PROGRAMME_MANAGER, True), (Role.AGENT, False), (None, False)],
)
def test_register_is_kept_by_administrators_and_programme_managers(role: Role | None, allowed: bool) -> None:
    by = people.person(role)

    if allowed:
        actions.register_organisation("Un", "team", by=by, at=now())
    else:
        with pytest.raises(Forbidden):
            actions.register_organisation("Un", "team", by=by, at=now())

    assert Organisation.objects.count() == int(allowed)


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        actions.register_organisation("Un", "club", by=SYSTEM, at=now())

    assert (refusal.value.code, refusal.value.field, Organisation.objects.count()) == ("people.unknown_kind", "kind", 0)


def test_corrected_organisation_keeps_its_address() -> None:
    row = people.organisation("Ancien nom")

    actions.change_organisation(
        row, name=Words(fr="Nouveau nom", en="New name"), kind="operator", register_number="1", by=SYSTEM, at=now()
    )

    stored = Organisation.objects.get(pk=row.pk)
    assert (stored.slug, stored.name, stored.kind) == ("ancien-nom", Words(fr="Nouveau nom", en="New name"), "operator")


def test_mandate_counts_between_its_days_and_until_it_is_ended() -> None:
    person, organisation, today = people.person(), people.organisation(), now().date()
    mandate = people.mandate(person, organisation, start=today - timedelta(days=2), end=today + timedelta(days=2))
    found = [queries.mandate_for(person, organisation, now() + timedelta(days=days)) for days in (-4, 0, 4)]
    assert found == [None, mandate, None]

    actions.end_mandate(mandate, by=person, at=now())

    assert queries.mandate_for(person, organisation, now()) is None
    with pytest.raises(Conflict) as refusal:
        actions.end_mandate(mandate, by=person, at=now())
    assert refusal.value.code == "people.mandate_ended"


def test_mandate_is_not_given_to_oneself_nor_ended_by_a_stranger() -> None:
    manager, organisation = people.person(Role.PROGRAMME_MANAGER), people.organisation()
    mandate = people.mandate(organisation_=organisation)

    with pytest.raises(Forbidden):
        actions.give_mandate(manager, organisation, "gérante", by=manager, at=now())
    with pytest.raises(Forbidden):
        actions.end_mandate(mandate, by=people.person(), at=now())

    assert list(Mandate.objects.values_list("pk", "ended_at")) == [(mandate.pk, None)]


def test_mandate_whose_last_day_comes_first_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        people.mandate(start=date(2027, 2, 2), end=date(2027, 2, 1))

    assert (refusal.value.field, Mandate.objects.count()) == ("end", 0)


def test_organisation_that_leaves_takes_its_mandates_along() -> None:
    person, organisation = people.person(), people.organisation()
    people.mandate(person, organisation)

    left = actions.leave_organisation(organisation, by=SYSTEM, at=now())

    assert queries.mandate_for(person, organisation, now()) is None
    for deed in (
        lambda: actions.leave_organisation(left, by=SYSTEM, at=now()),
        lambda: actions.give_mandate(person, left, "gérant", by=SYSTEM, at=now()),
    ):
        with pytest.raises(Conflict):
            deed()
    assert Mandate.objects.count() == 1
