# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every route, every role: the answers are those of `tests/permissions.toml`. `./dc permissions` rewrites the file."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.template import Template
from django.test import override_settings

from tests.web import matrix
from tests.web.matrix import Row

ROWS = matrix.read()
APPS = sorted({row.route.partition(":")[0] if ":" in row.route else "web" for row in ROWS})
WRITE = os.environ.get("DC_PERMISSIONS") == "write"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rate_limits", "nothing_drawn")]


@pytest.fixture
def no_rate_limits() -> Iterator[None]:
    """Many requests of one address are the point here, and cheap passwords will do."""
    cache.clear()
    with override_settings(
        ACCOUNT_RATE_LIMITS=False, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
    ):
        yield


@pytest.fixture
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the answer counts here; drawing thousands of pages would take most of the time."""
    monkeypatch.setattr(Template, "render", lambda *_arguments: "")


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    named = {row.route for row in ROWS}

    assert {"without a row": sorted(set(matrix.routes()) - named), "without a route": sorted(named - set(matrix.routes()))} == {
        "without a row": [], "without a route": [],
    }  # fmt: skip


def of(app: str) -> list[Row]:
    return [row for row in ROWS if (row.route.partition(":")[0] if ":" in row.route else "web") == app]


@pytest.mark.parametrize("app", APPS)
def test_routes_answer_every_role_as_written(app: str) -> None:
    seats = matrix.cast()

    found = {f"{row.route} {row.method}": matrix.answers(row, seats) for row in of(app)}

    assert found == {f"{row.route} {row.method}": matrix.expected(row) for row in of(app)}


@pytest.mark.parametrize("app", APPS)
def test_routes_refuse_the_methods_that_have_no_row(app: str) -> None:
    seats = {"administrator": matrix.cast()["administrator"]}
    listed = {row.key for row in ROWS}
    others = {
        (row.route, method): replace(row, method=method, cases={})
        for row in of(app)
        for method in matrix.METHODS
        if (row.route, method) not in listed
    }

    found = {
        f"{row.route} {row.method}": matrix.answers(row, seats)["other"]["administrator"] for row in others.values()
    }

    assert found == {f"{row.route} {row.method}": "405" for row in others.values()}


@pytest.mark.skipif(not WRITE, reason="only ./dc permissions writes the file")
def test_matrix_is_written_anew() -> None:
    seats = matrix.cast()
    named = {row.route for row in ROWS}
    fresh = [
        Row(route, "GET", "", "yes", "no", {"other": frozenset()}) for route in matrix.routes() if route not in named
    ]

    rows = [matrix.observe(row, seats) for row in [*ROWS, *fresh]]

    matrix.PATH.write_text(matrix.written(rows), encoding="utf-8")
