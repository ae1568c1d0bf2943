# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a file is to be read again: what the steward fixes when reading went wrong or looks wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datacity.engine.sources.decoding import ENCODINGS
from datacity.frame.forms import Form
from datacity.programme.datasets.models import Description

_DELIMITERS = ((";", _("semicolon ;")), (",", _("comma ,")), ("\t", _("tabulator")), ("|", _("bar |")))
_FIND_OUT = ("", _("find out"))
_LAST_ROW = 100_000


class ReadingForm(Form):
    """Sheet, header line, delimiter, encoding, and new headers where two are the same.

    sheets: names offered. renames: `#position` or old header -> proposed header.
    """

    sheet = forms.ChoiceField(label=_("Which sheet holds the table?"), required=False)
    header_row = forms.IntegerField(
        label=_("On which line are the headers?"),
        help_text=_("Leave it empty when they are on the first line."),
        min_value=1,
        max_value=_LAST_ROW,
        required=False,
    )
    delimiter = forms.ChoiceField(
        label=_("What stands between two cells?"), choices=(_FIND_OUT, *_DELIMITERS), required=False
    )
    encoding = forms.ChoiceField(
        label=_("How are letters written in the file?"),
        help_text=_("Change it when accents look wrong."),
        choices=(_FIND_OUT, *((each, each) for each in ENCODINGS)),
        required=False,
    )

    def __init__(
        self, *args: Any, sheets: Sequence[str] = (), renames: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """Offer the sheets, and one field for each header to rename."""
        super().__init__(*args, **options)
        sheet = self.fields["sheet"]
        if sheets and isinstance(sheet, forms.ChoiceField):
            sheet.choices = [_FIND_OUT, *((each, each) for each in sheets)]
        else:
            del self.fields["sheet"]
        self._renamed = list(renames or {})
        for place, (old, new) in enumerate((renames or {}).items()):
            label = (
                _("New header for column %(place)s") if old.startswith("#") else _("New header instead of %(place)s")
            )
            self.fields[f"rename_{place}"] = forms.CharField(
                label=label % {"place": old.removeprefix("#")}, initial=new, max_length=200
            )

    def options(self) -> dict[str, Any]:
        """Give what was chosen, as `ReadOptions` fields; nothing for what is to be found out."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("sheet", "header_row", "delimiter", "encoding") if data.get(name)}
        renames = {old: data[f"rename_{place}"] for place, old in enumerate(self._renamed)}
        return {**found, "renames": renames} if renames else found


def sheets_of(description: Description) -> list[str]:
    """Give the sheets the file is known to have."""
    return list(description.reading.get("sheets", ())) or list(_values(description).get("names", ()))


def renames_of(description: Description) -> dict[str, str]:
    """Give the new headers chosen before, or those the refusal proposes."""
    found = _values(description).get("renames", {})
    return dict(description.options.get("renames", {})) or (dict(found) if isinstance(found, dict) else {})


def _values(description: Description) -> dict[str, Any]:
    return dict(description.refusal.get("values", {}))
