# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The strip "See as …" under the menu of every page of a demo home; nothing anywhere else."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from datacity.frame import reader
from datacity.programme.people.models import Person
from datacity.programme.people.rules import DECIDING_ROLES, ROLE_NAMES
from datacity.web import demo
from datacity.web.demo import factor
from datacity.web.demo.cast import CAST, PASSWORD, Part

FIRST = ("agent", "steward", "officer", "representative", "administrator")
"""Whose buttons stand in the row itself, in the order of the way of a file; everybody else is one click further."""


@dataclass(frozen=True)
class Seat:
    """One button of the strip. key: of the cast. current: whether the page is seen as this person."""

    key: str
    role: str
    name: str
    does: str
    current: bool


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """Give `demonstration`, the strip as HTML; a context processor."""
    if not demo.is_here():
        return {}
    user = getattr(request, "user", None)
    email = getattr(user, "email", "") if user is not None and user.is_authenticated else ""
    person = user if isinstance(user, Person) else None
    context = {
        "code": factor.code_for(person, at=settings.CLOCK.now()),
        "proves": _may_have_to_prove(request, person),
        "first": [_seat(part, email) for part in sorted(CAST, key=_place) if part.key in FIRST],
        "everybody": [_seat(part, email) for part in CAST],
        "visitor": not email,
        "password": PASSWORD,
        "next": request.get_full_path(),
    }
    return {"demonstration": render_to_string("demo/strip.html", {**context, "csrf_token": get_token(request)})}


def _may_have_to_prove(request: HttpRequest, person: Person | None) -> bool:
    """Tell whether the page seen, or the next one, may ask for the made-up telephone: never of who has none."""
    if person is None:
        return "/account/" in request.path
    return any(person.holds_anywhere(role) for role in DECIDING_ROLES)


def _place(part: Part) -> int:
    return FIRST.index(part.key) if part.key in FIRST else len(FIRST)


def _seat(part: Part, email: str) -> Seat:
    return Seat(
        part.key,
        _(ROLE_NAMES[part.roles[0]]),
        part.name,
        part.does.within(reader.language()),
        current=part.email == email,
    )
