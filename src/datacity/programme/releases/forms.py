# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the representative types to decide on a table and to take one back; shape only, the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField, TextField
from datacity.frame.proving import ProofForm
from datacity.programme.releases.rules import GROUND_HINTS, GROUND_NAMES, OUTCOME_DEEDS, OUTCOME_HINTS, ClearanceOutcome

LONGEST = 4000


class DecisionForm(ProofForm):
    """Clear or refuse, with a reason that everybody reads, proving who decides."""

    outcome = RadioField(label=gettext_lazy("Your decision"), choices=())
    reason = TextField(
        label=gettext_lazy("Your reason"),
        max_length=LONGEST,
        help_text=gettext_lazy("Published under your name and capacity. Say what decided you, in plain words."),
    )
    against_opinion = TextField(
        label=gettext_lazy("Why against the opinion"),
        max_length=LONGEST,
        required=False,
        help_text=gettext_lazy(
            "The opinion is unfavourable. If you clear all the same, say why; it is published beside the opinion."
        ),
    )

    def __init__(self, *args: Any, may_clear: bool, unfavourable: bool, **options: Any) -> None:
        """Offer what can be decided. may_clear: no when the review says it must stay. unfavourable: the opinion is."""
        super().__init__(*args, **options)
        offered = [each for each in ClearanceOutcome if may_clear or each is not ClearanceOutcome.GIVEN]
        field: Any = self.fields["outcome"]
        field.choices = [(each.value, _(OUTCOME_DEEDS[each])) for each in offered]
        field.hints = {each.value: _(OUTCOME_HINTS[each]) for each in offered}
        if not unfavourable or not may_clear:
            del self.fields["against_opinion"]


class WithdrawForm(Form):
    """On which ground a version is taken back, and why."""

    ground = RadioField(label=gettext_lazy("Legal ground"), choices=())
    reason = TextField(
        label=gettext_lazy("Your reason"),
        max_length=LONGEST,
        help_text=gettext_lazy(
            "It stays in the place of the data for ever. Do not repeat what must not be read: no name, no figure."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the grounds in the reader's language."""
        super().__init__(*args, **options)
        field: Any = self.fields["ground"]
        field.choices = [(each.value, _(name)) for each, name in GROUND_NAMES.items()]
        field.hints = {each.value: _(hint) for each, hint in GROUND_HINTS.items()}


class ConfirmForm(ProofForm, WithdrawForm):
    """The same, checked and unseen, with the proof of who withdraws: the second step."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Carry ground and reason along unseen."""
        super().__init__(*args, **options)
        for name in ("ground", "reason"):
            self.fields[name].widget = forms.HiddenInput()
