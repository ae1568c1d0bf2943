# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The values behind the components: a row of a summary, a task, a step, a tab, an event, a download, a bar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from datacity.kernel.words import LANGUAGES

Part = TypeVar("Part")


class Tone(StrEnum):
    """What a colour says; the words say it too."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


TONE_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.SUCCESS: "circle-check",
    Tone.WARNING: "triangle-alert",
    Tone.DANGER: "octagon-alert",
}


@dataclass(frozen=True)
class Row:
    """One line of a summary list: what, its value, and a link that changes it (its words name the row)."""

    label: Any
    value: Any
    url: str = ""
    action: Any = ""


@dataclass(frozen=True)
class Task:
    """One line of a task list: title, address ("" when it cannot be opened yet), state in words, tone, hint."""

    title: Any
    url: str
    state: Any
    tone: str = Tone.NEUTRAL
    hint: Any = ""


@dataclass(frozen=True)
class Step:
    """One step of a way: title, state ("done", "current", "todo"), address, a short note (who, when)."""

    title: Any
    state: str = "todo"
    url: str = ""
    note: Any = ""


@dataclass(frozen=True)
class Tab:
    """One view of a page: label, address, whether it is the present one, how many things it holds."""

    label: Any
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Event:
    """One line of a history: day or time, what happened, by whom, a longer text, an address."""

    when: date | None
    title: Any
    who: Any = ""
    text: Any = ""
    url: str = ""
    tone: str = Tone.NEUTRAL


@dataclass(frozen=True)
class Download:
    """One file to take: name, address, format, bytes, what opens it, and its hash."""

    name: str
    url: str
    format: str
    bytes: int
    advice: Any = ""
    sha256: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a small distribution: label and how many (>= 0)."""

    label: Any
    count: float


def read(kind: type[Part], values: Iterable[Any]) -> list[Part]:
    """Give parts of this kind from parts, tuples (in the order of the fields) or mappings."""
    return [_one(kind, value) for value in values]


def _one(kind: type[Part], value: Any) -> Part:
    if isinstance(value, kind):
        return value
    return kind(**value) if isinstance(value, Mapping) else kind(*value)


def other_address(path: str, language: str) -> str:
    """Give the same address in another language: /fr/x becomes /en/x; without a prefix one is put before."""
    first, _slash, rest = path.lstrip("/").partition("/")
    return f"/{language}/{rest}" if first in LANGUAGES else f"/{language}{path}"
