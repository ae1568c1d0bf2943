# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The lists of people: persons for administrators, organisations for everybody."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.parts import Tone
from datacity.frame.tables import Table
from datacity.programme.people.models import Organisation, Person, RoleGrant
from datacity.programme.people.queries import kind_choices, role_choices
from datacity.programme.people.rules import PersonState

STATE_NAMES = {
    PersonState.INVITED: gettext_lazy("invited"),
    PersonState.ACTIVE: gettext_lazy("active"),
    PersonState.DEACTIVATED: gettext_lazy("deactivated"),
}
STATE_TONES = {PersonState.INVITED: Tone.INFO, PersonState.ACTIVE: Tone.SUCCESS, PersonState.DEACTIVATED: Tone.NEUTRAL}
_STATE_CONDITIONS = {
    PersonState.INVITED: Q(joined_at__isnull=True, deactivated_at__isnull=True),
    PersonState.ACTIVE: Q(joined_at__isnull=False, deactivated_at__isnull=True),
    PersonState.DEACTIVATED: Q(deactivated_at__isnull=False),
}


def state_tag(person: Person) -> tuple[str, str]:
    """Give the state of an account as words and tone."""
    return str(STATE_NAMES[person.state]), STATE_TONES[person.state]


def scope_name(grant: RoleGrant) -> str:
    """Give where a role holds: "" in the whole city, else the reference in brackets."""
    return "" if grant.scope.kind == "city" else f" ({grant.scope})"


def _roles(person: Any) -> str:
    """Give the running roles of a person of `queries.directory`."""
    return ", ".join(_(grant.role_name) + scope_name(grant) for grant in person.running_grants)


def _in_state(rows: QuerySet[Person], value: str) -> QuerySet[Person]:
    return rows.filter(_STATE_CONDITIONS[PersonState(value)])


def _with_role(rows: QuerySet[Person], value: str) -> QuerySet[Person]:
    return rows.filter(pk__in=RoleGrant.objects.filter(role=value, end__isnull=True).values("person"))


class PersonTable(Table):
    """Persons with their roles; rows come from `queries.directory`."""

    caption = gettext_lazy("Persons")
    name = "persons"
    search = ("name", "email")
    search_label = gettext_lazy("Name or mail address")
    order = "name"
    empty = gettext_lazy("Nobody has an account yet.")
    filters = (
        ChoiceFilter("role", gettext_lazy("Role"), role_choices, apply=_with_role),
        ChoiceFilter(
            "state",
            gettext_lazy("State"),
            lambda: [(state.value, name) for state, name in STATE_NAMES.items()],
            apply=_in_state,
        ),
    )
    columns = (
        Column("name", gettext_lazy("Name"), lambda person: person.name or person.email, sort="name", head=True,
               link=lambda person: reverse("people:person", kwargs={"number": person.pk})),
        Column("email", gettext_lazy("Mail address"), sort="email"),
        Column("roles", gettext_lazy("Roles"), _roles),
        Column("state", gettext_lazy("State"), state_tag, kind=Kind.TAG),
        Column("joined", gettext_lazy("Joined"), "joined_at", kind=Kind.DAY, sort="joined_at"),
    )  # fmt: skip


def _organisation_state(organisation: Organisation) -> tuple[str, str]:
    return (_("takes part"), Tone.SUCCESS) if organisation.left_at is None else (_("has left"), Tone.NEUTRAL)


class OrganisationTable(Table):
    """Who takes part."""

    caption = gettext_lazy("Organisations")
    name = "organisations"
    search = ("name", "slug", "register_number")
    search_label = gettext_lazy("Name or register number")
    order = "name"
    empty = gettext_lazy("No organisation is registered yet.")
    filters = (ChoiceFilter("kind", gettext_lazy("Kind"), kind_choices),)
    columns = (
        Column("name", gettext_lazy("Name"), sort="slug", head=True,
               link=lambda row: reverse("people:organisation", kwargs={"slug": row.slug})),
        Column("kind", gettext_lazy("Kind"), lambda row: _(row.kind_name), sort="kind"),
        Column("register_number", gettext_lazy("Register number"), sort="register_number"),
        Column("state", gettext_lazy("State"), _organisation_state, kind=Kind.TAG),
    )  # fmt: skip
