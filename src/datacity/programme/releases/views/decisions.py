# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The representative's decision on a presented table, and the public pages of every decision."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datacity.frame import reader
from datacity.frame.proving import ProofForm, given
from datacity.frame.request import Request, signed_in
from datacity.kernel import words
from datacity.kernel.errors import Conflict, require, require_state
from datacity.kernel.verdict import Verdict
from datacity.programme.jobs.queries import progress_of
from datacity.programme.people import actions as people
from datacity.programme.people.permissions import has_second_factor
from datacity.programme.people.queries import mandate_for_city, signed_in_person, ways_to_prove
from datacity.programme.people.rules import Proof
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.privacy.rules import Outcome
from datacity.programme.releases import actions, permissions, queries, rules
from datacity.programme.releases.forms import DecisionForm
from datacity.programme.releases.models import Release
from datacity.programme.releases.tables import DecisionTable
from datacity.programme.releases.views.cases import about, said

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@_form_page
@signed_in
def decide(request: Request, number: int) -> HttpResponse:
    """Take the representative's decision, or say why none can be taken now.

    Raises Forbidden for who is no representative, or has no second factor yet; Conflict when the table was decided on already.
    """
    found = queries.any_presented(number)
    require(permissions.may_clear(request.actor, found.description.dataset))
    person = signed_in_person(request.actor)
    require(has_second_factor(person))
    if queries.clearance_of(found) is not None:
        raise Conflict("releases.decided", "This table was decided on already; a decision is taken once.")
    case = queries.case_of(found, str(request.actor.ref), at=request.now)
    possible = permissions.has_mandate(person, request.now) & rules.may_decide(case)
    form = DecisionForm(
        request.POST or None,
        ways=ways_to_prove(person),
        may_clear=bool(rules.may_clear(case)),
        unfavourable=case.opinion == Outcome.UNFAVOURABLE,
    )
    if form.is_valid():
        with form.catching():
            said_words = actions.Words(form.cleaned_data["reason"], form.cleaned_data.get("against_opinion", ""))
            check_before_proof(form, case)
            proven = prove(request, form)
            actions.decide(found, form.cleaned_data["outcome"], said_words, by=person, at=request.now, proven=proven)
            return redirect("releases:decision_taken", number=number)
    context = {
        **about(found),
        **said(opinion_on(found.ref), review_of(found.ref)),
        "form": form,
        "case": case,
        "mandate": mandate_for_city(person, request.now),
        "obstacles": reasons(possible),
        "must_stay": reasons(rules.may_clear(case)) if possible else [],
    }
    return render(request, "releases/decide.html", context, status=form.status)


@require_safe
@signed_in
def decision_taken(request: Request, number: int) -> HttpResponse:
    """Confirm the decision, show how far the publication is, and say what follows."""
    found = queries.presented(request.actor, number)
    clearance = queries.decided(number)
    release = queries.release_of(clearance)
    job = queries.release_job(release) if release else None
    context = {
        **about(found),
        "clearance": clearance,
        "release": release,
        "job": job,
        "progress": progress_of(job, language=reader.language()) if job else None,
        "position": queries.entry_position(clearance.ref, ("clearance.given", "clearance.refused")),
    }
    return render(request, "releases/decision_taken.html", context)


@require_safe
def decision(request: Request, number: int) -> HttpResponse:
    """Show a decision to everybody: result, reason, what was said before, who decided, how to contest it."""
    clearance = queries.decided(number)
    found, release = clearance.protection, queries.release_of(clearance)
    may_withdraw = permissions.may_withdraw(request.actor, found.description.dataset)
    context = {
        **about(found),
        **said(opinion_on(found.ref), review_of(found.ref)),
        "clearance": clearance,
        "release": release,
        "outcome": queries.outcome_tag(clearance),
        "release_tag": queries.state_tag(release) if release else None,
        "withdrawal": getattr(release, "withdrawal", None),
        "position": queries.entry_position(clearance.ref, ("clearance.given", "clearance.refused")),
        "contest_until": rules.contest_until(timezone.localdate(clearance.given_at)),
        "may_withdraw": bool(may_withdraw and release and rules.may_be_withdrawn(release.state)),
        "stuck": bool(release and release.failure and permissions.may_clear(request.actor, release.dataset)),
        "failure": failure(release) if release else "",
    }
    return render(request, "releases/decision.html", context)


@require_safe
def register(request: Request) -> HttpResponseBase:
    """List every decision that was taken, for everybody."""
    table = DecisionTable(queries.decisions(), request.GET, path=request.path)
    return table.download(request) or render(request, "releases/register.html", {"table": table})


@require_POST
@signed_in
def publish_again(request: Request, number: int) -> HttpResponse:
    """Try again to publish a cleared version whose publication failed."""
    release = queries.release_of(queries.decided(number))
    if release is None:
        raise Conflict("releases.refused_stays", "This table was refused; there is nothing to publish.")
    actions.release_again(release, by=signed_in_person(request.actor), at=request.now)
    return redirect("releases:decision_taken", number=number)


def check_before_proof(form: DecisionForm, case: rules.Case) -> None:
    """Refuse what the action would refuse before a code is spent on it. Raises as `rules.check_reason`, and Conflict."""
    given_words, outcome = form.cleaned_data, form.cleaned_data["outcome"]
    rules.check_reason(given_words["reason"], given_words.get("against_opinion", ""), case.opinion, outcome)
    require_state(rules.may_clear(case) if outcome == rules.ClearanceOutcome.GIVEN else rules.may_decide(case))


def prove(request: Request, form: ProofForm) -> Proof:
    """Give how the person proved just now who they are. Raises as `people.actions.prove_again`."""
    return people.prove_again(request, **given(form), at=request.now)


def reasons(verdict: Verdict) -> list[str]:
    """Give the reasons of a no in the reader's language."""
    language = reader.language()
    return [words.render(reason.message, language, reason.values) for reason in verdict.reasons]


def failure(release: Release) -> str:
    """Give why a version could not be published, in the reader's language; "" when nothing failed."""
    kept, language = release.failure, reader.language()
    if not kept:
        return ""
    parts = (words.render(kept.get(part, ""), language, kept.get("values", {})) for part in ("message", "hint"))
    return " ".join(part for part in parts if part)
