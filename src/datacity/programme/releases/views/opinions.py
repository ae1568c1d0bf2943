# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The officer's opinion and the collective review of a presented table: the forms, and what follows."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import Conflict, Missing, require, require_state
from datacity.programme.datasets.models import Protection
from datacity.programme.people.queries import signed_in_person
from datacity.programme.privacy import actions, permissions
from datacity.programme.privacy.forms import OpinionForm, ReviewForm
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.releases import queries, rules
from datacity.programme.releases.views.cases import about, said

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@_form_page
@signed_in
def give_opinion(request: Request, number: int) -> HttpResponse:
    """Take the data protection officer's opinion. Raises Conflict when none was asked for, or it was given."""
    require(permissions.may_give(request.actor))
    found = queries.presented(request.actor, number)
    opinion = opinion_on(found.ref)
    _refuse_decided(found)
    if opinion is None:
        raise Conflict("releases.not_asked", "No opinion was asked for on this table: all four answers are no.")
    if opinion.outcome:
        raise Conflict("privacy.given", "This opinion was given already; an opinion is given once.")
    require_state(rules.may_opine(queries.case_of(found, "", at=request.now), str(request.actor.ref)))
    form = OpinionForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            actions.give(opinion, **form.cleaned_data, by=signed_in_person(request.actor), at=request.now)
            return redirect("releases:opinion_given", number=number)
    return _form(request, "releases/give_opinion.html", found, form)


@require_safe
@signed_in
def opinion_given(request: Request, number: int) -> HttpResponse:
    """Confirm that the opinion was given, and say what follows. Raises Missing while there is none."""
    found = queries.presented(request.actor, number)
    opinion = opinion_on(found.ref)
    if opinion is None or not opinion.outcome:
        raise Missing("releases.no_opinion", "No opinion was given on this table yet.")
    context = {
        **about(found),
        **said(opinion, None),
        "position": queries.entry_position(found.ref, ("opinion.given",)),
        "review_first": _review_lacks(request, found),
    }
    return render(request, "releases/opinion_given.html", context)


@_form_page
@signed_in
def conclude_review(request: Request, number: int) -> HttpResponse:
    """Take the collective review. Raises Conflict when it was concluded already."""
    require(permissions.may_review(request.actor))
    found = queries.presented(request.actor, number)
    _refuse_decided(found)
    if review_of(found.ref) is not None:
        raise Conflict(
            "privacy.reviewed", "This review was concluded already; plan the protection anew to review again."
        )
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            parts = dict(form.cleaned_data)
            outcome = parts.pop("outcome")
            actions.conclude_review(
                found.ref, parts, outcome=outcome, by=signed_in_person(request.actor), at=request.now
            )
            return redirect("releases:review_concluded", number=number)
    return _form(request, "releases/conclude_review.html", found, form)


@require_safe
@signed_in
def review_concluded(request: Request, number: int) -> HttpResponse:
    """Confirm that the review was concluded, and say what follows. Raises Missing while there is none."""
    found = queries.presented(request.actor, number)
    review = review_of(found.ref)
    if review is None:
        raise Missing("releases.no_review", "No collective review of this table was concluded yet.")
    looked_at = queries.case_of(found, "", at=request.now)
    context = {
        **about(found),
        **said(None, review),
        "position": queries.entry_position(found.ref, ("review.concluded",)),
        "opinion_first": rules.Stage.OPINION in rules.stages(looked_at),
    }
    return render(request, "releases/review_concluded.html", context)


@require_safe
def review_outcome(request: Request, number: int) -> HttpResponse:
    """Show everybody what the collective review of a decided table found. Raises Missing before the decision."""
    clearance = queries.decided(number)
    review = review_of(clearance.protection.ref)
    if review is None:
        raise Missing("releases.no_public_review", "This decision needed no collective review.")
    context = {**about(clearance.protection), **said(None, review), "clearance": clearance}
    return render(request, "releases/review_outcome.html", context)


def _refuse_decided(found: Protection) -> None:
    if queries.clearance_of(found) is not None:
        raise Conflict("releases.decided", "This table was decided on already; a decision is taken once.")


def _review_lacks(request: Request, found: Protection) -> bool:
    return rules.Stage.REVIEW in rules.stages(queries.case_of(found, "", at=request.now))


def _form(request: Request, template: str, found: Protection, form: Any) -> HttpResponse:
    return render(request, template, {**about(found), "form": form}, status=form.status)
