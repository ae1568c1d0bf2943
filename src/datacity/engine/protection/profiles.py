# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The threshold profiles that ship with the engine (`profiles.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Profile:
    """A threshold profile.

    unit: what is counted (enterprise, household, delivery_point, person). minimum_contributors: None = the plan's k.
    maximum_share: 0 to 1, None = no dominance rule. source: where the numbers come from.
    """

    name: str
    unit: str
    source: str
    minimum_contributors: int | None = None
    maximum_share: float | None = None


@cache
def profiles() -> Mapping[str, Profile]:
    """Give the shipped profiles by name."""
    values = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
    return {name: Profile(name=name, **each) for name, each in values.items()}
