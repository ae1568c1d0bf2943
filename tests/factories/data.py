# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files, deposits, datasets and protections for tests, all made by the actions themselves."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings

from datacity.engine.proof import keys
from datacity.kernel.words import Words
from datacity.programme.datasets import actions as datasets
from datacity.programme.datasets.actions import About
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.queries import proposed_plan
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.actions import Handed
from datacity.programme.deposits.models import Deposit
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Proof, Role
from datacity.programme.releases import actions as releases
from datacity.programme.releases.models import Release
from datacity.web.worker.loop import run_due
from tests.factories.people import mandate, organisation, person

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
COUNTS = "\n".join(
    [
        "Compteur;Jour;Passages",
        *(f"Quai {place};2026-10-{day:02d};{place * 100 + day}" for place in range(1, 5) for day in range(1, 29)),
    ]
).encode()
"""Bike counts: 4 counters, 28 days, nothing personal."""
ABOUT = About(
    title=Words(fr="Passages de vélos", en="Bike counts"),
    summary=Words(fr="Passages de vélos par compteur et par jour.", en="Bikes counted each day at each counter."),
    unit_of_observation=Words(fr="un compteur, un jour", en="one counter on one day"),
    producer="Direction de la mobilité",
    territory="Valmire",
    period_start=date(2026, 10, 1),
    period_end=date(2026, 10, 28),
)
NO_AXES = {
    axis: {"answer": "no", "reason": "Comptage global, sans personne."}
    for axis in ("personal", "collective", "business", "security")
}
POSSIBLE_AXES = {**NO_AXES, "personal": {"answer": "possible", "reason": "Petits effectifs par compteur."}}


def ready_keys() -> None:
    """Make the keys of the test home once."""
    folder = Path(settings.KEYS)
    if not (folder / "keys.json").exists():
        keys.make(folder, at=NOW)


def deposit(*, by: Person | None = None, content: bytes = COUNTS, filename: str = "comptages.csv") -> Deposit:
    """Make a deposit of a file."""
    ready_keys()
    handed = Handed("Comptages", filename, "administrative")
    return deposits.receive(io.BytesIO(content), handed, by=by or person(Role.AGENT), at=NOW)


def description(*, steward: Person | None = None, about: About = ABOUT, content: bytes = COUNTS) -> Description:
    """Make a dataset of a fresh deposit and read it."""
    made = datasets.describe(deposit(content=content), about, by=steward or person(Role.DATA_STEWARD), at=NOW)
    run_due()
    made.refresh_from_db()
    return made


def protection(
    *, axes: dict[str, dict[str, str]] = NO_AXES, about: About = ABOUT, content: bytes = COUNTS
) -> Protection:
    """Make a protection that was run, attacked and presented, under the proposed plan."""
    steward = person(Role.DATA_STEWARD)
    made = description(steward=steward, about=about, content=content)
    datasets.answer_axes(made, axes, by=steward, at=NOW)
    planned = datasets.plan(made, proposed_plan(made), by=steward, at=NOW)
    run_due()
    planned.refresh_from_db()
    return datasets.present(planned, by=steward, at=NOW)


def representative(name: str = "Claire Fontanel") -> Person:
    """Make a representative with a running mandate for the city."""
    who = person(Role.REPRESENTATIVE, name=name)
    mandate(who, organisation(kind="city"), capacity="directrice des données")
    return who


def release(*, about: About = ABOUT, content: bytes = COUNTS) -> Release:
    """Make a released version, through every step."""
    made = protection(about=about, content=content)
    words = releases.Words("Comptages globaux, sans personne identifiable.")
    clearance = releases.decide(made, "given", words, by=representative(), at=NOW, proven=Proof.SHELL)
    run_due()
    return Release.objects.get(clearance=clearance)


def next_release(slug: str, content: bytes, *, change_note: str = "De nouveaux comptages.") -> Release:
    """Make the next version of a released dataset, through every step."""
    steward = person(Role.DATA_STEWARD)
    dataset = Dataset.objects.get(slug=slug)
    made = datasets.describe_version(dataset, deposit(content=content), change_note=change_note, by=steward, at=NOW)
    run_due()
    made.refresh_from_db()
    datasets.answer_axes(made, NO_AXES, by=steward, at=NOW)
    made.refresh_from_db()
    planned = datasets.plan(made, proposed_plan(made), by=steward, at=NOW)
    run_due()
    planned.refresh_from_db()
    presented = datasets.present(planned, by=steward, at=NOW)
    words = releases.Words("Comptages globaux, sans personne identifiable.")
    clearance = releases.decide(presented, "given", words, by=representative(), at=NOW, proven=Proof.SHELL)
    run_due()
    return Release.objects.get(clearance=clearance)
