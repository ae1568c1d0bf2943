# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Editions for tests, made by the real actions."""

from datetime import UTC, date, datetime
from itertools import count

from datacity.kernel.actor import SYSTEM
from datacity.kernel.words import Words
from datacity.programme.editions import actions
from datacity.programme.editions.models import Edition
from datacity.programme.people.models import Person
from tests.factories.acts import act
from tests.factories.things import Thing, thing

_numbers = count(2101)
FORM = {
    "title_fr": "Édition neuve", "title_en": "New edition", "summary_fr": "", "summary_en": "",
    "starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026",
    "ends_on_day": "30", "ends_on_month": "6", "ends_on_year": "2027",
}  # fmt: skip
"""What the forms for title and dates need."""


def edition(
    state: str = "draft", *, title: str = "", starts_on: date = date(2026, 9, 1), ends_on: date = date(2027, 6, 30)
) -> Edition:
    """Make an edition in this state."""
    number, at = next(_numbers), datetime.now(UTC)
    outline = actions.Outline(f"e{number}", Words(fr=title or f"Édition {number}"), starts_on, ends_on)
    made = actions.draft(outline, by=SYSTEM, at=at)
    for name, deed in (("open", actions.open_edition), ("closed", actions.close), ("archived", actions.archive)):
        if state in ("open", "closed", "archived")[("open", "closed", "archived").index(name) :]:
            made = deed(made, by=SYSTEM, at=at)
    return made


def policy_data(**changes: str) -> dict[str, str]:
    """Give what the form of the policy needs: the usual values, with these changes (`datasets.k` written `datasets__k`)."""
    from datacity.kernel.policy import default_policy  # declared only once Django is set up

    usual = {name: str(value) for name, value in default_policy().as_dict().items()}
    return {**usual, **{name.replace("__", "."): value for name, value in changes.items()}}


@thing("drafted edition")
def drafted_thing(_actor: Person | None, _case: str) -> Thing:
    """An edition in preparation, with what correcting it needs."""
    return Thing({"slug": edition().slug}, data=dict(FORM))


@thing("edition policy")
def policy_thing(_actor: Person | None, _case: str) -> Thing:
    """An edition in preparation, with what setting its policy needs."""
    return Thing({"slug": edition().slug}, data=policy_data())


@thing("open edition")
def open_thing(_actor: Person | None, _case: str) -> Thing:
    """The open edition."""
    return Thing({"slug": edition("open").slug})


@thing("closed edition")
def closed_thing(_actor: Person | None, _case: str) -> Thing:
    """An edition that is closed."""
    return Thing({"slug": edition("closed").slug})


@thing("new edition")
def new_thing(_actor: Person | None, _case: str) -> Thing:
    """What preparing an edition needs."""
    return Thing(data={**FORM, "slug": f"n{next(_numbers)}"})


@thing("edition to rest on an act")
def rest_thing(_actor: Person | None, _case: str) -> Thing:
    """The open edition, with the act that naming needs."""
    return Thing({"slug": edition("open").slug}, data={"act": act(decided="adopted").slug})
