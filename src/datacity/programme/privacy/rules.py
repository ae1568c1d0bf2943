# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Opinions that never decide, and reviews of what a group may fear."""

from collections.abc import Mapping
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid

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
