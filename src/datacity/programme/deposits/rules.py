# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Under which titles bytes are handed over, and what may become of them."""

from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.errors import Invalid
from datacity.kernel.verdict import Verdict, yes_if
from datacity.kernel.words import msg


class LegalTitle(StrEnum):
    """Why the city may hold and examine the data.

    Source: CRPA L312-1-1 (public administrative data), CCP L3131-2 (delegated service), contract or
    permit clauses, charters, sectoral duties (code des transports L1115-1 and the like), free agreement.
    """

    ADMINISTRATIVE = "administrative"
    DELEGATED_SERVICE = "delegated_service"
    CONTRACT = "contract"
    CHARTER = "charter"
    SECTORAL = "sectoral"
    VOLUNTARY = "voluntary"


NEEDS_REFERENCE = frozenset(
    {LegalTitle.DELEGATED_SERVICE, LegalTitle.CONTRACT, LegalTitle.CHARTER, LegalTitle.SECTORAL}
)
"""Titles that mean nothing without the contract, clause, charter or article they rest on."""


LEGAL_TITLE_NAMES = {
    LegalTitle.ADMINISTRATIVE: msg("The city's own data"),
    LegalTitle.DELEGATED_SERVICE: msg("Data of a delegated public service"),
    LegalTitle.CONTRACT: msg("A clause of a contract or of a permit"),
    LegalTitle.CHARTER: msg("A charter the organisation signed"),
    LegalTitle.SECTORAL: msg("A duty set by a law for this kind of service"),
    LegalTitle.VOLUNTARY: msg("A free agreement"),
}
"""What each title is called."""
LEGAL_TITLE_HINTS = {
    LegalTitle.ADMINISTRATIVE: msg("The city made or received it in the course of its public service."),
    LegalTitle.DELEGATED_SERVICE: msg(
        "Whoever runs a service for the city hands over the data it collects there: transport, water, car parks."
    ),
    LegalTitle.CONTRACT: msg("A public contract, a permit or a convention says that this data is handed over."),
    LegalTitle.CHARTER: msg("No contract, but a public charter by which the organisation agreed to share."),
    LegalTitle.SECTORAL: msg("For example transport timetables or charging points, whose data must be shared."),
    LegalTitle.VOLUNTARY: msg("Nothing obliges the organisation; it agrees to share."),
}
"""What each title means, in one sentence."""


class State(StrEnum):
    """Where a deposit stands."""

    RECEIVED = "received"
    CHECKED = "checked"
    REFUSED = "refused"
    RETURNED = "returned"
    DESTROYED = "destroyed"


STATE_NAMES = {
    State.RECEIVED: msg("received"),
    State.CHECKED: msg("read"),
    State.REFUSED: msg("refused"),
    State.RETURNED: msg("returned"),
    State.DESTROYED: msg("destroyed"),
}
"""What each state is called."""
TONES = {
    State.RECEIVED: "info",
    State.CHECKED: "success",
    State.REFUSED: "danger",
    State.RETURNED: "neutral",
    State.DESTROYED: "neutral",
}
"""The tone of each state."""

_TRANSITIONS = {
    ("check", State.RECEIVED): State.CHECKED,
    ("check", State.CHECKED): State.CHECKED,
    ("refuse", State.RECEIVED): State.REFUSED,
    ("refuse", State.CHECKED): State.REFUSED,
    ("return", State.CHECKED): State.RETURNED,
    ("return", State.REFUSED): State.RETURNED,
    ("destroy", State.RECEIVED): State.DESTROYED,
    ("destroy", State.CHECKED): State.DESTROYED,
    ("destroy", State.REFUSED): State.DESTROYED,
    ("destroy", State.RETURNED): State.DESTROYED,
}


DESTROYED_BEFORE = "Détruit avant que le site soit rétabli depuis une sauvegarde."
"""The reason noted for a file whose destruction a restored database does not know; in French, as the register is."""


def next_state(state: str, verb: str) -> Verdict:
    """Tell whether a deposit in this state may be checked, refused, returned or destroyed."""
    return yes_if(
        (verb, State(state)) in _TRANSITIONS,
        "deposits.state",
        "The deposit is {state}; it can no longer be changed that way.",
        state=state,
    )


def after(state: str, verb: str) -> State:
    """Give the state after an allowed verb. Raises KeyError for one that `next_state` refuses."""
    return _TRANSITIONS[(verb, State(state))]


def check_title(title: str, reference: str) -> None:
    """Refuse a legal title without what it rests on.

    Raises Invalid with field `legal_title` or `legal_reference`.
    """
    if title not in set(LegalTitle):
        raise Invalid(
            "deposits.legal_title", "Say under which legal title the city may hold this file.", field="legal_title"
        )
    if LegalTitle(title) in NEEDS_REFERENCE and not reference.strip():
        raise Invalid(
            "deposits.legal_reference",
            "This title rests on a text: give the contract and clause, the charter or the article.",
            field="legal_reference",
        )


def shown_name(name: str) -> str:
    """Give the last part of a file name, control characters as spaces, at most 120 characters.

    The name is only ever shown: it never becomes a path.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split()).strip(" .")
    return kept[-120:] or "file"


VERBS = (
    Verb("deposit.received", Publicity.RESTRICTED, "A file was deposited"),
    Verb("deposit.checked", Publicity.RESTRICTED, "A deposit was checked"),
    Verb("deposit.refused", Publicity.RESTRICTED, "A deposit was refused"),
    Verb("deposit.returned", Publicity.RESTRICTED, "A deposit was returned"),
    Verb("deposit.destroyed", Publicity.RESTRICTED, "A deposit was destroyed"),
)
