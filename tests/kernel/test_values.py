# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""References, money, periods, words and canonical JSON keep what they promise."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.canonical import canonical_bytes, fingerprint
from datacity.kernel.errors import Conflict, Invalid
from datacity.kernel.money import Money
from datacity.kernel.period import Period
from datacity.kernel.ref import Ref
from datacity.kernel.words import Words, render, render_refusal

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_canonical_form_reads_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical_bytes(value)) == value


def test_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    one, other = {"b": 1, "a": [True, None]}, {"a": [True, None], "b": 1}

    assert canonical_bytes(one) == b'{"a":[true,null],"b":1}'
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, {1: "x"}, {"x": object()}])
def test_value_without_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        canonical_bytes(value)


@given(st.from_regex(r"[a-z][a-z_]{0,20}:[A-Za-z0-9][A-Za-z0-9._-]{0,30}", fullmatch=True))
def test_reference_reads_back_from_its_text(text: str) -> None:
    assert str(Ref.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["dataset", "dataset:", ":x", "Dataset:x", "dataset:a/b", "dataset:../x", "dataset:a b"]
)
def test_text_of_another_form_is_no_reference(text: str) -> None:
    with pytest.raises(Invalid):
        Ref.parse(text)


@pytest.mark.parametrize(
    ("text", "cents"), [("12", 1200), ("12,5", 1250), ("12.05", 1205), ("-0,50", -50), (" 3 ", 300)]
)
def test_amount_is_read_in_both_decimal_forms(text: str, cents: int) -> None:
    assert Money.euros(text) == Money(cents)


@pytest.mark.parametrize("text", ["", "douze", "1,234", "1 000", "--1", "-"])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Money.euros(text)


def test_amounts_add_and_subtract() -> None:
    assert Money(150) + Money(50) - Money(300) == Money(-100)


def test_period_holds_both_ends_and_open_sides() -> None:
    october = Period(date(2026, 10, 1), date(2026, 10, 31))

    assert [
        day in october for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1))
    ] == [False, True, True, False]
    assert date(1900, 1, 1) in Period(None, date(2026, 1, 1))


def test_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        Period(date(2026, 2, 1), date(2026, 1, 1))

    assert refusal.value.field == "end"


def test_missing_language_shows_the_other_and_says_so() -> None:
    words = Words(fr="Vélos")

    assert (words.within("en"), words.language_shown("en"), words.as_dict()) == ("Vélos", "fr", {"fr": "Vélos"})


def test_text_without_any_language_is_refused() -> None:
    with pytest.raises(Invalid):
        Words(fr=" ", en="")


def test_message_is_rendered_with_its_values_and_its_french() -> None:
    refusal = Conflict("state.refused", "This cannot be done now.", hint="{when}", when="demain")

    assert render("{count} rows", "en", {"count": 3}) == "3 rows"
    assert render_refusal(refusal, "en") == "This cannot be done now. demain"
    assert render_refusal(refusal, "fr") == "Cela ne peut pas être fait maintenant. demain"
