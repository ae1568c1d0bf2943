# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How this reader wants the page: theme, font, size of the text; kept in one small cookie, no script needed."""

from collections.abc import Mapping
from dataclasses import dataclass

COOKIE = "datacity_display"
COOKIE_SECONDS = 365 * 86_400
CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark", "contrast"),
    "font": ("source", "atkinson", "spaced"),
    "text": ("normal", "large", "larger"),
}
"""The values of each preference; the first holds when nothing was chosen."""


@dataclass(frozen=True)
class Preferences:
    """The three preferences; written on the html element as data attributes."""

    theme: str = "auto"
    font: str = "source"
    text: str = "normal"

    def cookie(self) -> str:
        """Give the value of the cookie."""
        return f"{self.theme}.{self.font}.{self.text}"


def read(cookies: Mapping[str, str]) -> Preferences:
    """Give the preferences in the cookies; what is missing or unknown takes the usual value."""
    found = cookies.get(COOKIE, "").split(".")
    pairs = zip(CHOICES.items(), (*found, "", "", ""), strict=False)
    return Preferences(**{name: value if value in allowed else allowed[0] for (name, allowed), value in pairs})
