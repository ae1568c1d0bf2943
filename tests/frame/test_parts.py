# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Components, preferences and the three groups of waiting things."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from datacity.frame import now, parts, preferences
from datacity.frame.now import Group, Item
from datacity.kernel.words import Words


def drawn(source: str, language: str = "fr", **context) -> str:
    with override(language):
        return " ".join(Template("{% load city %}" + source).render(Context(context)).split())


def test_items_stand_in_their_group_by_priority_day_and_title():
    late, soon, whenever = Item("B", "/b", date(2026, 1, 1)), Item("A", "/a", date(2026, 1, 2)), Item("C", "/c")
    first, other = Item("Z", "/z", None, "now", "", 1), Item("D", "/d", None, "waiting", "Ana")

    assert now.grouped([whenever, soon, other, late, first]) == {
        Group.NOW: [first, late, soon, whenever],
        Group.NEXT: [],
        Group.WAITING: [other],
    }


def test_an_item_of_no_group_is_a_fault_of_its_provider():
    with pytest.raises(ValueError, match="later"):
        Item("A", "/a", None, "later")


@given(st.text(max_size=30))
def test_any_cookie_gives_allowed_preferences(text):
    found = preferences.read({preferences.COOKIE: text})

    assert all(getattr(found, name) in allowed for name, allowed in preferences.CHOICES.items())


def test_kept_preferences_are_read_back():
    chosen = preferences.Preferences("dark", "atkinson", "larger")

    assert preferences.read({preferences.COOKIE: chosen.cookie()}) == chosen


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/fr/data/x?page=2", "/en/data/x?page=2"),
        ("/fr/", "/en/"),
        ("/", "/en/"),
        ("/about", "/en/about"),
        ("/france/x", "/en/france/x"),
    ],
)
def test_the_other_language_has_the_same_page(path, wanted):
    assert parts.other_address(path, "en") == wanted


def test_words_in_the_other_language_carry_a_mark():
    assert drawn("{{ w|words }}", w=Words(en="Bikes")) == '<span lang="en">Bikes</span>'
    assert drawn("{{ w|words }}", w=Words("Vélos ?", "Bikes")) == "Vélos\u00a0?".replace("\u00a0", " ")


@pytest.mark.parametrize(
    "source",
    [
        "{% tag w 'info' %}",
        "{% alert 'info' w %}{% endalert %}",
        "{% card w '#' %}{% endcard %}",
        "{% details w %}{% enddetails %}",
        "{% confirmation w %}{% endconfirmation %}",
        "{% summary_list rows %}",
        "{% task_list tasks %}",
        "{% history events %}",
        "{% copy w w %}",
        "{% hash w %}",
        "{% empty w w %}",
        "{% crumb w %}",
        "{% link_button w '#' %}",
        "{% submit w %}",
        "{{ w|typo }}",
        "{{ w|words }}",
    ],
)
def test_no_component_lets_markup_through(source):
    evil = "<script>x</script>"

    page = drawn(
        source, w=evil, rows=[(evil, evil, "#", "")], tasks=[(evil, "#", evil)], events=[(None, evil, evil, evil)]
    )

    assert "<script>" not in page
    assert "&lt;script&gt;" in page.replace("<wbr>", "")


def test_an_unknown_tone_is_a_fault():
    with pytest.raises(ValueError, match="pink"):
        drawn("{% tag 'x' 'pink' %}")


def test_a_distribution_shows_numbers_and_bars_without_style():
    page = drawn("{% distribution bars 'Par an' %}", bars=[("2025", 10), ("2026", 5), ("2027", 0)])

    assert [f'width="{share}%"' in page for share in ("100.0", "50.0", "0.0")] == [True, True, True]
    assert "style" not in page


def test_progress_asks_again_only_while_it_has_an_address():
    assert 'hx-get="/p"' in drawn("{% progress 1 4 'Protection' '' '/p' %}")
    assert "hx-get" not in drawn("{% progress 4 4 'Protection' %}")
