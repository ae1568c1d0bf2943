# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How allauth works here: no open sign-up, our words and markup, sessions that know when and where they began.

allauth checks passwords, limits attempts and begins sessions; invitations, resets and changes of password are deeds of
`people`, and so are second factors (`web/factors.py`). Its templates are ours (`templates/account`).
"""

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.forms import Form
from datacity.frame.proving import PasskeyInput, passkey_field, password_field
from datacity.web import factors
from datacity.web.browsers import browser_of
from datacity.web.sessions import BROWSER, STARTED

_form_page = require_http_methods(("GET", "HEAD", "POST"))
urlpatterns = [
    path("sign-in", _form_page(views.login), name="account_login"),
    path("sign-out", _form_page(never_cache(views.logout)), name="account_logout"),
    path("closed", require_safe(views.account_inactive), name="account_inactive"),
    *factors.urlpatterns,
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


class PasskeySignInForm(Form):
    """A passkey alone, in a form of its own beside the password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Add the button, which is seen only where the browser can use passkeys."""
        super().__init__(*args, **options)
        button = PasskeyInput(reverse("people:passkey_options"), label=_("Sign in with a passkey"), quiet=True)
        self.fields["passkey"] = passkey_field(button, _("Passkey"))


class SignInForm(LoginForm, Form):  # type: ignore[misc]  # allauth has no types
    """Address and password."""

    directory = settings.DIRECTORY_NAME
    """What the city's own directory is called, "" where none is set."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Put our fields in place of allauth's, which have placeholders instead of labels."""
        super().__init__(*args, **options)
        widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["login"] = forms.EmailField(label=_("Mail address"), max_length=254, widget=widget)
        self.fields["password"] = password_field(label=_("Password"))

    @property
    def passkey_form(self) -> PasskeySignInForm:
        """Give the form beside this one."""
        return PasskeySignInForm()
