# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sections of a sealed report, as headings and cells of tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from datacity.frame import wording
from datacity.kernel.words import msg

_HEADS = {
    "columns": (("label", msg("Column")), ("done", msg("What was done"))),
    "attacks": (
        ("title", msg("Attempt")),
        ("attacker", msg("Attacker")),
        ("tried", msg("Tries")),
        ("succeeded", msg("Successes")),
        ("evidence", msg("What was found")),
    ),
}


@dataclass(frozen=True)
class Section:
    """One section: its key and title, its paragraphs, and a table when it has one."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    heads: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


def sections(report: Mapping[str, Any]) -> list[Section]:
    """Give the sections of a report in one language; [] for a report that has figures only."""
    return [_section(each) for each in report.get("sections", ())]


def _section(value: Mapping[str, Any]) -> Section:
    heads = _HEADS.get(value["key"], ()) if value.get("rows") else ()
    cells = tuple(tuple(_cell(row.get(name, "")) for name, _head in heads) for row in value.get("rows", ()))
    titles = tuple(_(head) for _name, head in heads)
    return Section(value["key"], value["title"], tuple(value["paragraphs"]), titles, cells if heads else ())


def _cell(value: Any) -> str:
    return wording.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
