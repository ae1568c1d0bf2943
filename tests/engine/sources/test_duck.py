# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A long statement tells how far it is, and ends when who hears it raises."""

from pathlib import Path

import duckdb
import pytest

from datacity.engine.sources import duck

LONG = "CREATE TABLE t AS SELECT sum(hash(i * j)) AS s FROM range({rows}) a(i), range(1000) b(j)"


def test_statement_tells_hundredths_that_never_go_back() -> None:
    told: list[tuple[int, int]] = []
    with duck.connect() as connection:
        duck.run(connection, LONG.format(rows=1_000), lambda done, total: told.append((done, total)))
        rows = connection.execute("SELECT count(*) FROM t").fetchall()

    assert rows == [(1,)]
    assert told == sorted(told)
    assert {total for _, total in told} == {100}


def test_fault_of_the_statement_is_raised_where_it_is_waited_for(tmp_path: Path) -> None:
    with duck.connect() as connection, pytest.raises(duckdb.Error):
        duck.run(connection, f"COPY (SELECT 1) TO '{tmp_path / 'no' / 'x.csv'}'", lambda _done, _total: None)


def test_statement_is_interrupted_when_who_hears_it_raises() -> None:
    def lost(_done: int, _total: int) -> None:
        raise LookupError

    with duck.connect() as connection:
        with pytest.raises(LookupError):
            duck.run(connection, LONG.format(rows=100_000_000), lost)
        left = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 't'").fetchall()

    assert left == [(0,)]
