# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Form widgets of our own: three fields for a day, two for a text in two languages, euros, a file with progress."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datacity.kernel.money import Money
from datacity.kernel.words import Words

_PARTS = (("day", _("Day"), 2), ("month", _("Month"), 2), ("year", _("Year"), 4))
_LANGUAGES = (("fr", _("In French")), ("en", _("In English")))


class DayInput(forms.MultiWidget):
    """Day, month and year as three short number inputs; names `<name>_day`, `_month`, `_year`."""

    template_name = "frame/widgets/day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make the three inputs."""
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "size": length, "maxlength": length}
            )
            for name, _label, length in _PARTS
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Give day, month and year of a date."""
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add each part's label."""
        context = super().get_context(name, value, attrs)
        for part, (_name, label, _length) in zip(context["widget"]["subwidgets"], _PARTS, strict=True):
            part["label"] = label
        return context


class WordsInput(forms.MultiWidget):
    """The same text in French and in English; names `<name>_fr`, `<name>_en`.

    rows: lines; 1 gives one-line inputs. maximum: characters, or None.
    """

    template_name = "frame/widgets/words.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 1, maximum: int | None = None) -> None:
        """Make one input a language, each marked with its language."""
        limit = {"maxlength": maximum} if maximum else {}
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.Textarea(attrs={"rows": rows, "lang": code, **limit})
            if rows > 1
            else forms.TextInput(attrs={"lang": code, **limit})
            for code, _label in _LANGUAGES
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Any) -> list[str]:
        """Give the two texts of Words."""
        return [value.fr, value.en] if isinstance(value, Words) else ["", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add each language's label."""
        context = super().get_context(name, value, attrs)
        for part, (_code, label) in zip(context["widget"]["subwidgets"], _LANGUAGES, strict=True):
            part["label"] = label
        return context


class EurosInput(forms.TextInput):
    """An amount with the euro sign beside it."""

    template_name = "frame/widgets/euros.html"

    def format_value(self, value: Any) -> str | None:
        """Show Money as "12,50"."""
        if isinstance(value, Money):
            whole, part = divmod(abs(value.cents), 100)
            return f"{'-' if value.cents < 0 else ''}{whole},{part:02d}"
        return None if value is None else str(value)


class UploadInput(forms.FileInput):
    """A plain file input; the page's script adds progress while the form is sent."""

    template_name = "frame/widgets/upload.html"
