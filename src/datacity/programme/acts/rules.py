# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The life of an act of the council, and how a point raised in its debate ends: at a clause, or at a reasoned refusal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import Verdict, yes_if
from datacity.kernel.words import msg

RESERVED = frozenset({"table", "points"})
"""Addresses that pages of the app use."""


class Kind(StrEnum):
    """What the council was asked to do."""

    DELIBERATION = "deliberation"
    MOTION = "motion"


KIND_NAMES = {Kind.DELIBERATION: msg("deliberation"), Kind.MOTION: msg("motion")}
KIND_HINTS = {
    Kind.DELIBERATION: msg("The council decides: a convention, a sum, a rule."),
    Kind.MOTION: msg("The council states a wish and asks the executive to follow it."),
}


class State(StrEnum):
    """Where an act stands."""

    TABLED = "tabled"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.TABLED: msg("before the council"),
    State.ADOPTED: msg("adopted"),
    State.REJECTED: msg("rejected"),
    State.WITHDRAWN: msg("withdrawn before the vote"),
}
OUTCOMES = (State.ADOPTED, State.REJECTED, State.WITHDRAWN)


class Method(StrEnum):
    """How the council voted (CGCT art. L2121-21: show of hands, roll call on request, secret ballot)."""

    SHOW_OF_HANDS = "show_of_hands"
    ROLL_CALL = "roll_call"
    BALLOT = "ballot"


METHOD_NAMES = {
    Method.SHOW_OF_HANDS: msg("by show of hands"),
    Method.ROLL_CALL: msg("by roll call"),
    Method.BALLOT: msg("by secret ballot"),
}


@dataclass(frozen=True)
class Vote:
    """How an act ended. method and counts are empty for a withdrawn one; counts are all given or none is."""

    outcome: str
    decided_on: date
    method: str = ""
    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None

    @property
    def counts(self) -> tuple[int | None, ...]:
        """For, against, abstentions."""
        return self.votes_for, self.votes_against, self.abstentions


def next_state(state: str) -> Verdict:
    """Tell whether the council can still decide: an outcome is entered once."""
    return yes_if(
        state == State.TABLED,
        "acts.decided",
        "The council decided on this act already; what it decided does not change. A new act can change it.",
    )


def check_vote(vote: Vote, tabled_on: date, today: date) -> None:
    """Refuse an outcome that cannot be. Raises Invalid with a field (outcome, method, decided_on, votes_for, votes_against)."""
    if vote.outcome not in OUTCOMES:
        raise Invalid("acts.outcome", "Choose what the council did.", field="outcome")
    if not tabled_on <= vote.decided_on <= today:
        raise Invalid("acts.decided_on", "The day lies between the one it was tabled on and today.", field="decided_on")
    if (vote.outcome == State.WITHDRAWN) == bool(vote.method):
        raise Invalid(
            "acts.method",
            "Say how the council voted; for a withdrawn act, leave it empty: there was no vote.",
            field="method",
        )
    given = [count for count in vote.counts if count is not None]
    if given and (len(given) < len(vote.counts) or not vote.method):
        raise Invalid("acts.counts", "Give all three counts of the vote, or none of them.", field="votes_for")
    if min(given, default=0) < 0:
        raise Invalid("acts.negative", "A count of votes is zero or more.", field="votes_for")
    if given and (vote.votes_for or 0) <= (vote.votes_against or 0) and vote.outcome == State.ADOPTED:
        raise Invalid("acts.majority", "An adopted act has more votes for than against.", field="votes_against")


class PointState(StrEnum):
    """Where a point raised stands."""

    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"


POINT_NAMES = {
    PointState.OPEN: msg("still open"),
    PointState.ANSWERED: msg("answered by a clause"),
    PointState.REFUSED: msg("refused with reasons"),
}


class Standing(StrEnum):
    """What the gap report says of a point: its state, told apart when open by who must act and until when."""

    ANSWERED = "answered"
    REFUSED = "refused"
    OPEN = "open"
    LATE = "late"
    UNOWNED = "unowned"


STANDING_NAMES = {
    Standing.ANSWERED: msg("answered by a clause"),
    Standing.REFUSED: msg("refused with reasons"),
    Standing.OPEN: msg("still open"),
    Standing.LATE: msg("still open, late"),
    Standing.UNOWNED: msg("still open, nobody in charge"),
}
"""In the order of the report; the open ones are the gap."""


def still_open(state: str) -> Verdict:
    """Tell whether a point can still be given an owner or an end."""
    return yes_if(
        state == PointState.OPEN,
        "acts.settled",
        "This point has its end; it is not changed. Raise the question again if it is open for you.",
    )


def standing(state: str, due_on: date, today: date, *, owned: bool) -> Standing:
    """Tell where a point stands today; late from the day after `due_on`."""
    if state != PointState.OPEN:
        return Standing(state)
    if due_on < today:
        return Standing.LATE
    return Standing.OPEN if owned else Standing.UNOWNED


def due_after(raised_on: date, days: int) -> date:
    """Give the day by which a point ends when nobody names another."""
    return raised_on + timedelta(days=days)


def check_due(due_on: date, raised_on: date) -> None:
    """Refuse a due day before the debate. Raises Invalid with field `due_on`."""
    if due_on < raised_on:
        raise Invalid("acts.due_on", "The day comes before the debate.", field="due_on")


@dataclass(frozen=True)
class Gap:
    """How many points of a debate stand where; the gap is what has no end yet."""

    standings: dict[Standing, int]

    @property
    def asked(self) -> int:
        """All points raised."""
        return sum(self.standings.values())

    @property
    def settled(self) -> int:
        """Those that end at a clause or at a reasoned refusal."""
        return self.standings[Standing.ANSWERED] + self.standings[Standing.REFUSED]

    @property
    def open(self) -> int:
        """Those without an end."""
        return self.asked - self.settled


def gap(standings: Iterable[Standing]) -> Gap:
    """Count the points by standing, every standing present."""
    counted = dict.fromkeys(Standing, 0)
    for each in standings:
        counted[each] += 1
    return Gap(counted)


VERBS = (
    Verb("act.tabled", Publicity.PUBLIC, "An act came before the council"),
    Verb("act.adopted", Publicity.PUBLIC, "The council adopted an act"),
    Verb("act.rejected", Publicity.PUBLIC, "The council rejected an act"),
    Verb("act.withdrawn", Publicity.PUBLIC, "An act was withdrawn"),
    Verb("point.raised", Publicity.PUBLIC, "A point was raised in the council"),
    Verb("point.assigned", Publicity.PUBLIC, "A point was given an owner and a day"),
    Verb("point.answered", Publicity.PUBLIC, "A point was answered by a clause"),
    Verb("point.refused", Publicity.PUBLIC, "A point was refused with reasons"),
)
