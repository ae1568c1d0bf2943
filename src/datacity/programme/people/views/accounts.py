# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One's own account: joining, profile, password, sessions, what is stored."""

import json
from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.parts import Row
from datacity.frame.request import Request, signed_in
from datacity.programme.people import actions, forms, queries
from datacity.programme.people.models import Person
from datacity.programme.people.rules import FACTOR_NAMES, Factor, Span

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_form_page = require_http_methods(("GET", "HEAD", "POST"))


def _limited(action: str) -> Callable[[View], View]:
    """Answer 429 after too many sent forms of this kind; the rates are allauth's (`RATE_LIMITS`)."""
    return cast("Callable[[View], View]", rate_limit(action=action))


def _person(request: Request) -> Person:
    """Give the signed-in person of a page that only signed-in people reach."""
    person = request.user
    if not isinstance(person, Person):
        raise TypeError("this page needs a signed-in person")
    return person


@never_cache
@_form_page
@sensitive_post_parameters("password")
@_limited("signup")
def join(request: Request, token: str) -> HttpResponse:
    """Use an invitation: set name, language and password, then be signed in."""
    invitation = queries.invitation_by_token(token, request.now)
    person = invitation.person
    first = {"name": person.name, "language": person.language} if person else {"language": request.LANGUAGE_CODE}
    kind = forms.JoinForm if person else forms.FirstJoinForm
    form = kind(request.POST or None, initial=first)
    if form.is_valid():
        with form.catching():
            joined = actions.accept_invitation(token, at=request.now, **form.cleaned_data)
            get_adapter().login(request, joined)
            messages.success(request, _("Welcome. Your account is ready."))
            return redirect("people:profile")
    context = {"form": form, "email": person.email if person else "", "expires_at": invitation.expires_at}
    return render(request, "people/join.html", context, status=form.status)


@never_cache
@require_safe
@signed_in
def profile(request: Request) -> HttpResponse:
    """Show one's own account: profile, roles, mandates, sessions, what is stored."""
    person = _person(request)
    sessions = person.sessions.filter(expire_date__gt=request.now).order_by("-started_at")
    mandates = person.mandates.select_related("organisation")
    context = {
        "person": person,
        "facts": _facts(person),
        "grants": [grant for grant in person.roles_held if grant.span(request.now) is not Span.ENDED],
        "mandates": [mandate for mandate in mandates if mandate.span(request.now) is not Span.ENDED],
        "sessions": [(session, session.session_key == request.session.session_key) for session in sessions],
    }
    return render(request, "people/profile.html", context)


def _facts(person: Person) -> list[Row]:
    change = reverse("people:change_profile")
    kinds = ", ".join(
        _(FACTOR_NAMES[kind]) for kind in dict.fromkeys(Factor(row.type) for row in queries.factors_of(person))
    )
    return [
        Row(_("Name"), person.name, change, _("Change")),
        Row(_("Language"), dict(forms.LANGUAGES).get(person.language, person.language), change, _("Change")),
        Row(_("Mail address"), person.email),
        Row(_("Password"), _("known to you alone"), reverse("people:change_password"), _("Change")),
        Row(_("Second factor"), kinds or _("none"), reverse("people:factors"), _("Manage")),
    ]


@never_cache
@_form_page
@signed_in
def change_profile(request: Request) -> HttpResponse:
    """Change name and language."""
    person = _person(request)
    form = forms.ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if form.is_valid():
        with form.catching():
            actions.change_profile(person, by=request.actor, **form.cleaned_data)
            messages.success(request, _("Your profile is saved."))
            return redirect("people:profile")
    return render(request, "people/change_profile.html", {"form": form}, status=form.status)


@never_cache
@_form_page
@sensitive_post_parameters("old", "password")
@signed_in
@_limited("change_password")
def change_password(request: Request) -> HttpResponse:
    """Change the password; every other session ends."""
    person = _person(request)
    form = forms.PasswordForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            keep = request.session.session_key or ""
            actions.change_password(
                person,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["password"],
                by=request.actor,
                at=request.now,
                keep=keep,
            )
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is changed. Your other sessions have ended."))
            return redirect("people:profile")
    return render(request, "people/change_password.html", {"form": form}, status=form.status)


@never_cache
@_form_page
@signed_in
def sign_out_everywhere(request: Request) -> HttpResponse:
    """End every session but this one, after asking."""
    person = _person(request)
    if request.method == "POST":
        actions.sign_out_everywhere(person, by=request.actor, at=request.now, keep=request.session.session_key or "")
        messages.success(request, _("Your other sessions have ended."))
        return redirect("people:profile")
    return render(request, "people/sign_out_everywhere.html", {"back_url": reverse("people:profile")})


@never_cache
@require_safe
@signed_in
def export(request: Request) -> HttpResponse:
    """Give everything stored about oneself as a JSON file."""
    stored = queries.what_is_stored(_person(request), request.now)
    text = json.dumps(stored, ensure_ascii=False, indent=2)
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="my-account.json"'},
    )


@never_cache
@_form_page
def ask_reset(request: Request) -> HttpResponse:
    """Ask for a new password; the answer is the same whether the address has an account or not."""
    form = forms.AskResetForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        limit: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=email)
        if limit is not None:
            return limit
        actions.ask_password_reset(email, at=request.now)
        return redirect("people:reset_asked")
    return render(request, "people/ask_reset.html", {"form": form}, status=form.status)


@require_safe
def reset_asked(request: Request) -> HttpResponse:
    """Say what happens next."""
    return render(request, "people/reset_asked.html")


@never_cache
@_form_page
@sensitive_post_parameters("password")
@_limited("reset_password_from_key")
def reset(request: Request, number: int, key: str) -> HttpResponse:
    """Choose a new password with a mailed link."""
    person = queries.person_by_reset_key(number, key)
    form = forms.ResetForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            actions.reset_password(number, key, new=form.cleaned_data["password"], at=request.now)
            messages.success(request, _("Your password is changed. Sign in with it."))
            return redirect("account_login")
    return render(request, "people/reset.html", {"form": form, "email": person.email}, status=form.status)
