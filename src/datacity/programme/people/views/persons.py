# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The persons, for administrators: directory, invitations, roles, mandates, closing an account."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.people import actions, forms, permissions, queries
from datacity.programme.people.models import Invitation, Mandate, Person, RoleGrant
from datacity.programme.people.rules import FACTOR_NAMES, Factor, InvitationState, PersonState
from datacity.programme.people.tables import PersonTable, state_tag
from datacity.programme.people.views.factors import proven

_form_page = require_http_methods(("GET", "HEAD", "POST"))


def _person(request: Request, number: int) -> Person:
    """Give a person to an administrator. Raises Forbidden for others, before it is said whether there is such a person."""
    require(permissions.may_administer(request.actor))
    return queries.readable_person(request.actor, number)


@never_cache
@require_safe
@signed_in
def directory(request: Request) -> HttpResponseBase:
    """List the persons with their roles."""
    require(permissions.may_list(request.actor))
    table = PersonTable(queries.directory(request.actor, request.now), request.GET)
    context = {"table": table, "may_invite": permissions.may_administer(request.actor)}
    return table.download(request) or render(request, "people/directory.html", context)


@never_cache
@require_safe
@signed_in
def person(request: Request, number: int) -> HttpResponse:
    """Show a person's account with what may be done about it."""
    found = queries.readable_person(request.actor, number)
    invitation = found.invitations.first()
    mandates = found.mandates.select_related("organisation")
    context = {
        "person": found,
        "tag": state_tag(found),
        "grants": [(grant, grant.span(request.now).value) for grant in found.roles_held],
        "mandates": [(mandate, mandate.span(request.now).value) for mandate in mandates],
        "invitation": invitation,
        "invitation_open": invitation is not None and invitation.state(request.now) is InvitationState.OPEN,
        "invited": found.state is PersonState.INVITED,
        "deactivated": found.state is PersonState.DEACTIVATED,
        "sessions": found.sessions.filter(expire_date__gt=request.now).count(),
        "may_administer": permissions.may_administer(request.actor),
        "may_grant": permissions.may_grant(request.actor, found),
        "may_deactivate": permissions.may_deactivate(request.actor, found),
        "factors": _factors(found),
        "may_reset_factors": permissions.may_reset_factors(request.actor, found),
    }
    return render(request, "people/person.html", context)


def _factors(person: Person) -> str:
    """Give the kinds of second factor the person has, "" for none; their names are for the person alone."""
    kinds = dict.fromkeys(Factor(row.type) for row in queries.factors_of(person))
    return ", ".join(_(FACTOR_NAMES[kind]) for kind in kinds)


@never_cache
@_form_page
@signed_in
def invite(request: Request) -> HttpResponse:
    """Invite somebody; the link goes out by mail, and is shown once when this home sends no mail."""
    require(permissions.may_administer(request.actor))
    form = forms.InviteForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        with form.catching():
            return _sent(request, actions.invite(by=request.actor, at=request.now, **form.cleaned_data))
    return render(request, "people/invite.html", {"form": form}, status=form.status)


@never_cache
@require_POST
@signed_in
def invite_again(request: Request, number: int) -> HttpResponse:
    """Send a new link; earlier ones stop working."""
    found = _person(request, number)
    return _sent(request, actions.invite_again(found, by=request.actor, at=request.now))


def _sent(request: Request, invitation: Invitation) -> HttpResponse:
    person = invitation.person
    address = "" if settings.EMAIL_HOST or person is None else queries.invitation_address(invitation, person.language)
    return render(request, "people/invited.html", {"invitation": invitation, "person": person, "address": address})


@never_cache
@require_POST
@signed_in
def withdraw_invitation(request: Request, number: int) -> HttpResponse:
    """Make a link useless."""
    require(permissions.may_administer(request.actor))
    invitation = get_object_or_404(Invitation.objects.select_related("person"), pk=number, person__isnull=False)
    actions.withdraw_invitation(invitation, by=request.actor, at=request.now)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people:person", number=invitation.person_id)


@never_cache
@_form_page
@signed_in
def grant_role(request: Request, number: int) -> HttpResponse:
    """Give a person a role."""
    found = _person(request, number)
    require(permissions.may_grant(request.actor, found))
    form = forms.GrantForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            last_day = form.cleaned_data["end"]
            end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time())) if last_day else None
            actions.grant_role(
                found, form.cleaned_data["role"], form.cleaned_data["scope"], by=request.actor, at=request.now, end=end
            )
            messages.success(request, _("The role is given."))
            return redirect("people:person", number=found.pk)
    return render(request, "people/grant_role.html", {"form": form, "person": found}, status=form.status)


@never_cache
@_form_page
@signed_in
def end_role(request: Request, number: int) -> HttpResponse:
    """End a role, after asking."""
    require(permissions.may_administer(request.actor))
    grant = get_object_or_404(RoleGrant.objects.select_related("person"), pk=number)
    require(permissions.may_grant(request.actor, grant.person))
    if request.method == "POST":
        actions.end_role(grant, by=request.actor, at=request.now)
        messages.success(request, _("The role has ended."))
        return redirect("people:person", number=grant.person_id)
    back = reverse("people:person", kwargs={"number": grant.person_id})
    return render(request, "people/end_role.html", {"grant": grant, "back_url": back})


@never_cache
@_form_page
@signed_in
def give_mandate(request: Request, number: int) -> HttpResponse:
    """Say for which organisation a person speaks."""
    require(permissions.may_register_organisation(request.actor))
    found = get_object_or_404(Person, pk=number)
    require(permissions.may_give_mandate(request.actor, found))
    form = forms.MandateForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            data = form.cleaned_data
            actions.give_mandate(
                found, data["organisation"], data["capacity"], by=request.actor, at=request.now, start=data["start"], end=data["end"]
            )  # fmt: skip
            messages.success(request, _("The mandate is given."))
            return redirect("people:organisation", slug=data["organisation"].slug)
    return render(request, "people/give_mandate.html", {"form": form, "person": found}, status=form.status)


@never_cache
@_form_page
@signed_in
def end_mandate(request: Request, number: int) -> HttpResponse:
    """End a mandate, after asking."""
    mandate = get_object_or_404(Mandate.objects.select_related("person", "organisation"), pk=number)
    require(permissions.may_end_mandate(request.actor, mandate))
    if request.method == "POST":
        actions.end_mandate(mandate, by=request.actor, at=request.now)
        messages.success(request, _("The mandate has ended."))
        return redirect("people:organisation", slug=mandate.organisation.slug)
    back = reverse("people:organisation", kwargs={"slug": mandate.organisation.slug})
    return render(request, "people/end_mandate.html", {"mandate": mandate, "back_url": back})


@never_cache
@_form_page
@signed_in
def deactivate(request: Request, number: int) -> HttpResponse:
    """Close an account, after asking."""
    found = _person(request, number)
    require(permissions.may_deactivate(request.actor, found))
    if request.method == "POST":
        actions.deactivate(found, by=request.actor, at=request.now)
        messages.success(request, _("The account is closed."))
        return redirect("people:person", number=found.pk)
    back = reverse("people:person", kwargs={"number": found.pk})
    return render(request, "people/deactivate.html", {"person": found, "back_url": back})


@never_cache
@require_POST
@signed_in
def reactivate(request: Request, number: int) -> HttpResponse:
    """Reopen a closed account."""
    found = _person(request, number)
    actions.reactivate(found, by=request.actor, at=request.now)
    messages.success(request, _("The account is open again."))
    return redirect("people:person", number=found.pk)


@never_cache
@require_POST
@signed_in
def sign_out(request: Request, number: int) -> HttpResponse:
    """End every session of somebody."""
    found = _person(request, number)
    actions.sign_out_everywhere(found, by=request.actor, at=request.now)
    messages.success(request, _("All sessions of this person have ended."))
    return redirect("people:person", number=found.pk)


@never_cache
@_form_page
@signed_in
def reset_factors(request: Request, number: int) -> HttpResponseBase:
    """Take the second factors from somebody who lost them, after asking, by an administrator who proved who they are."""
    found = _person(request, number)
    require(permissions.may_reset_factors(request.actor, found))
    return _reset_factors(request, found)


@proven
def _reset_factors(request: Request, found: Person) -> HttpResponseBase:
    if request.method == "POST":
        actions.reset_factors(found, by=request.actor, at=request.now)
        messages.success(request, _("The second factors of this person are removed; a mail says so to them."))
        return redirect("people:person", number=found.pk)
    back = reverse("people:person", kwargs={"number": found.pk})
    return render(request, "people/reset_factors.html", {"person": found, "back_url": back})
