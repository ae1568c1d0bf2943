# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The part of a form in which somebody proves again who they are: password and code, or a passkey.

A form derives from `ProofForm`, is made with `ways=people.queries.ways_to_prove(person)`, and its view hands `given(form)` to
`people.actions.prove_again`. Whether anything is right is decided there; refusals come back to the field they are about.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.forms import Form


class CodeKind(StrEnum):
    """Which codes somebody can give: those of an app (and recovery codes), or recovery codes alone."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Ways:
    """How somebody can prove who they are. code: None for who has none. passkey: the address that gives a challenge, or ""."""

    password: bool
    code: CodeKind | None
    passkey: str = ""


class PasskeyInput(forms.Widget):
    """A button that asks the browser for a passkey and sends the form with its answer; words instead where scripts are off.

    options: the address that gives the challenge. making: a new passkey is made instead of one used. quiet: nothing is
    seen where passkeys cannot be used, since another way stands beside.
    """

    template_name = "frame/widgets/passkey.html"
    use_fieldset = True  # a label would take the place of the button's own words

    def __init__(self, options: str, *, label: Any, making: bool = False, quiet: bool = False) -> None:
        """Keep where the challenge comes from and what the button says."""
        super().__init__()
        self.options, self.label, self.making, self.quiet = options, label, making, quiet

    def get_context(self, name: str, _value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add address and words; what was sent before is never sent again."""
        context = super().get_context(name, "", attrs)
        return {**context, "options": self.options, "label": self.label, "making": self.making, "quiet": self.quiet}


class PasskeyField(forms.CharField):
    """The browser's answer as JSON; may be absent, and is not called optional: it is another way."""

    def validate(self, _value: Any) -> None:
        """Let an absent answer pass: the form says what else is needed."""


def passkey_field(widget: PasskeyInput, title: Any) -> PasskeyField:
    """Give the field of a passkey. title: above the button."""
    return PasskeyField(label=title, max_length=20_000, widget=widget)


def password_field(**options: Any) -> forms.CharField:
    """Give the field of the present password."""
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    shown = {"label": gettext_lazy("Your password, again"), **options}
    return forms.CharField(strip=False, max_length=128, widget=widget, **shown)


def code_field(**options: Any) -> forms.CharField:
    """Give the field of a code from an app, or of a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "size": 12}
    shown = {
        "label": gettext_lazy("Code of your app"),
        "help_text": gettext_lazy("Six digits. A recovery code of eight digits works too, once."),
        **options,
    }
    return forms.CharField(max_length=20, widget=forms.TextInput(attrs=attrs), **shown)


class ProofForm(Form):
    """Password and code, or a passkey instead of both; a field that the person cannot use is left out."""

    password = password_field(help_text=gettext_lazy("So that nobody acts in your name at a screen you left open."))
    code = code_field()

    def __init__(self, *args: Any, ways: Ways, **options: Any) -> None:
        """Show what this person can use. Fields of a deriving form come first."""
        super().__init__(*args, **options)
        proof = {name: self.fields.pop(name) for name in ("password", "code")}
        if ways.password:
            self.fields["password"] = proof["password"]
        if ways.code:
            self.fields["code"] = proof["code"]
        if ways.code is CodeKind.RECOVERY:
            self.fields["code"].label, self.fields["code"].help_text = (
                _("Recovery code"),
                _("Eight digits; works once."),
            )
        if ways.passkey:
            title = _("Or with your passkey") if ways.password or ways.code else _("Your passkey")
            self.fields["passkey"] = passkey_field(PasskeyInput(ways.passkey, label=_("Use my passkey")), title)
        if self.data.get("passkey"):
            for name in {"password", "code"} & set(self.fields):
                self.fields[name].required = False


def given(form: forms.Form) -> dict[str, str]:
    """Give what was typed or sent as proof: `password`, `code`, `passkey`, each "" when absent."""
    return {name: form.cleaned_data.get(name, "") for name in ("password", "code", "passkey")}
