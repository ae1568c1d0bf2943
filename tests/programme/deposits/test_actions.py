# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows and vault agree again after a stop in the middle of a destruction, and after a restore."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Forbidden
from datacity.programme.deposits import actions
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault
from datacity.programme.deposits.rules import DESTROYED_BEFORE, State
from datacity.programme.journal.models import Entry
from datacity.programme.people.rules import Role
from tests.factories import data
from tests.factories.people import person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> None:
    """An empty home."""
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"


def test_a_destruction_that_was_cut_short_is_finished() -> None:
    deposit, other = data.deposit(), data.deposit()
    Deposit.objects.filter(pk=deposit.pk).update(state=State.DESTROYED)

    count = actions.reconcile(by=SYSTEM, at=AT)

    assert (count, vault().has(deposit.vault_name), vault().holds(other.vault_name)) == (1, False, True)
    assert actions.reconcile(by=SYSTEM, at=AT) == 0


def test_what_the_list_says_is_destroyed_is_noted_in_an_older_database() -> None:
    deposit, other = data.deposit(), data.deposit()
    vault().destroy(deposit.vault_name)

    count = actions.reconcile(by=SYSTEM, at=AT)

    states = {each.pk: (each.state, each.state_reason) for each in Deposit.objects.all()}
    assert (count, states) == (1, {deposit.pk: (State.DESTROYED, DESTROYED_BEFORE), other.pk: (State.RECEIVED, "")})
    assert [str(entry.subject) for entry in Entry.objects.filter(verb="deposit.destroyed")] == [str(deposit.ref)]


def test_only_the_house_and_stewards_reconcile() -> None:
    deposit = data.deposit()
    vault().destroy(deposit.vault_name)

    with pytest.raises(Forbidden):
        actions.reconcile(by=person(Role.AGENT), at=AT)

    assert Deposit.objects.get().state == State.RECEIVED
    assert actions.reconcile(by=person(Role.DATA_STEWARD), at=AT) == 1
