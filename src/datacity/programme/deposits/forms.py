# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people type when they hand over a file or end its custody; shape only, the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader, typography
from datacity.frame.forms import Form
from datacity.frame.inputs import RadioField, TextField, UploadField
from datacity.programme.deposits.queries import organisations
from datacity.programme.deposits.rules import LEGAL_TITLE_HINTS, LEGAL_TITLE_NAMES

ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".json", ".geojson", ".parquet")


class DepositForm(Form):
    """A file with what must be known to keep it."""

    file = UploadField(label=_("The file"), accept=ENDINGS)
    title = forms.CharField(
        label=_("What is in it?"),
        help_text=_("A short title, for example: Bicycle counts, October 2026."),
        max_length=200,
    )
    legal_title = RadioField(
        label=_("Why may the city hold this file?"),
        choices=[(key.value, _(name)) for key, name in LEGAL_TITLE_NAMES.items()],
        hints={key.value: _(hint) for key, hint in LEGAL_TITLE_HINTS.items()},
    )
    legal_reference = forms.CharField(
        label=_("On which text does this rest?"),
        help_text=_(
            "The contract and its clause, the charter, or the article. Not needed for the city's own data or a free agreement."
        ),
        max_length=300,
        required=False,
    )
    organisation = forms.ChoiceField(
        label=_("Which organisation does it come from?"),
        required=False,
        help_text=_("Leave it empty for a service of the city."),
    )

    def __init__(self, *args: Any, maximum_bytes: int, **options: Any) -> None:
        """Show the limit and offer the organisations. maximum_bytes: of the file."""
        super().__init__(*args, **options)
        file, organisation = self.fields["file"], self.fields["organisation"]
        limit = typography.size(maximum_bytes, reader.language())
        file.help_text = _("CSV, XLSX, JSON, GeoJSON or Parquet; at most %(limit)s.") % {"limit": limit}
        if isinstance(file, UploadField) and isinstance(organisation, forms.ChoiceField):
            file.maximum_bytes = maximum_bytes
            named = [(each.slug, each.name.within(reader.language())) for each in organisations()]
            organisation.choices = [("", _("– none –")), *sorted(named, key=lambda pair: pair[1].casefold())]


class ReasonForm(Form):
    """A reason for what cannot be undone."""

    reason = TextField(
        label=_("Why?"), help_text=_("The person who deposited the file reads this."), rows=3, max_length=1000
    )
