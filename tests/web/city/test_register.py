# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The directorates of a city's folder become organisations, once, and follow it when it calls them otherwise."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from datacity.frame.city import City, Directorate
from datacity.kernel.words import Words
from datacity.programme.journal.models import Entry
from datacity.programme.people.models import Organisation
from datacity.programme.people.rules import OrganisationKind
from datacity.web.city import names, register

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
RIVERS, SCHOOLS = Directorate("rivers", Words("Pôle des rivières", "Rivers")), Directorate("schools", Words("Écoles"))
CITY = City(names.forms("Aigrelune"), directorates=(RIVERS, SCHOOLS))


def registered() -> dict[str, tuple[str, str]]:
    return {row.slug: (row.kind, row.name.fr) for row in Organisation.objects.all()}


def test_city_and_directorates_are_entered_once_with_a_journal_entry_each() -> None:
    first, second = register.enter(CITY, at=AT), register.enter(CITY, at=AT)

    assert registered() == {
        "ville-daigrelune": ("city", "Ville d’Aigrelune"),
        "rivers": ("directorate", "Pôle des rivières"),
        "schools": ("directorate", "Écoles"),
    }
    assert (sorted(first), second) == (sorted(registered()), [])
    assert Entry.objects.filter(verb="organisation.registered").count() == 3


def test_a_directorate_called_otherwise_is_corrected_and_one_that_left_the_folder_stays() -> None:
    register.enter(CITY, at=AT)
    renamed = replace(RIVERS, name=Words("Direction de l’eau", "Water"))

    changed = register.enter(replace(CITY, directorates=(renamed,)), at=AT)

    assert changed == ["rivers"]
    assert registered()["rivers"] == (OrganisationKind.DIRECTORATE, "Direction de l’eau")
    assert "schools" in registered()


def test_a_register_kept_by_hand_is_left_alone() -> None:
    assert register.enter(City(names.forms("Aigrelune")), at=AT) == []
    assert registered() == {}
