# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the officer and the reviewers type; shape only, the actions decide."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField, TextField
from datacity.programme.privacy.rules import (
    OUTCOME_HINTS,
    OUTCOME_NAMES,
    REVIEW_OUTCOME_HINTS,
    REVIEW_OUTCOME_NAMES,
)

LONGEST = 4000


class OpinionForm(Form):
    """What the data protection officer says about a table."""

    outcome = RadioField(label=gettext_lazy("Your opinion"), choices=())
    text = TextField(
        label=gettext_lazy("Your reasons"),
        max_length=LONGEST,
        help_text=gettext_lazy("In words a resident understands: they are published with the decision."),
    )
    conditions = TextField(
        label=gettext_lazy("Conditions"),
        rows=4,
        max_length=LONGEST,
        required=False,
        help_text=gettext_lazy("Only for an opinion with conditions. One a line, so that each can be checked."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the three outcomes in the reader's language."""
        super().__init__(*args, **options)
        _offer(self.fields["outcome"], OUTCOME_NAMES, OUTCOME_HINTS)


class ReviewForm(Form):
    """What a group may fear from a table, what is done about it, and what follows."""

    groups = TextField(
        label=gettext_lazy("Which groups could be exposed?"),
        rows=3,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Groups of people who live, work, pray or move the same way. Example: “Night-shift workers of the depot at "
            "Quai 3, about 40 people; customers of the only pharmacy in the street.”"
        ),
    )
    harms = TextField(
        label=gettext_lazy("What could happen to them?"),
        rows=3,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Stigma, more controls, higher rents, targeted advertising, pressure at work. Example: “The employer could "
            "read from the counts when the night shift leaves early.”"
        ),
    )
    safeguards = TextField(
        label=gettext_lazy("What is done against it?"),
        rows=3,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Coarser places, longer periods, a delay, fewer columns. Example: “Counts by day instead of by hour; places "
            "with fewer than 50 people are left out.”"
        ),
    )
    hearing = TextField(
        label=gettext_lazy("Were the groups heard?"),
        rows=3,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Who was asked, when, and what they answered; or why nobody could be. Example: “The works council was asked "
            "on 3 October; it agrees to counts by day.”"
        ),
    )
    outcome = RadioField(label=gettext_lazy("What the review concludes"), choices=())

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name the three conclusions in the reader's language."""
        super().__init__(*args, **options)
        _offer(self.fields["outcome"], REVIEW_OUTCOME_NAMES, REVIEW_OUTCOME_HINTS)


def _offer(field: Any, names: Mapping[Any, str], hints: Mapping[Any, str]) -> None:
    field.choices = [(each.value, _(name)) for each, name in names.items()]
    field.hints = {each.value: _(hint) for each, hint in hints.items()}
