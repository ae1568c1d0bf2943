# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's colour becomes a whole set of roles, for light, dark and high-contrast pages; contrast holds for any.

Each role is the brand mixed with black or white until it has one fixed relative luminance, so contrast does not depend on the brand.
Contrast: WCAG 2.2, (L1 + 0.05) / (L2 + 0.05); relative luminance: WCAG 2.2, sRGB with the 0.04045 step of IEC 61966-2-1.
"""

import hashlib
import re
from collections.abc import Mapping

from datacity.kernel.errors import Invalid

BRAND = "#0b5c66"
"""The colour of a city that has not chosen one: a deep teal."""
STATES: Mapping[str, str] = {
    "neutral": "#3d474d",
    "info": "#0a5ea8",
    "success": "#0d6b3c",
    "warning": "#b35c00",
    "danger": "#b3131b",
}
"""Source colours of the states; the same in every city, so that red means a fault everywhere."""

LIGHT: Mapping[str, float] = {
    "background-default": 1.0,
    "background-tinted": 0.92,
    "surface-default": 1.0,
    "surface-tinted": 0.86,
    "surface-hover": 0.76,
    "surface-active": 0.66,
    "border-subtle": 0.55,
    "border-default": 0.22,
    "border-strong": 0.13,
    "text-subtle": 0.105,
    "text-default": 0.022,
    "base-default": 0.09,
    "base-hover": 0.06,
    "base-active": 0.04,
    "base-contrast-subtle": 0.85,
    "base-contrast-default": 1.0,
}
"""Relative luminance of each role on a light page."""
DARK: Mapping[str, float] = {
    "background-default": 0.0085,
    "background-tinted": 0.013,
    "surface-default": 0.013,
    "surface-tinted": 0.021,
    "surface-hover": 0.032,
    "surface-active": 0.047,
    "border-subtle": 0.075,
    "border-default": 0.22,
    "border-strong": 0.38,
    "text-subtle": 0.42,
    "text-default": 0.84,
    "base-default": 0.36,
    "base-hover": 0.45,
    "base-active": 0.55,
    "base-contrast-subtle": 0.012,
    "base-contrast-default": 0.0,
}
"""Relative luminance of each role on a dark page."""
CONTRAST: Mapping[str, float] = {
    "background-default": 1.0,
    "background-tinted": 1.0,
    "surface-default": 1.0,
    "surface-tinted": 0.94,
    "surface-hover": 0.86,
    "surface-active": 0.78,
    "border-subtle": 0.09,
    "border-default": 0.07,
    "border-strong": 0.0,
    "text-subtle": 0.055,
    "text-default": 0.0,
    "base-default": 0.05,
    "base-hover": 0.03,
    "base-active": 0.015,
    "base-contrast-subtle": 1.0,
    "base-contrast-default": 1.0,
}
"""Relative luminance of each role on a page of high contrast: text at least 7:1 (WCAG 2.2, 1.4.6), every border as well."""
_CALM = 0.55
_CALM_ROLES = ("background-default", "background-tinted", "surface-default", "surface-tinted", "surface-hover")
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
Rgb = tuple[float, float, float]


def roles(colour: str, luminances: Mapping[str, float], *, dark: bool = False) -> dict[str, str]:
    """Give 16 roles of a colour as "#rrggbb".

    colour: "#rrggbb". luminances: role → relative luminance, 0 to 1. dark: large surfaces keep half of the colour only.
    Raises Invalid for another form of colour.
    """
    source = _read(colour)
    return {
        role: _write(_at(_calmer(source) if dark and role in _CALM_ROLES else source, wanted))
        for role, wanted in luminances.items()
    }


def contrast(first: str, second: str) -> float:
    """Give the contrast of two colours, 1 to 21. Raises Invalid for another form of colour."""
    low, high = sorted((_luminance(_read(first)), _luminance(_read(second))))
    return (high + 0.05) / (low + 0.05)


def style_sheet(brand: str) -> str:
    """Give the style sheet that puts a city's colour in place, light, dark and of high contrast. Raises Invalid for another form of colour."""
    return _sheet({"brand": brand})


def built_in() -> str:
    """Give the part of the built style sheet that holds all colours and their bridge to the names of the base."""
    names = ("brand", *STATES)
    return _sheet({"brand": BRAND, **STATES}) + "".join(_mapped(name) for name in names)


def fingerprint(brand: str) -> str:
    """Give a short text that changes when the style sheet of this colour changes."""
    return hashlib.sha256(style_sheet(brand).encode()).hexdigest()[:12]


def file_text() -> str:
    """Give the whole text of `frontend/styles/colours.css`."""
    head = "/* SPDX-FileCopyrightText: DataCity contributors\n   SPDX-License-Identifier: EUPL-1.2 */\n"
    return head + "/* Made by `python -m datacity.frame.colours`; change colours.py, not this file. */\n" + built_in()


def _sheet(sources: Mapping[str, str]) -> str:
    light = "".join(_lines(name, roles(colour, LIGHT)) for name, colour in sources.items())
    dark = "".join(_lines(name, roles(colour, DARK, dark=True)) for name, colour in sources.items())
    high = "".join(_lines(name, roles(colour, CONTRAST)) for name, colour in sources.items())
    return (
        f":root{{\n{light}}}\n"
        f"[data-color-scheme=dark]{{\n{dark}}}\n"
        f"[data-color-scheme=contrast]{{\n{high}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{[data-color-scheme=auto]{{\n{dark}}}}}\n"
        f"@media screen and (prefers-contrast:more) and (prefers-color-scheme:light){{[data-color-scheme=auto]{{\n{high}}}}}\n"
        f"@media print{{:root,[data-color-scheme]{{\n{light}}}}}\n"
    )


def _lines(name: str, found: Mapping[str, str]) -> str:
    return "".join(f"--city-{name}-{role}:{colour};\n" for role, colour in found.items())


def _mapped(name: str) -> str:
    """Give the bridge to the base: its own names for the roles of one colour, and the colour in force inside `data-color`."""
    base = "accent" if name == "brand" else name
    everywhere = "".join(f"--ds-color-{base}-{role}:var(--city-{name}-{role});\n" for role in LIGHT)
    inside = "".join(f"--ds-color-{role}:var(--city-{name}-{role});\n" for role in LIGHT)
    scope = ":root,[data-color=accent],[data-color=brand]" if name == "brand" else f"[data-color={name}]"
    return f":root{{\n{everywhere}}}\n{scope}{{\n{inside}}}\n"


def _read(colour: str) -> Rgb:
    if not _HEX.match(colour):
        raise Invalid("colours.form", "“{found}” is not a colour, for example #0b5c66.", field="colour", found=colour)
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _write(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _at(colour: Rgb, wanted: float) -> Rgb:
    """Mix with white or black, by halving, until the luminance is the wanted one within 0.0005."""
    end = 1.0 if _luminance(colour) < wanted else 0.0
    low, high = 0.0, 1.0
    mixed = colour
    for _step in range(30):
        share = (low + high) / 2
        mixed = _mixed(colour, end, share)
        if (_luminance(mixed) < wanted) == (end == 1.0):
            low = share
        else:
            high = share
    return mixed


def _calmer(colour: Rgb) -> Rgb:
    """Take part of the saturation away: large dark surfaces in a pure colour tire the eye."""
    grey = sum(colour) / 3
    return _towards(colour, grey)


def _towards(colour: Rgb, grey: float) -> Rgb:
    red, green, blue = (part + (grey - part) * _CALM for part in colour)
    return red, green, blue


def _mixed(colour: Rgb, end: float, share: float) -> Rgb:
    red, green, blue = (part + (end - part) * share for part in colour)
    return red, green, blue


if __name__ == "__main__":
    print(file_text(), end="")  # noqa: T201 -- the file itself
