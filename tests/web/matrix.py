# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The permission matrix: what `tests/permissions.toml` says, what the routes do, and writing one from the other."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.things import Thing, all_things

PATH = Path(__file__).resolve().parent.parent / "permissions.toml"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODY, VISITOR = "nobody", "visitor"
ROLES = (NOBODY, *(role.value for role in Role))
"""Whoever is signed in: without a role, and with each one."""
CASES = ("other", "own", "conflicted")
ANSWERS = {"sign in": HTTPStatus.FOUND, "no": HTTPStatus.FORBIDDEN, "missing": HTTPStatus.NOT_FOUND}
_PAST_PERMISSION = frozenset({200, 201, 204, 302, 303, 304, 409, 410, 422, 429, 503})
_WIDTH = 110


@dataclass(frozen=True)
class Row:
    """One route and method; what a new row leaves out is a no.

    visitor: yes, sign in, no or missing. refusal: how a no looks. cases: case → who passes.
    """

    route: str
    method: str
    thing: str
    visitor: str
    refusal: str
    cases: dict[str, frozenset[str]]

    @property
    def key(self) -> tuple[str, str]:
        """What makes a row unique."""
        return self.route, self.method


def read() -> list[Row]:
    """Give the rows of the file. Raises ValueError for a word the matrix does not know or a row written twice."""
    rows = [_row(entry) for entry in tomllib.loads(PATH.read_text(encoding="utf-8")).get("route", [])]
    keys = [row.key for row in rows]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"written twice: {sorted(twice)}")
    return rows


def _row(entry: dict[str, Any]) -> Row:
    known = {"name", "method", "thing", "visitor", "refusal", *CASES}
    if strange := set(entry) - known:
        raise ValueError(f"{entry.get('name')}: unknown {sorted(strange)}")
    cases = {"other": frozenset[str]()} | {case: _roles(entry[case]) for case in CASES if case in entry}
    asked = entry["name"], entry["method"], entry.get("thing", "")
    row = Row(*asked, entry.get("visitor", "no"), entry.get("refusal", "no"), cases)
    if row.method not in METHODS or row.visitor not in ("yes", *ANSWERS) or row.refusal not in ("no", "missing"):
        raise ValueError(f"{row.route} {row.method}: method, visitor or refusal is not right")
    return row


def _roles(text: str) -> frozenset[str]:
    if text == "everybody":
        return frozenset(ROLES)
    names = frozenset(text.split()) - {"none"}
    if strange := names - set(ROLES):
        raise ValueError(f"unknown roles {sorted(strange)}")
    return names


def routes() -> list[str]:
    """Give the full name of every route of the control plane. Raises ValueError for one without a name."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
        elif not pattern.name:
            raise ValueError(f"the route {pattern.pattern} has no name")
        else:
            yield space + pattern.name


@dataclass(frozen=True)
class Seat:
    """Somebody who asks: the person (None for the visitor) and a browser in which they are signed in."""

    person: Person | None
    client: Client

    def send(self, method: str, address: str, data: dict[str, Any]) -> HttpResponse:
        """Make the request; cookies are as before afterwards."""
        kept = SimpleCookie(self.client.cookies.output(header="", sep=";"))
        try:
            return getattr(self.client, method.lower())(address, data=data)  # type: ignore[no-any-return]  # one of five methods
        finally:
            self.client.cookies = kept


def cast() -> dict[str, Seat]:
    """Seat one person for each role, one without, and the visitor."""
    made = {NOBODY: people.person(name="Nobody"), **{role.value: people.person(role, name=role.value) for role in Role}}
    hashed = make_password(people.PASSWORD)
    for person in made.values():
        person.password = hashed
        person.save(update_fields=("password",))
    seats = {name: Seat(person, people.sign_in(Client(), person)) for name, person in made.items()}
    return {**seats, VISITOR: Seat(None, Client())}


def answers(row: Row, seats: dict[str, Seat]) -> dict[str, dict[str, str]]:
    """Ask one route for every case and everybody; gives case → who → yes, sign in, no, missing or the status.

    What a request changes is undone. The visitor asks for somebody else's thing only.
    """
    found: dict[str, dict[str, str]] = {}
    for case in row.cases or ("other",):
        asking = {name: seat for name, seat in seats.items() if case == "other" or name != VISITOR}
        if case == "other":
            with undone():
                made = make(row, None, case)
                found[case] = {name: ask(row, seat, made) for name, seat in asking.items()}
        else:
            found[case] = {}
            for name, seat in asking.items():
                with undone():
                    found[case][name] = ask(row, seat, make(row, seat.person, case))
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever is written inside."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def make(row: Row, actor: Person | None, case: str) -> Thing:
    """Give what the route needs. Raises LookupError when no factory has this name."""
    if row.thing and row.thing not in all_things():
        raise LookupError(f"{row.route} {row.method}: no factory in tests/factories is called “{row.thing}”")
    return all_things()[row.thing](actor, case) if row.thing else Thing()


def ask(row: Row, seat: Seat, made: Thing) -> str:
    """Make one request and give the answer in the words of the matrix."""
    with override("en"):
        address, sign_in = reverse(row.route, kwargs=made.kwargs), reverse(settings.LOGIN_URL)
    with undone():
        response = seat.send(row.method, address, made.query if row.method == "GET" else made.data)
        for body in response if response.streaming else ():
            _ = body
    if response.status_code == HTTPStatus.FOUND and response["Location"].startswith(sign_in + "?"):
        return "sign in"
    word = next((word for word, status in ANSWERS.items() if word != "sign in" and response.status_code == status), "")
    return word or ("yes" if response.status_code in _PAST_PERMISSION else str(response.status_code))


def expected(row: Row) -> dict[str, dict[str, str]]:
    """Give what the file says, in the form of `answers`."""
    found = {
        case: {name: "yes" if name in passing else row.refusal for name in ROLES} for case, passing in row.cases.items()
    }
    return {**found, "other": {**found["other"], VISITOR: row.visitor}}


def observe(row: Row, seats: dict[str, Seat]) -> Row:
    """Give the row as the routes really answer; cases as in the row. A route whose thing nobody named gets thing "?"."""
    try:
        found = answers(row, seats)
    except (NoReverseMatch, LookupError):
        return replace(row, thing="?")
    visitor = found["other"].pop(VISITOR)
    refused = {answer for case in found.values() for answer in case.values()} - {"yes"}
    cases = {case: frozenset(name for name, answer in each.items() if answer == "yes") for case, each in found.items()}
    return replace(row, visitor=visitor, refusal=refused.pop() if len(refused) == 1 else "no", cases=cases)


def written(rows: list[Row]) -> str:
    """Give the file's text: the head as it is, then the rows in the order of the routes."""
    head = PATH.read_text(encoding="utf-8").partition("[[route]]")[0].rstrip() + "\n"
    order = {name: place for place, name in enumerate(routes())}
    ordered = sorted(rows, key=lambda row: (order.get(row.route, len(order)), METHODS.index(row.method)))
    return head + "".join(_text(row) for row in ordered)


def _text(row: Row) -> str:
    lines = ["", "[[route]]", f'name = "{row.route}"', f'method = "{row.method}"']
    lines += [f'thing = "{row.thing}"'] if row.thing else []
    lines += [f'visitor = "{row.visitor}"']
    lines += ['refusal = "missing"'] if row.refusal == "missing" else []
    for case in CASES:
        if case in row.cases:
            names = (
                "everybody"
                if row.cases[case] == set(ROLES)
                else " ".join(role for role in ROLES if role in row.cases[case]) or "none"
            )
            lines.append(f'{case} = "{names}"')
    return "\n".join(lines) + "\n"
