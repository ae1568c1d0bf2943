# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an app gives to the search over everything public: its kind, its page, its words in both languages.

A provider of kind `search` gives documents made by `found_as`, every one of something that everybody may read. The index asks
all providers again after each public deed, so nothing is to be told when something changes or goes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from datacity.engine.search import Document
from datacity.kernel.words import LANGUAGES, Words


class Kind(StrEnum):
    """What something found is; the reader narrows by it."""

    DATASET = "dataset"
    WITHDRAWN = "withdrawn"
    DECISION = "decision"
    OPINION = "opinion"
    REVIEW = "review"
    ACT = "act"
    EDITION = "edition"
    ORGANISATION = "organisation"
    PAGE = "page"
    DOCUMENTATION = "documentation"


KIND_NAMES = {
    Kind.DATASET: _("Data"),
    Kind.WITHDRAWN: _("Withdrawn versions"),
    Kind.DECISION: _("Decisions"),
    Kind.OPINION: _("Opinions"),
    Kind.REVIEW: _("Collective reviews"),
    Kind.ACT: _("Acts of the council"),
    Kind.EDITION: _("Editions"),
    Kind.ORGANISATION: _("Organisations"),
    Kind.PAGE: _("Pages about this site"),
    Kind.DOCUMENTATION: _("Documentation"),
}
"""What the kinds are called when several are meant, in the order in which they are offered."""


def found_as(
    kind: Kind, name: str, title: Words, path: str, *, text: Words | None = None, keywords: Words | None = None,
    note: Words | None = None, when: date | datetime | None = None,
) -> Document:  # fmt: skip
    """Give a document of the search.

    name: unique within the kind. path: of its page, without language ("datasets/trees/"); see `page`. text: what it says; shown
    around the words found. keywords: what else it should be found by. note: a line about it (who made it). when: its day.
    """
    day = timezone.localdate(when) if isinstance(when, datetime) else when
    return Document(
        key=f"{kind}:{name}",
        title=title,
        text=text,
        keywords=keywords,
        filters={"kind": (kind.value,)},
        day=day.isoformat() if day else "",
        shown={
            "kind": kind.value,
            "path": path,
            "note": note.as_dict() if note else {},
            "day": day.isoformat() if day else "",
        },
    )


def page(route: str, *arguments: Any) -> str:
    """Give the path of a route's page without its language."""
    with override("en"):
        return reverse(route, args=arguments).removeprefix("/en/")


def said(sentence: str, **values: Words | str) -> Words:
    """Give a sentence of ours in both languages with its places filled: texts in two languages, or sentences of ours too."""
    made = {}
    for language in LANGUAGES:
        with override(language):
            filled = {
                name: value.within(language) if isinstance(value, Words) else gettext(value)
                for name, value in values.items()
            }
            made[language] = gettext(sentence).format(**filled)
    return Words(**made)


def joined(parts: Iterable[Words | Mapping[str, str] | str | None]) -> Words | None:
    """Give all parts as one text in both languages; a part without language, or with only the other, counts for both."""
    there = [each for each in parts if each]
    texts = {
        language: "\n".join(each if isinstance(each, str) else Words.of(each).within(language) for each in there)
        for language in LANGUAGES
    }
    return Words(**texts) if any(text.strip() for text in texts.values()) else None
