# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people type about people; shape only, the actions decide."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader
from datacity.frame.forms import Form
from datacity.frame.inputs import DayField, RadioField, WordsField
from datacity.frame.proving import PasskeyInput, code_field, passkey_field
from datacity.kernel.errors import Invalid
from datacity.kernel.ref import CITY, Ref
from datacity.programme.people.models import Organisation
from datacity.programme.people.queries import kind_choices, role_choices

LANGUAGES = tuple(settings.LANGUAGES)
"""The languages of the city's pages."""
_LONGEST_PASSWORD = 128


def _new_password(**options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    hint = _("At least 12 characters; a sentence of four or five words is easy to keep.")
    return forms.CharField(
        strip=False,
        max_length=_LONGEST_PASSWORD,
        widget=widget,
        **{"label": _("New password"), "help_text": hint, **options},
    )


def _mail(**options: Any) -> forms.EmailField:
    return forms.EmailField(
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        **{"label": _("Mail address"), **options},
    )


def _name(**options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        **{"label": _("First name and name"), **options},
    )


class ScopeField(forms.CharField):
    """Where a role holds: a reference like `edition:2027`; empty for the whole city."""

    def to_python(self, value: Any) -> Any:
        """Read the reference. Raises ValidationError for another form."""
        text = super().to_python(value)
        if not text:
            return CITY
        try:
            return Ref.parse(text)
        except Invalid as refusal:
            raise forms.ValidationError(
                _("This is not a reference; write it like edition:2027, or leave it empty."), code=refusal.code
            ) from refusal

    def run_validators(self, value: Any) -> None:
        """Check the length of the text form."""
        super().run_validators(str(value))


def _scope() -> ScopeField:
    return ScopeField(
        label=_("Only for"),
        required=False,
        max_length=141,
        help_text=_("A reference such as edition:2027. Empty: in the whole city."),
    )


class InviteForm(Form):
    """Whom to invite, and their first role."""

    email = _mail()
    name = _name(required=False)
    language = RadioField(label=_("Language of the mail"), choices=LANGUAGES, initial=settings.LANGUAGE_CODE)
    role = forms.ChoiceField(
        label=_("First role"), required=False, help_text=_("More roles can be given later on the person's page.")
    )
    scope = _scope()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the roles in the reader's language."""
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", _("No role yet")), *role_choices()]  # type: ignore[attr-defined]  # a choice field


class GrantForm(Form):
    """Which role, where and until when."""

    role = forms.ChoiceField(label=_("Role"))
    scope = _scope()
    end = DayField(label=_("Until"), required=False, help_text=_("Last day of the role. Empty: without end."))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the roles in the reader's language."""
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", _("Choose")), *role_choices()]  # type: ignore[attr-defined]  # a choice field


class MandateForm(Form):
    """For which organisation somebody speaks, as what, and until when."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), to_field_name="slug", empty_label=_("Choose")
    )
    capacity = WordsField(
        label=_("Capacity"),
        maximum=200,
        help_text=_(
            "The function under which the person speaks, for example “head of the mobility directorate”. Public."
        ),
    )
    start = DayField(label=_("From"), required=False, help_text=_("First day. Empty: today."))
    end = DayField(label=_("Until"), required=False, help_text=_("Last day. Empty: without end."))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the organisations that take part."""
        super().__init__(*args, **options)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(left_at__isnull=True)
        field.label_from_instance = lambda row: row.name.within(reader.language())


class OrganisationForm(Form):
    """What is public about an organisation."""

    name = WordsField(label=_("Name"), maximum=200)
    kind = RadioField(label=_("Kind"), choices=())
    register_number = forms.CharField(
        label=_("Register number"), required=False, max_length=40, help_text=_("For example a SIREN number. Public.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the kinds in the reader's language."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]  # a choice field


class JoinForm(Form):
    """Name, language and password at first use of an invitation."""

    name = _name()
    language = RadioField(label=_("Language of your pages and mails"), choices=LANGUAGES)
    password = _new_password(label=_("Password"))


class FirstJoinForm(JoinForm):
    """The same for the first administrator, who also says the address."""

    email = _mail(help_text=_("You will sign in with it."))
    field_order = ("email", "name", "language", "password")


class ProfileForm(Form):
    """Name and language of one's own account."""

    name = _name()
    language = RadioField(label=_("Language of your pages and mails"), choices=LANGUAGES)


class PasswordForm(Form):
    """The present password and a new one."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=_LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = _new_password()


class AskResetForm(Form):
    """The address that forgot its password."""

    email = _mail()


class ResetForm(Form):
    """A new password."""

    password = _new_password()


class CodeAppForm(Form):
    """The code that the app shows: the proof that it holds the secret."""

    code = code_field(label=_("Code that the app shows now"), help_text=_("Six digits, new every 30 seconds."))


class PasskeyNameForm(Form):
    """What the person calls a passkey."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        help_text=_("So that you recognise it in the list, for example “office computer” or “blue key”."),
    )


class PasskeyForm(PasskeyNameForm):
    """A new passkey: its name, and what the browser made."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Add the button that asks the browser."""
        super().__init__(*args, **options)
        button = PasskeyInput(reverse("people:passkey_options"), label=_("Make the passkey"), making=True)
        self.fields["passkey"] = passkey_field(button, _("Passkey"))

    def clean_passkey(self) -> str:
        """Refuse a form sent without the browser's answer."""
        answer: str = self.cleaned_data["passkey"]
        if not answer:
            raise forms.ValidationError(_("No passkey was made. Use the button; it needs scripts."), code="none")
        return answer
