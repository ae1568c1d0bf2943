# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The life of an edition."""

from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.verdict import Verdict, yes_if


class State(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


_TRANSITIONS = {
    ("open", State.DRAFT): State.OPEN,
    ("close", State.OPEN): State.CLOSED,
    ("archive", State.CLOSED): State.ARCHIVED,
}


def next_state(state: str, verb: str) -> Verdict:
    """Tell whether an edition in this state may be opened, closed or archived."""
    return yes_if(
        (verb, State(state)) in _TRANSITIONS,
        "editions.state",
        "The edition is {state}; this step comes at another moment.",
        state=state,
    )


def after(state: str, verb: str) -> State:
    """Give the state after an allowed verb. Raises KeyError for one that `next_state` refuses."""
    return _TRANSITIONS[(verb, State(state))]


def may_open_beside(open_slugs: tuple[str, ...]) -> Verdict:
    """Tell whether an edition may open: one at a time, so that one policy is in force."""
    return yes_if(
        not open_slugs,
        "editions.one_open",
        "The edition {slug} is open; close it first, so that one policy is in force.",
        slug=", ".join(open_slugs),
    )


VERBS = (
    Verb("edition.drafted", Publicity.PUBLIC, "An edition was prepared"),
    Verb("edition.opened", Publicity.PUBLIC, "An edition opened"),
    Verb("edition.closed", Publicity.PUBLIC, "An edition closed"),
    Verb("edition.archived", Publicity.PUBLIC, "An edition was archived"),
)
