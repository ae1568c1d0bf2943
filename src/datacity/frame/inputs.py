# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Form fields beyond Django's: a day in three parts, text in two languages, euros, choices with hints, a file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader, typography, widgets
from datacity.kernel.errors import Invalid
from datacity.kernel.money import Money
from datacity.kernel.words import Words, render_refusal

_DAY_ERRORS = {
    "day": _("Write the day as a number, for example 27."),
    "month": _("Write the month as a number from 1 to 12."),
    "year": _("Write the year with four digits, for example 2026."),
}
_FIRST_YEAR, _LAST_YEAR = 1000, 9999


class DayField(forms.Field):
    """A day typed as day, month and year; gives a date. Error codes: required, day, month, year, unreal."""

    widget = widgets.DayInput

    def to_python(self, value: Any) -> date | None:
        """Read the three parts. Raises ValidationError naming the part that is wrong."""
        if value is None or isinstance(value, date):
            return value
        parts = [str(part or "").strip() for part in value]
        if not any(parts):
            return None
        for name, part in zip(("day", "month", "year"), parts, strict=True):
            if not (part.isascii() and part.isdigit()) or (
                name == "year" and not _FIRST_YEAR <= int(part) <= _LAST_YEAR
            ):
                raise ValidationError(_DAY_ERRORS[name], code=name)
        day, month, year = (int(part) for part in parts)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(_("This day does not exist; check day and month."), code="unreal") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether another day was typed."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class WordsField(forms.Field):
    """A text in French, English or both, as the city's pages are; gives Words, or None when not required and empty.

    rows: lines of each text area; 1 gives one-line inputs. maximum: characters of each language, or None.
    """

    def __init__(self, *, rows: int = 1, maximum: int | None = None, **options: Any) -> None:
        """Keep the limit and make the two inputs."""
        asked = widgets.WordsInput(rows=rows, maximum=maximum)
        options.setdefault("widget", asked)
        super().__init__(**options)
        self.codes = asked.codes
        self.maximum = maximum

    def to_python(self, value: Any) -> Words | None:
        """Read the texts. Raises ValidationError for one over the limit."""
        if value is None or isinstance(value, Words):
            return value
        texts = [str(text or "").strip() for text in value]
        if self.maximum and any(len(text) > self.maximum for text in texts):
            raise ValidationError(
                _("Write at most %(limit)s characters in each language."), code="long", params={"limit": self.maximum}
            )
        return Words(**dict(zip(self.codes, texts, strict=True))) if any(texts) else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether one of the texts differs."""
        return self.to_python(initial) != self.to_python(data)


class SuggestedField(forms.CharField):
    """One line written freely; the form may suggest what is usual."""

    widget = widgets.SuggestionsInput

    def suggest(self, suggestions: Iterable[str]) -> None:
        """Offer these texts."""
        asked: Any = self.widget
        asked.suggestions = tuple(suggestions)


class EurosField(forms.CharField):
    """An amount in euros as people write it ("12", "12,50"); gives Money or None."""

    widget = widgets.EurosInput

    def to_python(self, value: Any) -> Any:
        """Read the amount. Raises ValidationError for another form."""
        text = super().to_python(value)
        if not text or isinstance(value, Money):
            return value or None
        try:
            return Money.euros(text.replace("\u00a0", "").replace(" ", "").removesuffix("€"))
        except Invalid as refusal:
            raise ValidationError(render_refusal(refusal, reader.language()), code=refusal.code) from refusal

    def run_validators(self, value: Any) -> None:
        """Skip the text validators: the value is Money by now."""


class RadioField(forms.ChoiceField):
    """One of a few choices, all seen at once, each with an optional hint; nothing is chosen beforehand.

    choices: (value, label) pairs. hints: value → one sentence.
    """

    widget = forms.RadioSelect

    def __init__(
        self, *, choices: Iterable[tuple[Any, Any]], hints: Mapping[Any, Any] | None = None, **options: Any
    ) -> None:
        """Keep the hints beside the choices."""
        super().__init__(choices=choices, **options)
        self.hints = dict(hints or {})


class CheckboxesField(forms.MultipleChoiceField):
    """Several of a few choices, each with an optional hint."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self, *, choices: Iterable[tuple[Any, Any]], hints: Mapping[Any, Any] | None = None, **options: Any
    ) -> None:
        """Keep the hints beside the choices."""
        super().__init__(choices=choices, **options)
        self.hints = dict(hints or {})


class TextField(forms.CharField):
    """A text of several lines, with a count of the characters left when there is a limit.

    rows: lines shown. max_length: characters.
    """

    def __init__(self, *, rows: int = 5, **options: Any) -> None:
        """Make the text area."""
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)


class UploadField(forms.FileField):
    """One file, with the endings the browser offers and a limit that is checked again here.

    accept: endings with a dot. maximum_bytes: refused above; None leaves it to the policy of the deed.
    """

    widget = widgets.UploadInput

    def __init__(self, *, accept: Iterable[str] = (), maximum_bytes: int | None = None, **options: Any) -> None:
        """Keep the limit and tell the browser the endings."""
        super().__init__(**options)
        self.maximum_bytes = maximum_bytes
        self.widget.attrs["accept"] = ",".join(accept)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Give the uploaded file. Raises ValidationError above the limit, saying both sizes."""
        found = super().clean(data, initial)
        if isinstance(found, UploadedFile) and self.maximum_bytes and (found.size or 0) > self.maximum_bytes:
            shown = {
                "size": typography.size(found.size or 0, reader.language()),
                "limit": typography.size(self.maximum_bytes, reader.language()),
            }
            raise ValidationError(_("The file has %(size)s; at most %(limit)s are accepted."), code="big", params=shown)
        return found
