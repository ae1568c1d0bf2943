# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the routes of deposits and of the workshop need, for the permission matrix. The file is read without a worker."""

import io
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from datacity.engine.catalogue import describe, write_typed
from datacity.engine.sources import read
from datacity.kernel.actor import SYSTEM
from datacity.kernel.words import Words
from datacity.programme.datasets import actions
from datacity.programme.datasets.models import Description, Protection
from datacity.programme.datasets.queries import proposed_plan
from datacity.programme.deposits.queries import vault
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from tests.factories import data
from tests.factories.people import person
from tests.factories.things import Thing, thing

_numbers = count(1)
ABOUT_FORM = {
    "title_fr": "Passages de vélos",
    "summary_fr": "Vélos comptés.",
    "unit_of_observation_fr": "un compteur, un jour",
    "producer": "Direction de la mobilité",
    "licence": "lov2",
}
AXES_FORM = {f"axis_{axis}": "no" for axis in data.NO_AXES} | {
    f"reason_{axis}": "Comptage global, sans personne." for axis in data.NO_AXES
}


@thing("new deposit")
def new_deposit_thing(_actor: Person | None, _case: str) -> Thing:
    """What handing over a file needs."""
    data.ready_keys()
    file = SimpleUploadedFile("comptages.csv", data.COUNTS)
    return Thing(data={"file": file, "title": "Comptages", "legal_title": "administrative"})


@thing("deposit")
def deposit_thing(actor: Person | None, case: str) -> Thing:
    """A deposit; the actor made it when it is their own."""
    made = data.deposit(by=_depositor(actor) if case == "own" else None)
    return Thing({"reference": made.reference}, data={"reason": "Le fichier ne sert plus."})


def _depositor(actor: Person | None) -> Person | None:
    """Give the actor when they may hand over files; others own no deposit, so they meet somebody else's."""
    allowed = (Role.AGENT, Role.DATA_STEWARD, Role.DIRECTORATE_LEAD, Role.PROGRAMME_MANAGER, Role.PARTNER_DELEGATE)
    return actor if actor and any(actor.has_role(role) for role in allowed) else None


@thing("deposit to describe")
def deposit_to_describe_thing(_actor: Person | None, _case: str) -> Thing:
    """A deposit, with what describing it as a new dataset needs."""
    return Thing({"reference": data.deposit().reference}, data={**ABOUT_FORM, "title_fr": f"Jeu {next(_numbers)}"})


@thing("deposit of a new version")
def deposit_of_version_thing(_actor: Person | None, _case: str) -> Thing:
    """A deposit, with what adding it to a dataset needs."""
    slug = read_description().dataset.slug
    return Thing({"reference": data.deposit().reference}, data={"dataset": slug, "change_note": "Octobre complet."})


@thing("dataset in preparation")
def dataset_thing(_actor: Person | None, _case: str) -> Thing:
    """A dataset in the workshop."""
    return Thing({"slug": read_description().dataset.slug}, data=dict(ABOUT_FORM))


@thing("description")
def description_thing(_actor: Person | None, _case: str) -> Thing:
    """A version that was read, with what each form about it needs."""
    made = read_description()
    return Thing({"slug": made.dataset.slug, "number": made.number}, data=_forms(made))


@thing("protection run")
def protection_thing(_actor: Person | None, _case: str) -> Thing:
    """A protection that was run and attacked and can be presented or set aside."""
    return Thing({"number": attacked_protection().pk}, data={"reason": "Le plan est trop fin."})


def read_description(*, steward: Person | None = None, rows: int = 3) -> Description:
    """Make a version that was read, without running the job: what reading gives is written by its own action."""
    steward = steward or person(Role.DATA_STEWARD)
    title = Words(fr=f"Comptages {next(_numbers)}")
    about = actions.About(title=title, summary=title, unit_of_observation=title, producer="Direction de la mobilité")
    made = actions.describe(data.deposit(), about, by=steward, at=data.NOW)
    return actions.finish_reading(made.pk, read_result(rows), by=SYSTEM, at=data.NOW, finish=_nothing)


def attacked_protection(*, steward: Person | None = None) -> Protection:
    """Make a protection that was run and attacked, without running the job."""
    steward = steward or person(Role.DATA_STEWARD)
    made = read_description(steward=steward)
    actions.answer_axes(made, data.NO_AXES, by=steward, at=data.NOW)
    made.refresh_from_db()
    planned = actions.plan(made, proposed_plan(made), by=steward, at=data.NOW)
    outcome = actions.Outcome({"rows_out": 3}, {"k": None}, {"k": None}, {"attempts": []}, _REPORT, "", "0" * 64)
    return actions.finish_protection(planned.pk, outcome, by=SYSTEM, at=data.NOW, finish=_nothing)


def read_result(rows: int) -> actions.Read:
    """Give what reading a small file of counts gives, its tables put into the vault under fresh names."""
    reading, described, tables = _read(rows)
    names = [vault().put(f"{kind}-{next(_numbers)}-{id(tables):x}", io.BytesIO(table)).name for kind, table in tables]
    return actions.Read(reading, described, *names)


@cache
def _read(rows: int) -> tuple[dict[str, Any], dict[str, Any], tuple[tuple[str, bytes], ...]]:
    with TemporaryDirectory() as folder:
        source, text, typed = (Path(folder) / name for name in ("counts.csv", "text.parquet", "typed.parquet"))
        source.write_bytes(b"\n".join(data.COUNTS.splitlines()[: rows + 1]))
        reading = read(source, text)
        described = describe(text, reading)
        write_typed(text, described, typed)
        tables = (("text", text.read_bytes()), ("typed", typed.read_bytes()), ("sample", typed.read_bytes()))
        return reading.as_dict(), described.as_dict(), tables


_REPORT = {language: {"sentences": ["Une phrase."], "sections": []} for language in ("fr", "en")}


def _nothing() -> None:
    """End no job: there is none."""


def _forms(made: Description) -> dict[str, Any]:
    plan = proposed_plan(made)
    found = {"header_row": "", "mode": "rows", "k": "2", "suppression": "5", "text": plan.to_toml(), **AXES_FORM}
    for place, column in enumerate(made.description["columns"]):
        found |= {
            f"c{place}_label": column["label"],
            f"c{place}_type": column["type"],
            f"c{place}_role": column["role"],
        }
        found[f"c{place}_done"] = "keep"
    return found
