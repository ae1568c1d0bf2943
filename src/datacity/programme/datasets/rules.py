# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a dataset and its protection may become, and when a protected table is ready to be decided on."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import YES, Verdict, no, yes_if
from datacity.kernel.words import msg
from datacity.programme.privacy.rules import AXES, Answer

MINIMUM_REASON = 10
"""Characters of a reason that can mean something."""


class State(StrEnum):
    """Where a dataset stands."""

    DESCRIBED = "described"
    PROTECTED = "protected"
    RETIRED = "retired"


class Reading(StrEnum):
    """Where the reading of a deposit stands."""

    WAITING = "waiting"
    READ = "read"
    REFUSED = "refused"


class ProtectionState(StrEnum):
    """Where a protection stands."""

    PLANNED = "planned"
    RUN = "run"
    ATTACKED = "attacked"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    FAILED = "failed"


STATE_NAMES = {
    State.DESCRIBED: msg("in preparation"),
    State.PROTECTED: msg("protected"),
    State.RETIRED: msg("retired"),
}
"""What each state of a dataset is called."""
READING_NAMES = {Reading.WAITING: msg("being read"), Reading.READ: msg("read"), Reading.REFUSED: msg("cannot be read")}
"""What each state of a reading is called."""
PROTECTION_NAMES = {
    ProtectionState.PLANNED: msg("being protected"),
    ProtectionState.RUN: msg("being attacked"),
    ProtectionState.ATTACKED: msg("ready to be presented"),
    ProtectionState.REVIEWED: msg("presented for decision"),
    ProtectionState.REJECTED: msg("set aside"),
    ProtectionState.FAILED: msg("could not be done"),
}
"""What each state of a protection is called."""
TONES = {
    State.DESCRIBED: "info",
    State.PROTECTED: "success",
    State.RETIRED: "neutral",
    Reading.WAITING: "info",
    Reading.READ: "success",
    Reading.REFUSED: "danger",
    ProtectionState.PLANNED: "info",
    ProtectionState.RUN: "info",
    ProtectionState.ATTACKED: "success",
    ProtectionState.REVIEWED: "success",
    ProtectionState.REJECTED: "neutral",
    ProtectionState.FAILED: "danger",
}
"""The tone of each state."""


def slug_of(title: str) -> str:
    """Give the address form of a title: lower-case ASCII words joined by "-", at most 80 characters.

    Raises Invalid when nothing readable is left.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
    if not slug:
        raise Invalid("datasets.slug", "Give a title with letters or digits.", field="title")
    return slug


def check_axes(axes: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse an axis without an answer and a reason. Raises Invalid with field `axis_<name>`."""
    for axis in AXES:
        given = axes.get(axis, {})
        if given.get("answer") not in set(Answer):
            raise Invalid("datasets.axis_answer", "Answer no, possible or yes.", field=f"axis_{axis}")
        if len(given.get("reason", "").strip()) < MINIMUM_REASON:
            raise Invalid("datasets.axis_reason", "Say why in a few words.", field=f"reason_{axis}")


def may_plan(reading: str, axes_answered: bool) -> Verdict:  # noqa: FBT001 -- two facts about one description
    """Tell whether a protection can be planned: the file is read and the four axes are answered."""
    read = yes_if(reading == Reading.READ, "datasets.not_read", "The file is not read yet, or was refused.")
    answered = yes_if(axes_answered, "datasets.axes_open", "The four sensitivity axes are not answered yet.")
    return read & answered


def ready_for_decision(state: str) -> Verdict:
    """Tell whether a protected table can be opined on: it was run and attacked."""
    if state in {ProtectionState.ATTACKED, ProtectionState.REVIEWED}:
        return YES
    return no("datasets.not_attacked", "The protection is {state}; it must be run and attacked first.", state=state)


VERBS = (
    Verb("dataset.described", Publicity.RESTRICTED, "A dataset was described"),
    Verb("dataset.read", Publicity.RESTRICTED, "A deposited file was read"),
    Verb("dataset.reading_refused", Publicity.RESTRICTED, "A deposited file could not be read"),
    Verb("dataset.tables_destroyed", Publicity.RESTRICTED, "What was read of a destroyed deposit was destroyed too"),
    Verb("dataset.axes_answered", Publicity.RESTRICTED, "The sensitivity of a dataset was answered"),
    Verb("dataset.retired", Publicity.PUBLIC, "A dataset was retired"),
    Verb("protection.planned", Publicity.RESTRICTED, "A protection was planned"),
    Verb("protection.attacked", Publicity.RESTRICTED, "A protection was run and attacked"),
    Verb("protection.failed", Publicity.RESTRICTED, "A protection could not be run"),
    Verb("protection.reviewed", Publicity.RESTRICTED, "A protection was presented for opinion and clearance"),
    Verb("protection.rejected", Publicity.RESTRICTED, "A protection was set aside"),
)
