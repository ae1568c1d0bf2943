# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Taking a version back: the ground, a last look, and the page that stays in its place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.proving import Ways
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import Missing, require, require_state
from datacity.programme.people.permissions import has_second_factor
from datacity.programme.people.queries import mandate_for_city, signed_in_person, ways_to_prove
from datacity.programme.releases import actions, permissions, queries, rules
from datacity.programme.releases.forms import ConfirmForm, WithdrawForm
from datacity.programme.releases.models import Clearance, Release
from datacity.programme.releases.views.cases import about
from datacity.programme.releases.views.decisions import prove


@require_http_methods(("GET", "HEAD", "POST"))
@signed_in
def withdraw(request: Request, number: int) -> HttpResponse:
    """Ask for ground and reason, show what will be lost and ask who it is, then take the version back.

    Raises Forbidden for who is no representative, or has no second factor yet; Conflict when the version is not public.
    """
    clearance = queries.decided(number)
    release = _released(clearance)
    require(permissions.may_withdraw(request.actor, release.dataset))
    require(has_second_factor(signed_in_person(request.actor)))
    require_state(rules.may_be_withdrawn(release.state))
    ways = ways_to_prove(signed_in_person(request.actor))
    if {"password", "code", "passkey"} & set(request.POST):
        return _take_back(request, clearance, release, ways)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            rules.check_withdrawal(form.cleaned_data["ground"], form.cleaned_data["reason"])
            return _last_look(request, clearance, ConfirmForm(initial=form.cleaned_data, ways=ways), form.cleaned_data)
    return render(request, "releases/withdraw.html", _context(request, clearance, form), status=form.status)


def _take_back(request: Request, clearance: Clearance, release: Release, ways: Ways) -> HttpResponse:
    form = ConfirmForm(request.POST, ways=ways)
    if form.is_valid():
        with form.catching():
            proven = prove(request, form)
            chosen = {"ground": form.cleaned_data["ground"], "reason": form.cleaned_data["reason"]}
            actions.withdraw(release, **chosen, by=signed_in_person(request.actor), at=request.now, proven=proven)
            return redirect("releases:withdrawal", number=clearance.protection_id)
    if {"ground", "reason"} & set(form.errors):  # lost on the way: ask for both again
        first = WithdrawForm(request.POST)
        return render(request, "releases/withdraw.html", _context(request, clearance, first), status=first.status)
    return _last_look(request, clearance, form, form.data)


def _last_look(request: Request, clearance: Clearance, form: ConfirmForm, chosen: Any) -> HttpResponse:
    context = {
        **_context(request, clearance, form),
        "ground": _(rules.GROUND_NAMES[rules.Ground(chosen["ground"])]),
        "reason": chosen["reason"],
    }
    return render(request, "releases/withdraw_check.html", context, status=form.status)


@require_safe
def withdrawal(request: Request, number: int) -> HttpResponse:
    """Show everybody what stands in the place of a withdrawn version: ground, reason, who, when, and what remains."""
    clearance = queries.decided(number)
    release = _released(clearance)
    found = getattr(release, "withdrawal", None)
    if found is None:
        raise Missing("releases.not_withdrawn", "This version was not withdrawn.")
    context = {
        **about(clearance.protection),
        "clearance": clearance,
        "release": release,
        "withdrawal": found,
        "ground": _(rules.GROUND_NAMES[rules.Ground(found.ground)]),
        "ground_hint": _(rules.GROUND_HINTS[rules.Ground(found.ground)]),
        "position": queries.entry_position(release.ref, ("release.withdrawn",)),
    }
    return render(request, "releases/withdrawal.html", context)


def _released(clearance: Clearance) -> Release:
    release = queries.release_of(clearance)
    if release is None:
        raise Missing("releases.never_left", "This table was refused; nothing of it was ever published.")
    return release


def _context(request: Request, clearance: Clearance, form: Any) -> dict[str, Any]:
    return {
        **about(clearance.protection),
        "clearance": clearance,
        "release": queries.release_of(clearance),
        "mandate": mandate_for_city(signed_in_person(request.actor), request.now),
        "form": form,
    }
