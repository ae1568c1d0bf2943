# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Killed with signal 9 at moments nobody chose: nothing half is ever visible, and the next start finishes the work, once.

`tests/engine/release/test_killed.py` kills a release and a withdrawal at every single step on disk, `tests/web/worker/test_worker.py` the
worker in the middle of many jobs; here the whole product is killed: server, worker and their children, on a home with real tables.
"""

import random
import time
from pathlib import Path

import pytest

from tests.factories import databases
from tests.factories.killing import Mortal, Upload, kill, wait_for
from tests.factories.publishing import City
from tests.factories.rounds import ROUNDS

pytestmark = pytest.mark.kill
SIGNED_IN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from datacity.web.sessions import SessionStore
from datacity.programme.people.rules import Role
from tests.factories.people import person
who = person(Role.AGENT, email="envoi@valmire.example")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(who.pk), who.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session.save()
print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
"""
CLEARED = """
from datetime import UTC, datetime
from tests.factories import data
from datacity.programme.people.rules import Proof
from datacity.programme.releases import actions
data.NOW = datetime.now(UTC)
made, who = data.protection(), data.representative()
actions.decide(made, "given", actions.Words("Comptages globaux, sans personne identifiable."), by=who, at=datetime.now(UTC), proven=Proof.SHELL)
"""
WITHDRAWN = """
from datetime import UTC, datetime
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Proof
from datacity.programme.releases import actions
from datacity.programme.releases.models import Release
who = Person.objects.get(name="Claire Fontanel")
actions.withdraw(Release.objects.get(), ground="error", reason="Les comptages d'octobre sont faux de moitié.", by=who, at=datetime.now(UTC), proven=Proof.SHELL)
"""


@pytest.fixture(scope="module")
def cleared(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A home with a cleared table whose release waits for the worker."""
    city = Mortal(tmp_path_factory.mktemp("cleared"))
    city.prepare()
    city.run(CLEARED)
    return city


@pytest.fixture(scope="module")
def withdrawn(cleared: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """A home with a public version whose withdrawal waits for the worker."""
    city = Mortal.copy_of(cleared, tmp_path_factory.mktemp("withdrawn"))
    city.recover()
    city.run(WITHDRAWN)
    return city


def running(city: Mortal, job: str) -> bool:
    """Tell whether the job began."""
    return bool(city.one(f"SELECT count(*) FROM jobs_job WHERE name = '{job}' AND state <> 'queued'"))


@pytest.mark.parametrize("round_", ROUNDS)
def test_release_is_whole_or_absent_when_the_worker_is_killed(cleared: City, tmp_path: Path, round_: int) -> None:
    city = Mortal.copy_of(cleared, tmp_path)
    with city.worker() as worker:
        wait_for(lambda: running(city, "releases.release"))
        time.sleep(random.Random(round_).uniform(0, 2))
        kill(worker)

    visible = city.public_fault()
    city.recover()

    assert (visible, city.wrong()) == ("", {})
    assert databases.rows(city.home, "SELECT version, state FROM releases_release") == [(1, "released")]
    assert city.one("SELECT count(*) FROM journal_entry WHERE verb = 'release.released'") == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_withdrawal_is_finished_when_the_worker_is_killed(withdrawn: City, tmp_path: Path, round_: int) -> None:
    city = Mortal.copy_of(withdrawn, tmp_path)
    with city.worker() as worker:
        wait_for(lambda: running(city, "releases.withdraw"))
        time.sleep(random.Random(round_).uniform(0, 0.4))
        kill(worker)

    visible = city.public_fault()
    city.recover()

    stranger = city.stranger()
    assert (visible, city.wrong()) == ("", {})
    assert stranger.plane.publications.current().versions == {}
    assert list(stranger.plane.publications.current().tombstones) == [("passages-de-velos", 1)]
    assert city.one("SELECT count(*) FROM journal_entry WHERE verb = 'release.withdrawn'") == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_upload_is_kept_whole_or_not_at_all_when_the_server_is_killed(cleared: City, tmp_path: Path, round_: int) -> None:  # fmt: skip
    city = Mortal.copy_of(cleared, tmp_path)
    cookie = city.run(SIGNED_IN)
    before = city.one("SELECT count(*) FROM deposits_deposit")
    chance = random.Random(round_)
    with city.server() as server:
        upload = Upload(city, cookie)
        upload.send(1 if round_ % 2 else chance.uniform(0.1, 0.9))
        time.sleep(chance.uniform(0, 0.8))
        kill(server)
        upload.answer()

    kept = city.one("SELECT count(*) FROM deposits_deposit") - before
    city.recover()

    assert city.wrong() == {}
    assert kept <= round_ % 2
    with city.server():
        upload = Upload(city, cookie, megabytes=1)
        upload.send(1)
        assert upload.answer() == 302
    assert city.one("SELECT count(*) FROM deposits_deposit") == before + kept + 1
