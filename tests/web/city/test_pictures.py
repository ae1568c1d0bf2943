# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A logo: recognised by its bytes, cleaned of everything that could act, refused when it is something else."""

from pathlib import Path

import pytest

from datacity.kernel.errors import Invalid
from datacity.web.city import pictures
from tests.factories.city import LOGO, png


def logo(tmp_path: Path, content: bytes | str, name: str = "logo.svg"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return pictures.read(path)


def test_an_svg_keeps_its_shapes_and_nothing_that_acts(tmp_path: Path):
    found = logo(tmp_path, LOGO)

    text = found.content.decode()
    dangerous = (
        "script",
        "style",
        "onload",
        "onclick",
        "href",
        "alert",
        "elsewhere",
        "image",
        "use",
        "foreignObject",
        "<a",
        "text",
    )
    assert found.media_type == "image/svg+xml"
    assert [each for each in dangerous if each in text] == []
    assert '<circle cx="24" cy="24" r="22" fill="#1d3557" />' in text
    assert 'viewBox="0 0 48 48"' in text


@pytest.mark.parametrize(
    "fill",
    [
        "url(https://elsewhere.example/)",
        "URL(//x)",
        "javascript:alert(1)",
        "&#x75;rl(http://x)",
        "expression(1)/**/;@import 'x'",
    ],
)
def test_a_colour_that_is_none_is_left_out(tmp_path: Path, fill):
    found = logo(
        tmp_path, f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect fill="{fill}" width="1"/></svg>'
    )

    assert b"fill" not in found.content
    assert b'<rect width="1"' in found.content


def test_a_gradient_of_its_own_stays(tmp_path: Path):
    text = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient><rect fill="url(#g)"/></svg>'

    assert b'fill="url(#g)"' in logo(tmp_path, text).content


WRONG = {
    "document type": '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">&a;</svg>',
    "no XML": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g></svg>',
    "another name": '<svg viewBox="0 0 1 1"></svg>',
    "no size": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "not UTF-8": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>é</title></svg>'.encode("latin-1"),
    "too many": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">' + "<g/>" * 2001 + "</svg>",
    "too large": b"<svg" + b" " * 150_001,
    "a web page": "<!doctype html><title>x</title>",
    "a JPEG": b"\xff\xd8\xff\xe0",
    "too small": png(8, 8),
    "too wide": png(2049, 16),
    "cut short": png()[:-6],
    "damaged": png().replace(b"IDAT", b"IDAT\x00", 1),
    "nothing": b"",
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_logo_is_refused(tmp_path: Path, case):
    with pytest.raises(Invalid) as refused:
        logo(tmp_path, WRONG[case], "logo.png")

    assert (refused.value.code, refused.value.field, refused.value.values["file"]) == (
        "city.logo",
        "brand.logo",
        "logo.png",
    )


def test_a_png_keeps_its_picture_and_loses_its_notes(tmp_path: Path):
    found = logo(tmp_path, png(extra=b"Author\x00Marie Dupont") + b"hidden after the end", "logo.svg")

    assert (found.media_type, found.content) == ("image/png", png())
