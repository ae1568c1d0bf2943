# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The administrator's page of the backups, what monitors read, and the jobs behind it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from datacity.kernel.errors import Conflict, Missing
from datacity.programme.jobs.models import Job
from datacity.programme.people.rules import Role
from datacity.web.backup import keeping, panels, rules, state, tasks
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """An empty home."""
    settings.HOME = tmp_path
    return tmp_path


def made(home: Path, *, hours: int, sound: bool | None = True) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours)
    state.note_made(home, file="a.tar.zst", size=5_000_000, seconds=2.5, with_keys=False, at=at)
    if sound is not None:
        why = (
            None if sound else Conflict("backup.journal", "The journal in the backup does not hold: {fault}", fault="x")
        )
        state.note_checked(home, file="a.tar.zst", why=why, at=at)


def administrator(client: Client) -> Client:
    client.force_login(people.person(Role.ADMINISTRATOR))
    return client


def test_no_backup_is_red_and_waits_for_administrators(client: Client) -> None:
    page = administrator(client).get("/en/backups/").content.decode()

    assert "There is no backup yet." in page
    assert "DATACITY_BACKUP_FOLDER" in page
    assert "Have backups made: there is none yet" in client.get("/en/now/").content.decode()


def test_a_fresh_sound_backup_is_in_order(client: Client, home: Path) -> None:
    made(home, hours=1)

    page = administrator(client).get("/fr/backups/").content.decode()

    assert "en ordre" in page
    assert "a.tar.zst" in page
    assert "1\N{NO-BREAK SPACE}heure" in page
    assert panels.now(people.person(Role.ADMINISTRATOR), datetime.now(UTC)) == []


@pytest.mark.parametrize(("hours", "sound", "words"), [(37, True, "too old"), (1, False, "does not hold")])
def test_an_old_or_unsound_backup_is_red(client: Client, home: Path, hours: int, sound: bool, words: str) -> None:
    made(home, hours=hours, sound=sound)

    page = administrator(client).get("/en/backups/").content.decode()

    assert f'<span class="city-tag" data-color="danger">{words}</span>' in page
    assert f'data-color="danger">{words}</span>' in client.get("/en/jobs/").content.decode()


def test_a_failed_attempt_says_why_until_one_succeeds(client: Client, home: Path) -> None:
    made(home, hours=2)
    why = Conflict("backup.no_room", "There is no room for the backup: up to {megabytes} MB are needed in {folder}.", megabytes=9, folder="/b")  # fmt: skip
    state.note_failed(home, why=why, at=datetime.now(UTC))

    page = administrator(client).get("/en/backups/").content.decode()
    made(home, hours=0)

    assert "up to 9 MB are needed in /b." in page
    assert keeping.latest(datetime.now(UTC)).health is rules.Health.FRESH


def test_an_administrator_asks_for_a_backup_and_others_do_not(client: Client) -> None:
    asked = administrator(client).post("/en/backups/make/")
    client.force_login(people.person(Role.AGENT))
    refused = [client.post("/en/backups/make/").status_code, client.post("/en/backups/check/").status_code]

    job = Job.objects.get()
    assert (job.name, asked["Location"], refused) == ("backup.make", f"/en/jobs/{job.pk}/", [403, 403])


def test_the_state_is_given_as_figures(home: Path) -> None:
    at = datetime.now(UTC)
    none = keeping.latest(at).figures(at)
    made(home, hours=2)

    figures = keeping.latest(at).figures(at)

    assert none == {"age_seconds": float("inf"), "bytes": 0.0, "seconds": 0.0, "sound": 0.0, "healthy": 0.0}
    assert 7_199 < figures.pop("age_seconds") < 7_260
    assert figures == {"bytes": 5_000_000.0, "seconds": 2.5, "sound": 1.0, "healthy": 1.0}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"made": {"at": "never"}}', '{"made": 3}'])
def test_a_state_that_cannot_be_read_counts_as_none(home: Path, text: str) -> None:
    (home / "backups").mkdir()
    (home / "backups" / state.FILE).write_text(text)

    assert keeping.latest(datetime.now(UTC)).health is rules.Health.NONE


class Asked:
    """A job context that only listens."""

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Listen."""


def test_the_daily_job_makes_nothing_without_a_folder_or_before_its_hour(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    calls: list[datetime] = []
    monkeypatch.setattr(keeping, "make_and_check", lambda *, at, **_: calls.append(at))
    tasks.daily(Asked())  # type: ignore[arg-type]  # only `progress` is asked
    assert calls == []

    settings.BACKUP_FOLDER = tmp_path / "elsewhere"
    tasks.daily(Asked())  # type: ignore[arg-type]  # only `progress` is asked
    settings.BACKUP_FOLDER.mkdir()
    (settings.BACKUP_FOLDER / rules.name_at(datetime.now(UTC))).touch()
    tasks.daily(Asked())  # type: ignore[arg-type]  # only `progress` is asked

    assert len(calls) == 1


def test_there_is_nothing_to_check_in_an_empty_folder() -> None:
    with pytest.raises(Missing):
        tasks.check(Asked())  # type: ignore[arg-type]  # nothing is asked
