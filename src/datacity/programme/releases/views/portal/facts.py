# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the page of a dataset says of a version: facts, licence and attribution, state, risk, quality, the way through the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datacity.engine.catalogue.licences import LICENCES, attribution
from datacity.engine.release import Published
from datacity.engine.serve.profiles import Profile
from datacity.frame import reader, wording
from datacity.frame.parts import Row, Tone
from datacity.kernel.words import Words
from datacity.programme.datasets.models import Dataset
from datacity.programme.deposits.rules import LEGAL_TITLE_HINTS, LEGAL_TITLE_NAMES, LegalTitle
from datacity.programme.releases import rules

GOOD_SHARE = 0.8
"""Share of filled cells from which a table counts as well filled."""


def words(value: Any) -> Words | None:
    """Give a text of a manifest; None when nobody wrote it."""
    if isinstance(value, str):
        return Words(fr=value) if value.strip() else None
    return Words.of(value) if value and any(text.strip() for text in value.values()) else None


def released_at(version: Published) -> datetime:
    """Give when the version was sealed, aware."""
    return datetime.fromisoformat(version.manifest["released_at"])


def facts(version: Published, dataset: Dataset | None) -> list[Row]:
    """Give the facts of a version. dataset: what changes without a new version (contact, rhythm, territory); None when unknown here."""
    manifest = version.manifest
    rows = [
        Row(_("One row is"), words(manifest["unit_of_observation"]) or _("not said yet")),
        Row(_("Made by"), manifest["producer"]),
        Row(_("Why the city may share it"), legal_title(manifest["legal_title"])),
        Row(_("Period covered"), period(manifest["period"])),
        Row(_("Licence"), licence(manifest["licence"])),
        Row(_("Last update"), wording.day(released_at(version))),
    ]
    if dataset is not None:
        if dataset.territory:
            rows.insert(4, Row(_("Places covered"), dataset.territory))
        rows.append(Row(_("New versions"), dataset.rhythm or _("no rhythm promised")))
        if dataset.contact:
            rows.append(Row(_("Questions"), contact(dataset.contact)))
    return rows


def legal_title(value: Mapping[str, str]) -> str:
    """Give the legal title in words, with the reference it rests on."""
    kind = LegalTitle(value["kind"])
    text = _(LEGAL_TITLE_NAMES[kind])
    hint = _(LEGAL_TITLE_HINTS[kind])
    reference = f" ({value['reference']})" if value.get("reference") else ""
    return f"{text}{reference}. {hint}"


def period(value: Mapping[str, str | None]) -> str:
    """Give the period in words."""
    start, end = (date.fromisoformat(value[side] or "") if value.get(side) else None for side in ("start", "end"))
    if start and end:
        return _("{start} to {end}").format(start=wording.day(start), end=wording.day(end))
    if start:
        return _("since {day}").format(day=wording.day(start))
    return _("until {day}").format(day=wording.day(end)) if end else _("not said")


def licence(identifier: str) -> str:
    """Give the licence as a link to its text, with its sentence."""
    known, language = LICENCES[identifier], reader.language()
    return format_html(
        '<a class="ds-link" href="{}" rel="license external">{}</a>. {}',
        known.url,
        known.title.within(language),
        wording.typo(known.sentence.within(language)),
    )


def contact(value: str) -> str:
    """Give where questions go, as a link when it is one."""
    if value.startswith("https://"):
        return format_html('<a class="ds-link" href="{}">{}</a>', value, value)
    if "@" in value and " " not in value:
        return format_html('<a class="ds-link" href="mailto:{}">{}</a>', value, value)
    return value


def citation(version: Published) -> str:
    """Give the ready attribution in the reader's language."""
    manifest, language = version.manifest, reader.language()
    title = Words.of(manifest["title"]).within(language)
    sentence = attribution(manifest["producer"], title, released_at(version).date(), manifest["licence"])
    return sentence.within(language)


def freshness(version: Published, dataset: Dataset | None, at: datetime) -> tuple[str, Tone] | None:
    """Give whether the promised rhythm is kept; None when none was promised, or the version is not the newest."""
    days = rules.late_after_days(dataset.rhythm) if dataset else None
    if days is None:
        return None
    if at - released_at(version) > timedelta(days=days):
        return _("Late"), Tone.WARNING
    return _("Up to date"), Tone.SUCCESS


def risk(report: Mapping[str, Any]) -> tuple[str, Tone]:
    """Give the measured risk in a few words, from the sealed report."""
    after, result = report.get("after", {}), report.get("result", {})
    if result.get("kind") == "cells":
        smallest = result.get("smallest_class")
        return _("Risk measured: {n} units at least behind each figure").format(n=wording.number(smallest)), Tone.INFO
    k, uniques = after.get("k"), after.get("uniques") or 0
    if k is None:
        return _("Risk measured: no column found that helps to recognise somebody"), Tone.INFO
    if uniques:
        text = ngettext(
            "Risk measured: {n} row alone of its kind", "Risk measured: {n} rows alone of their kind", uniques
        )
        return text.format(n=wording.number(uniques)), Tone.WARNING
    return _("Risk measured: {n} look-alikes at least for each row").format(n=wording.number(k)), Tone.INFO


@dataclass(frozen=True)
class Check:
    """One check of the published table: what was found, in words, and whether it is as one would wish."""

    text: str
    good: bool


def checks(version: Published, profiles: Sequence[Profile]) -> list[Check]:
    """Give what one must know of the quality of the published table; the same checks for every table."""
    rows, columns = int(version.manifest["rows"]), version.manifest["columns"]
    cells = max(rows * len(profiles), 1)
    share = sum(each.filled for each in profiles) / cells
    labels = {each["name"]: label(each) for each in columns}
    empty = [labels[each.name] for each in profiles if rows and not each.filled]
    single = [labels[each.name] for each in profiles if each.distinct == 1 and rows > 1]
    unexplained = [labels[each["name"]] for each in columns if not words(each["meaning"])]
    unitless = [labels[each["name"]] for each in columns if each["type"] == "number" and not each["unit"]]
    found = [
        Check(_("{share} of the cells are filled.").format(share=wording.percent(share, 1)), share >= GOOD_SHARE),
        _named(_("Every column has values."), _("Columns without any value: {names}."), empty),
        _named(_("Every column varies."), _("Columns with one single value: {names}."), single),
        _named(
            _("The meaning of every column is written."),
            _("Columns whose meaning is not written: {names}."),
            unexplained,
        ),
        _named(_("Numbers have their unit where one is needed."), _("Numbers without a unit: {names}."), unitless),
    ]
    placed = [each.filled for each in profiles if each.kind in ("geo_point", "geo_shape")]
    if placed:
        missing = rows - max(placed)
        every = _("Every row has a place.")
        text = ngettext("{n} row has no place.", "{n} rows have no place.", missing).format(n=wording.number(missing))
        found.append(Check(text if missing else every, missing == 0))
    return found


def _named(good: str, bad: str, names: list[str]) -> Check:
    shown = ", ".join(names[:5]) + (_(" and {n} more").format(n=len(names) - 5) if len(names) > 5 else "")
    return Check(bad.format(names=shown), good=False) if names else Check(good, good=True)


def quality(found: Sequence[Check]) -> str:
    """Give the quality in one sentence."""
    open_points = sum(1 for each in found if not each.good)
    if not open_points:
        return _("{first} All {n} checks pass.").format(first=found[0].text, n=len(found))
    text = ngettext(
        "{first} {n} check of {all} asks for care.", "{first} {n} checks of {all} ask for care.", open_points
    )
    return text.format(first=found[0].text, n=open_points, all=len(found))


def label(column: Mapping[str, Any]) -> str:
    """Give what a column is called in the reader's language; its technical name when nobody wrote a label."""
    found = words(column.get("label"))
    return found.within(reader.language()) if found else str(column["name"])
