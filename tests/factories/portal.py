# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Versions sealed into the home of the tests, without the way through deposit and gate; and what permission tests need."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from datacity.engine.proof.keys import KeyRing
from datacity.engine.release import Published, freeze
from datacity.kernel.words import Words
from datacity.programme.people.models import Person
from tests.factories import data
from tests.factories.sealed import City
from tests.factories.things import Thing, thing

SQL = "SELECT 'Quai ' || (1 + i % 4) AS compteur, DATE '2026-10-01' + (i % 28)::INTEGER AS jour, 100 + i AS passages FROM range(112) r(i)"
REPORT = {
    "after": {"k": 5, "uniques": 0},
    "result": {"kind": "rows"},
    **{
        language: {
            "sentences": [f"{language} one", f"{language} two", f"{language} three"],
            "sections": [{"key": "limits", "title": f"{language} limits", "paragraphs": ["…"]}],
        }
        for language in ("fr", "en")
    },
}


@dataclass
class Home(City):
    """The home of the tests, as a city that releases."""

    def __post_init__(self) -> None:
        data.ready_keys()
        self.at = data.NOW
        self.ring = KeyRing.load(Path(settings.KEYS))

    def publish(self, sql: str = SQL, slug: str = "passages", **changes: Any) -> Published:
        """Release the rows of the SQL as the next version."""
        given: dict[str, Any] = {
            "title": Words("Passages de vélos", "Bike counts"),
            "unit_of_observation": Words("un compteur, un jour", "one counter on one day"),
            **changes,
        }
        self.at += timedelta(minutes=1)  # a clearance releases once; another minute makes another clearance
        table = self.table(sql)
        return freeze(
            table, self.details(slug, **given), self.clear(table), REPORT, keys=self.ring, store=self.store, at=self.at
        )


def home() -> Home:
    """Give the home of the tests."""
    return Home(Path(settings.HOME))


def empty_store() -> None:
    """Take everything out of the public folder."""
    shutil.rmtree(settings.STORE, ignore_errors=True)


@thing("public dataset")
def public_dataset(_actor: Person | None, _case: str) -> Thing:
    """A dataset with one version that stands."""
    empty_store()
    home().publish()
    return Thing({"slug": "passages"})


@thing("public version")
def public_version(_actor: Person | None, _case: str) -> Thing:
    """A version that stands."""
    empty_store()
    home().publish()
    return Thing({"slug": "passages", "number": 1})
