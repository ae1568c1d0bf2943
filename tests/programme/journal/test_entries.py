# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Recording, erasing, unlinking: what is written, what is refused."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from datacity.kernel import bus
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.kernel.ref import Ref
from datacity.programme.journal import actions, queries
from datacity.programme.journal.models import Detail, Entry, Secret
from tests.factories.deeds import AT, Somebody, deed, offered

pytestmark = pytest.mark.django_db
OFFICER = Somebody(9, ("data_protection_officer",))


def test_an_entry_holds_the_deed_and_its_detail_the_payload() -> None:
    entry = deed(subject="dataset:bikes", payload={"rows": 3, "names": ["a", "b"]}, edition="2027")

    detail = Detail.objects.get(pk=entry.pk)
    assert (entry.verb, entry.publicity, str(entry.subject), entry.edition, entry.at) == (
        "thing.shown",
        "public",
        "dataset:bikes",
        "2027",
        AT,
    )
    assert detail.payload == '{"names":["a","b"],"rows":3}'
    assert entry.payload_digest == hashlib.sha256(bytes(detail.nonce) + detail.payload.encode()).hexdigest()
    assert len(bytes(detail.nonce)) == 32


def test_the_same_person_has_one_pseudonym_in_an_edition_and_another_in_the_next() -> None:
    first, second, other_edition, other_person = (
        deed(edition="2027"),
        deed(edition="2027"),
        deed(edition="2028"),
        deed(edition="2027", by=Somebody(2)),
    )

    assert first.actor == second.actor
    assert len({first.actor, other_edition.actor, other_person.actor}) == 3


@pytest.mark.parametrize(
    ("verb", "options", "refusal", "code"),
    [
        ("thing.invented", {}, Missing, "journal.unknown_verb"),
        ("thing.whispered", {}, Conflict, "journal.silent_verb"),
        ("thing.shown", {"payload": {"share": 0.5}}, Invalid, "journal.payload_kind"),
        ("thing.shown", {"at": AT.replace(tzinfo=None)}, Invalid, "journal.naive_time"),
    ],
)
def test_a_deed_that_cannot_be_recorded_leaves_nothing(
    verb: str, options: dict[str, Any], refusal: type[Exception], code: str
) -> None:
    with pytest.raises(refusal) as caught:
        deed(verb, **options)

    assert caught.value.code == code
    assert (Entry.objects.count(), Detail.objects.count(), Secret.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_deed_outside_a_transaction_is_refused() -> None:
    with pytest.raises(Conflict, match="outside its transaction"):
        actions.record(Somebody(), "thing.shown", Ref("thing", "1"), at=AT)

    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_when_its_deed_is_rolled_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- the whole transaction fails
        actions.record(Somebody(), "thing.shown", Ref("thing", "1"), at=AT)
        raise RuntimeError

    assert Entry.objects.count() == 0


def test_a_listener_hears_the_entry_in_the_deeds_transaction() -> None:
    heard: list[dict[str, Any]] = []
    with offered(listeners=[bus.Listener("thing.shown", run=lambda entry: heard.append(dict(entry)))]):
        entry = deed(payload={"n": 1})

    assert heard == [
        {
            "verb": "thing.shown",
            "subject": "thing:1",
            "actor": "person:1",
            "payload": {"n": 1},
            "at": AT,
            "edition": "city",
            "entry": entry.pk,
        }
    ]


def test_an_entry_is_not_written_when_a_listener_refuses() -> None:
    def refuse(_entry: Any) -> None:
        raise Conflict("thing.no", "No.")

    with offered(listeners=[bus.Listener("thing.shown", run=refuse)]), pytest.raises(Conflict):
        deed()

    assert Entry.objects.count() == 0


def test_erasing_empties_the_details_and_leaves_every_hash() -> None:
    entry = deed(payload={"text": "must go"})
    before = entry.leaf().hash()

    actions.erase(entry, by=OFFICER, at=AT, reason="Article 17")

    detail = Detail.objects.get(pk=entry.pk)
    assert (bytes(detail.nonce), detail.payload, queries.payload_of(entry)) == (b"", "", None)
    assert Entry.objects.get(pk=entry.pk).leaf().hash() == before
    noted = Entry.objects.get(verb="entry.erased")
    assert (str(noted.subject), queries.payload_of(noted)) == (f"entry:{entry.pk}", {"reason": "Article 17"})


def test_erasing_twice_is_refused() -> None:
    entry = deed()
    actions.erase(entry, by=OFFICER, at=AT, reason="Article 17")

    with pytest.raises(Conflict, match="already erased"):
        actions.erase(entry, by=OFFICER, at=AT, reason="Article 17")

    assert Entry.objects.filter(verb="entry.erased").count() == 1


def test_nobody_else_erases_or_unlinks() -> None:
    entry = deed(payload={"text": "stays"})

    for verb, thing in ((actions.erase, entry), (actions.unlink, Somebody().ref)):
        with pytest.raises(Forbidden):
            verb(thing, by=Somebody(2, ("auditor",)), at=AT, reason="curious")  # type: ignore[operator]

    assert queries.payload_of(entry) == {"text": "stays"}
    assert [str(ref) for ref in queries.actors_of([entry]).values()] == ["person:1"]


def test_an_unlinked_person_can_no_longer_be_told_nor_act() -> None:
    entry = deed()

    actions.unlink(Somebody().ref, by=OFFICER, at=AT, reason="Article 17")

    assert queries.actors_of([entry]) == {}
    assert list(queries.entries_by(Somebody().ref)) == []
    with pytest.raises(Conflict, match="unlinked"):
        deed()


def test_the_entries_of_a_person_are_found_across_editions() -> None:
    mine = [deed(edition="2027"), deed(edition="2028"), deed()]
    deed(by=Somebody(2))

    assert list(queries.entries_by(Somebody().ref)) == mine


def test_entries_that_wait_longer_than_a_minute_are_an_alarm() -> None:
    entry = deed()

    assert queries.late_entries(at=entry.recorded_at + timedelta(seconds=59)) == 0
    assert queries.late_entries(at=entry.recorded_at + timedelta(seconds=61)) == 1
