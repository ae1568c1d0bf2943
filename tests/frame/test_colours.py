# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Any city colour gives pages that can be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.frame import colours
from datacity.kernel.errors import Invalid

TEXT, GRAPHIC, HIGH = 4.5, 3.0, 7.0
"""WCAG 2.2, success criteria 1.4.3, 1.4.11 and 1.4.6."""
PAIRS = [
    ("text-default", "background-default", TEXT),
    ("text-default", "background-tinted", TEXT),
    ("text-default", "surface-tinted", TEXT),
    ("text-default", "surface-hover", TEXT),
    ("text-default", "surface-active", TEXT),
    ("text-subtle", "background-default", TEXT),
    ("text-subtle", "background-tinted", TEXT),
    ("text-subtle", "surface-tinted", TEXT),
    ("base-contrast-default", "base-default", TEXT),
    ("base-contrast-default", "base-hover", TEXT),
    ("base-contrast-default", "base-active", TEXT),
    ("base-contrast-subtle", "base-default", TEXT),
    ("base-default", "background-default", TEXT),
    ("border-default", "background-default", GRAPHIC),
    ("border-strong", "background-default", GRAPHIC),
]
any_colour = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(any_colour)
def test_every_pair_of_roles_keeps_its_contrast_whatever_the_colour(colour):
    light = colours.roles(colour, colours.LIGHT)
    dark = colours.roles(colour, colours.DARK, dark=True)

    weak = [
        (text, ground)
        for found in (light, dark)
        for text, ground, least in PAIRS
        if colours.contrast(found[text], found[ground]) < least
    ]
    assert weak == []


@given(any_colour)
def test_every_pair_of_a_high_contrast_page_keeps_seven_to_one_whatever_the_colour(colour):
    found = colours.roles(colour, colours.CONTRAST)
    pairs = [*PAIRS, ("border-subtle", "background-default", HIGH), ("border-default", "surface-tinted", GRAPHIC)]

    weak = {(text, ground): colours.contrast(found[text], found[ground]) for text, ground, _least in pairs}
    assert {pair: value for pair, value in weak.items() if value < HIGH} == {}


@pytest.mark.parametrize(
    "colour", ["#ffff00", "#f5d90a", "#ff0000", "#b3131b", "#0a1f5c", "#00008b", "#000000", "#ffffff"]
)
@pytest.mark.parametrize("table", ["LIGHT", "DARK", "CONTRAST"])
def test_each_role_has_its_luminance_for_bright_yellow_red_dark_blue_black_and_white(colour, table):
    wanted = getattr(colours, table)

    found = colours.roles(colour, wanted, dark=table == "DARK")

    luminances = {role: colours.contrast(each, "#000000") * 0.05 - 0.05 for role, each in found.items()}
    assert luminances == pytest.approx(wanted, abs=0.006)
    assert len(found) == 16


@given(any_colour, st.sampled_from(sorted(colours.STATES)))
def test_text_of_a_state_can_be_read_on_the_neutral_page(colour, state):
    page = colours.roles(colours.STATES["neutral"], colours.LIGHT)["background-default"]
    words = colours.roles(colours.STATES[state], colours.LIGHT)["text-subtle"]

    assert colours.contrast(words, page) >= TEXT
    assert colours.contrast(colours.roles(colour, colours.LIGHT)["text-subtle"], page) >= TEXT


def test_contrast_of_black_and_white_is_21():
    assert round(colours.contrast("#000000", "#ffffff"), 6) == 21


def test_a_word_for_a_colour_is_refused():
    with pytest.raises(Invalid) as refused:
        colours.style_sheet("teal")

    assert (refused.value.code, refused.value.field, refused.value.values["found"]) == (
        "colours.form",
        "colour",
        "teal",
    )


def test_style_sheet_sets_all_roles_for_light_dark_high_contrast_automatic_and_paper():
    sheet = colours.style_sheet("#b3131b")

    assert sheet.count("--city-brand-") == 6 * len(colours.LIGHT)
    assert [
        mark
        for mark in ("[data-color-scheme=dark]", "[data-color-scheme=contrast]", "@media print")
        if mark not in sheet
    ] == []
    assert "url(" not in sheet


def test_the_front_end_holds_the_colours_of_today(root: Path):
    assert (root / "frontend/styles/colours.css").read_text(encoding="utf-8") == colours.file_text()
