# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How allauth works here: no open sign-up, our words and markup, sessions that know when and where they began.

allauth checks passwords, limits attempts and asks for the password again; invitations, resets and changes of password are
deeds of `people`. Its templates are ours (`templates/account`).
"""

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.forms import Form
from datacity.web.browsers import browser_of
from datacity.web.sessions import BROWSER, STARTED

_form_page = require_http_methods(("GET", "HEAD", "POST"))
urlpatterns = [
    path("sign-in", _form_page(views.login), name="account_login"),
    path("sign-out", _form_page(never_cache(views.logout)), name="account_logout"),
    path("closed", require_safe(views.account_inactive), name="account_inactive"),
    path("confirm", _form_page(never_cache(views.reauthenticate)), name="account_reauthenticate"),
]


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes sign-up, and notes on a session when it began and in which kind of browser."""

    error_messages: dict[str, Any] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }  # fmt: skip

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Give no: an account begins with an invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give the address the middleware made sure of."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Begin the session."""
        super().login(request, user)
        request.session[STARTED] = request.now.isoformat()  # type: ignore[attr-defined]  # set by the middleware
        request.session[BROWSER] = browser_of(request.headers.get("User-Agent", ""))


def _password_field() -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=_("Password"), strip=False, max_length=128, widget=widget)


class SignInForm(LoginForm, Form):  # type: ignore[misc]  # allauth has no types
    """Address and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Put our fields in place of allauth's, which have placeholders instead of labels."""
        super().__init__(*args, **options)
        widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["login"] = forms.EmailField(label=_("Mail address"), max_length=254, widget=widget)
        self.fields["password"] = _password_field()


class ConfirmForm(ReauthenticateForm, Form):  # type: ignore[misc]  # allauth has no types
    """The password once more, before something that counts."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Put our field in place of allauth's."""
        super().__init__(*args, **options)
        self.fields["password"] = _password_field()
