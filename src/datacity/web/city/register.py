# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The city and its directorates in the register of organisations, as its folder names them."""

from datetime import datetime

from datacity.frame.city import City, Directorate
from datacity.kernel.actor import SYSTEM
from datacity.programme.people.actions import change_organisation, register_organisation
from datacity.programme.people.models import Organisation
from datacity.programme.people.rules import OrganisationKind


def enter(city: City, *, at: datetime) -> list[str]:
    """Register what is new and correct what is called otherwise; give the slugs of what changed.

    Without directorates nothing is entered: a city that keeps its register by hand is left alone. One that left the folder stays in the
    register, since mandates and deposits may name it; a person notes there that it left.
    """
    if not city.directorates:
        return []
    entered = []
    if not Organisation.objects.filter(kind=OrganisationKind.CITY).exists():
        entered.append(register_organisation(city.names.title, OrganisationKind.CITY, by=SYSTEM, at=at).slug)
    return entered + [each.slug for each in city.directorates if _entered(each, at)]


def _entered(listed: Directorate, at: datetime) -> bool:
    row = Organisation.objects.filter(slug=listed.slug).first()
    if row is None:
        register_organisation(listed.name, OrganisationKind.DIRECTORATE, by=SYSTEM, at=at, slug=listed.slug)
        return True
    if row.name == listed.name:
        return False
    change_organisation(row, name=listed.name, kind=row.kind, register_number=row.register_number, by=SYSTEM, at=at)
    return True
