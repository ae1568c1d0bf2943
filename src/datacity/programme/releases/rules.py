# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may let a protected table leave, when, and what may become of a release.

Clearance is the decision of the controller's named representative; going against the officer's opinion or
releasing personal traces asks for words that everybody will read.
"""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import YES, Verdict, no, yes_if
from datacity.kernel.words import msg
from datacity.programme.privacy.rules import Outcome, ReviewOutcome

MINIMUM_REASON = 20
"""Characters of a reason that can mean something to a reader."""


CONTEST_MONTHS = 2
"""Months to ask for another look or to go to the administrative court. Source: code de justice administrative, R421-1."""


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


OUTCOME_NAMES = {
    ClearanceOutcome.GIVEN: msg("Cleared to leave"),
    ClearanceOutcome.REFUSED: msg("Refused"),
}
OUTCOME_DEEDS = {
    ClearanceOutcome.GIVEN: msg("Clear it: it leaves"),
    ClearanceOutcome.REFUSED: msg("Refuse it: it stays"),
}
OUTCOME_HINTS = {
    ClearanceOutcome.GIVEN: msg(
        "The table is sealed and published at once. What was public can be withdrawn, never unseen."
    ),
    ClearanceOutcome.REFUSED: msg("Nothing of the table leaves. The refusal and your reason are published."),
}
STATE_NAMES = {
    State.RELEASING: msg("being published"),
    State.RELEASED: msg("public"),
    State.SUPERSEDED: msg("replaced by a newer version"),
    State.WITHDRAWN: msg("withdrawn"),
}
GROUND_NAMES = {
    Ground.PERSONAL: msg("Somebody can be recognised"),
    Ground.COLLECTIVE: msg("A group is harmed"),
    Ground.BUSINESS: msg("A business secret is in it"),
    Ground.SECURITY: msg("Public security"),
    Ground.RIGHTS: msg("Somebody else's rights"),
    Ground.ERROR: msg("The data are wrong"),
}
GROUND_HINTS = {
    Ground.PERSONAL: msg("A person was recognised, or learned to be recognisable. GDPR, articles 5 and 17."),
    Ground.COLLECTIVE: msg("The collective review looked at something that turned out otherwise."),
    Ground.BUSINESS: msg("A company's secret under the law. CRPA L311-6; code de commerce L151-1."),
    Ground.SECURITY: msg("Publishing it puts people, buildings or networks at risk. CRPA L311-5."),
    Ground.RIGHTS: msg("Authors' rights, database rights or a licence that does not allow it. CRPA L321-2."),
    Ground.ERROR: msg(
        "Errors so serious that a corrected version is not enough. A small error asks for a new version instead."
    ),
}


class Stage(StrEnum):
    """For whom a presented table waits."""

    OPINION = "opinion"
    REVIEW = "review"
    DECISION = "decision"


STAGE_NAMES = {
    Stage.OPINION: msg("waits for the opinion"),
    Stage.REVIEW: msg("waits for the collective review"),
    Stage.DECISION: msg("ready to decide"),
}


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


def may_opine(case: Case, officer: str) -> Verdict:
    """Tell whether this officer may give the opinion: never on a file they deposited. officer: the reference of who would."""
    return yes_if(
        officer != case.depositor,
        "releases.depositor_opines",
        "The opinion comes from the depositor; another person must give it.",
    )


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


def stages(case: Case) -> tuple[Stage, ...]:
    """Give for whom the case waits: opinion, review or both; the decision once neither is lacking."""
    lacking = []
    if case.opinion_needed and case.opinion is None:
        lacking.append(Stage.OPINION)
    if case.review_needed and case.review is None:
        lacking.append(Stage.REVIEW)
    return tuple(lacking) or (Stage.DECISION,)


def contest_until(day: date) -> date:
    """Give the last day to contest a decision of this day: the same day two months later, or the last of that month."""
    month = day.month + CONTEST_MONTHS
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


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


def check_withdrawal(ground: str, reason: str) -> None:
    """Refuse a withdrawal without a ground or without words. Raises Invalid with field `ground` or `reason`."""
    if ground not in set(Ground):
        raise Invalid("releases.ground", "Choose the legal ground.", field="ground")
    if len(reason.strip()) < MINIMUM_REASON:
        raise Invalid(
            "releases.withdraw_reason",
            "Give the reason in words that will be published (20 characters at least).",
            field="reason",
        )


def still_releasing(state: str) -> Verdict:
    """Tell whether the version can be published again: its publication is under way."""
    return yes_if(state == State.RELEASING, "releases.not_releasing", "This version is no longer being published.")


def may_be_withdrawn(state: str) -> Verdict:
    """Tell whether the version can be taken back: it is public."""
    return yes_if(
        state in {State.RELEASED, State.SUPERSEDED},
        "releases.not_public",
        "Only a public version is withdrawn; this one is not public.",
    )


VERBS = (
    Verb("clearance.given", Publicity.PUBLIC, "A protected table was cleared to leave"),
    Verb("clearance.refused", Publicity.PUBLIC, "A protected table was refused"),
    Verb("release.started", Publicity.RESTRICTED, "A release was started"),
    Verb("release.failed", Publicity.RESTRICTED, "A release could not be published"),
    Verb("release.released", Publicity.PUBLIC, "A dataset version was released"),
    Verb("release.withdrawn", Publicity.PUBLIC, "A dataset version was withdrawn"),
)


_RHYTHMS = (
    (2, ("temps reel", "real time", "minute", "heure", "hour")),
    (2, ("jour", "quotidien", "nuit", "daily", "day", "night")),
    (10, ("semaine", "hebdo", "week")),
    (40, ("mois", "mensuel", "month")),
    (110, ("trimestr", "quarter")),
    (210, ("semestr", "half")),
    (400, ("an", "ans", "annee", "annuel", "annuelle", "year", "yearly")),
)
"""Days after which a version is late, a margin included, by the words of a rhythm; the more frequent rhythm wins."""
_NEVER = ("jamais", "never", "once", "une fois")


def late_after_days(rhythm: str) -> int | None:
    """Give after how many days without a new version the promised rhythm ("every month") is broken; None when it promises none.

    rhythm: as the steward wrote it, French or English. A number before the unit multiplies it ("every 2 years"; "tous les 3 mois").
    """
    text = "".join(each for each in unicodedata.normalize("NFKD", rhythm.lower()) if not unicodedata.combining(each))
    if any(word in text for word in _NEVER):
        return None
    for days, words in _RHYTHMS:
        if any(re.search(rf"\b{word}" + (r"\b" if len(word) < 4 else ""), text) for word in words):
            times = re.search(r"\b(\d{1,2})\b", text)
            return days * int(times.group(1)) if times and int(times.group(1)) else days
    return None
