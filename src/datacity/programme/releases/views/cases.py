# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What waits for a decision, and the page that shows a protected table to those who have to say something about it."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datacity.frame import reader, typography, wording
from datacity.frame.parts import Row, Step, Tone
from datacity.frame.request import Request, signed_in
from datacity.kernel.actor import Actor
from datacity.kernel.errors import require
from datacity.programme.datasets.models import Protection
from datacity.programme.deposits.rules import LEGAL_TITLE_NAMES, LegalTitle
from datacity.programme.privacy import permissions as privacy
from datacity.programme.privacy.models import CollectiveReview, Opinion
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.privacy.rules import (
    ANSWER_NAMES,
    AXES,
    AXIS_NAMES,
    AXIS_QUESTIONS,
    OUTCOME_NAMES,
    REVIEW_OUTCOME_NAMES,
    Answer,
    Outcome,
    ReviewOutcome,
)
from datacity.programme.releases import permissions, queries, rules
from datacity.programme.releases.models import Clearance
from datacity.programme.releases.rules import Case
from datacity.programme.releases.tables import WaitingTable
from datacity.programme.releases.views import columns

ANSWER_TONES = {Answer.NO: Tone.NEUTRAL, Answer.POSSIBLE: Tone.WARNING, Answer.YES: Tone.DANGER}
OUTCOME_TONES = {
    Outcome.FAVOURABLE: Tone.SUCCESS,
    Outcome.CONDITIONS: Tone.WARNING,
    Outcome.UNFAVOURABLE: Tone.DANGER,
    ReviewOutcome.MAY_LEAVE: Tone.SUCCESS,
    ReviewOutcome.WITH_SAFEGUARDS: Tone.WARNING,
    ReviewOutcome.MUST_STAY: Tone.DANGER,
}


@require_safe
@signed_in
def waiting(request: Request) -> HttpResponseBase:
    """List what waits for an opinion, a review or a decision."""
    require(permissions.may_see_queue(request.actor))
    table = WaitingTable(queries.queue(at=request.now), request.GET, path=request.path)
    return table.download(request) or render(request, "releases/waiting.html", {"table": table})


@require_safe
@signed_in
def case(request: Request, number: int) -> HttpResponse:
    """Show a presented table: the risk in three sentences, every column, the attacks, who says what, what comes next."""
    found = queries.presented(request.actor, number)
    opinion, review, clearance = opinion_on(found.ref), review_of(found.ref), queries.clearance_of(found)
    looked_at = queries.case_of(found, str(request.actor.ref), at=request.now)
    context = {
        **about(found),
        **said(opinion, review),
        "case": looked_at,
        "clearance": clearance,
        "columns": columns.lines(found, reader.language()),
        "axes": _axes(found),
        "persons": _persons(found, opinion, clearance, request.actor),
        "sample": queries.sample(found),
        "steps": steps(found, looked_at, opinion, review, clearance),
        "deeds": [] if clearance else _deeds(request.actor, found, looked_at),
        "state": _state(looked_at, clearance),
    }
    return render(request, "releases/case.html", context)


def about(protection: Protection) -> dict[str, Any]:
    """Give what every page about a presented table shows: the table, its dataset, its report in the reader's language."""
    report = protection.report.get(reader.language(), {})
    return {
        "protection": protection,
        "description": protection.description,
        "dataset": protection.description.dataset,
        "sentences": report.get("sentences", ()),
        "sections": {section["key"]: section for section in report.get("sections", ())},
    }


def said(opinion: Opinion | None, review: CollectiveReview | None) -> dict[str, Any]:
    """Give opinion and review with their outcomes as words and tones."""
    context: dict[str, Any] = {"opinion": opinion, "review": review}
    if opinion and opinion.outcome:
        outcome = Outcome(opinion.outcome)
        context["opinion_tag"] = (_(OUTCOME_NAMES[outcome]), OUTCOME_TONES[outcome])
    if review:
        concluded = ReviewOutcome(review.outcome)
        context["review_tag"] = (_(REVIEW_OUTCOME_NAMES[concluded]), OUTCOME_TONES[concluded])
    return context


def steps(
    protection: Protection,
    looked_at: Case,
    opinion: Opinion | None,
    review: CollectiveReview | None,
    clearance: Clearance | None,
) -> list[Step]:
    """Give the way of a presented table, with what is done, what is under way and what comes."""
    stages = rules.stages(looked_at)
    given = opinion.given_at if opinion else None
    decided = clearance is not None
    return [
        Step(_("Protected, measured and attacked"), "done", note=wording.day(protection.attacked_at)),
        Step(_("Presented by the steward"), "done", note=wording.day(protection.reviewed_at)),
        _step(_("Opinion of the data protection officer"), rules.Stage.OPINION in stages and not decided,
              wording.day(given) if given else "" if looked_at.opinion_needed else _("not needed: all four answers are no")),
        _step(_("Collective review"), rules.Stage.REVIEW in stages and not decided,
              wording.day(review.concluded_at) if review else "" if looked_at.review_needed else _("not needed: no group is exposed")),
        Step(_("Decision of the city's representative"),
             "done" if decided else "current" if stages == (rules.Stage.DECISION,) else "todo",
             note=wording.day(clearance.given_at) if clearance else _("cleared or refused, with a reason that everybody reads")),
        Step(_("Publication"), "todo" if not decided else "done", note=_("sealed and public within minutes, when it is cleared")),
    ]  # fmt: skip


def _step(title: str, open_: bool, note: str) -> Step:  # noqa: FBT001 -- read as a table above
    return Step(title, "current" if open_ else "done", note=note)


def _axes(protection: Protection) -> list[dict[str, Any]]:
    answers = protection.description.axes
    found = []
    for axis in AXES:
        answer = Answer(answers.get(axis, {}).get("answer", Answer.POSSIBLE))
        found.append(
            {
                "name": _(AXIS_NAMES[axis]),
                "question": _(AXIS_QUESTIONS[axis]),
                "answer": _(ANSWER_NAMES[answer]),
                "tone": ANSWER_TONES[answer],
                "reason": answers.get(axis, {}).get("reason", ""),
            }
        )
    return found


def _persons(protection: Protection, opinion: Opinion | None, clearance: Clearance | None, actor: Actor) -> list[Row]:
    """Give the three persons by their part, and where the file comes from; no name is needed to see that they are three."""
    deposit = protection.description.deposit
    origin = deposit.organisation.name.within(reader.language()) if deposit.organisation else _("the city")
    title = _(LEGAL_TITLE_NAMES[LegalTitle(deposit.legal_title)])
    handed = _("On {day}, for {organisation}: {title}").format(
        day=wording.day(deposit.received_at), organisation=origin, title=typography.typo(title, reader.language())
    )
    officer = wording.day(opinion.given_at) if opinion and opinion.given_at else _("has not said anything")
    decided = clearance.capacity if clearance else _("has not decided")
    return [
        Row(_("Depositor"), _you(actor, deposit.deposited_by_id, handed)),
        Row(_("Steward who protected it"), _you(actor, protection.planned_by_id, wording.day(protection.planned_at))),
        Row(_("Data protection officer"), _you(actor, opinion.given_by_id if opinion else None, officer)),
        Row(_("Representative of the city"), _you(actor, clearance.person_id if clearance else None, decided)),
    ]


def _you(actor: Actor, number: int | None, text: str) -> str:
    return _("{text} (this is you)").format(text=text) if str(actor.ref) == f"person:{number}" else text


def _deeds(actor: Actor, protection: Protection, looked_at: Case) -> list[tuple[str, str, str]]:
    """Give the buttons of what this person can do now: label, address, variant; the first is the main one."""
    stages, found = rules.stages(looked_at), []
    if rules.Stage.OPINION in stages and privacy.may_give(actor):
        found.append((_("Give the opinion"), "releases:give_opinion"))
    if rules.Stage.REVIEW in stages and privacy.may_review(actor):
        found.append((_("Conclude the collective review"), "releases:conclude_review"))
    if permissions.may_clear(actor, protection.description.dataset):
        found.append((_("Decide: clear or refuse"), "releases:decide"))
    return [
        (label, reverse(route, kwargs={"number": protection.pk}), "secondary" if place else "primary")
        for place, (label, route) in enumerate(found)
    ]


def _state(looked_at: Case, clearance: Clearance | None) -> list[tuple[str, str]]:
    if clearance:
        outcome = rules.ClearanceOutcome(clearance.outcome)
        return [
            (_(rules.OUTCOME_NAMES[outcome]), Tone.SUCCESS if outcome is rules.ClearanceOutcome.GIVEN else Tone.DANGER)
        ]
    return [
        (_(rules.STAGE_NAMES[stage]), Tone.SUCCESS if stage is rules.Stage.DECISION else Tone.WARNING)
        for stage in rules.stages(looked_at)
    ]
