# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Presented tables, opinions, reviews and decisions for tests of pages.

The engine runs once in this process; every table made afterwards takes its results through the real actions, so that a page
test needs no worker.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from datacity.engine.catalogue import describe, write_typed
from datacity.engine.proof.hashes import digest_file
from datacity.engine.protection.attacks import attack
from datacity.engine.protection.gate import protect
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.proposals import propose
from datacity.engine.protection.reports import bilingual
from datacity.engine.protection.risk import measure_risk
from datacity.engine.sources import read
from datacity.frame import scratch
from datacity.kernel.actor import SYSTEM
from datacity.kernel.words import Words
from datacity.programme.datasets import actions as datasets
from datacity.programme.datasets.actions import Outcome, Read
from datacity.programme.datasets.models import Protection
from datacity.programme.deposits.queries import vault
from datacity.programme.people.models import Person, RoleGrant
from datacity.programme.people.rules import OrganisationKind, Proof, Role
from datacity.programme.privacy import actions as privacy
from datacity.programme.privacy.models import CollectiveReview, Opinion
from datacity.programme.privacy.queries import opinion_on
from datacity.programme.releases import actions
from datacity.programme.releases.models import Clearance, Release
from tests.factories import data
from tests.factories.people import PASSWORD, code, mandate, organisation, person
from tests.factories.things import Thing, thing

MEMBERS = "\n".join(
    [
        "Courriel;Année de naissance;Quartier;Sport",
        *(
            f"membre{number}@valmire.example;{1950 + number % 40};{('Centre', 'Gare', 'Port')[number % 3]};"
            f"{('aviron', 'boxe', 'natation', 'yoga')[number % 4]}"
            for number in range(480)
        ),
    ]
).encode()
"""Members of sports clubs: a mail address, a birth year, a district, a sport. Nobody's."""
COLLECTIVE_AXES = {**data.NO_AXES, "collective": {"answer": "yes", "reason": "Un petit club par quartier."}}
BOTH_AXES = {**COLLECTIVE_AXES, "personal": data.POSSIBLE_AXES["personal"]}
REASON = "Comptages globaux, sans personne identifiable."
OPINION = "Les effectifs restent petits la nuit, sans danger le jour."
REVIEW = {
    "groups": "Les équipes de nuit du dépôt.",
    "harms": "Un contrôle des horaires.",
    "safeguards": "Des comptages par jour.",
    "hearing": "Le comité a été entendu le 3 octobre.",
}
_numbers = count(1)


@cache
def _ran(content: bytes) -> tuple[Read, Plan, Outcome]:
    """Give what reading, protecting and attacking this content gives; the tables lie in the vault of the test home."""
    folder = scratch.folder()
    names = ("source", "text.parquet", "typed.parquet", "protected.parquet")
    source, text, typed, protected = (folder / f"factory-{name}" for name in names)
    source.write_bytes(content)
    reading = read(source, text)
    found = describe(text, reading)
    write_typed(text, found, typed)
    plan = propose(found)
    result = protect(typed, plan, protected)
    before, after = measure_risk(typed, plan), measure_risk(protected, plan)
    attacks = attack(typed, protected, plan)
    report = bilingual(found, plan, before, after, attacks, result)
    kept = [_keep(path) for path in (text, typed, typed, protected)]
    outcome = Outcome(
        result.as_dict(),
        before.as_dict(),
        after.as_dict(),
        attacks.as_dict(),
        report,
        kept[3],
        digest_file(protected).sha256,
    )
    return Read(reading.as_dict(), found.as_dict(), *kept[:3]), plan, outcome


def _keep(path: Path) -> str:
    return vault().put_file(f"factory-{secrets.token_hex(8)}", path).name


def _done() -> None:
    """Stand for the end of a job."""


def presented(
    *,
    axes: Mapping[str, Mapping[str, str]] = data.NO_AXES,
    depositor: Person | None = None,
    title: str = "",
    content: bytes = data.COUNTS,
    at: datetime = data.NOW,
) -> Protection:
    """Make a protected table that a steward presented, read and attacked for real, without a worker."""
    data.ready_keys()
    reading, plan, outcome = _ran(content)
    steward = person(Role.DATA_STEWARD)
    number = next(_numbers)
    about = replace(data.ABOUT, title=Words(fr=title or f"Passages {number}", en=title or f"Counts {number}"))
    made = datasets.describe(data.deposit(by=depositor, content=content), about, by=steward, at=at)
    made = datasets.finish_reading(made.pk, reading, by=SYSTEM, at=at, finish=_done)
    datasets.answer_axes(made, axes, by=steward, at=at)
    made.refresh_from_db()
    planned = datasets.plan(made, plan, by=steward, at=at)
    datasets.finish_protection(planned.pk, outcome, by=SYSTEM, at=at, finish=_done)
    return datasets.present(planned, by=steward, at=at)


def officer() -> Person:
    """Make a data protection officer."""
    return person(Role.DATA_PROTECTION_OFFICER)


def representative(*, capacity: str = "directrice des données", password: str | None = PASSWORD) -> Person:
    """Make a representative with a running mandate and a password."""
    who = person(Role.REPRESENTATIVE, name="Claire Fontanel", password=password)
    mandate(who, organisation(kind=OrganisationKind.CITY), capacity=capacity)
    return who


def opined(protection: Protection, outcome: str = "favourable", *, conditions: str = "") -> Opinion:
    """Give an opinion on a presented table that asked for one."""
    asked = opinion_on(protection.ref)
    assert asked is not None
    return privacy.give(asked, outcome=outcome, text=OPINION, conditions=conditions, by=officer(), at=data.NOW)


def reviewed(protection: Protection, outcome: str = "with_safeguards") -> CollectiveReview:
    """Conclude the collective review of a table."""
    return privacy.conclude_review(protection.ref, REVIEW, outcome=outcome, by=person(Role.DATA_STEWARD), at=data.NOW)


def decided(outcome: str = "given", *, protection: Protection | None = None, at: datetime | None = None) -> Clearance:
    """Make a decision on a table that needs neither opinion nor review."""
    found = protection or presented()
    who = representative(password=None)
    return actions.decide(found, outcome, actions.Words(REASON), by=who, at=at or datetime.now(UTC), proven=Proof.SHELL)


def released(*, protection: Protection | None = None) -> Release:
    """Make a cleared version that is public by its row; no file is published."""
    release = Release.objects.get(clearance=decided(protection=protection))
    Release.objects.filter(pk=release.pk).update(
        state="released", released_at=datetime.now(UTC), manifest_sha256="ab" * 32
    )
    release.refresh_from_db()
    return release


# --- For the permission matrix -----------------------------------------------------------------------------------


def _mandate_representatives() -> None:
    """Let every representative speak for the city, so that a no can only come from the role."""
    city = organisation(kind=OrganisationKind.CITY)
    for grant in RoleGrant.objects.filter(role=Role.REPRESENTATIVE).select_related("person"):
        mandate(grant.person, city)


def _data(**values: Any) -> dict[str, Any]:
    return {"reason": REASON, "password": PASSWORD, "code": code(), **values}


@thing("presented table")
def presented_thing(_actor: Person | None, _case: str) -> Thing:
    """A protected table that waits for opinion, review and decision."""
    return Thing({"number": presented(axes=BOTH_AXES).pk}, data={"outcome": "favourable", "text": OPINION})


@thing("table to review")
def to_review_thing(_actor: Person | None, _case: str) -> Thing:
    """A protected table whose collective review lacks, with what the form needs."""
    return Thing({"number": presented(axes=COLLECTIVE_AXES).pk}, data={**REVIEW, "outcome": "may_leave"})


@thing("opined table")
def opined_thing(_actor: Person | None, _case: str) -> Thing:
    """A protected table with an opinion and a review."""
    made = presented(axes=BOTH_AXES)
    opined(made)
    reviewed(made)
    return Thing({"number": made.pk})


@thing("table to decide on")
def to_decide_thing(_actor: Person | None, _case: str) -> Thing:
    """A complete case, with what the decision needs."""
    _mandate_representatives()
    return Thing({"number": presented().pk}, data=_data(outcome="refused"))


@thing("decided table")
def decided_thing(_actor: Person | None, _case: str) -> Thing:
    """A table that was cleared after a review and an opinion."""
    made = presented(axes=BOTH_AXES)
    opined(made)
    reviewed(made)
    return Thing({"number": decided(protection=made).protection_id})


@thing("stuck release")
def stuck_thing(_actor: Person | None, _case: str) -> Thing:
    """A cleared version that could not be published."""
    return Thing({"number": decided().protection_id})


@thing("released table")
def released_thing(_actor: Person | None, _case: str) -> Thing:
    """A public version, with what withdrawing needs."""
    _mandate_representatives()
    return Thing({"number": released().clearance.protection_id}, data=_data(ground="error"))


@thing("withdrawn table")
def withdrawn_thing(_actor: Person | None, _case: str) -> Thing:
    """A version that was taken back."""
    made = released()
    actions.withdraw(
        made, ground="error", reason=REASON, by=representative(password=None), at=datetime.now(UTC), proven=Proof.SHELL
    )
    return Thing({"number": made.clearance.protection_id})
