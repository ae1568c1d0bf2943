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
        choices=[("auto", _("As on my device")), ("light", _("Light page")), ("dark", _("Dark page"))],
    )
    font = RadioField(
        label=_("Letters"),
        choices=[("source", _("Usual letters")), ("atkinson", _("Letters that are easier to tell apart"))],
        hints={"source": "Source Sans 3", "atkinson": "Atkinson Hyperlegible Next"},
    )
    text = RadioField(
        label=_("Size of the text"),
        choices=[("normal", _("Normal")), ("large", _("Large")), ("larger", _("Larger"))],
    )
