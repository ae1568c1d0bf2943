# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What must be known of a file to take it through the gate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from datacity.kernel.words import Words
from datacity.programme.datasets.rules import slug_of
from datacity.web.demo.city import View

PERSONAL, COLLECTIVE, BUSINESS, SECURITY = "personal", "collective", "business", "security"


@dataclass(frozen=True)
class Days:
    """Days before the first start on which each step was taken; None: not yet. exact: week-ends too, so that what follows is due to the day."""

    deposited: int
    described: int | None = None
    protected: int | None = None
    presented: int | None = None
    reviewed: int | None = None
    opined: int | None = None
    decided: int | None = None
    exact: bool = False


@dataclass(frozen=True)
class Meaning:
    """What the steward writes about a column: what it means, its unit."""

    meaning: str
    unit: str | None = None


@dataclass(frozen=True)
class Opinion:
    """The data protection officer's opinion."""

    outcome: str
    text: str
    conditions: str = ""


@dataclass(frozen=True)
class Review:
    """A collective review and its outcome."""

    groups: str
    harms: str
    safeguards: str
    hearing: str
    outcome: str


@dataclass(frozen=True)
class Decision:
    """What the representative decides: `given` or `refused`, with the reason; against: why despite an unfavourable opinion."""

    outcome: str
    reason: str
    against: str = ""


@dataclass(frozen=True)
class Subject:
    """A file and its way. legal: title and the text it rests on. axes: axis → (answer, reason). plan: TOML.

    depositor, organisation: keys of the cast and of the register. period_days: how many days before the last one the data cover.
    """

    title: Words
    summary: Words
    unit: Words
    producer: str
    filename: str
    content: Callable[[View], bytes]
    days: Days
    depositor: str
    axes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    plan: str = ""
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    legal: tuple[str, str] = ("administrative", "")
    licence: str = "lov2"
    contact: str = "donnees@valmire.example"
    rhythm: str = "chaque mois"
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    period_days: int = 30
    organisation: str = ""
    number: int = 1
    change_note: str = ""
    opinion: Opinion | None = None
    review: Review | None = None
    decision: Decision | None = None
    years_back: int = 0

    @property
    def slug(self) -> str:
        """The address of the dataset."""
        return slug_of(self.title.within("fr"))

    def of_year(self, year: int, *, years_back: int) -> "Subject":
        """Give the same subject for an older year, as an archive has it."""
        return replace(
            self,
            title=Words(f"{self.title.fr}, {year}", f"{self.title.en}, {year}"),
            filename=f"{year}-{self.filename}",
            rhythm="archive",
            years_back=years_back,
        )
