# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The life of an edition."""

from datetime import date
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import Verdict, yes_if
from datacity.kernel.words import msg
from datacity.programme.acts.rules import State as ActState

RESERVED = frozenset({"draft"})
"""Addresses that pages of the app use."""


class State(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


STATE_NAMES = {
    State.DRAFT: msg("in preparation"),
    State.OPEN: msg("open"),
    State.CLOSED: msg("closed"),
    State.ARCHIVED: msg("archived"),
}
AREA_NAMES = {
    "people": msg("Accounts"),
    "deposits": msg("Deposits"),
    "editions": msg("Editions"),
    "privacy": msg("Opinions and reviews"),
    "datasets": msg("Protection"),
    "releases": msg("Decisions and releases"),
    "acts": msg("The council"),
}
"""What the areas of the policy are called, by the first part of a parameter's name."""


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
        "This step comes at another moment in the life of an edition.",
    )


def after(state: str, verb: str) -> State:
    """Give the state after an allowed verb. Raises KeyError for one that `next_state` refuses."""
    return _TRANSITIONS[(verb, State(state))]


def still_draft(state: str) -> Verdict:
    """Tell whether dates and policy can still be changed: only before the edition opens."""
    return yes_if(
        state == State.DRAFT,
        "editions.frozen",
        "The edition has opened; its dates and its policy are frozen, so that everybody can rely on them.",
    )


def may_rest_on(state: str, act_state: str) -> Verdict:
    """Tell whether the act an edition rests on can be named: once the council adopted it, it stays. act_state: "" for none yet."""
    return yes_if(
        state != State.ARCHIVED, "editions.archived", "The edition is archived; nothing of it changes."
    ) & yes_if(
        act_state != ActState.ADOPTED,
        "editions.rests",
        "The edition rests on an act that the council adopted; that does not change.",
    )


def is_subject_to_vote(act_state: str) -> bool:
    """Tell whether what the edition does is subject to the council's vote: until an act it rests on is adopted."""
    return act_state != ActState.ADOPTED


def check_dates(starts_on: date, ends_on: date) -> None:
    """Refuse dates that do not follow. Raises Invalid with field `ends_on`."""
    if ends_on < starts_on:
        raise Invalid("editions.dates", "The last day comes before the first.", field="ends_on")


def check_slug(slug: str) -> None:
    """Refuse an address that cannot be one. Raises Invalid with field `slug`."""
    plain = slug.replace("-", "")
    if not (plain.isascii() and plain.isalnum() and slug == slug.lower()):
        raise Invalid("editions.slug", "The address has lower-case letters, digits and “-” only.", field="slug")
    if slug in RESERVED:
        raise Invalid("editions.reserved", "This address is taken by a page; choose another.", field="slug")


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
    Verb("edition.corrected", Publicity.RESTRICTED, "An edition in preparation was corrected"),
    Verb("edition.policy_set", Publicity.RESTRICTED, "The policy of an edition in preparation was set"),
    Verb("edition.rested", Publicity.PUBLIC, "An edition was put on an act of the council"),
    Verb("edition.opened", Publicity.PUBLIC, "An edition opened"),
    Verb("edition.closed", Publicity.PUBLIC, "An edition closed"),
    Verb("edition.archived", Publicity.PUBLIC, "An edition was archived"),
)
