# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people type becomes a day, words, money or a clear sentence."""

from datetime import date

import pytest
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.translation import override

from datacity.frame.forms import Form
from datacity.frame.inputs import CheckboxesField, DayField, EurosField, RadioField, TextField, UploadField, WordsField
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.kernel.money import Money
from datacity.kernel.words import Words


class Sample(Form):
    title = WordsField(maximum=20)
    on = DayField(label="Date")
    cost = EurosField(required=False)
    who = RadioField(choices=[("a", "Moi"), ("b", "Une association")], hints={"b": "Avec un SIRET"})


GOOD = "title_fr=Vélos&title_en=Bikes&on_day=1&on_month=3&on_year=2026&cost=12,50&who=b"


def test_a_good_form_gives_values_of_the_kernel():
    form = Sample(QueryDict(GOOD))

    assert form.is_valid()
    assert form.cleaned_data == {
        "title": Words("Vélos", "Bikes"),
        "on": date(2026, 3, 1),
        "cost": Money(1250),
        "who": "b",
    }
    assert form.status == 200


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("", "", ""), "required"),
        (("x", "3", "2026"), "day"),
        (("1", "mars", "2026"), "month"),
        (("1", "3", "26"), "year"),
        (("31", "2", "2026"), "unreal"),
        (("1", "", "2026"), "month"),
        (("²", "3", "2026"), "day"),
    ],
)
def test_a_day_says_which_part_is_wrong(parts, code):
    with pytest.raises(django_forms.ValidationError) as refused:
        DayField().clean(list(parts))

    assert refused.value.code == code


def test_words_over_the_limit_are_refused_with_the_limit():
    with override("en"), pytest.raises(django_forms.ValidationError) as refused:
        WordsField(maximum=3).clean(["long", ""])

    with override("en"):
        assert refused.value.messages == ["Write at most 3 characters in each language."]


def test_a_wrong_amount_is_refused_in_the_kernel_s_words():
    with override("en"):
        form = Sample(QueryDict(GOOD.replace("12,50", "12,345")))

        assert form.errors == {"cost": ["“12,345” is not an amount in euros, for example 12,50."]}
        assert form.status == 422


def test_amounts_with_spaces_and_sign_are_read():
    assert [EurosField().clean(text) for text in ("1 200", "1\u00a0200,5 €", "-3")] == [
        Money(120000),
        Money(120050),
        Money(-300),
    ]


def test_a_file_over_the_limit_is_refused_with_both_sizes():
    with override("fr"), pytest.raises(django_forms.ValidationError) as refused:
        UploadField(maximum_bytes=3).clean(SimpleUploadedFile("a.csv", b"1234"))

    assert "4\u00a0octets" in refused.value.messages[0]
    assert "3\u00a0octets" in refused.value.messages[0]


def test_a_file_within_the_limit_passes_unchanged():
    sent = SimpleUploadedFile("a.csv", b"123")

    assert UploadField(maximum_bytes=3).clean(sent) is sent


def test_a_refusal_goes_to_the_field_it_names():
    form = Sample(QueryDict(GOOD))
    assert form.is_valid()

    with form.catching():
        raise Invalid("sample.late", "{day} is too late.", field="on", day="Monday")

    assert form.errors == {"on": ["Monday is too late."]}
    assert form.status == 422


def test_a_refusal_without_a_field_of_the_form_stands_on_top():
    form = Sample(QueryDict(GOOD))
    assert form.is_valid()

    with form.catching():
        raise Conflict("sample.moved", "It moved.", hint="Load the page again.", field="column x")

    assert form.non_field_errors() == ["It moved. Load the page again."]


@pytest.mark.parametrize("refusal", [Forbidden("x.no", "No."), Missing("x.none", "None.")])
def test_what_is_not_about_the_input_passes_on(refusal):
    form = Sample(QueryDict(GOOD))

    with pytest.raises(type(refusal)), form.catching():
        raise refusal


def test_an_unsent_form_can_show_a_refusal_alone():
    form = Sample()

    form.refuse(Conflict("sample.moved", "It moved."))

    assert form.errors == {"__all__": ["It moved."]}
    assert form.status == 422


class Shown(Form):
    who = RadioField(label="Qui", choices=[("a", "Moi"), ("b", "Une association")], hints={"b": "Avec un SIRET"})
    uses = CheckboxesField(label="Usages", choices=[("m", "Carte")], required=False)
    on = DayField(label="Date", help_text="Par exemple 27 3 2026")
    about = TextField(label="Texte", max_length=300)
    title = WordsField(label="Titre")


@pytest.mark.parametrize(
    "wanted",
    [
        '<input class="ds-input" type="radio" name="who" id="id_who_1" value="b" aria-describedby="id_who_1_hint">',
        '<input class="ds-input" type="checkbox" name="uses" id="id_uses_0" value="m">',
        '<div data-field="description" class="city-hint" id="id_who_1_hint">Avec un SIRET</div>',
        'aria-describedby="id_on_helptext"',
        'name="on_month"',
        'data-counter="id_about_counter"',
        'name="title_en" lang="en"',
    ],
)
def test_fields_name_their_hints_and_parts(wanted):
    assert wanted in Shown().render()


def test_wrong_fields_say_error_and_are_listed_with_a_link_to_the_first_input():
    with override("fr"):
        page = Shown(QueryDict("on_day=31&on_month=2&on_year=2026&about=x&title_fr=x")).render()

    assert '<a href="#id_who_0">' in page
    assert '<a href="#id_on_0">' in page
    assert page.count("Erreur\u00a0:") == 2
    assert 'aria-describedby="id_on_helptext id_on_error"' in page
