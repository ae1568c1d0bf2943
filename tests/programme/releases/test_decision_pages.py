# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The representative decides on the page, and everybody reads it; a version is taken back."""

from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict
from datacity.programme.jobs.models import Job
from datacity.programme.journal.models import Entry
from datacity.programme.journal.queries import payload_of
from datacity.programme.people.actions import grant_role
from datacity.programme.people.models import Person
from datacity.programme.people.rules import OrganisationKind, Role
from datacity.programme.releases.actions import fail_release
from datacity.programme.releases.models import Clearance, Release, Withdrawal
from datacity.programme.releases.rules import contest_until
from tests.factories import data, decisions
from tests.factories.people import PASSWORD, code, mandate, organisation, person, sign_in

pytestmark = pytest.mark.django_db
WITHDRAW = {"ground": "personal", "reason": "Un compteur isolé révélait une personne."}


def right() -> dict[str, str]:
    """What clears, with a code of this half minute."""
    return {"outcome": "given", "reason": decisions.REASON, "password": PASSWORD, "code": code()}


@pytest.fixture(autouse=True)
def _no_passwords_tried() -> None:
    """Forget the passwords other tests tried: numbers of persons come again after a test."""
    cache.clear()


@pytest.fixture
def representative(client: Client) -> Person:
    who = decisions.representative()
    sign_in(client, who)
    return who


def test_table_cleared_on_the_page_starts_to_be_published(client: Client, representative: Person) -> None:
    made = decisions.presented()

    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    clearance = Clearance.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/en/decisions/{made.pk}/taken/")
    assert (clearance.outcome, clearance.person, clearance.capacity) == (
        "given",
        representative,
        "directrice des données",
    )
    page = client.get(answer["Location"]).content.decode()
    assert ("Release a cleared version" in page, "appears in the catalogue" in page) == (True, True)


def test_table_refused_on_the_page_leaves_nothing_and_its_reason_is_public(
    client: Client, representative: Person
) -> None:
    made = decisions.presented()

    client.post(f"/en/decisions/{made.pk}/decide/", {**right(), "outcome": "refused"})

    page = Client().get(f"/en/decisions/{made.pk}/decision/").content.decode()
    assert ("Refused" in page, decisions.REASON in page, "Claire Fontanel, directrice des données" in page) == (
        True,
        True,
        True,
    )
    assert "How to contest it" in page
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"password": "autre chose"}, "This is not your password."),
        ({"password": ""}, "This field is required."),
        ({"code": "000000"}, "This code is not right."),
        ({"code": ""}, "This field is required."),
        ({"outcome": ""}, "This field is required."),
        ({"outcome": "later"}, "Select a valid choice"),
        ({"reason": "Oui."}, "Give the reason in words that will be published"),
    ],
)
def test_decision_that_lacks_something_comes_back_and_nothing_is_decided(
    client: Client, representative: Person, wrong: dict[str, Any], message: str
) -> None:
    made = decisions.presented()

    answer = client.post(f"/en/decisions/{made.pk}/decide/", {**right(), **wrong})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert (Clearance.objects.exists(), Job.objects.filter(name="releases.release").exists()) == (False, False)
    assert client.post(f"/en/decisions/{made.pk}/decide/", right()).status_code == 302


def test_decision_page_asks_for_nothing_beforehand(client: Client, representative: Person) -> None:
    made = decisions.presented()

    page = client.get(f"/en/decisions/{made.pk}/decide/").content.decode()

    assert ("checked" in page, "against the opinion" in page) == (False, False)
    assert "directrice des données" in page


def test_clearing_against_the_opinion_asks_why_on_the_page(client: Client, representative: Person) -> None:
    made = decisions.presented(axes=data.POSSIBLE_AXES)
    decisions.opined(made, "unfavourable")
    address = f"/en/decisions/{made.pk}/decide/"

    without = client.post(address, right())
    nothing_yet = Clearance.objects.exists()
    answer = client.post(address, {**right(), "against_opinion": "Les nuits sont regroupées depuis cet avis."})

    assert (without.status_code, nothing_yet, answer.status_code) == (422, False, 302)
    assert "say why you clear all the same" in without.content.decode()
    public = client.get(f"/en/decisions/{made.pk}/decision/").content.decode()
    assert ("Unfavourable" in public, "Les nuits sont regroupées depuis cet avis." in public) == (True, True)


def test_page_says_why_a_table_cannot_be_decided_on_yet(client: Client, representative: Person) -> None:
    made = decisions.presented(axes=decisions.BOTH_AXES)

    page = client.get(f"/en/decisions/{made.pk}/decide/").content.decode()
    answer = client.post(f"/en/decisions/{made.pk}/decide/", {**right(), "outcome": "refused"})

    assert "officer&#x27;s opinion is needed" in page
    assert "collective review is needed" in page
    assert "Take the decision" not in page
    assert (answer.status_code, Clearance.objects.exists()) == (422, False)


def test_depositor_reads_why_they_cannot_decide(client: Client) -> None:
    who = decisions.representative()
    grant_role(who, Role.AGENT, by=SYSTEM, at=data.NOW.replace(year=2020))
    who.forget_roles()
    made = decisions.presented(depositor=who)
    sign_in(client, who)

    page = client.get(f"/en/decisions/{made.pk}/decide/").content.decode()
    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    assert "Who deposited the file cannot clear it." in page
    assert (answer.status_code, Clearance.objects.exists()) == (422, False)


def test_representative_without_a_mandate_reads_whom_to_ask(client: Client) -> None:
    made = decisions.presented()
    sign_in(client, person(Role.REPRESENTATIVE, password=PASSWORD))

    page = client.get(f"/en/decisions/{made.pk}/decide/").content.decode()
    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    assert "no running mandate" in page
    assert (answer.status_code, Clearance.objects.exists()) == (403, False)


def test_table_that_must_stay_can_only_be_refused(client: Client, representative: Person) -> None:
    made = decisions.presented(axes=decisions.BOTH_AXES)
    decisions.opined(made)
    decisions.reviewed(made, "must_stay")
    address = f"/en/decisions/{made.pk}/decide/"

    page = client.get(address).content.decode()
    cleared = client.post(address, right())
    nothing_yet = Clearance.objects.exists()
    refused = client.post(address, {**right(), "outcome": "refused"})

    assert ("Clear it: it leaves" in page, "it can be refused, not cleared" in page) == (False, True)
    assert (cleared.status_code, nothing_yet, refused.status_code) == (422, False, 302)


def test_table_is_decided_on_once(client: Client, representative: Person) -> None:
    made = decisions.decided("refused").protection

    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    assert (answer.status_code, Clearance.objects.get().outcome) == (409, "refused")


def test_officer_decides_nothing(client: Client) -> None:
    made = decisions.presented()
    sign_in(client, decisions.officer())

    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    assert (answer.status_code, Clearance.objects.exists()) == (403, False)


@pytest.mark.parametrize(
    "address", ["/fr/decisions/register/", "/en/decisions/register/?outcome=given&format=csv", "/fr/decisions/"]
)
def test_register_asks_as_many_queries_for_three_decisions_as_for_one(client: Client, address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    decisions.decided()
    one = queries()
    decisions.decided("refused")
    decisions.released()

    assert queries() == one


def test_register_finds_a_refusal_by_its_reason(client: Client) -> None:
    decisions.decided("refused", protection=decisions.presented(title="Adresses des clubs"))
    decisions.decided(protection=decisions.presented(title="Stations de vélos"))

    page = client.get("/fr/decisions/register/?outcome=refused&q=identifiable").content.decode()

    assert ("Adresses des clubs" in page, "Stations de vélos" in page) == (True, False)


def test_decisions_page_shows_the_latest_with_their_reason(client: Client) -> None:
    assert decisions.REASON not in client.get("/fr/decisions/").content.decode()

    decisions.decided("refused")

    page = client.get("/fr/decisions/").content.decode()
    assert decisions.REASON in page
    assert "/fr/decisions/register/" in page


def test_failed_release_is_published_again_from_its_page(client: Client, representative: Person) -> None:
    clearance = decisions.decided()
    Release.objects.update(failure={"code": "x", "message": "The disk is full.", "hint": "", "values": {}})
    page = client.get(f"/en/decisions/{clearance.protection_id}/decision/").content.decode()
    before = Job.objects.filter(name="releases.release").count()

    answer = client.post(f"/en/decisions/{clearance.protection_id}/again/")

    assert ("The disk is full." in page, "Publish again" in page) == (True, True)
    assert (answer.status_code, Release.objects.get().failure) == (302, {})
    assert Job.objects.filter(name="releases.release").count() == before + 1


def test_reason_of_a_failed_release_is_not_for_visitors(client: Client) -> None:
    clearance = decisions.decided()
    Release.objects.update(failure={"code": "x", "message": "The disk is full.", "hint": "", "values": {}})

    page = client.get(f"/en/decisions/{clearance.protection_id}/decision/").content.decode()
    answer = client.post(f"/en/decisions/{clearance.protection_id}/again/")

    assert ("The disk is full." in page, "Publish again" in page) == (False, False)
    assert (answer.status_code, Release.objects.get().failure != {}) == (302, True)


def test_public_version_cannot_be_published_again(client: Client, representative: Person) -> None:
    release = decisions.released()
    before = Job.objects.count()

    answer = client.post(f"/en/decisions/{release.clearance.protection_id}/again/")

    assert (answer.status_code, Job.objects.count()) == (409, before)


def test_version_is_withdrawn_after_a_last_look_and_the_proof(client: Client, representative: Person) -> None:
    release = decisions.released()
    address = f"/en/decisions/{release.clearance.protection_id}/withdraw/"

    look = client.post(address, WITHDRAW)
    nothing_yet = Withdrawal.objects.exists()
    answer = client.post(address, {**WITHDRAW, "password": PASSWORD, "code": code()})

    assert (look.status_code, nothing_yet, answer.status_code) == (200, False, 302)
    assert "cannot be called back" in look.content.decode()
    release.refresh_from_db()
    assert (release.state, Withdrawal.objects.get().ground) == ("withdrawn", "personal")
    public = Client().get(answer["Location"]).content.decode()
    assert (WITHDRAW["reason"] in public, "Somebody can be recognised" in public) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ground": ""}, "This field is required."),
        ({"ground": "wish"}, "Select a valid choice"),
        ({"reason": "Voilà."}, "Give the reason in words that will be published"),
        ({"password": "autre chose", "code": "000000"}, "This is not your password."),
        ({"password": PASSWORD, "code": "000000"}, "This code is not right."),
        ({"password": ""}, "This field is required."),
        ({"password": PASSWORD, "ground": "wish"}, "Select a valid choice"),
    ],
)
def test_withdrawal_that_lacks_something_takes_nothing_back(
    client: Client, representative: Person, wrong: dict[str, Any], message: str
) -> None:
    release = decisions.released()

    answer = client.post(f"/en/decisions/{release.clearance.protection_id}/withdraw/", {**WITHDRAW, **wrong})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert (Release.objects.get().state, Withdrawal.objects.exists()) == ("released", False)


def test_refused_table_has_no_withdrawal_page(client: Client, representative: Person) -> None:
    number = decisions.decided("refused").protection_id

    pages = [client.get(f"/en/decisions/{number}/{page}/").status_code for page in ("withdraw", "withdrawal")]

    assert pages == [404, 404]


def test_version_under_way_is_not_withdrawn(client: Client, representative: Person) -> None:
    number = decisions.decided().protection_id

    answer = client.post(f"/en/decisions/{number}/withdraw/", {**WITHDRAW, "password": PASSWORD, "code": code()})

    assert (answer.status_code, Withdrawal.objects.exists()) == (409, False)


def test_now_page_tells_each_person_their_turn(client: Client, representative: Person) -> None:
    decisions.presented(title="Prête")
    decisions.presented(axes=data.POSSIBLE_AXES, title="Sensible")

    own = client.get("/en/now/").content.decode()
    officer = sign_in(client, decisions.officer()).get("/en/now/").content.decode()
    agent = sign_in(client, person(Role.AGENT)).get("/en/now/").content.decode()

    assert "Decide on Prête: clear or refuse" in own
    assert "Waiting for the data protection officer" in own
    assert ("Give your opinion on Sensible" in officer, "Prête: the decision" in officer) == (True, True)
    assert ("Prête" in agent, "Sensible" in agent) == (False, False)


def test_own_deposit_is_not_shown_as_a_decision_to_take(client: Client) -> None:
    who = decisions.representative()
    grant_role(who, Role.AGENT, by=SYSTEM, at=data.NOW.replace(year=2020))
    who.forget_roles()
    decisions.presented(depositor=who, title="Déposée par elle")

    page = sign_in(client, who).get("/en/now/").content.decode()

    assert "Decide on Déposée par elle" not in page
    assert "Déposée par elle: the decision" in page


def test_failure_of_a_release_is_an_entry_that_only_auditors_read() -> None:
    decisions.decided()
    release = Release.objects.get()

    fail_release(release.pk, Conflict("x.y", "No."), by=SYSTEM, at=data.NOW, finish=lambda: None)

    entry = Entry.objects.get(verb="release.failed")
    assert (entry.publicity, Release.objects.get().failure["code"]) == ("restricted", "x.y")


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (date(2026, 11, 24), date(2027, 1, 24)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 7, 1), date(2027, 9, 1)),
    ],
)
def test_a_decision_can_be_contested_for_two_months(decided: date, last: date) -> None:
    assert contest_until(decided) == last


def test_mandate_for_a_partner_gives_no_capacity_to_decide(client: Client) -> None:
    made = decisions.presented()
    who = person(Role.REPRESENTATIVE, password=PASSWORD)
    mandate(who, organisation(kind=OrganisationKind.PARTNER))
    sign_in(client, who)

    answer = client.post(f"/en/decisions/{made.pk}/decide/", right())

    assert (answer.status_code, Clearance.objects.exists()) == (403, False)


def test_code_that_decided_once_decides_nothing_else(client: Client, representative: Person) -> None:
    one, other = decisions.presented(title="Une"), decisions.presented(title="Autre")

    first = client.post(f"/en/decisions/{one.pk}/decide/", right())
    again = client.post(f"/en/decisions/{other.pk}/decide/", right())

    assert (first.status_code, again.status_code) == (302, 422)
    assert "This code was used already." in again.content.decode()
    assert Clearance.objects.count() == 1


def test_refusal_of_the_reason_spends_no_code(client: Client, representative: Person) -> None:
    made = decisions.presented()
    now = right()

    client.post(f"/en/decisions/{made.pk}/decide/", {**now, "reason": "Oui."})

    assert client.post(f"/en/decisions/{made.pk}/decide/", now).status_code == 302


@pytest.mark.parametrize("page", ["decide", "withdraw"])
def test_representative_without_a_second_factor_is_led_to_set_one_up(
    client: Client, representative: Person, page: str
) -> None:
    number = (decisions.presented() if page == "decide" else decisions.released().clearance.protection).pk
    Authenticator.objects.all().delete()

    answers = [client.get(f"/en/decisions/{number}/{page}/"), client.post(f"/en/decisions/{number}/{page}/", right())]

    assert [answer["Location"] for answer in answers] == ["/en/account/factors"] * 2
    assert (Clearance.objects.filter(outcome="given").count(), Withdrawal.objects.exists()) == (
        page == "withdraw",
        False,
    )


def test_journal_says_how_the_representative_proved_who_decides(client: Client, representative: Person) -> None:
    client.post(f"/en/decisions/{decisions.presented().pk}/decide/", right())

    entry = Entry.objects.get(verb="clearance.given")
    assert payload_of(entry)["identity"] == "password and code"
