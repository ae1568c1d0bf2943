# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One's own second factors: the list, an app that shows codes, passkeys, recovery codes.

No page here writes the session on GET: the secret of a new app, and the challenge of a passkey, are made by POST.
"""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.internal.stagekit import get_pending_stage
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]

from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import Missing, require
from datacity.programme.people import actions, forms, permissions, queries
from datacity.programme.people.models import Person
from datacity.programme.people.rules import FACTOR_NAMES, Factor

P = ParamSpec("P")
PENDING = "pending_code_app"
"""Where the session keeps, encrypted, the secret of an app that is being set up."""
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_limited = cast("Callable[[View], View]", ratelimit.decorator(app="allauth.mfa", action="webauthn_login"))
"""Answers 429 after too many challenges asked from one address (`MFA_RATE_LIMITS`)."""
_form_page = require_http_methods(("GET", "HEAD", "POST"))


def proven(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Let pass who proved lately who they are; ask the others, and come back."""

    @wraps(view)
    def door(request: Request, /, *args: P.args, **options: P.kwargs) -> HttpResponseBase:
        if permissions.proved_lately(request):
            return view(request, *args, **options)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path}, safe='/')}")

    return door


def _person(request: Request) -> Person:
    return queries.signed_in_person(request.user)  # type: ignore[arg-type]  # signed in: a person


@never_cache
@require_safe
@signed_in
def factors(request: Request) -> HttpResponse:
    """List one's second factors, and say which roles ask for one."""
    person = _person(request)
    rows = queries.factors_of(person)
    kinds = {Factor(row.type) for row in rows}
    context = {
        "factors": [(row, _shown(row)) for row in rows if row.type != Factor.RECOVERY_CODES],
        "has_app": Factor.CODE_APP in kinds,
        "codes_left": len(queries.codes_left(person)) if Factor.RECOVERY_CODES in kinds else None,
        "lacks": person.lacks_factor(at=request.now),
    }
    return render(request, "people/factors.html", context)


def _shown(row: Authenticator) -> str:
    """Give what a factor is called: the name its person gave, or its kind."""
    return str(row.data.get("name") or _(FACTOR_NAMES[Factor(row.type)]))


@never_cache
@_form_page
@sensitive_post_parameters("code")
@signed_in
@proven
def add_code_app(request: Request) -> HttpResponse:
    """Set up an app: make a secret, show it as a picture and as text, take the first code."""
    if "begin" in request.POST:
        request.session[PENDING] = encrypt(generate_totp_secret())
        return redirect("people:add_code_app")
    if PENDING not in request.session:
        return render(request, "people/begin_code_app.html")
    person, secret = _person(request), decrypt(request.session[PENDING])
    form = forms.CodeAppForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            code, keep = form.cleaned_data["code"], request.session.session_key or ""
            actions.add_code_app(person, secret, code, by=person, at=request.now, keep=keep)
            del request.session[PENDING]
            messages.success(request, _("Your app is set up. From now on, signing in asks for its code."))
            return redirect("people:recovery_codes")
    context = {
        "form": form,
        "secret": _in_groups(secret),
        "address": get_adapter().build_totp_url(person, secret),
    }
    return render(request, "people/add_code_app.html", context, status=form.status)


def _in_groups(secret: str) -> str:
    """Give a secret in groups of four, four groups a line, so that it can be typed and fits on a telephone."""
    groups = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    return "\n".join(" ".join(groups[place : place + 4]) for place in range(0, len(groups), 4))


@never_cache
@require_safe
@signed_in
@proven
def code_app_picture(request: Request) -> HttpResponse:
    """Draw the secret that is being set up as a square an app can read. Raises Missing when none is."""
    if PENDING not in request.session:
        raise Missing("people.no_picture", "Nothing is being set up.")
    code, picture = QRCode(border=3), BytesIO()
    code.add_data(get_adapter().build_totp_url(_person(request), decrypt(request.session[PENDING])))
    code.make_image(image_factory=SvgPathFillImage).save(picture)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@never_cache
@_form_page
@sensitive_post_parameters("passkey")
@signed_in
@proven
def add_passkey(request: Request) -> HttpResponse:
    """Set up a passkey, which the browser makes with the device or a key."""
    form = forms.PasskeyForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            actions.enrol_passkey(request, form.cleaned_data["passkey"], form.cleaned_data["name"], at=request.now)
            messages.success(request, _("Your passkey is set up."))
            return redirect("people:recovery_codes")
    return render(request, "people/add_passkey.html", {"form": form}, status=form.status)


@never_cache
@require_POST
@_limited
def passkey_options(request: Request) -> HttpResponse:
    """Give a program the challenge that a passkey answers: to make one, to prove it again, or to sign in.

    Raises Forbidden when one is to be made by who has not proved lately who they are.
    """
    if request.POST.get("for") == "create":
        person = queries.signed_in_person(request.actor)
        require(permissions.proved_lately(request))
        return JsonResponse(begin_registration(person, passwordless=True))
    stage = get_pending_stage(request)
    waiting = stage.login.user if stage else None
    return JsonResponse(begin_authentication(request.user if request.user.is_authenticated else waiting))


@never_cache
@_form_page
@signed_in
@proven
def rename_factor(request: Request, number: int) -> HttpResponse:
    """Call a passkey something else."""
    factor = queries.factor_of(_person(request), number)
    form = forms.PasskeyNameForm(request.POST or None, initial={"name": _shown(factor)})
    if form.is_valid():
        with form.catching():
            actions.rename_passkey(factor, form.cleaned_data["name"], by=request.actor)
            messages.success(request, _("The name is changed."))
            return redirect("people:factors")
    return render(request, "people/rename_factor.html", {"form": form}, status=form.status)


@never_cache
@_form_page
@signed_in
@proven
def remove_factor(request: Request, number: int) -> HttpResponse:
    """Take a factor away, after asking."""
    person = _person(request)
    factor = queries.factor_of(person, number)
    if request.method == "POST":
        actions.remove_factor(factor, by=person, at=request.now)
        messages.success(request, _("The second factor is removed."))
        return redirect("people:factors")
    others = [each for each in queries.factors_of(person) if each.type != Factor.RECOVERY_CODES and each != factor]
    context = {"name": _shown(factor), "last": not others, "back_url": reverse("people:factors")}
    return render(request, "people/remove_factor.html", context)


@never_cache
@require_safe
@signed_in
@proven
def recovery_codes(request: Request) -> HttpResponse:
    """Show the recovery codes that are left, to print or keep as a file."""
    return render(request, "people/recovery_codes.html", {"codes": queries.codes_left(_person(request))})


@never_cache
@require_safe
@signed_in
@proven
def recovery_file(request: Request) -> HttpResponse:
    """Give the recovery codes that are left as a text file."""
    head = _("Recovery codes for {city}. Each works once, instead of a code of your app.")
    lines = [head.format(city=settings.CITY_NAME), "", *queries.codes_left(_person(request)), ""]
    return HttpResponse(
        "\n".join(lines),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
    )


@never_cache
@_form_page
@signed_in
@proven
def new_codes(request: Request) -> HttpResponse:
    """Make new recovery codes, after asking."""
    if request.method == "POST":
        actions.make_codes(_person(request), by=request.actor, at=request.now)
        messages.success(request, _("These codes are new; the ones before no longer work."))
        return redirect("people:recovery_codes")
    return render(request, "people/new_codes.html", {"back_url": reverse("people:factors")})
