# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What can be found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from datacity.kernel.words import Words


@dataclass(frozen=True)
class Document:
    """A thing to find: `key` names it uniquely in the index, for instance "dataset:comptages-velo".

    text: everything else worth finding (description, column labels, producer). keywords weigh more than text, less than the title.
    filters: name → values, for narrowing and counting ("licence" → ("lov2",)). day: ISO date that breaks ties, newest first.
    shown: small JSON-able values given back with the hit (address, producer …).
    """

    key: str
    title: Words
    text: Words | None = None
    keywords: Words | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    day: str = ""
    shown: Mapping[str, object] = field(default_factory=dict)

    def as_text(self) -> str:
        """Give everything of the document as one text: equal texts are equal documents."""
        value = {
            "key": self.key,
            "title": self.title.as_dict(),
            "text": self.text.as_dict() if self.text else None,
            "keywords": self.keywords.as_dict() if self.keywords else None,
            "filters": {name: list(values) for name, values in self.filters.items()},
            "day": self.day,
            "shown": dict(self.shown),
        }
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    @classmethod
    def of_text(cls, text: str) -> "Document":
        """Read a document from `as_text`."""
        value = json.loads(text)
        return cls(
            key=value["key"],
            title=Words.of(value["title"]),
            text=Words.of(value["text"]) if value["text"] else None,
            keywords=Words.of(value["keywords"]) if value["keywords"] else None,
            filters={name: tuple(values) for name, values in value["filters"].items()},
            day=value["day"],
            shown=value["shown"],
        )
