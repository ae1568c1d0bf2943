# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Form widgets of our own: three fields for a day, two for a text in two languages, euros, a file with progress."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datacity.frame import city
from datacity.kernel.money import Money
from datacity.kernel.words import Words

_PARTS = (("day", _("Day"), 2), ("month", _("Month"), 2), ("year", _("Year"), 4))
_LANGUAGES = {"fr": _("In French"), "en": _("In English")}


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
    """The same text in each language of the city's pages; names `<name>_fr`, `<name>_en`.

    rows: lines; 1 gives one-line inputs. maximum: characters, or None.
    """

    template_name = "frame/widgets/words.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 1, maximum: int | None = None) -> None:
        """Make one input a language, each marked with its language, in the city's order."""
        self.codes = city.offered()
        limit = {"maxlength": maximum} if maximum else {}
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.Textarea(attrs={"rows": rows, "lang": code, **limit})
            if rows > 1
            else forms.TextInput(attrs={"lang": code, **limit})
            for code in self.codes
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Any) -> list[str]:
        """Give the texts of Words, one a language."""
        return [getattr(value, code) if isinstance(value, Words) else "" for code in self.codes]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add each language's label."""
        context = super().get_context(name, value, attrs)
        for part, code in zip(context["widget"]["subwidgets"], self.codes, strict=True):
            part["label"] = _LANGUAGES[code]
        return context


class SuggestionsInput(forms.TextInput):
    """One line that can be written freely, with a list of what is usual; the browser offers it, no script is needed."""

    template_name = "frame/widgets/suggestions.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Begin without suggestions; a form gives them when it is made."""
        super().__init__(attrs)
        self.suggestions: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the suggestions, and tie the input to their list."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["suggestions"] = self.suggestions
        if self.suggestions:
            widget["attrs"]["list"] = f"{widget['attrs'].get('id', name)}_suggestions"
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
