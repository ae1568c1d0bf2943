# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What happens in Valmire, in time order: a beginning that is there before the first page, then chapters made as jobs.

Every part can be played again: what happened already is left as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from datacity.kernel import policy
from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict
from datacity.kernel.ref import CITY
from datacity.kernel.words import Words
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.rules import State as DepositState
from datacity.programme.editions import actions as editions
from datacity.programme.editions.actions import Outline
from datacity.programme.editions.models import Edition
from datacity.programme.editions.rules import State as EditionState
from datacity.programme.journal.actions import record
from datacity.programme.journal.models import Entry
from datacity.programme.journal.queries import payload_of
from datacity.programme.people import actions as people
from datacity.programme.people.models import Organisation, Person
from datacity.programme.people.rules import Proof, Role
from datacity.programme.releases import actions as releases
from datacity.programme.releases.models import Release
from datacity.programme.releases.queries import withdraw_job
from datacity.programme.releases.rules import State as ReleaseState
from datacity.web.demo import BEFORE, council, crowd, factor
from datacity.web.demo.cast import BODIES, CAST, PASSWORD, Body, Part
from datacity.web.demo.gate import Told, Way
from datacity.web.demo.rules import BEGUN, COMPLETED
from datacity.web.demo.stage import Stage, stage
from datacity.web.demo.subjects import released, waiting
from datacity.web.demo.subjects.subject import Days, Subject

EDITION = "premiere-edition"
ARCHIVE_DAYS = Days(deposited=18, described=18, protected=18, presented=18, reviewed=18, opined=18, decided=18)


@dataclass(frozen=True)
class Begun:
    """When the demonstration was first started, and its size."""

    start: datetime
    scale: int


@dataclass(frozen=True)
class Chapter:
    """A part of the story: what it is called, and how it is played."""

    name: str
    play: Callable[[Stage, Told], None]


def begun() -> Begun | None:
    """Give when and how large the demonstration of this home was begun; None when it was not."""
    entry = Entry.objects.filter(verb=BEGUN).order_by("pk").first()
    if entry is None:
        return None
    payload = payload_of(entry) or {}
    return Begun(
        datetime.fromisoformat(payload["start"]) if payload else entry.at + BEFORE, int(payload.get("scale", 1))
    )


def begin(*, start: datetime, scale: int) -> Begun:
    """Make the first entry of the journal: this home is a demonstration. Given back when it was made before.

    Raises Conflict when the home has other entries already: it was used for something else.
    """
    before = begun()
    if before is not None:
        return before
    if Entry.objects.exists():
        raise Conflict(
            "demo.not_empty", "This home has a journal already; a demonstration begins on an empty one.", hint="Start with another --home."
        )  # fmt: skip
    with transaction.atomic():
        payload = {"city": "Valmire", "start": start.isoformat(), "scale": scale}
        record(SYSTEM, BEGUN, CITY, at=start - BEFORE, payload=payload)
    return Begun(start, scale)


def completed() -> bool:
    """Tell whether every chapter was played; what visitors changed since then is theirs."""
    return Entry.objects.filter(verb=COMPLETED).exists()


def complete(*, at: datetime) -> None:
    """Note, once and in the caller's transaction, that every chapter was played."""
    if not completed():
        record(SYSTEM, COMPLETED, CITY, at=at)


def opening(begun_: Begun, told: Told) -> None:
    """Play what must be there before the first page: people, register, the open edition, three released datasets.

    Nothing happens when all of it was there before.
    """
    if Release.objects.filter(dataset__slug=released.FIRST[-1].slug).exclude(state=ReleaseState.RELEASING).exists():
        return
    with stage(begun_.start, begun_.scale, begins=_last_moment(begun_)) as on:
        told("people and organisations")
        _people(on)
        council.sit(on)
        _edition(on)
        for subject in released.FIRST:
            Way(subject, on, told).go()


def chapters(begun_: Begun) -> Sequence[Chapter]:
    """Give the rest of the story in time order; more of it at a larger scale."""
    archives = [
        subject.of_year(begun_.start.year - back, years_back=back)
        for back in range(1, begun_.scale)
        for subject in released.SIX
    ]
    parts = [*released.LATER, released.SECOND_BIKES]
    more = [Chapter("more people and organisations", _crowd)] if begun_.scale > 1 else []
    late = _invite_one("hyacinthe.delaroque@valmire.example", "Hyacinthe Delaroque", days_late=5)
    today = _invite_one("ysaline.corbeval@valmire-a-velo.example", "Ysaline Corbeval", days_late=0)
    return (
        *more,
        *(Chapter(subject.title.en, _way(subject)) for subject in parts),
        Chapter("an invitation nobody answers", late),
        *(Chapter(subject.title.en, _way(replace(subject, days=ARCHIVE_DAYS))) for subject in archives),
        Chapter("a corrected version and a withdrawal", _withdrawal),
        Chapter("answers to the council", lambda on, _told: council.answer(on)),
        Chapter("another invitation", today),
        *(Chapter(each.title.en, _way(each)) for subject in _WAITING for each in (*_years(subject, begun_), subject)),
        *(Chapter(each.title.en, _way(each)) for subject in _ON_THE_WAY for each in _years(subject, begun_)),
        Chapter("what is still on its way", _on_the_way),
    )


_WAITING = (waiting.COMPLAINTS, waiting.LOANS, waiting.CANTEENS, waiting.ACCIDENTS, waiting.FOUNTAINS)
_ON_THE_WAY = (waiting.TREES, waiting.COMPOST, waiting.TOILETS)


def _years(subject: Subject, begun_: Begun) -> list[Subject]:
    """Give the same subject for older years, one for each step of the scale beyond the first; they wait as the subject does."""
    return [subject.of_year(begun_.start.year - back, years_back=back) for back in range(1, begun_.scale)]


def play(begun_: Begun, place: int, told: Told) -> None:
    """Play one chapter. place: its number, from 0."""
    chapter = chapters(begun_)[place]
    with stage(begun_.start, begun_.scale, begins=_last_moment(begun_)) as on:
        chapter.play(on, told)


def _last_moment(begun_: Begun) -> datetime:
    """Give when the story last went on: deeds of visitors come after its start and do not count."""
    return Entry.objects.filter(at__lt=begun_.start).aggregate(last=Max("at"))["last"] or begun_.start - BEFORE


def _way(subject: Subject) -> Callable[[Stage, Told], None]:
    def take(on: Stage, told: Told) -> None:
        Way(subject, on, told).go()

    return take


def _people(on: Stage) -> None:
    """Write the register and everybody's account, each whole or not at all."""
    _register(on, BODIES, CAST, first=1, at=on.on(96, "09:00"))


def _crowd(on: Stage, _told: Told) -> None:
    """Write the further people and organisations of a larger demonstration."""
    _register(on, crowd.bodies(on.scale), crowd.parts(on.scale), first=len(BODIES) + 1, at=on.on(35, "09:00"))


def _register(on: Stage, bodies: Sequence[Body], parts: Sequence[Part], *, first: int, at: datetime) -> None:
    for place, body in enumerate(bodies, start=first):
        if not Organisation.objects.filter(slug=body.slug).exists():
            number = f"FICTIF-{place:03d}"
            people.register_organisation(
                body.name, body.kind, by=SYSTEM, at=at, register_number=number, fictional=True, slug=body.slug
            )
    for part in parts:
        person = Person.objects.filter(email=part.email).first()
        password = PASSWORD if part.password else None  # hashing takes long: outside every transaction
        person = person or people.register_person(part.email, part.name, by=SYSTEM, at=at, password=password)
        with transaction.atomic():
            _seat(on, part, person, at)
        factor.give(person, at=at)


def _seat(on: Stage, part: Part, person: Person, at: datetime) -> None:
    """Give roles and mandate, once."""
    if person.grants.exists():
        return
    for role in part.roles:
        ends = on.start + timedelta(days=12) if role is Role.MENTOR else None
        people.grant_role(person, role, by=SYSTEM, at=at, end=ends)
    if part.organisation and part.capacity:
        people.give_mandate(person, on.organisation(part.organisation), part.capacity, by=SYSTEM, at=at)


def _edition(on: Stage) -> None:
    """Draft and open the edition."""
    manager = on.person("manager")
    edition = Edition.objects.filter(slug=EDITION).first()
    if edition is None:
        today = on.today
        outline = Outline(
            slug=EDITION,
            title=Words("Première édition", "First edition"),
            starts_on=today - timedelta(days=84),
            ends_on=today + timedelta(days=220),
            summary=Words(
                "Valmire ouvre ses données à celles et ceux qui veulent améliorer la vie dans ses rues : vélo, recharge, chantiers, énergie, engins partagés, sport.",
                "Valmire opens its data to those who want to improve life in its streets: cycling, charging, works, energy, shared devices, sport.",
            ),
        )
        edition = editions.draft(outline, by=manager, at=on.on(88, "10:00"))
    if edition.act is None:
        edition = editions.rest_on(edition, council.deliberation(on), by=manager, at=on.on(88, "10:10"))
    if edition.state == EditionState.DRAFT:
        editions.open_edition(edition, by=manager, at=on.on(84, "09:30"))


def _withdrawal(on: Stage, told: Told) -> None:
    """Release the corrected charge points, then take the first version back."""
    dataset = Way(released.SECOND_CHARGING, on, told).go()
    first = Release.objects.get(dataset=dataset, version=1)
    if first.state == ReleaseState.WITHDRAWN:
        return
    at = on.on(15, "16:40")
    releases.withdraw(
        first,
        ground="security",
        reason=released.WITHDRAWAL_REASON,
        by=on.person("representative"),
        at=at,
        proven=Proof.DEMONSTRATION,
    )
    on.settle(withdraw_job(first))


def _on_the_way(on: Stage, told: Told) -> None:
    """Leave files at every step: open, late and due on the day of the first start."""
    for subject in (waiting.TREES, waiting.COMPOST, waiting.SENSORS, waiting.FINES, waiting.TOILETS):
        Way(subject, on, told).go()
        if subject is waiting.SENSORS:
            _refuse(on, subject)


def _refuse(on: Stage, subject: Subject) -> None:
    deposit = Deposit.objects.get(title=subject.title.within("fr"))
    if deposit.state == DepositState.RECEIVED:
        deposits.refuse(deposit, reason=waiting.SENSORS_REFUSED, by=on.person("steward"), at=on.on_day(3, "11:20"))


def _invite_one(email: str, name: str, *, days_late: int) -> Callable[[Stage, Told], None]:
    """Give what invites somebody who does not answer: the invitation has passed since so many days."""

    def invite(on: Stage, _told: Told) -> None:
        if Person.objects.filter(email=email).exists():
            return
        lasts = policy.in_force(at=on.clock.now())["people.invitation_days"]
        at = on.on_day(lasts + days_late, "07:45")
        people.invite(email, by=on.person("administrator"), at=at, name=name, role=Role.AGENT)

    return invite
