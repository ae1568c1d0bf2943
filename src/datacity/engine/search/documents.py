# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What can be found."""

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
