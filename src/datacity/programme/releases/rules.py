# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may let a protected table leave, when, and what may become of a release.

Clearance is the decision of the controller's named representative; going against the officer's opinion or
releasing personal traces asks for words that everybody will read.
"""

from dataclasses import dataclass
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import YES, Verdict, no, yes_if
from datacity.programme.privacy.rules import Outcome, ReviewOutcome

MINIMUM_REASON = 20
"""Characters of a reason that can mean something to a reader."""


class ClearanceOutcome(StrEnum):
    """What the representative decides."""

    GIVEN = "given"
    REFUSED = "refused"


class State(StrEnum):
    """Where a release stands."""

    RELEASING = "releasing"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """On which legal ground a release is withdrawn; nobody withdraws by wish."""

    PERSONAL = "personal"
    COLLECTIVE = "collective"
    BUSINESS = "business"
    SECURITY = "security"
    RIGHTS = "rights"
    ERROR = "error"


@dataclass(frozen=True)
class Case:
    """What a clearance looks at: the three persons, the opinion and the review, as plain values."""

    representative: str
    depositor: str
    steward: str
    officer: str | None
    opinion_needed: bool
    opinion: str | None
    review_needed: bool
    review: str | None


def three_persons(case: Case) -> Verdict:
    """Tell whether depositor, officer and representative are three persons."""
    if case.representative == case.depositor:
        return no("releases.depositor_clears", "Who deposited the file cannot clear it.")
    if case.officer is not None and case.representative == case.officer:
        return no("releases.officer_clears", "Who gave the opinion cannot clear: an opinion is never a decision.")
    if case.officer is not None and case.officer == case.depositor:
        return no("releases.depositor_opines", "The opinion comes from the depositor; another person must give it.")
    return YES


def may_decide(case: Case) -> Verdict:
    """Tell whether the case is complete: opinion given when needed, review concluded when needed."""
    opinion = yes_if(
        not case.opinion_needed or case.opinion is not None,
        "releases.opinion_missing",
        "The data protection officer's opinion is needed and not given yet.",
    )
    review = yes_if(
        not case.review_needed or case.review is not None,
        "releases.review_missing",
        "The collective review is needed and not concluded yet.",
    )
    return three_persons(case) & opinion & review


def may_clear(case: Case) -> Verdict:
    """Tell whether the case may be cleared: complete, and no review that says it must stay."""
    stays = yes_if(
        case.review != ReviewOutcome.MUST_STAY,
        "releases.must_stay",
        "The collective review concluded that this table must stay; it can be refused, not cleared.",
    )
    return may_decide(case) & stays


def check_reason(reason: str, against: str, opinion: str | None, outcome: str) -> None:
    """Refuse a clearance without words.

    Raises Invalid with field `reason`, or `against_opinion` when clearing despite an unfavourable opinion.
    """
    if outcome not in set(ClearanceOutcome):
        raise Invalid("releases.outcome", "Choose: clear or refuse.", field="outcome")
    if len(reason.strip()) < MINIMUM_REASON:
        raise Invalid(
            "releases.reason",
            "Give the reason in words that will be published (20 characters at least).",
            field="reason",
        )
    against_it = opinion == Outcome.UNFAVOURABLE and outcome == ClearanceOutcome.GIVEN
    if against_it and len(against.strip()) < MINIMUM_REASON:
        raise Invalid(
            "releases.against_opinion",
            "The opinion is unfavourable: say why you clear all the same; this will be published.",
            field="against_opinion",
        )


def still_releasing(state: str) -> Verdict:
    """Tell whether the version can be published again: its publication is under way."""
    return yes_if(state == State.RELEASING, "releases.not_releasing", "This version is {state} already.", state=state)


def may_be_withdrawn(state: str) -> Verdict:
    """Tell whether the version can be taken back: it is public."""
    return yes_if(
        state in {State.RELEASED, State.SUPERSEDED},
        "releases.not_public",
        "This version is {state}; only a public one is withdrawn.",
        state=state,
    )


VERBS = (
    Verb("clearance.given", Publicity.PUBLIC, "A protected table was cleared to leave"),
    Verb("clearance.refused", Publicity.PUBLIC, "A protected table was refused"),
    Verb("release.started", Publicity.RESTRICTED, "A release was started"),
    Verb("release.released", Publicity.PUBLIC, "A dataset version was released"),
    Verb("release.withdrawn", Publicity.PUBLIC, "A dataset version was withdrawn"),
)
