# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The second step of signing in, the page that asks again who you are, and what allauth asks us about second factors.

Setting factors up, renaming and removing them are pages and deeds of `people`. Here are only the doors whose names allauth
knows, its adapter, and the rule that a refusal for want of a factor leads to the page where one is set up.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from datacity.engine.adapters.locker import Locker
from datacity.frame.proving import ProofForm, given
from datacity.frame.refusals import wants_problem
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import Forbidden, Invalid
from datacity.kernel.words import render_refusal
from datacity.programme.people import actions, queries
from datacity.programme.people.models import Person
from datacity.programme.people.permissions import NO_SECOND_FACTOR

View = TypeVar("View", bound=Callable[..., HttpResponse])
_limited = cast("Callable[[View], View]", ratelimit.decorator(app="allauth.mfa", action="webauthn_login"))
_after_the_password = cast(
    "Callable[[View], View]",
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"),
)
"""Lets in only who gave a right password just before; sends others back to it."""
_form_page = require_http_methods(("GET", "HEAD", "POST"))


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Encrypts code secrets and recovery seeds with the home's key; names city and person to apps and browsers."""

    def encrypt(self, text: str) -> str:
        """Lock a secret before it is stored."""
        return _locker().lock(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Unlock a stored secret. Raises Conflict when the keys are those of another home."""
        return _locker().unlock(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Give name and host: a passkey works at the host where it was made, which `ALLOWED_HOSTS` knows."""
        return {"id": context.request.get_host().partition(":")[0], "name": settings.CITY_NAME}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Give the number of the account as the browser keeps it, and names for its list of passkeys."""
        return {"id": user_pk_to_url_str(user).encode(), "display_name": str(user), "name": cast("Person", user).email}


def _locker() -> Locker:
    return Locker(Path(settings.KEYS) / "vault.key")


@never_cache
@_form_page
@sensitive_post_parameters("code", "passkey")
@_after_the_password
def second_step(request: Request) -> HttpResponse:
    """Ask for the second factor after a right password; the session begins only then."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 -- set by the decorator
    person: Person = stage.login.user
    form = ProofForm(request.POST or None, ways=queries.ways_to_prove(person, password=False))
    if form.is_valid():
        with form.catching():
            proof = given(form)
            if proof["passkey"]:
                actions.check_passkey(person, proof["passkey"], at=request.now)
            else:
                actions.check_code(person, proof["code"], at=request.now)
            record_authentication(request, person, "mfa")
            return cast("HttpResponse", stage.exit())
    return render(request, "account/second_step.html", {"form": form}, status=form.status)


@never_cache
@_form_page
@sensitive_post_parameters("password", "code", "passkey")
@signed_in
def confirm(request: Request) -> HttpResponse:
    """Ask again who it is, before changes to one's own account, then lead on."""
    person = cast("Person", request.user)
    form = ProofForm(request.POST or None, ways=queries.ways_to_prove(person))
    if form.is_valid():
        with form.catching():
            actions.prove_for_account(request, **given(form), at=request.now)
            return redirect(_next(request, reverse("people:factors")))
    return render(request, "account/reauthenticate.html", {"form": form}, status=form.status)


@never_cache
@require_POST
@_limited
@sensitive_post_parameters("passkey")
def sign_in_with_passkey(request: Request) -> HttpResponse:
    """Sign in with a passkey alone: it was unlocked on the device, so it is two factors in one."""
    try:
        person, _factor = actions.passkey_owner(request.POST.get("passkey", ""), at=request.now)
    except Invalid as refusal:
        messages.error(request, render_refusal(refusal, request.LANGUAGE_CODE))
        return redirect("account_login")
    record_authentication(request, person, "mfa", type="webauthn", passwordless=True)
    login = Login(user=person, redirect_url=_next(request, ""))
    return cast("HttpResponse", perform_login(request, login))


def _next(request: Request, instead: str) -> str:
    """Give the address to go on to, when it is ours."""
    target = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else instead


urlpatterns = [
    path("second-step", second_step, name="mfa_authenticate"),
    path("confirm", confirm, name="account_reauthenticate"),
    path("passkey", sign_in_with_passkey, name="account_passkey"),
]


class Middleware:
    """Leads who is refused for want of a second factor to the page where one is set up."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal that a second factor would lift; leave everything else to who comes next."""
        if not isinstance(exception, Forbidden) or wants_problem(request) or not _would_lift(request, exception):
            return None
        messages.warning(request, _("This asks for a second factor. Set one up first; it takes two minutes."))
        return redirect("people:factors")


def _would_lift(request: HttpRequest, refusal: Forbidden) -> bool:
    person = request.user
    if not isinstance(person, Person) or person.has_second_factor:
        return False
    return any(reason.code == NO_SECOND_FACTOR for reason in refusal.reasons) or person.lacks_factor()


middleware = Middleware
