# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The heartbeat: a thread that prolongs every lease of this worker, and says which are lost."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from django.db import DatabaseError, connection

from datacity.programme.jobs import actions
from datacity.programme.jobs.actions import Lease

logger = logging.getLogger("datacity.worker")


class Heart:
    """Keeps leases alive: each is renewed three times within its span."""

    def __init__(self) -> None:
        """Start the thread."""
        self._held: dict[int, tuple[Lease, threading.Event, float]] = {}
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def holding(self, lease: Lease) -> Iterator[threading.Event]:
        """Renew this lease while the block runs; the event is set when the lease is lost."""
        lost = threading.Event()
        with self._guard:
            self._held[lease.job] = (lease, lost, time.monotonic() + lease.declared.lease_seconds / 3)
        try:
            yield lost
        finally:
            with self._guard:
                self._held.pop(lease.job, None)

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _beat(self) -> None:
        while not self._stop.wait(0.2):
            with self._guard:
                due = [each for each in self._held.values() if each[2] <= time.monotonic() and not each[1].is_set()]
            for lease, lost, _ in due:
                try:
                    if not actions.renew(lease):
                        lost.set()
                        continue
                except DatabaseError:
                    logger.exception("job %d %s: the lease could not be renewed", lease.job, lease.name)
                    connection.close()
                with self._guard:
                    if lease.job in self._held:
                        self._held[lease.job] = (lease, lost, time.monotonic() + lease.declared.lease_seconds / 3)
        connection.close()
