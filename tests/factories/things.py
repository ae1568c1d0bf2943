# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The things that routes need, by name, for the permission matrix (`tests/permissions.toml`).

An app adds its own in `tests/factories/<app>.py`:

    @thing("dataset")
    def dataset_thing(actor: Person | None, case: str) -> Thing:
        \"\"\"A described dataset; the actor is its steward when it is their own.\"\"\"
        made = dataset(steward=actor if case == "own" else None)
        return Thing({"slug": made.slug}, data={"reason": "because"})

actor: who will ask, None for a visitor. case: "other" (somebody else's), "own" (the actor's), "conflicted" (the actor has an
interest that forbids the deed). `data` must be valid input, so that a refusal can only come from the permission.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from datacity.programme.people.models import Person


@dataclass(frozen=True)
class Thing:
    """What a request needs. kwargs: of the route. data: of the form. query: of the address."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


Make = Callable[[Person | None, str], Thing]
THINGS: dict[str, Make] = {}


def thing(name: str) -> Callable[[Make], Make]:
    """Register a factory under this name."""

    def register(make: Make) -> Make:
        if THINGS.setdefault(name, make) is not make:
            raise ValueError(f"two factories are called {name}")
        return make

    return register


def all_things() -> dict[str, Make]:
    """Give every registered factory: all modules of this folder are imported."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in ("__init__", "things"):
            import_module(f"tests.factories.{path.stem}")
    return THINGS
