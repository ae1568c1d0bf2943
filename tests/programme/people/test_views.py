# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of people: what they show to whom, and what sending a form does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.ref import Ref
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Organisation, Person, RoleGrant, Session
from datacity.programme.people.rules import PersonState, Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def administrator(client: Client) -> Person:
    person = people.person(Role.ADMINISTRATOR, name="Aline Castaing")
    people.sign_in(client, person)
    return person


def test_guest_joins_by_the_page_and_is_signed_in(client: Client) -> None:
    invitation = people.invitation(role=Role.AGENT)
    address = f"/fr/invitation/{queries.token_of(invitation)}"
    assert client.get(address).status_code == 200

    answer = client.post(address, {"name": "Dina Okonjo", "language": "en", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/fr/account")
    page = client.get("/en/account").content.decode()
    assert "Dina Okonjo" in page
    assert "agent" in page
    assert client.get(address).status_code == 404


def test_weak_password_comes_back_beside_its_field_and_uses_nothing_up(client: Client) -> None:
    address = f"/en/invitation/{queries.token_of(people.invitation())}"

    answer = client.post(address, {"name": "Dina", "language": "en", "password": "court"})

    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    assert client.post(address, {"name": "Dina", "language": "en", "password": PASSWORD}).status_code == 302


def test_first_administrator_joins_with_an_address(client: Client) -> None:
    link = actions.make_first_link(at=now())

    answer = client.post(
        f"/fr/invitation/{queries.token_of(link)}",
        {"email": "Aline@Valmire.example", "name": "Aline", "language": "fr", "password": PASSWORD},
    )

    assert answer.status_code == 302
    assert Person.objects.get().holds_anywhere(Role.ADMINISTRATOR)
    assert client.get("/fr/people")["Location"] == "/fr/account/factors"


def test_invited_page_shows_the_link_on_a_home_without_mail(client: Client, administrator: Person) -> None:
    answer = client.post(
        "/fr/people/invite",
        {"email": "dina@valmire.example", "name": "", "language": "fr", "role": "juror", "scope": "edition:2027"},
    )

    guest = Person.objects.get(email="dina@valmire.example")
    assert answer.status_code == 200
    assert queries.invitation_address(guest.invitations.get(), "fr") in answer.content.decode()
    assert [(grant.role, grant.scope) for grant in guest.grants.all()] == [("juror", Ref("edition", "2027"))]


def test_invited_page_never_shows_the_link_where_mail_is_sent(
    client: Client, administrator: Person, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.valmire.example"  # type: ignore[attr-defined]  # pytest-django's settings

    answer = client.post("/fr/people/invite", {"email": "dina@valmire.example", "language": "fr"})

    assert (
        queries.token_of(Person.objects.get(email="dina@valmire.example").invitations.get())
        not in answer.content.decode()
    )


def test_scope_that_is_no_reference_is_refused_beside_its_field(client: Client, administrator: Person) -> None:
    answer = client.post("/en/people/invite", {"email": "dina@valmire.example", "language": "fr", "scope": "all of it"})

    assert (answer.status_code, Person.objects.count()) == (422, 1)
    assert "This is not a reference" in answer.content.decode()


def test_role_given_on_the_page_ends_after_its_last_day(client: Client, administrator: Person) -> None:
    person = people.person()

    answer = client.post(
        f"/fr/people/{person.pk}/role",
        {"role": "mentor", "scope": "", "end_day": "31", "end_month": "12", "end_year": "2099"},
    )

    assert answer.status_code == 302
    grant = RoleGrant.objects.get(person=person)
    assert grant.end is not None
    assert grant.end.astimezone(UTC).isoformat() == "2099-12-31T23:00:00+00:00"  # midnight in Paris


def test_impossible_role_says_why_on_the_form(client: Client, administrator: Person) -> None:
    officer = people.person(Role.DATA_PROTECTION_OFFICER)

    answer = client.post(f"/en/people/{officer.pk}/role", {"role": "representative", "scope": ""})

    assert answer.status_code == 422
    assert "advises and cannot also decide" in answer.content.decode()
    assert officer.grants.count() == 1


def test_account_is_closed_only_after_a_second_page(client: Client, administrator: Person) -> None:
    person = people.person()
    address = f"/fr/people/{person.pk}/deactivate"

    assert client.get(address).status_code == 200
    assert Person.objects.get(pk=person.pk).state is PersonState.ACTIVE
    assert client.post(address).status_code == 302
    assert Person.objects.get(pk=person.pk).state is PersonState.DEACTIVATED


def test_public_page_of_an_organisation_shows_capacities_without_names(client: Client) -> None:
    mandate = people.mandate(
        people.person(name="Claire Secrète"), people.organisation("Atelier Pixelle"), capacity="gérante"
    )

    public = client.get("/fr/organisations/atelier-pixelle").content.decode()
    people.sign_in(client, mandate.person)
    own = client.get("/fr/organisations/atelier-pixelle").content.decode()

    assert ("gérante" in public, "Claire Secrète" in public) == (True, False)
    assert "Claire Secrète" in own


def test_identifier_of_an_organisation_leads_to_its_page(client: Client) -> None:
    people.organisation("Atelier Pixelle")

    answer = client.get("/id/organisation/atelier-pixelle", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer["Location"]) == (303, "/en/organisations/atelier-pixelle")
    assert client.get("/id/spaceship/atelier-pixelle").status_code == 404


def test_export_is_a_file_with_what_is_stored(client: Client) -> None:
    person = people.person(Role.AGENT, name="Ana Dupuy")
    people.sign_in(client, person)

    answer = client.get("/fr/account/export")

    assert answer["Content-Disposition"] == 'attachment; filename="my-account.json"'
    assert json.loads(answer.content)["person"]["name"] == "Ana Dupuy"


def test_other_sessions_end_and_this_one_stays(client: Client) -> None:
    person = people.person()
    elsewhere = people.sign_in(Client(), person)
    people.sign_in(client, person)

    client.post("/fr/account/sessions")

    assert client.get("/fr/account").status_code == 200
    assert elsewhere.get("/fr/account").status_code == 302
    assert Session.objects.filter(person=person).count() == 1


@pytest.mark.parametrize("address", ["/fr/account", "/fr/people", "/en/organisations", "/fr/now/"])
def test_reading_a_page_writes_nothing(client: Client, administrator: Person, address: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200

    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
    assert len(captured) > 1


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/fr/people", "/fr/people?role=juror&q=personne", "/fr/people?format=csv"])
def test_directory_asks_as_many_queries_for_three_rows_as_for_one(
    client: Client, administrator: Person, address: str
) -> None:
    def add() -> None:
        person = people.person(Role.JUROR)
        people.mandate(person)

    add()
    one = _queries(client, address)
    add()
    add()

    assert _queries(client, address) == one


@pytest.mark.parametrize("address", ["/fr/organisations", "/fr/organisations?format=csv"])
def test_organisations_ask_as_many_queries_for_three_rows_as_for_one(client: Client, address: str) -> None:
    people.organisation()
    one = _queries(client, address)
    people.organisation()
    people.organisation()

    assert _queries(client, address) == one


def test_organisation_page_asks_as_many_queries_for_three_mandates_as_for_one(
    client: Client, administrator: Person
) -> None:
    organisation = people.organisation("Atelier Pixelle")
    people.mandate(organisation_=organisation)
    one = _queries(client, "/fr/organisations/atelier-pixelle")
    people.mandate(organisation_=organisation)
    people.mandate(organisation_=organisation)

    assert _queries(client, "/fr/organisations/atelier-pixelle") == one


def test_directory_filters_by_role_and_state(client: Client, administrator: Person) -> None:
    people.person(Role.JUROR, name="Juré Un")
    people.person(name="Sans Rôle")

    jurors = client.get("/fr/people?role=juror").content.decode()
    invited = client.get("/fr/people?state=invited").content.decode()

    assert ("Juré Un" in jurors, "Sans Rôle" in jurors) == (True, False)
    assert "Juré Un" not in invited


def test_administrators_see_unused_invitations_and_roles_that_end_soon(client: Client, administrator: Person) -> None:
    actions.invite("dina@valmire.example", by=administrator, at=now(), name="Dina Okonjo")
    mentor = people.person(name="Marc Olin")
    actions.grant_role(mentor, Role.MENTOR, by=administrator, at=now(), end=now() + timedelta(days=5))

    page = client.get("/en/now/").content.decode()

    assert "Dina Okonjo" in page
    assert "Renew or let end: mentor of Marc Olin" in page
    assert "/en/people" in page
    people.sign_in(client, mentor)
    assert "Dina Okonjo" not in client.get("/en/now/").content.decode()


def test_registering_an_organisation_leads_to_its_page(client: Client, administrator: Person) -> None:
    answer = client.post(
        "/fr/organisations/register", {"name_fr": "Atelier Nord", "name_en": "", "kind": "team", "register_number": ""}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/fr/organisations/atelier-nord")
    assert Organisation.objects.get().registered_at <= now()
