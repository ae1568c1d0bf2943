# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The worker's threads and their loops: sequencer and schedules, light jobs, heavy jobs."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections

from datacity.frame import scratch
from datacity.kernel import bus
from datacity.kernel.errors import Conflict, Refusal
from datacity.programme.jobs import actions as jobs
from datacity.programme.jobs.actions import Lease
from datacity.programme.jobs.errors import TooMuchMemory
from datacity.programme.jobs.queries import WORKER_SIGN, unfinished
from datacity.programme.jobs.rules import slot
from datacity.programme.journal import actions as journal
from datacity.programme.journal.queries import without_position
from datacity.web.worker.beating import Heart
from datacity.web.worker.nursery import Ended, Nursery
from datacity.web.worker.publishing import Publisher
from datacity.web.worker.running import Heard, run

logger = logging.getLogger("datacity.worker")

_IDLE_SECONDS = 0.2
_SIGN_EVERY_SECONDS = 5
_SWEEP_EVERY_SECONDS = 600
_AFTER_FAULT_SECONDS = 2


def light_jobs() -> list[str]:
    """Give the names of the jobs that run in the worker itself."""
    return [job.name for job in bus.registry.jobs.values() if not job.in_child]


def heavy_jobs() -> list[str]:
    """Give the names of the jobs that run in a child process."""
    return [job.name for job in bus.registry.jobs.values() if job.in_child]


def run_due(heard: Heard | None = None) -> int:
    """Run every due job here and now, heavy ones too, then give the journal its positions; give how many jobs were run.

    For commands and tests that wait for the end: no thread, no child. A failed job rests as usual and is not waited for.
    heard: is told how far each is.
    """
    count = 0
    names = [*light_jobs(), *heavy_jobs()]
    while (lease := jobs.lease(names, owner=f"here-{os.getpid()}", at=settings.CLOCK.now())) is not None:
        run(lease, heard)
        count += 1
    place_all()
    return count


def place_all() -> int:
    """Give every entry that waits its position and publish the log, unless another process is the sequencer; give how many."""
    count = 0
    with journal.only_sequencer() as mine:
        while mine and (placed := journal.give_positions(at=settings.CLOCK.now(), everywhere=True)):
            count += placed
        if mine:
            Publisher().publish(now=True)
    return count


class Worker:
    """One worker process. `run` returns after `stop`, or when idle if so asked."""

    def __init__(self, *, until_idle: bool = False) -> None:
        """Wipe what dead processes left and fork the nursery; call it in the main thread before anything else."""
        self.until_idle = until_idle
        self.name = f"{socket.gethostname()}-{os.getpid()}-{time.time_ns():x}"
        scratch.wipe_dead()
        self._stop = threading.Event()
        self._nursery = Nursery() if heavy_jobs() else None
        self._slots: dict[str, int] = {}
        self._publisher = Publisher()

    def stop(self) -> None:
        """End the loops: a light job ends first, a heavy one is interrupted and goes back to the queue."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped; with `until_idle`, until nothing is due and every entry has its position."""
        heart = Heart()
        threads = [threading.Thread(target=self._lane, args=(light_jobs, self._here, heart), name="light")]
        if self._nursery is not None:
            threads.append(threading.Thread(target=self._lane, args=(heavy_jobs, self._in_child, heart), name="heavy"))
        try:
            self._keep_schedules(starting=True)
            for thread in threads:
                thread.start()
            self._main()
        finally:
            self._stop.set()
            for thread in threads:
                if thread.is_alive():
                    thread.join()
            heart.close()
            if self._nursery is not None:
                self._nursery.close()
            connections.close_all()
            scratch.wipe_of(os.getpid())

    def _main(self) -> None:
        """Be the sequencer as soon as nobody else is, keep the schedules, give a sign of life."""
        while not self._stop.is_set():
            try:
                with journal.only_sequencer() as mine:
                    self._sequence(mine=mine)
            except DatabaseError:
                logger.exception("the worker's main loop met a fault of the database")
                connection.close()
                self._stop.wait(_AFTER_FAULT_SECONDS)

    def _sequence(self, *, mine: bool) -> None:
        """Loop until stopped, or for some seconds when another process is the sequencer."""
        signed = swept = float("-inf")
        began = time.monotonic()
        while not self._stop.is_set() and (mine or time.monotonic() - began < _SIGN_EVERY_SECONDS):
            now = time.monotonic()
            placed = 0
            if mine:
                sweep = now - swept > _SWEEP_EVERY_SECONDS
                placed = journal.give_positions(at=settings.CLOCK.now(), everywhere=sweep)
                swept = now if sweep else swept
            if now - signed > _SIGN_EVERY_SECONDS:
                signed = now
                (Path(settings.HOME) / WORKER_SIGN).touch()
            if mine:
                self._publisher.publish()
            self._keep_schedules()
            if not placed and self.until_idle and self._idle(mine=mine):
                self.stop()
            if not placed:
                self._stop.wait(_IDLE_SECONDS)

    def _idle(self, *, mine: bool) -> bool:
        names = [*light_jobs(), *heavy_jobs()]
        if unfinished(names=names, at=settings.CLOCK.now()) or (mine and without_position().exists()):
            return False
        if mine:
            self._publisher.publish(now=True)
        return True

    def _keep_schedules(self, *, starting: bool = False) -> None:
        """Queue the jobs of the schedules whose span has begun."""
        at = settings.CLOCK.now()
        for schedule in bus.registry.schedules:
            if (schedule.every_seconds == 0) is not starting:
                continue
            number = slot(schedule, at) if schedule.every_seconds else 0
            if self._slots.get(schedule.job) != number:
                jobs.make_scheduled(schedule, at=at, start=self.name)
                self._slots[schedule.job] = number

    def _lane(
        self, names: Callable[[], list[str]], work: Callable[[Lease, threading.Event], None], heart: Heart
    ) -> None:
        """Lease and run one job after another."""
        while not self._stop.is_set():
            try:
                lease = jobs.lease(names(), owner=self.name, at=settings.CLOCK.now())
                if lease is None:
                    self._stop.wait(_IDLE_SECONDS)
                    continue
                with heart.holding(lease) as lost:
                    work(lease, lost)
            except (DatabaseError, ConnectionError):
                logger.exception("a lane of the worker met a fault")
                connection.close()
                self._stop.wait(_AFTER_FAULT_SECONDS)
        connection.close()

    def _here(self, lease: Lease, _lost: threading.Event) -> None:
        """Run the job in this thread; a lost lease shows at its next `still_mine`."""
        run(lease)

    def _in_child(self, lease: Lease, lost: threading.Event) -> None:
        """Run the job in a child; a child that died by itself is a failed attempt, one that was interrupted is not."""
        assert self._nursery is not None
        ended = self._nursery.run(lease, stop=lambda: self._stop.is_set() or lost.is_set())
        logger.info("job %d %s: held %d MB at most", lease.job, lease.name, ended.most_mb)
        if ended.code == 0 or lost.is_set():
            return
        if self._stop.is_set() and not ended.too_much:
            jobs.give_back(lease)
            return
        logger.error("job %d %s: its process ended with %d", lease.job, lease.name, ended.code)
        jobs.fail(lease, _failure(lease, ended), at=settings.CLOCK.now())


def _failure(lease: Lease, ended: Ended) -> Refusal:
    """Give why a child that died by itself died."""
    if ended.too_much:
        return TooMuchMemory(lease.declared.memory_mb)
    return Conflict(
        "jobs.child_died",
        "The job's process ended with {ended}; it may have needed more than {memory} MB.",
        ended=ended.code,
        memory=lease.declared.memory_mb,
    )
