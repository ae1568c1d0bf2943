# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The form of display preferences."""

from django.utils.translation import gettext_lazy as _

from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField


class DisplayForm(Form):
    """Theme, font, size of the text."""

    theme = RadioField(
        label=_("Colours"),
        choices=[
            ("auto", _("As on my device")),
            ("light", _("Light page")),
            ("dark", _("Dark page")),
            ("contrast", _("High contrast")),
        ],
        hints={"contrast": _("Black on white, with strong borders.")},
    )
    font = RadioField(
        label=_("Letters"),
        choices=[
            ("source", _("Usual letters")),
            ("atkinson", _("Letters that are easier to tell apart")),
            ("spaced", _("Letters of my device, with more space")),
        ],
        hints={
            "source": "Source Sans 3",
            "atkinson": "Atkinson Hyperlegible Next",
            "spaced": _("More room between letters, words and lines."),
        },
    )
    text = RadioField(
        label=_("Size of the text"),
        choices=[("normal", _("Normal")), ("large", _("Large")), ("larger", _("Larger"))],
        hints={"large": _("A quarter larger."), "larger": _("Half as large again.")},
    )
