# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`ABOUT.toml`: what a file is, said once, checked field by field."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from datacity.kernel.errors import Invalid
from datacity.kernel.words import Words
from datacity.programme.datasets.actions import About
from datacity.programme.privacy.rules import AXES

KNOWN = frozenset({
    "title", "summary", "unit_of_observation", "producer", "legal_title", "legal_reference", "licence", "contact", "territory",
    "rhythm", "period", "themes", "keywords", "change_note", "axes", "review", "reading",
})  # fmt: skip
"""The keys an `ABOUT.toml` may have."""
READING = frozenset({"format", "encoding", "delimiter", "sheet", "header_row", "renames"})
"""The keys of its table `[reading]`."""


@dataclass
class Facts:
    """What is known of a file, and which of it was guessed (field → why), so that nobody takes a guess for a statement."""

    said: dict[str, Any] = field(default_factory=dict)
    guesses: dict[str, str] = field(default_factory=dict)

    def guess(self, name: str, value: Any, why: str) -> None:
        """Fill a field nobody filled, and remember why."""
        if name not in self.said:
            self.said[name] = value
            self.guesses[name] = why

    def about(self) -> About:
        """Give what readers are told. Raises Invalid with the field that is wrong."""
        period = self.said.get("period", {})
        return About(
            title=_words(self.said["title"], "title"),
            summary=_words(self.said["summary"], "summary"),
            unit_of_observation=_words(self.said["unit_of_observation"], "unit_of_observation"),
            producer=_text(self.said["producer"], "producer"),
            licence=_text(self.said["licence"], "licence"),
            contact=_text(self.said.get("contact", ""), "contact"),
            territory=_text(self.said.get("territory", ""), "territory"),
            rhythm=_text(self.said.get("rhythm", ""), "rhythm"),
            period_start=_day(period.get("start"), "period.start"),
            period_end=_day(period.get("end"), "period.end"),
            themes=_texts(self.said.get("themes", ()), "themes"),
            keywords=_texts(self.said.get("keywords", ()), "keywords"),
        )


def read(path: Path) -> Facts:
    """Read an `ABOUT.toml`.

    Raises Invalid when it is no TOML, or has an unknown key or a wrong kind of value, naming it.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "about.file", "{name} cannot be read: {why}.", field="about", name=path.name, why=str(error)
        ) from error
    for name in said:
        if name not in KNOWN:
            raise Invalid(
                "about.unknown", "{name} is not a key of ABOUT.toml.", hint="The keys are {known}.", field=name, name=name,
                known=", ".join(sorted(KNOWN)),
            )  # fmt: skip
    for name in ("axes", "review", "period", "reading"):
        if not isinstance(said.get(name, {}), dict):
            raise _wrong(name, "a table")
    for name in set(said.get("reading", {})) - READING:
        raise Invalid(
            "about.unknown", "{name} is not a key of ABOUT.toml.", hint="The keys are {known}.", field="reading",
            name=f"reading.{name}", known=", ".join(sorted(f"reading.{each}" for each in READING)),
        )  # fmt: skip
    for axis in said.get("axes", {}):
        if axis not in AXES:
            raise Invalid(
                "about.axis",
                "{name} is not one of the four axes: {known}.",
                field="axes",
                name=axis,
                known=", ".join(AXES),
            )
    return Facts(said)


def title_from(name: str) -> str:
    """Give a readable title from a file name: no ending, words apart, first letter upper case."""
    words = re.sub(r"[-_.\s]+", " ", Path(name).stem).strip()
    return (words[:1].upper() + words[1:]) or "Sans titre"


def _words(value: object, name: str) -> Words:
    if isinstance(value, str):
        return Words(fr=value)
    if (
        isinstance(value, Mapping)
        and set(value) <= {"fr", "en"}
        and all(isinstance(each, str) for each in value.values())
    ):
        return Words.of(value)
    raise _wrong(name, "a text, or a table with fr and en")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "a text")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _wrong(name, "a list of texts")


def _day(value: object, name: str) -> date | None:
    if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
        return value
    raise _wrong(name, "a day such as 2026-10-01")


def _wrong(name: str, wanted: str) -> Invalid:
    return Invalid("about.kind", "{name} in ABOUT.toml must be {wanted}.", field=name, name=name, wanted=wanted)
