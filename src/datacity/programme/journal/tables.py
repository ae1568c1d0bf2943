# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The list of the journal."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datacity.frame import reader
from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter, DayFilter, Filter
from datacity.frame.tables import Table
from datacity.kernel import bus
from datacity.kernel.words import translate
from datacity.programme.journal.models import Entry


def verb_title(verb: str) -> str:
    """Give what a verb is called in the reader's language; its bare name when its app is no longer there."""
    declared = bus.registry.verbs.get(verb)
    return translate(declared.title, reader.language()) if declared else verb


def _verbs() -> Iterable[tuple[str, str]]:
    """Give the verbs that occur, with their names, by name."""
    found = Entry.objects.order_by().values_list("verb", flat=True).distinct()
    return sorted(((verb, verb_title(verb)) for verb in found), key=lambda pair: pair[1])


def _public_verbs() -> Iterable[tuple[str, str]]:
    """Give only those of which the public may know."""
    return [
        pair
        for pair in _verbs()
        if (verb := bus.registry.verbs.get(pair[0])) and verb.publicity is bus.Publicity.PUBLIC
    ]


class Entries(Table):
    """Placed entries whose content everybody may read."""

    caption = _("Entries of the journal")
    name = "journal"
    order = "-position"
    search = ("entry__subject",)
    search_label = _("Thing, for example dataset:bike-counts")
    empty = _("No entry fits.")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "position",
            _("Number"),
            "position",
            Kind.NUMBER,
            sort="position",
            link=lambda row: reverse("journal:entry", args=[row.position]),
        ),
        Column("deed", _("What happened"), lambda row: verb_title(row.entry.verb), head=True),
        Column("subject", _("To what"), lambda row: str(row.entry.subject)),
        Column("at", _("When"), "entry.at", Kind.MOMENT, sort="entry__at"),
        Column("actor", _("By whom (pseudonym)"), lambda row: row.entry.actor[:8]),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("verb", _("What happened"), _public_verbs, field="entry__verb"),
        DayFilter("since", _("From this day"), "entry__at__date"),
        DayFilter("until", _("Up to this day"), "entry__at__date", "lte"),
    )


class AllEntries(Entries):
    """Placed entries of both classes, for who may read restricted ones."""

    columns = (
        *Entries.columns,
        Column(
            "publicity",
            _("Read by"),
            lambda row: _("everybody") if row.entry.publicity == bus.Publicity.PUBLIC else _("few"),
        ),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("verb", _("What happened"), _verbs, field="entry__verb"),
        *Entries.filters[1:],
    )
