# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every page asks the database as often with three rows of everything as with one.

Every route that answers GET is asked, as `tests/permissions.toml` lists them, so that no list can be left out: a route whose thing no
factory makes fails in the matrix, and a list class that was not drawn with three rows fails here.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from datacity.frame.tables import Table
from datacity.kernel.ref import Ref
from datacity.programme.messages.actions import post
from datacity.programme.people.queries import Letter
from tests.factories import data
from tests.factories.portal import Home, empty_store, home
from tests.factories.things import Thing, all_things
from tests.web import matrix
from tests.web.matrix import Row, Seat

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("no_rate_limits")]
SEATS = ("visitor", "data_steward", "data_protection_officer", "representative", "administrator", "programme_manager")
PUBLIC = {"public dataset": {"slug": "passages-0"}, "public version": {"slug": "passages-0", "number": 1}}
"""Things whose factories empty the public folder first; they are made otherwise here."""
ONCE = ("closed edition", "open edition")
"""Made once, in this order: only one edition is open at a time; drafts make the rows."""
ALIKE = {"edition to rest on an act": "open edition"}
"""Things that are another thing here."""
NEVER_THREE = {
    "EmptyTable": "the sample of a list without rows, and of nothing else",
    "DoubtTable": "its rows are values of one description, not rows of the database",
}
"""Lists that cannot have three rows here, and why."""
LETTER = Letter("demande@valmire.example", "fr", "Objet", "Texte.")
PAGES = [row for row in matrix.read() if row.method == "GET"]


@pytest.fixture
def no_rate_limits() -> Iterator[None]:
    """Many requests of one address are the point here."""
    cache.clear()
    with override_settings(ACCOUNT_RATE_LIMITS=False):
        yield


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[type[Table], int]:
    """The list classes whose lines were asked for, each with the most rows it had."""
    found: dict[type[Table], int] = {}
    lines = Table.lines.fget
    assert lines is not None

    def noted(table: Table) -> Any:
        found[type(table)] = max(found.get(type(table), 0), table.count)
        return lines(table)

    monkeypatch.setattr(Table, "lines", property(noted))
    return found


def populate(city: Home, number: int) -> dict[str, Thing]:
    """Make one of everything that any route needs."""
    city.publish(slug=f"passages-{number}")
    post(LETTER, recipient=Ref("person", str(number)), kind="test", at=data.NOW)
    makers = all_things()
    once = {name: makers[name](None, "other") for name in ONCE if number == 0}
    each = {name: make(None, "other") for name, make in makers.items() if name not in (*PUBLIC, *ONCE, *ALIKE)}
    made = {**each, **once, **{name: Thing(dict(kwargs)) for name, kwargs in PUBLIC.items()}}
    return {**made, **{name: made[other] for name, other in ALIKE.items() if other in made}}


def queries(seat: Seat, row: Row, made: dict[str, Thing]) -> int:
    """Count what a page asks, drawn the second time; -1 when it is not drawn for this seat."""
    thing = made[row.thing] if row.thing else Thing()
    with override("en"):
        address = reverse(row.route, kwargs=thing.kwargs)
    fetch(seat, address, thing)
    with CaptureQueriesContext(connection) as captured:
        status = fetch(seat, address, thing)
    return len(captured) if status == HTTPStatus.OK else -1


def fetch(seat: Seat, address: str, thing: Thing) -> int:
    """Read a page to its end and give its status."""
    answer = seat.client.get(address, thing.query)
    for body in answer if answer.streaming else ():
        _ = body
    for close in answer._resource_closers:  # `close()` itself would also end the database connection
        close()
    return int(answer.status_code)


def counts(seats: dict[str, Seat], made: dict[str, Thing]) -> dict[tuple[str, str], int]:
    """Count for every page and everybody."""
    return {(row.route, name): queries(seats[name], row, made) for row in PAGES for name in SEATS}


def test_every_page_asks_as_often_with_three_rows_as_with_one(drawn: dict[type[Table], int]) -> None:
    empty_store()
    seats, city = matrix.cast(), home()
    made = populate(city, 0)
    one = counts(seats, made)
    drawn.clear()

    for number in (1, 2):
        populate(city, number)
    three = counts(seats, made)

    more = {key: (one[key], number) for key, number in three.items() if number != one[key]}
    assert more == {}
    assert sum(number >= 0 for number in three.values()) > len(PAGES)
    lists = {each.__name__: each for each in _subclasses(Table) if each.__module__.startswith("datacity.")}
    few = {name for name, each in lists.items() if drawn.get(each, 0) < 3}
    assert few == set(NEVER_THREE)


def _subclasses(base: type[Table]) -> Iterator[type[Table]]:
    for each in base.__subclasses__():
        yield each
        yield from _subclasses(each)
