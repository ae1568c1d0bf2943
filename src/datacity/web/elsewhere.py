# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in through the city's own directory (OpenID Connect), when the settings name one.

allauth speaks the protocol: state, PKCE, code, token, claims. Who may enter is a deed of `people`: only a person invited with the
same verified address. The way back is a GET that writes the session, as the protocol has it: the one named exception.
"""

from typing import Any, NoReturn, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect.views import callback
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from datacity.frame.refusals import refused
from datacity.frame.request import Request
from datacity.kernel.errors import Conflict, Missing, Refusal
from datacity.programme.people import actions


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Lets in who was invited, keeps nothing the directory tells beyond its number for the person."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        """Give no: an account begins with an invitation."""
        return False

    def pre_social_login(self, request: Request, sociallogin: SocialLogin) -> None:
        """Tie somebody who comes for the first time to the account they were invited to."""
        claims, sociallogin.account.extra_data = sociallogin.account.extra_data, {}
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=("extra_data",))
            return
        told = {**claims.get("id_token", {}), **claims.get("userinfo", {})}
        try:
            person = actions.come_from_elsewhere(
                str(told.get("email", "")), str(told.get("name", "")), verified=told.get("email_verified") is True, at=request.now
            )  # fmt: skip
        except Refusal as refusal:
            _answer(request, refusal)
        sociallogin.connect(request, person)

    def on_authentication_error(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> None:
        """Say in our words that it did not work, whatever the reason was."""
        _answer(request, _failed())


def _failed() -> Conflict:
    return Conflict(
        "people.directory_failed",
        "Signing in through the directory did not work.",
        hint="Go back to the sign-in page and try again, or use your password.",
    )


def _answer(request: HttpRequest, refusal: Refusal) -> NoReturn:
    raise ImmediateHttpResponse(refused(request, refusal))


@never_cache
@require_POST
def go(request: Request, provider_id: str) -> HttpResponse:
    """Send the person to the directory, from a page: a form may not lead elsewhere under our content policy.

    Raises Missing where no directory is set, Conflict where it does not answer.
    """
    try:
        provider = get_adapter().get_provider(request, provider_id)
        address = provider.redirect_from_request(request)["Location"]
    except SocialApp.DoesNotExist:
        raise Missing("people.no_directory_set", "This site signs in through no directory.") from None
    except (RequestException, KeyError) as error:  # it does not answer, or says less than the protocol asks
        raise _failed() from error
    except ImmediateHttpResponse as answer:
        return cast("HttpResponse", answer.response)
    response = render(request, "account/elsewhere.html", {"address": address, "name": provider.name})
    response["Refresh"] = f"0; url={address}"
    return response


@never_cache
@require_safe
def back(request: Request, provider_id: str) -> HttpResponse:
    """Let in who comes back from the directory. Raises Conflict for a person without number or tokens without claims."""
    try:
        return cast("HttpResponse", callback(request, provider_id))
    except KeyError as error:
        raise _failed() from error


urlpatterns = [
    path("directory/<slug:provider_id>", go, name="openid_connect_login"),
    path("directory/<slug:provider_id>/back", back, name="openid_connect_callback"),
]
