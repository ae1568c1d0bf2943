# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Content and messages in two languages.

`Words` is content somebody wrote (a title, a reason); `render` is a message of ours, translated by
standard gettext catalogues. A web process may add a translator of its own with `use`.
"""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from datacity.kernel.errors import Invalid, Refusal

LANGUAGES = ("fr", "en")
_FOLDER = Path(__file__).parent / "locale"
_translators: list[Callable[[str, str], str]] = []
_own: dict[str, Mapping[str, str]] = {}


@dataclass(frozen=True)
class Words:
    """A text in French, English or both; at least one is there."""

    fr: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        """Raise Invalid when both languages are empty."""
        if not self.fr.strip() and not self.en.strip():
            raise Invalid("words.empty", "Write this text in French, in English or in both.")

    def within(self, language: str) -> str:
        """Give the text in this language, or in the other when it is missing."""
        return (self.fr or self.en) if language == "fr" else (self.en or self.fr)

    def language_shown(self, language: str) -> str:
        """Tell in which language `within` answers, so that a page can mark it."""
        wanted = self.fr if language == "fr" else self.en
        return language if wanted else ("en" if language == "fr" else "fr")

    def as_dict(self) -> dict[str, str]:
        """Give the languages that are there."""
        return {key: text for key, text in (("fr", self.fr), ("en", self.en)) if text}

    @classmethod
    def of(cls, value: "Words | Mapping[str, str] | str") -> "Words":
        """Read Words from a mapping, or from one text taken as French."""
        if isinstance(value, Words):
            return value
        if isinstance(value, str):
            return cls(fr=value)
        return cls(fr=value.get("fr", ""), en=value.get("en", ""))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("datacity", localedir=_FOLDER, languages=[language], fallback=True)


def use(translator: Callable[[str, str], str]) -> None:
    """Ask this translator `(message, language) -> text` for messages our catalogue lacks; once, however often it is given."""
    if translator not in _translators:
        _translators.append(translator)


def adopt(own: Mapping[str, Mapping[str, str]]) -> None:
    """Say some messages otherwise: language → message → text. What was adopted before is dropped."""
    _own.clear()
    _own.update(own)


def translate(message: str, language: str) -> str:
    """Give the message in this language, as the city says it; English when no translation exists."""
    if said := _own.get(language, {}).get(message):
        return said
    if not message or language == "en":
        return message
    found = _catalogue(language).gettext(message)
    for translator in _translators:
        if found != message:
            break
        found = translator(message, language)
    return found


def render(message: str, language: str, values: Mapping[str, Any] | None = None) -> str:
    """Give the translated message with its places filled."""
    return translate(message, language).format_map(values or {})


def render_refusal(refusal: Refusal, language: str) -> str:
    """Give the refusal as one paragraph in this language: message, reasons, hint."""
    parts = [render(refusal.message, language, refusal.values)]
    parts += [render(reason.message, language, reason.values) for reason in refusal.reasons]
    parts += [render(refusal.hint, language, refusal.values)]
    return " ".join(part for part in parts if part)


def msg(message: str) -> str:
    """Give the message unchanged; marks it for the translation catalogue."""
    return message
