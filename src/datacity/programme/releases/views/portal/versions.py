# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The versions of a dataset, what changed between them in words, and what happened to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datacity.engine.release import Published, State
from datacity.frame import wording
from datacity.frame.parts import Event, Tone
from datacity.kernel.words import Words
from datacity.programme.releases import queries, rules
from datacity.programme.releases.views.portal.columns import TYPE_NAMES
from datacity.programme.releases.views.portal.facts import released_at, words

_VERBS = ("release.released", "release.withdrawn", "clearance.given", "clearance.refused")
_TONES = {State.RELEASED: Tone.SUCCESS, State.SUPERSEDED: Tone.NEUTRAL, State.WITHDRAWN: Tone.DANGER}


@dataclass(frozen=True)
class Line:
    """One version in the list: number, address, when, state in words with its tone, note, what changed, rows, manifest hash."""

    number: int
    url: str
    at: datetime
    state: str
    tone: Tone
    note: Words | None
    changes: tuple[str, ...]
    rows: int
    sha256: str


def lines(versions: Sequence[Published]) -> list[Line]:
    """Give every version, newest first, withdrawn ones included."""
    return [_line(each) for each in reversed(versions)]


def _line(version: Published) -> Line:
    url = reverse("releases:dataset_version", args=[version.slug, version.version])
    state, tone = _(rules.STATE_NAMES[rules.State(version.state.value)]), _TONES[version.state]
    return Line(
        version.version,
        url,
        released_at(version),
        state,
        tone,
        words(version.manifest["change_note"]),
        tuple(changes(version.difference)),
        version.manifest["rows"],
        version.sha256,
    )


def changes(difference: Mapping[str, Any]) -> list[str]:
    """Give a difference in words; [] for a first version."""
    if not difference:
        return []
    columns, rows = difference["columns"], difference["rows"]
    said = [
        _names(_("Columns added: {names}."), columns["added"]),
        _names(_("Columns removed: {names}."), columns["removed"]),
        _names(_("Columns of another type: {names}."), [_retyped(each) for each in columns["retyped"]]),
        *(_rows(rows)),
    ]
    return [each for each in said if each]


def _names(sentence: str, names: Sequence[str]) -> str:
    return sentence.format(names=", ".join(names)) if names else ""


def _retyped(change: Mapping[str, str]) -> str:
    before, after = (_(TYPE_NAMES.get(change[side], change[side])) for side in ("before", "after"))
    return _("{name} (was {before}, now {after})").format(name=change["name"], before=before, after=after)


def _rows(rows: Mapping[str, int]) -> list[str]:
    if "added" not in rows:
        text = _("{before} rows before, {after} now.")
        return [text.format(before=wording.number(rows["before"]), after=wording.number(rows["after"]))]
    added, removed, changed = rows["added"], rows["removed"], rows.get("changed", 0)
    counted = [
        ngettext("{n} row added.", "{n} rows added.", added).format(n=wording.number(added)) if added else "",
        ngettext("{n} row removed.", "{n} rows removed.", removed).format(n=wording.number(removed)) if removed else "",
        ngettext("{n} row changed.", "{n} rows changed.", changed).format(n=wording.number(changed)) if changed else "",
    ]
    return counted if any(counted) else [_("The rows are the same.")]


def history(slug: str) -> list[Event]:
    """Give what happened to a dataset, newest first, each with the way to its journal entry when it has one."""
    happened = queries.history(slug)
    things = {each["release"].ref for each in happened} | {each["release"].clearance.ref for each in happened}
    positions = queries.journal_positions(things, _VERBS) if things else {}
    events: list[tuple[datetime, Event]] = []
    for each in happened:
        release = each["release"]
        if each["verb"] == "withdrawn":
            events.append((each["at"], _withdrawn(each, positions.get((str(release.ref), "release.withdrawn")))))
            continue
        given = release.clearance
        events.append(
            (each["at"], _released(release, each["at"], positions.get((str(release.ref), "release.released"))))
        )
        events.append((given.given_at, _cleared(given, positions.get((str(given.ref), "clearance.given")))))
    return [event for _at, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


def _entry(position: int | None) -> str:
    return reverse("journal:entry", args=[position]) if position is not None else ""


def _released(release: Any, at: datetime, position: int | None) -> Event:
    title = _("Version {n} was published").format(n=release.version)
    return Event(at, title, text=release.change_note, url=_entry(position), tone=Tone.SUCCESS)


def _cleared(clearance: Any, position: int | None) -> Event:
    who = f"{clearance.person.name}, {clearance.capacity}"
    return Event(
        clearance.given_at, _("The table was cleared to leave"), who, clearance.reason, _entry(position), Tone.INFO
    )


def _withdrawn(event: Mapping[str, Any], position: int | None) -> Event:
    withdrawal = event["withdrawal"]
    title = _("Version {n} was withdrawn: {ground}").format(
        n=event["release"].version, ground=_(rules.GROUND_NAMES[rules.Ground(withdrawal.ground)])
    )
    return Event(event["at"], title, withdrawal.capacity, withdrawal.reason, _entry(position), Tone.DANGER)


def moment_of(text: str) -> datetime | None:
    """Give a moment as tombstones write it; None when there is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
