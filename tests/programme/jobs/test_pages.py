# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The jobs' pages: who sees which, what the buttons do, how progress is polled."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from datacity.kernel import bus
from datacity.programme.jobs.actions import enqueue
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.panels import now
from datacity.programme.jobs.rules import State
from datacity.programme.people.rules import Role
from tests.factories import people
from tests.factories.deeds import AT, offered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def jobs() -> Iterator[None]:
    """A job that tests may queue."""
    with offered(jobs=[bus.Job("test.do", print, "Do the test")]):
        yield


def _administrator() -> Client:
    return people.sign_in(Client(), people.person(Role.ADMINISTRATOR))


def _dead(**values: Any) -> Job:
    error = '{"code": "x", "message": "The table is wrong.", "hint": "", "values": {}}'
    return Job.objects.create(name="test.do", state=State.DEAD, created_at=AT, run_at=AT, error=error, **values)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_administrator_sees_every_job(language: str) -> None:
    _dead()

    page = _administrator().get(f"/{language}/jobs/", {"state": "dead"})

    assert (page.status_code, "Do the test" in page.text) == (200, True)


def test_others_see_no_list_and_visitors_sign_in_first(client: Client) -> None:
    steward = people.sign_in(Client(), people.person(Role.DATA_STEWARD))

    assert (steward.get("/en/jobs/").status_code, client.get("/en/jobs/").status_code) == (403, 302)


def test_who_asked_follows_the_job_and_nobody_else() -> None:
    person = people.person(Role.DATA_STEWARD)
    job = enqueue("test.do", arguments={}, by=person)
    mine, theirs = people.sign_in(Client(), person), people.sign_in(Client(), people.person(Role.DATA_STEWARD))

    seen = [who.get(f"/en/jobs/{job.pk}/{part}").status_code for who in (mine, theirs) for part in ("", "progress/")]

    assert seen == [200, 200, 404, 404]


def test_progress_polls_until_the_job_is_over() -> None:
    job = enqueue("test.do", arguments={})
    client = _administrator()
    address = f"/en/jobs/{job.pk}/progress/"

    waiting = client.get(address).text
    Job.objects.update(state=State.DONE)
    over = client.get(address).text

    assert (f'hx-get="{address}"' in waiting, "hx-get" in over) == (True, False)


def test_a_failed_job_says_why_and_is_tried_again_by_a_button() -> None:
    job = _dead()
    client = _administrator()
    page = client.get(f"/en/jobs/{job.pk}/").text

    answer = client.post(f"/en/jobs/{job.pk}/retry/")

    job.refresh_from_db()
    assert "The table is wrong." in page
    assert (answer.status_code, job.state) == (302, "queued")


def test_a_failed_job_is_dismissed_by_a_button() -> None:
    job = _dead()

    _administrator().post(f"/en/jobs/{job.pk}/dismiss/")

    job.refresh_from_db()
    assert job.state == "dismissed"


def test_looking_at_a_button_changes_nothing() -> None:
    job = _dead()

    answer = _administrator().get(f"/en/jobs/{job.pk}/retry/")

    job.refresh_from_db()
    assert (answer.status_code, job.state) == (405, "dead")


def test_failed_jobs_wait_for_administrators_only() -> None:
    _dead()
    _dead()

    items = now(people.person(Role.ADMINISTRATOR), AT)

    assert [item.url for item in items] == [reverse("jobs:list") + "?state=dead"]
    assert now(people.person(Role.DATA_STEWARD), AT) == []
