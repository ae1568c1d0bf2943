# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The form every page uses: our markup, refusals on the form, and the right status."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict

from datacity.frame import reader
from datacity.kernel.errors import Conflict, Exhausted, Invalid, Refusal
from datacity.kernel.words import render_refusal

OK, WRONG = 200, 422


class Renderer(TemplatesSetting):
    """Finds our templates for forms and fields, and Django's for inputs (`django.forms` is an installed app)."""

    form_template_name = "frame/form.html"
    field_template_name = "frame/field.html"


class Form(forms.Form):
    """A form in our markup. `{{ form }}` shows errors and fields; `{% field form.x %}` shows one field.

    A view reads: `if form.is_valid(): with form.catching(): actions.do(…); return redirect(…)`, then
    `return render(request, template, {"form": form}, status=form.status)`.
    """

    default_renderer = Renderer
    use_required_attribute = False  # the browser's own bubbles cannot be read again; our messages can

    def __init__(self, *args: Any, **options: Any) -> None:
        """Leave out the colon after labels: French and English differ there."""
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 once something is wrong, else 200."""
        return WRONG if self.is_bound and self.errors else OK

    def refuse(self, refusal: Refusal) -> None:
        """Put the refusal on the field it names, or on top of the form when it names none of its fields.

        A refusal about a part of the data ("column x") stays on top with its own words.
        """
        text = render_refusal(refusal, reader.language())
        if not self.is_bound:  # nothing was sent: show the form as it is, with this one error
            self.is_bound, self.cleaned_data, self._errors = True, {}, ErrorDict()
        self.add_error(
            refusal.field if refusal.field in self.fields else None, ValidationError(text, code=refusal.code)
        )

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Turn Invalid, Conflict and Exhausted raised inside into errors of this form; others pass on.

        What follows the block runs only after a refusal when the block ends with `return`.
        """
        try:
            yield
        except (Invalid, Conflict, Exhausted) as refusal:
            self.refuse(refusal)
