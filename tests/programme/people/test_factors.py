# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Second factors of an account: set up, spent once, taken away, reset; their secrets never lie open."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import connection
from django.test import Client

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Forbidden, Invalid
from datacity.programme.journal.models import Detail, Entry
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Person, Session
from datacity.programme.people.rules import Factor, Proof, Role
from tests.factories import people
from tests.factories.people import PASSWORD, SECRET

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 9, 0, 12, tzinfo=UTC)
STEP = timedelta(seconds=30)


def set_up(person: Person, at: datetime = AT) -> Authenticator:
    """The person sets up an app."""
    return actions.add_code_app(person, SECRET, people.code(at), by=person, at=at)


def kinds(person: Person) -> list[str]:
    """The kinds of factor the person has."""
    return sorted(row.type for row in queries.factors_of(person))


def verbs(person: Person) -> list[str]:
    """What the journal says of the person's factors, oldest first."""
    entries = Entry.objects.filter(subject=person.ref, verb__contains="factor") | Entry.objects.filter(
        subject=person.ref, verb__contains="recovery"
    )
    return list(entries.order_by("pk").values_list("verb", flat=True))


def test_app_is_set_up_with_a_right_code_and_recovery_codes_come_with_it() -> None:
    ana = people.person()

    with pytest.raises(Invalid) as refusal:
        actions.add_code_app(ana, SECRET, "000000", by=ana, at=AT)
    nothing_yet = kinds(ana)
    set_up(ana)

    assert (refusal.value.field, nothing_yet) == ("code", [])
    assert (kinds(ana), ana.has_second_factor) == (["recovery_codes", "totp"], True)
    assert len(queries.codes_left(ana)) == 10
    assert verbs(ana) == ["person.factor_added"]


def test_second_app_is_refused() -> None:
    ana = people.person()
    set_up(ana)

    with pytest.raises(Conflict) as refusal:
        set_up(ana, AT + STEP)

    assert refusal.value.code == "people.has_code_app"
    assert kinds(ana) == ["recovery_codes", "totp"]


def test_nobody_sets_up_a_factor_for_somebody_else() -> None:
    ana, boss = people.person(), people.person(Role.ADMINISTRATOR)

    with pytest.raises(Forbidden):
        actions.add_code_app(ana, SECRET, people.code(AT), by=boss, at=AT)

    assert kinds(ana) == []


def test_sessions_begun_without_the_factor_end_when_it_is_set_up() -> None:
    ana, here, elsewhere = people.person(password=PASSWORD), Client(), Client()
    for browser in (here, elsewhere):
        people.sign_in(browser, ana)
    key = here.session.session_key

    actions.add_code_app(ana, SECRET, people.code(AT), by=ana, at=AT, keep=key)

    assert list(Session.objects.filter(person=ana).values_list("session_key", flat=True)) == [key]


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_code_counts_when_a_clock_is_one_step_early_or_late(late: int) -> None:
    ana = people.person()
    set_up(ana, AT - 10 * STEP)

    assert actions.spend_code(ana, people.code(AT, steps=late), at=AT) is Proof.CODE


@pytest.mark.parametrize("late", [-2, 2])
def test_code_of_two_steps_away_is_wrong(late: int) -> None:
    ana = people.person()
    set_up(ana, AT - 10 * STEP)

    with pytest.raises(Invalid) as refusal:
        actions.spend_code(ana, people.code(AT, steps=late), at=AT)

    assert refusal.value.code == "people.wrong_code"


def test_code_counts_once_and_older_ones_no_more() -> None:
    ana = people.person()
    set_up(ana, AT - 10 * STEP)
    actions.spend_code(ana, people.code(AT), at=AT)

    refusals = []
    for steps, at in ((0, AT), (-1, AT), (0, AT + STEP)):
        with pytest.raises(Invalid) as refusal:
            actions.spend_code(ana, people.code(AT, steps=steps), at=at)
        refusals.append((refusal.value.code, refusal.value.field))

    assert refusals == [("people.code_used", "code")] * 3
    assert actions.spend_code(ana, people.code(AT + STEP), at=AT + STEP) is Proof.CODE


def test_code_that_set_the_app_up_does_not_sign_in_as_well() -> None:
    ana = people.person()
    set_up(ana)

    with pytest.raises(Invalid) as refusal:
        actions.spend_code(ana, people.code(AT), at=AT)

    assert refusal.value.code == "people.code_used"


def test_spaces_in_a_code_do_not_matter_and_other_signs_are_wrong() -> None:
    ana = people.person()
    set_up(ana, AT - 10 * STEP)
    digits = people.code(AT)

    for wrong in ("", "12345", "abcdef", "१२३४५६", digits + "0"):
        with pytest.raises(Invalid):
            actions.spend_code(ana, wrong, at=AT)

    assert actions.spend_code(ana, f" {digits[:3]} {digits[3:]} ", at=AT) is Proof.CODE


def test_recovery_code_works_once_and_is_journaled() -> None:
    ana = people.person()
    set_up(ana)
    code = queries.codes_left(ana)[3]

    proof = actions.spend_code(ana, code, at=AT)
    with pytest.raises(Invalid):
        actions.spend_code(ana, code, at=AT)

    assert (proof, len(queries.codes_left(ana)), code in queries.codes_left(ana)) == (Proof.RECOVERY_CODE, 9, False)
    assert verbs(ana) == ["person.factor_added", "person.recovery_code_used"]


def test_new_recovery_codes_make_the_old_ones_useless() -> None:
    ana = people.person()
    set_up(ana)
    old = queries.codes_left(ana)

    actions.make_codes(ana, by=ana, at=AT)

    new = queries.codes_left(ana)
    assert (len(new), set(old) & set(new)) == (10, set())
    with pytest.raises(Invalid):
        actions.spend_code(ana, old[0], at=AT)


def test_recovery_codes_are_not_made_for_who_has_no_factor() -> None:
    ana = people.person()

    with pytest.raises(Conflict):
        actions.make_codes(ana, by=ana, at=AT)

    assert kinds(ana) == []


def test_recovery_codes_go_with_the_last_factor() -> None:
    ana = people.person()
    app = set_up(ana)
    passkey = actions.add_passkey(ana, {"id": "x"}, "clé bleue", by=ana, at=AT)

    actions.remove_factor(app, by=ana, at=AT)
    with_passkey = kinds(ana)
    actions.remove_factor(passkey, by=ana, at=AT)

    assert (with_passkey, kinds(ana), ana.has_second_factor) == (["recovery_codes", "webauthn"], [], False)
    assert verbs(ana) == [
        "person.factor_added",
        "person.factor_added",
        "person.factor_removed",
        "person.factor_removed",
    ]


def test_passkey_is_renamed_by_its_person_alone() -> None:
    ana = people.person()
    passkey = actions.add_passkey(ana, {"id": "x"}, "clé bleue", by=ana, at=AT)

    actions.rename_passkey(passkey, "  clé   du bureau ", by=ana)

    assert queries.factors_of(ana)[0].data == {"name": "clé du bureau", "credential": {"id": "x"}}
    with pytest.raises(Forbidden):
        actions.rename_passkey(passkey, "à moi", by=people.person())
    with pytest.raises(Invalid) as refusal:
        actions.rename_passkey(passkey, " ", by=ana)
    assert refusal.value.field == "name"


def test_role_of_administrator_counts_only_with_a_second_factor() -> None:
    boss = people.person()
    actions.grant_role(boss, Role.ADMINISTRATOR, by=SYSTEM, at=people.long_ago())

    without = (boss.has_role(Role.ADMINISTRATOR), boss.lacks_factor())
    people.code_app(boss)

    assert (without, boss.has_role(Role.ADMINISTRATOR), boss.lacks_factor()) == ((False, True), True, False)


def test_administrator_resets_the_factors_of_who_lost_them() -> None:
    ana, boss, browser = people.person(password=PASSWORD), people.person(Role.ADMINISTRATOR), Client()
    set_up(ana)
    people.sign_in(browser, ana)

    gone = actions.reset_factors(ana, by=boss, at=AT)

    assert (gone, kinds(ana), Session.objects.filter(person=ana).exists()) == (1, [], False)
    assert verbs(ana)[-1] == "person.factors_reset"
    letter = queries.letter("person.factors_reset", ana.ref, AT)
    assert letter is not None
    assert (letter.to, "/fr/account/factors" in letter.text) == (ana.email, True)


@pytest.mark.parametrize("who", ["another", "themselves", "nobody to reset"])
def test_factors_are_not_reset_by_others_by_oneself_or_when_there_are_none(who: str) -> None:
    ana, boss = people.person(), people.person(Role.ADMINISTRATOR)
    target = boss if who == "themselves" else ana
    if who == "another":
        set_up(ana)
    by = people.person(Role.AGENT) if who == "another" else boss

    with pytest.raises(Conflict if who == "nobody to reset" else Forbidden):
        actions.reset_factors(target, by=by, at=AT)

    assert kinds(target) == {"another": ["recovery_codes", "totp"], "themselves": ["totp"], "nobody to reset": []}[who]


def test_secrets_lie_encrypted_and_open_with_the_key_of_the_home() -> None:
    ana = people.person()
    set_up(ana)
    app, codes = Authenticator.objects.get(type="totp"), Authenticator.objects.get(type="recovery_codes")

    assert decrypt(app.data["secret"]) == SECRET
    seed = decrypt(codes.data["seed"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = json.dumps(cursor.fetchall(), default=str)
    assert (SECRET in stored, seed in stored, Path(settings.KEYS, "vault.key").read_text() in stored) == (False,) * 3


def test_journal_names_kinds_of_factor_and_nothing_else() -> None:
    ana = people.person()
    actions.remove_factor(set_up(ana), by=ana, at=AT)

    entries = Entry.objects.filter(verb__startswith="person.factor_").order_by("pk")
    payloads = [json.loads(Detail.objects.get(pk=entry.pk).payload) for entry in entries]

    assert payloads == [{"factor": "totp"}, {"factor": "totp"}]
    assert {entry.publicity for entry in entries} == {"restricted"}


def test_export_tells_which_factors_there_are_and_no_secret() -> None:
    ana = people.person()
    set_up(ana)

    stored = queries.what_is_stored(ana, AT)["second_factors"]

    assert [each["kind"] for each in stored] == ["code_app", "recovery_codes"]
    assert SECRET not in json.dumps(stored)


def test_letters_follow_every_change_of_factors() -> None:
    ana = people.person(language="en")
    changes = ("factor_added", "factor_removed", "factors_reset", "recovery_codes_made", "recovery_code_used")

    letters = [queries.letter(f"person.{change}", ana.ref, AT) for change in changes]

    assert len({letter.text for letter in letters if letter}) == 5
    assert all(letter and letter.to == ana.email and "/en/account/factors" in letter.text for letter in letters)
    assert Factor.CODE_APP.value not in "".join(letter.text for letter in letters if letter)
