# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The organisations: public pages, and their register."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.parts import Row
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.programme.people import actions, forms, permissions, queries
from datacity.programme.people.models import Organisation
from datacity.programme.people.tables import OrganisationTable

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@require_safe
def organisations(request: Request) -> HttpResponseBase:
    """List who takes part."""
    table = OrganisationTable(Organisation.objects.all(), request.GET)
    context = {"table": table, "may_register": permissions.may_register_organisation(request.actor)}
    return table.download(request) or render(request, "people/organisations.html", context)


@require_safe
def organisation(request: Request, slug: str) -> HttpResponse:
    """Show an organisation: what it is, and in which capacities somebody speaks for it."""
    found = queries.organisation_by_slug(slug)
    mandates = list(queries.mandates_running(request.now).filter(organisation=found))
    may_change = permissions.may_register_organisation(request.actor)
    facts = [Row(_("Kind"), _(found.kind_name))]
    if found.register_number:
        facts.append(Row(_("Register number"), found.register_number))
    context = {
        "organisation": found,
        "facts": facts,
        "capacities": [mandate.capacity for mandate in mandates],
        "mandates": mandates
        if may_change
        else [mandate for mandate in mandates if permissions.is_self(request.actor, mandate.person)],
        "may_change": may_change,
    }
    return render(request, "people/organisation.html", context)


@_form_page
@signed_in
def register_organisation(request: Request) -> HttpResponse:
    """Write an organisation into the register."""
    require(permissions.may_register_organisation(request.actor))
    form = forms.OrganisationForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            data = form.cleaned_data
            found = actions.register_organisation(
                data["name"], data["kind"], by=request.actor, at=request.now, register_number=data["register_number"]
            )  # fmt: skip
            messages.success(request, _("The organisation is registered."))
            return redirect("people:organisation", slug=found.slug)
    return render(request, "people/register_organisation.html", {"form": form}, status=form.status)


@_form_page
@signed_in
def change_organisation(request: Request, slug: str) -> HttpResponse:
    """Correct what is written about an organisation."""
    found = queries.organisation_by_slug(slug)
    require(permissions.may_register_organisation(request.actor))
    first = {"name": found.name, "kind": found.kind, "register_number": found.register_number}
    form = forms.OrganisationForm(request.POST or None, initial=first)
    if form.is_valid():
        with form.catching():
            actions.change_organisation(found, by=request.actor, at=request.now, **form.cleaned_data)
            messages.success(request, _("The organisation is corrected."))
            return redirect("people:organisation", slug=found.slug)
    return render(request, "people/change_organisation.html", {"form": form, "organisation": found}, status=form.status)


@_form_page
@signed_in
def leave_organisation(request: Request, slug: str) -> HttpResponse:
    """Note that an organisation left, after asking."""
    found = queries.organisation_by_slug(slug)
    require(permissions.may_register_organisation(request.actor))
    if request.method == "POST":
        actions.leave_organisation(found, by=request.actor, at=request.now)
        messages.success(request, _("It is noted that the organisation has left."))
        return redirect("people:organisation", slug=found.slug)
    back = reverse("people:organisation", kwargs={"slug": found.slug})
    return render(request, "people/leave_organisation.html", {"organisation": found, "back_url": back})
