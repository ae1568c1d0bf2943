# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Opinions that never decide, and reviews of what a group may fear."""

from collections.abc import Mapping
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

AXES = ("personal", "collective", "business", "security")
"""The four independent kinds of sensitivity; each is answered with a reason."""


class Answer(StrEnum):
    """The answer to one axis."""

    NO = "no"
    POSSIBLE = "possible"
    YES = "yes"


class Outcome(StrEnum):
    """What the data protection officer says."""

    FAVOURABLE = "favourable"
    CONDITIONS = "conditions"
    UNFAVOURABLE = "unfavourable"


class ReviewOutcome(StrEnum):
    """What a collective review concludes."""

    MAY_LEAVE = "may_leave"
    WITH_SAFEGUARDS = "with_safeguards"
    MUST_STAY = "must_stay"


AXIS_NAMES = {
    "personal": msg("Persons"),
    "collective": msg("Groups"),
    "business": msg("Business secrets"),
    "security": msg("Public security"),
}
AXIS_QUESTIONS = {
    "personal": msg("Can somebody be recognised, or something private be learned about them?"),
    "collective": msg("Can a group be harmed though nobody in it is recognised?"),
    "business": msg("Does it give away what a company may keep to itself?"),
    "security": msg("Does it help somebody to harm people, buildings or networks?"),
}
ANSWER_NAMES = {Answer.NO: msg("no"), Answer.POSSIBLE: msg("possible"), Answer.YES: msg("yes")}
OUTCOME_NAMES = {
    Outcome.FAVOURABLE: msg("Favourable"),
    Outcome.CONDITIONS: msg("Favourable with conditions"),
    Outcome.UNFAVOURABLE: msg("Unfavourable"),
}
OUTCOME_HINTS = {
    Outcome.FAVOURABLE: msg("You see no reason that should keep the table in the house."),
    Outcome.CONDITIONS: msg("It may leave once what you write below is met."),
    Outcome.UNFAVOURABLE: msg(
        "It should stay. The representative can still clear it, with a reason that everybody reads."
    ),
}
REVIEW_OUTCOME_NAMES = {
    ReviewOutcome.MAY_LEAVE: msg("It may leave"),
    ReviewOutcome.WITH_SAFEGUARDS: msg("It may leave with these safeguards"),
    ReviewOutcome.MUST_STAY: msg("It must stay"),
}
REVIEW_OUTCOME_HINTS = {
    ReviewOutcome.MAY_LEAVE: msg("No group is exposed, or the harm is too small to count."),
    ReviewOutcome.WITH_SAFEGUARDS: msg("The safeguards you named are in the table already."),
    ReviewOutcome.MUST_STAY: msg("The table can then only be refused."),
}


def opinion_needed(axes: Mapping[str, str], rule: str) -> bool:
    """Tell whether an opinion is needed: always, or unless all four axes are answered no.

    axes: axis -> answer; a missing axis counts as possible. rule: policy `privacy.opinion`.
    """
    return rule == "always" or any(axes.get(axis, Answer.POSSIBLE) != Answer.NO for axis in AXES)


def review_needed(axes: Mapping[str, str]) -> bool:
    """Tell whether a collective review is needed: when the collective axis is answered yes.

    A small unit or a listed group is evidence for that answer; a possible harm asks for the officer's opinion.
    """
    return axes.get("collective", Answer.YES) == Answer.YES


def check_opinion(outcome: str, text: str, conditions: str) -> None:
    """Refuse an opinion without words. Raises Invalid with the field that lacks them."""
    if outcome not in set(Outcome):
        raise Invalid(
            "privacy.outcome", "Choose what you say: favourable, with conditions or unfavourable.", field="outcome"
        )
    if len(text.strip()) < 20:
        raise Invalid(
            "privacy.text", "Give your reasons in one or two sentences (20 characters at least).", field="text"
        )
    if outcome == Outcome.CONDITIONS and not conditions.strip():
        raise Invalid(
            "privacy.conditions", "Write the conditions: without them nobody can meet them.", field="conditions"
        )


def check_review(fields: Mapping[str, str], outcome: str) -> None:
    """Refuse a review with a blank part. Raises Invalid with the field that lacks words."""
    for name in ("groups", "harms", "safeguards", "hearing"):
        if not fields.get(name, "").strip():
            raise Invalid("privacy.review_part", "Answer this part; “none, because …” is an answer too.", field=name)
    if outcome not in set(ReviewOutcome):
        raise Invalid("privacy.review_outcome", "Choose what the review concludes.", field="outcome")


VERBS = (
    Verb("opinion.asked", Publicity.PUBLIC, "The data protection officer was asked for an opinion"),
    Verb("opinion.given", Publicity.PUBLIC, "The data protection officer gave an opinion"),
    Verb("review.concluded", Publicity.PUBLIC, "A collective review was concluded"),
)
