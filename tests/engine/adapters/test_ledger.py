# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command line's privacy budget."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest

from datacity.engine.adapters.ledger import SQLiteLedger
from datacity.engine.ports import Balance
from datacity.kernel.errors import Conflict, Exhausted, Invalid, Missing

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> SQLiteLedger:
    ledger = SQLiteLedger(tmp_path / "budget.sqlite3")
    ledger.grant("bikes", Decimal(1), at=AT)
    return ledger


def test_ledger_spends_to_the_last_millionth_and_no_further(ledger: SQLiteLedger) -> None:
    ledger.spend("bikes", Decimal("0.999999"), purpose="hours", at=AT)
    ledger.spend("bikes", Decimal("0.000001"), purpose="days", at=AT)

    with pytest.raises(Exhausted, match="has 0 of its privacy budget of 1 left"):
        ledger.spend("bikes", Decimal("0.000001"), purpose="again", at=AT)
    assert ledger.balance("bikes") == Balance("bikes", Decimal(1), Decimal(1))


@pytest.mark.parametrize("amount", ["0", "-1", "0.0000001", "NaN", "Infinity"])
def test_ledger_refuses_an_amount_that_is_none(ledger: SQLiteLedger, amount: str) -> None:
    with pytest.raises(Invalid, match="at most six decimals"):
        ledger.spend("bikes", Decimal(amount), purpose="x", at=AT)
    assert ledger.balance("bikes").spent == 0


def test_ledger_refuses_a_second_grant_and_an_unknown_dataset(ledger: SQLiteLedger) -> None:
    with pytest.raises(Conflict, match="has its budget already"):
        ledger.grant("bikes", Decimal(5), at=AT)
    with pytest.raises(Missing, match="has no privacy budget"):
        ledger.spend("cars", Decimal(1), purpose="x", at=AT)
    assert ledger.balance("bikes").granted == 1


def test_ledger_refuses_a_dataset_of_a_home(ledger: SQLiteLedger) -> None:
    ledger.belongs_to("bikes", "valmire")

    with pytest.raises(Conflict, match="belongs to the home valmire"):
        ledger.spend("bikes", Decimal("0.1"), purpose="x", at=AT)
    assert ledger.balance("bikes").spent == 0


def test_ledger_refuses_to_lie_in_a_home(tmp_path: Path) -> None:
    (tmp_path / "control.sqlite3").touch()

    with pytest.raises(Conflict, match="lies in the home of a platform"):
        SQLiteLedger(tmp_path / "scratch" / "budget.sqlite3")
    assert SQLiteLedger(tmp_path.parent / "budget.sqlite3")


def test_ledger_never_overspends_under_eight_threads(ledger: SQLiteLedger, tmp_path: Path) -> None:
    done: list[int] = []

    def spend() -> None:
        own = SQLiteLedger(tmp_path / "budget.sqlite3")
        for _ in range(5):
            try:
                done.append(own.spend("bikes", Decimal("0.1"), purpose="x", at=AT).number)
            except Exhausted:
                return

    threads = [Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == list(range(1, 11))
    assert ledger.balance("bikes").left == 0
