# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Acts of the council and points for tests, made by the real actions."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from datacity.kernel.actor import SYSTEM
from datacity.kernel.words import Words
from datacity.programme.acts import actions
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.rules import Vote
from datacity.programme.people.models import Organisation, Person
from datacity.programme.people.rules import OrganisationKind
from tests.factories.people import mandate, organisation
from tests.factories.things import Thing, thing

_numbers = count(1)
TABLED = {
    "reference": "2026 SG 900", "kind": "deliberation", "title_fr": "Convention du programme", "title_en": "",
    "summary_fr": "", "summary_en": "", "tabled_on_day": "4", "tabled_on_month": "2", "tabled_on_year": "2026", "source": "",
}  # fmt: skip
"""What the form for an act needs."""
OUTCOME = {
    "outcome": "adopted", "method": "show_of_hands", "votes_for": "", "votes_against": "", "abstentions": "",
    "decided_on_day": "5", "decided_on_month": "2", "decided_on_year": "2026",
}  # fmt: skip
RAISED = {
    "asked_fr": "Que rien ne puisse être capturé", "asked_en": "", "office": "conseillère de l’opposition", "group": "Groupe B",
    "owner": "", "due_on_day": "", "due_on_month": "", "due_on_year": "",
}  # fmt: skip
SITTING = date(2026, 2, 4)


def act(*, reference: str = "", decided: str = "") -> Act:
    """Make an act that came before the council on 4 February 2026. decided: "adopted", "rejected" or "withdrawn"."""
    at = datetime.now(UTC)
    tabled = actions.Tabled(reference or f"2026 SG {next(_numbers)}", "deliberation", Words(fr="Convention"), SITTING)
    made = actions.table(tabled, by=SYSTEM, at=at)
    if decided:
        method = "" if decided == "withdrawn" else "show_of_hands"
        made = actions.enter_outcome(made, Vote(decided, SITTING, method), by=SYSTEM, at=at)
    return made


def point(of: Act | None = None, *, group: str = "", owner: Organisation | None = None, late: bool = False) -> Point:
    """Raise a point, due in thirty days, or since yesterday when it is late."""
    at = datetime.now(UTC)
    due_on = at.date() + timedelta(days=-2 if late else 30)
    raised = actions.Raised("conseillère", Words(fr="Que le résultat soit commun"), group, owner, due_on)
    return actions.raise_point(of or act(), raised, by=SYSTEM, at=at)


def city() -> Organisation:
    """Make the city as an organisation."""
    return organisation(kind=OrganisationKind.CITY)


def _where(made: Point) -> dict[str, str | int]:
    return {"slug": made.act.slug, "number": made.number}


@thing("act")
def act_thing(_actor: Person | None, _case: str) -> Thing:
    """An act before the council, with what entering its outcome needs."""
    return Thing({"slug": act().slug}, data=OUTCOME)


@thing("new act")
def new_act_thing(_actor: Person | None, _case: str) -> Thing:
    """What entering an act needs."""
    return Thing(data={**TABLED, "reference": f"2026 DVD {next(_numbers)}"})


@thing("debate")
def debate_thing(_actor: Person | None, _case: str) -> Thing:
    """An act, with what raising a point needs."""
    return Thing({"slug": act().slug}, data=RAISED)


@thing("point")
def point_thing(_actor: Person | None, _case: str) -> Thing:
    """An open point, with what putting somebody in charge needs."""
    day = date.today() + timedelta(days=20)  # noqa: DTZ011 -- any coming day
    data = {"due_on_day": str(day.day), "due_on_month": str(day.month), "due_on_year": str(day.year)}
    return Thing(_where(point()), data={"owner": city().slug, **data})


@thing("point to settle")
def point_to_settle_thing(actor: Person | None, case: str) -> Thing:
    """An open point, with what answering and refusing need; it is the actor's own when they speak for the city."""
    if actor is not None and case == "own":
        mandate(actor, city())
    return Thing(_where(point()), data={"clause": "convention 2026, article 6", "words_fr": "Oui.", "words_en": ""})
