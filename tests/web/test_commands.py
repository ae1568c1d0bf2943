# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The commands that keep a home sound: triggers, the check of the journal, who answers to what."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from datacity.frame import guards
from datacity.programme.journal import actions
from datacity.programme.journal.models import Entry
from datacity.web import owning
from tests.factories import people

pytestmark = pytest.mark.django_db


def _run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> None:
    """An empty store."""
    settings.HOME, settings.STORE = tmp_path, tmp_path / "public"


def test_missing_triggers_are_told_and_written(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "let_work", lambda: "")  # no role of a test gets rights here
    with owner(), connection.cursor() as cursor:
        place = "" if connection.vendor == "sqlite" else " ON journal_entry"
        cursor.execute(f"DROP TRIGGER guard_journal_entry_update{place}")

    with pytest.raises(CommandError, match="guard_journal_entry_update"):
        _run("install_guards", "--check")

    with owner():
        assert _run("install_guards") == "1 triggers written.\n"
    assert _run("install_guards", "--check") == "All triggers are in place.\n"


def test_a_sound_journal_verifies() -> None:
    people.organisation()
    actions.give_positions(at=people.long_ago())

    count = Entry.objects.count()
    assert (
        _run("verify_journal")
        == f"{count} entries, {count} with a position, 0 late, 0 with erased details, 0 faults.\n"
    )


def test_a_forged_journal_does_not_verify(owner: Any) -> None:
    people.organisation()
    actions.give_positions(at=people.long_ago())
    with owner(), guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET subject = 'organisation:another'")

    with pytest.raises(CommandError, match="does not hold"):
        _run("verify_journal")


def test_who_answers_to_what_is_printed() -> None:
    lines = _run("listeners").splitlines()

    assert "verb      person.invited [restricted] messages.letter" in lines
    assert "job       messages.deliver [worker, 8 attempts, 60 s]" in lines
    assert "schedule  jobs.tidy every 86400 s" in lines
