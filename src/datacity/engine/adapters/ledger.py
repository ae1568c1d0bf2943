# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The privacy budget in one SQLite file, for the command line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from datacity.engine.ports import Balance, Spending
from datacity.kernel.errors import Conflict, Exhausted, Invalid, Missing

_MILLION = 1_000_000
_TABLES = """
create table if not exists budgets (dataset text primary key, granted integer not null check (granted > 0),
    spent integer not null default 0 check (spent between 0 and granted), at text not null) strict;
create table if not exists spendings (number integer primary key autoincrement, dataset text not null references budgets,
    epsilon integer not null check (epsilon > 0), purpose text not null, at text not null) strict;
create table if not exists homes (dataset text primary key, home text not null) strict;
create trigger if not exists spendings_stay before delete on spendings begin select raise(abort, 'spendings are kept'); end;
create trigger if not exists spendings_hold before update on spendings begin select raise(abort, 'spendings are kept'); end;
"""


class SQLiteLedger:
    """Grants and spends in a file of its own; what belongs to a home is spent in that home only."""

    def __init__(self, path: Path) -> None:
        """Use the file; it is made at the first use.

        Raises Conflict when the file lies in the folder of a home, whose own ledger counts.
        """
        for folder in path.absolute().parents:
            if (folder / "control.sqlite3").exists():
                raise Conflict(
                    "ledger.home",
                    "The ledger {name} lies in the home of a platform, which keeps its own.",
                    hint="Name a file outside of that folder.",
                    name=path.name,
                )
        self._path = path

    def belongs_to(self, dataset: str, home: str) -> None:
        """Note that the dataset belongs to a home: from now on this ledger refuses it."""
        with self._transaction() as base:
            base.execute("insert or ignore into homes values (?, ?)", (dataset, home))

    def grant(self, dataset: str, epsilon: Decimal, *, at: datetime) -> Balance:
        """Give the dataset its budget, once. Raises Invalid, Conflict."""
        amount = _millionths(epsilon)
        with self._transaction() as base:
            _refuse_home(base, dataset)
            if base.execute("select 1 from budgets where dataset = ?", (dataset,)).fetchone():
                raise Conflict("ledger.granted", "{dataset} has its budget already.", dataset=dataset)
            base.execute(
                "insert into budgets (dataset, granted, at) values (?, ?, ?)", (dataset, amount, at.isoformat())
            )
        return self.balance(dataset)

    def spend(self, dataset: str, epsilon: Decimal, *, purpose: str, at: datetime) -> Spending:
        """Take the amount, in one committed step. Raises Exhausted, Missing, Invalid, Conflict."""
        amount = _millionths(epsilon)
        with self._transaction() as base:
            _refuse_home(base, dataset)
            done = base.execute(
                "update budgets set spent = spent + ? where dataset = ? and spent + ? <= granted",
                (amount, dataset, amount),
            )
            if done.rowcount == 0:
                raise _exhausted(_balance(base, dataset), epsilon)
            row = base.execute(
                "insert into spendings (dataset, epsilon, purpose, at) values (?, ?, ?, ?) returning number",
                (dataset, amount, purpose, at.isoformat()),
            ).fetchone()
        return Spending(row[0], dataset, epsilon, purpose, at)

    def balance(self, dataset: str) -> Balance:
        """Give what was granted and spent. Raises Missing without a budget."""
        with self._transaction() as base:
            return _balance(base, dataset)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._path, timeout=20, isolation_level=None)
        try:
            base.executescript("pragma journal_mode = wal; pragma synchronous = full;" + _TABLES)
            base.execute("begin immediate")
            try:
                yield base
            except BaseException:
                base.execute("rollback")
                raise
            base.execute("commit")
        finally:
            base.close()


def _millionths(epsilon: Decimal) -> int:
    scaled = epsilon * _MILLION
    if not epsilon.is_finite() or scaled <= 0 or scaled != scaled.to_integral_value():
        raise Invalid(
            "ledger.amount",
            "A privacy loss is a number above 0 with at most six decimals, not {found}.",
            field="epsilon",
            found=str(epsilon),
        )
    return int(scaled)


def _refuse_home(base: sqlite3.Connection, dataset: str) -> None:
    row = base.execute("select home from homes where dataset = ?", (dataset,)).fetchone()
    if row:
        raise Conflict(
            "ledger.belongs",
            "{dataset} belongs to the home {home}; its budget is spent there.",
            hint="Run the protection on that platform.",
            dataset=dataset,
            home=row[0],
        )


def _balance(base: sqlite3.Connection, dataset: str) -> Balance:
    row = base.execute("select granted, spent from budgets where dataset = ?", (dataset,)).fetchone()
    if row is None:
        raise Missing("ledger.none", "{dataset} has no privacy budget.", hint="Grant one first.", dataset=dataset)
    return Balance(dataset, Decimal(row[0]) / _MILLION, Decimal(row[1]) / _MILLION)


def _exhausted(balance: Balance, asked: Decimal) -> Exhausted:
    return Exhausted(
        "ledger.exhausted",
        "{dataset} has {left} of its privacy budget of {granted} left; {asked} was asked.",
        hint="The budget does not come back: publish with less detail, or not at all.",
        dataset=balance.dataset,
        left=str(balance.left),
        granted=str(balance.granted),
        asked=str(asked),
    )
