# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What machines are told about the control plane."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from datacity.frame import guards
from datacity.programme.jobs import queries as jobs
from datacity.programme.journal.models import Entry
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "keys.json").write_text("{}")
    (tmp_path / jobs.WORKER_SIGN).touch()
    return tmp_path


def checks(client: Client, home: Path) -> tuple[int, dict[str, bool]]:
    with override_settings(HOME=home, KEYS=home / "keys"):
        answer = client.get("/readyz")
    return answer.status_code, answer.json()["checks"]


def test_control_plane_is_ready_when_all_is_there(client: Client, home: Path) -> None:
    assert client.get("/healthz").json() == {"alive": True, "plane": "control"}
    assert checks(client, home) == (200, {"triggers": True, "keys": True, "worker": True, "sequencer": True})


def test_missing_keys_and_a_silent_worker_are_named(client: Client, home: Path) -> None:
    (home / "keys" / "keys.json").unlink()
    (home / jobs.WORKER_SIGN).unlink()

    assert checks(client, home) == (503, {"triggers": True, "keys": False, "worker": False, "sequencer": True})


def test_missing_trigger_and_a_late_entry_are_named(client: Client, home: Path, owner: Any) -> None:
    people.person()
    with owner(), guards.lifted(connection):
        Entry.objects.update(recorded_at=datetime.now(UTC) - timedelta(seconds=90))
        assert checks(client, home)[1] == {"triggers": False, "keys": True, "worker": True, "sequencer": False}


def test_metrics_are_given_to_this_machine_and_to_who_has_the_token(client: Client) -> None:
    text = client.get("/metrics").content.decode()
    assert 'datacity_check{name="triggers"} 1.0\n' in text
    assert "datacity_journal_positions 0.0\n" in text
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.1").status_code == 403

    with override_settings(METRICS_TOKEN="t" * 20):
        answers = [
            client.get("/metrics", REMOTE_ADDR="203.0.113.1", headers={"Authorization": f"Bearer {token}"}).status_code
            for token in ("t" * 20, "x")
        ]

    assert answers == [200, 403]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"])
def test_metrics_are_not_given_through_a_proxy_of_this_machine(client: Client, header: str) -> None:
    assert client.get("/metrics").status_code == 200

    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_robots_are_told_to_leave_accounts_alone(client: Client) -> None:
    assert "Disallow: /fr/account/" in client.get("/robots.txt").content.decode()


def test_settings_are_safe_where_it_counts() -> None:
    assert (settings.DEBUG, settings.ATOMIC_REQUESTS, settings.SESSION_SAVE_EVERY_REQUEST) == (False, False, False)
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (
        True,
        True,
        "Lax",
    )
