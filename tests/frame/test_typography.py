# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""French and English as printers write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datacity.frame import typography

FRENCH = [
    ("Combien ? Oui !", "Combien\u00a0? Oui\u00a0!"),
    ("Combien? Oui!", "Combien\u00a0? Oui\u00a0!"),
    ("« Comptages » :", "«\u00a0Comptages\u00a0»\u00a0:"),
    ("«Comptages»", "«\u00a0Comptages\u00a0»"),
    ("Ligne 3 : rien", "Ligne 3\u00a0: rien"),
    ("12 345 678 lignes", "12\u00a0345\u00a0678 lignes"),
    ("96 % et 3 €", "96\u00a0% et 3\u00a0€"),
    ("à 12:30, voir https://valmire.example/a?b", "à 12:30, voir https://valmire.example/a?b"),
    ("tout ; rien", "tout\u00a0; rien"),
    ("Vraiment ?!", "Vraiment\u00a0?!"),
]


@pytest.mark.parametrize(("plain", "wanted"), FRENCH)
def test_french_binds_its_signs_to_the_word_before(plain, wanted):
    assert typography.typo(plain, "fr") == wanted


def test_english_binds_only_numbers_to_units():
    assert typography.typo("How many? 3 km: «far»", "en") == "How many? 3\u00a0km: «far»"


@example("0!: ")
@given(st.text(alphabet="ab :;?!«»0123456789\u00a0%/.\n", max_size=40))
def test_typo_said_twice_says_the_same(text):
    once = typography.typo(text, "fr")

    assert typography.typo(once, "fr") == once


@given(st.text(max_size=60))
def test_typo_changes_nothing_but_spaces(text):
    found = typography.typo(text, "fr")

    assert "".join(found.split()) == "".join(text.split())


def test_numbers_read_as_the_language_writes_them():
    shown = [typography.number(value, language) for language in ("fr", "en") for value in (1234567, -12.5, 0.1 + 0.2)]

    assert shown == ["1\u00a0234\u00a0567", "\u221212,5", "0,3", "1,234,567", "\u221212.5", "0.3"]


def test_days_and_times_read_as_the_language_writes_them():
    when = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)

    assert typography.day(date(2026, 3, 1), "fr") == "1er\u00a0mars 2026"
    assert typography.day(date(2026, 3, 2), "en") == "2\u00a0March 2026"
    assert typography.moment(when, "fr") == "1er\u00a0mars 2026 à\u00a014\u00a0h\u00a005"
    assert typography.moment(when, "en") == "1\u00a0March 2026 at\u00a014:05"


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        (0, "0\u00a0octets"),
        (999, "999\u00a0octets"),
        (1000, "1,0\u00a0ko"),
        (999_999, "1,0\u00a0Mo"),
        (1_234_567, "1,2\u00a0Mo"),
        (45_600_000_000, "46\u00a0Go"),
    ],
)
def test_sizes_take_the_unit_people_know(size, wanted):
    assert typography.size(size, "fr") == wanted
