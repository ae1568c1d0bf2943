# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Processes beside each other on one home: one sequencer, no job leased twice, on either database."""

import signal
from itertools import pairwise

import pytest

from tests.factories import databases
from tests.factories.killing import wait_for
from tests.web.worker.house import House

pytestmark = pytest.mark.slow


def test_only_one_process_is_the_sequencer_and_the_next_follows_when_it_dies(house: House) -> None:
    first = house.start("sequence", "300")
    assert first.stdout is not None
    said = first.stdout.readline().strip()

    while_it_lives = house.run("sequence", "0").strip()
    first.send_signal(signal.SIGKILL)
    first.wait()

    assert (said, while_it_lives, house.run("sequence", "0").strip()) == ("true", "false", "true")


@pytest.mark.postgres
def test_the_sequencers_turn_is_an_advisory_lock_of_the_database(house: House) -> None:
    first = house.start("sequence", "300")
    assert first.stdout is not None
    first.stdout.readline()

    held = databases.rows(
        house.folder,
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND granted"
        " AND datname = current_database()",
    )

    assert held == [(1,)]


def test_two_workers_give_every_entry_one_place_in_an_order_without_gap(house: House) -> None:
    workers = [house.start("work") for _ in range(2)]
    writers = [house.start("write", "20", f"writer-{number}") for number in range(3)]
    for writer in writers:
        assert writer.communicate(timeout=300)[1] is not None
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=120)
    house.run("work", "--until-idle")

    seen = house.told("look")

    assert [worker.returncode for worker in workers] == [0, 0]
    assert (seen["positions"], seen["faults"]) == (seen["entries"], [])
    assert sum(seen["done"].values()) == 60
    places = [place for (place,) in databases.rows(house.folder, "SELECT position FROM journal_position ORDER BY 1")]
    assert places[0] == 0
    assert all(after == before + 1 for before, after in pairwise(places))


def test_no_job_is_leased_twice_by_processes_that_lease_at_once(house: House) -> None:
    house.run("queue", "200")

    workers = [house.start("lease", f"worker-{number}") for number in range(4)]
    taken = [worker.communicate(timeout=300) for worker in workers]

    numbers = [int(each) for out, _ in taken for each in out.strip("[] \n").split(",") if each.strip()]
    assert [worker.returncode for worker in workers] == [0] * 4, [errors for _, errors in taken]
    assert (len(numbers), len(set(numbers))) == (200, 200)
    assert databases.rows(
        house.folder, "SELECT DISTINCT token, attempts, state FROM jobs_job WHERE name = 'house.long'"
    ) == [(1, 1, "running")]


@pytest.mark.postgres
def test_a_job_whose_row_another_process_holds_is_stepped_over_without_waiting(house: House) -> None:
    house.run("queue", "3")
    names = "WHERE name = 'house.long'"

    with databases.connect(databases.working_address(house.folder)) as holding:
        holding.execute("BEGIN")
        held = holding.execute(f"SELECT id FROM jobs_job {names} ORDER BY run_at, id LIMIT 1 FOR UPDATE").fetchone()[0]
        taken = house.told("lease", "worker")
        holding.execute("ROLLBACK")
    after = house.told("lease", "another")

    assert (len(taken), held in taken, after) == (2, False, [held])


@pytest.mark.postgres
def test_a_worker_goes_on_when_the_server_drops_its_connections(house: House) -> None:
    worker = house.start("work")
    wait_for((house.folder / "worker.alive").exists)
    role = databases.working_address(house.folder)["user"]

    dropped = databases.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
    house.run("enqueue", "6", "1")
    left = "SELECT count(*) FROM jobs_job WHERE name LIKE 'house.%' AND state <> 'done'"
    unplaced = "SELECT count(*) FROM journal_entry e LEFT JOIN journal_position p ON p.entry_id = e.id WHERE p.position IS NULL"
    wait_for(
        lambda: databases.rows(house.folder, left) == databases.rows(house.folder, unplaced) == [(0,)], seconds=300
    )
    ended = worker.poll()
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=120)

    assert (len(dropped) > 0, ended, worker.returncode) == (True, None, 0), errors
    seen = house.told("look")
    assert (set(seen["done"].values()), len(seen["done"]), seen["faults"]) == ({1}, 7, [])
