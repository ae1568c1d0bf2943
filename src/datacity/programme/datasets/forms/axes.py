# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The four questions about what could be sensitive: an answer and a reason each, nothing chosen beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datacity.engine.catalogue import Description as Described
from datacity.frame import reader
from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField, TextField
from datacity.kernel.words import render
from datacity.programme.privacy.rules import ANSWER_NAMES, AXES, AXIS_NAMES, AXIS_QUESTIONS, Answer

HINTS = {
    Answer.NO: _("You looked, and see no way."),
    Answer.POSSIBLE: _("In some cases, or together with other data."),
    Answer.YES: _("As the table stands."),
}


@dataclass(frozen=True)
class AxisFields:
    """One axis with what was found in the file, what that suggests, and its two inputs."""

    name: str
    evidence: str
    suggested: str
    fields: tuple[BoundField, BoundField]


class AxesForm(Form):
    """An answer and a reason for each axis."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make two inputs for each axis."""
        super().__init__(*args, **options)
        for axis in AXES:
            self.fields[f"axis_{axis}"] = RadioField(
                label=_(AXIS_QUESTIONS[axis]),
                choices=[(key.value, _(name)) for key, name in ANSWER_NAMES.items()],
                hints=HINTS,
            )
            self.fields[f"reason_{axis}"] = TextField(
                label=gettext("Why? ({axis})").format(axis=gettext(AXIS_NAMES[axis])), rows=2, max_length=1000
            )

    def groups(self, described: Described) -> list[AxisFields]:
        """Give each question with the evidence of the file."""
        proposals = {each.axis.value: each for each in described.axes}
        return [
            AxisFields(
                gettext(AXIS_NAMES[axis]),
                render(proposals[axis].reason, reader.language(), proposals[axis].values),
                gettext(ANSWER_NAMES[Answer(proposals[axis].answer.value)]),
                (self[f"axis_{axis}"], self[f"reason_{axis}"]),
            )
            for axis in AXES
        ]

    def axes(self) -> dict[str, dict[str, str]]:
        """Give axis -> answer and reason."""
        data = self.cleaned_data
        return {axis: {"answer": data[f"axis_{axis}"], "reason": data[f"reason_{axis}"]} for axis in AXES}


def axes_initial(axes: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Give the answers kept before, as the form takes them; nothing when there are none."""
    found: dict[str, str] = {}
    for axis, given in axes.items():
        found |= {f"axis_{axis}": given["answer"], f"reason_{axis}": given["reason"]}
    return found
