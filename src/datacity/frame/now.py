# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One thing that waits: for this person now, for this person later, or for somebody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Group(StrEnum):
    """Whose turn it is: yours now, yours next, or others'."""

    NOW = "now"
    NEXT = "next"
    WAITING = "waiting"


@dataclass(frozen=True)
class Item:
    """One line of a "Now / Next / Waiting for others" page.

    title: what to do, as a sentence that starts with a verb, in the reader's language. url: where to do it.
    when: the due day, None when there is none. group: "now", "next" or "waiting" (a `Group` or its text).
    who: for "waiting", whose turn it is; else who asks. priority: smaller comes first, 0 to 1000.
    """

    title: str
    url: str
    when: date | None = None
    group: str = Group.NOW
    who: str = ""
    priority: int = 100

    def __post_init__(self) -> None:
        """Raise ValueError for a group outside the three: a fault of the provider, not of a person."""
        Group(self.group)


def grouped(items: Iterable[Item]) -> dict[Group, list[Item]]:
    """Give the items by group, all three groups present; sorted by priority, due day (none last), title."""
    by_group: dict[Group, list[Item]] = {group: [] for group in Group}
    for item in items:
        by_group[Group(item.group)].append(item)
    for rows in by_group.values():
        rows.sort(key=lambda item: (item.priority, item.when or date.max, item.title))
    return by_group
