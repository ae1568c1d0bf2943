# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One leased job, run to its end in this process, with what it may ask meanwhile."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings

from datacity.frame import scratch
from datacity.programme.jobs import actions
from datacity.programme.jobs.actions import Lease, LeaseLost

logger = logging.getLogger("datacity.worker")

_WRITE_EVERY_SECONDS = 0.5
_OUT_OF_MEMORY = "OutOfMemoryException"
"""What DuckDB raises; it is known by name, since light jobs do without DuckDB."""
Heard = Callable[[int, int, str, Mapping[str, int]], None]
"""Told done, total, note and the values of its places."""


class Running:
    """The `JobContext` of a leased job."""

    def __init__(self, lease: Lease, heard: Heard | None = None) -> None:
        """Keep the lease; the scratch folder is made when it is first asked for. heard: is told the same as the row."""
        self.lease = lease
        self._heard = heard
        self._note = ""
        self.finished = False
        self._folder: Path | None = None
        self._written = 0.0

    def progress(self, done: int, total: int, note: str = "", /, **values: int) -> None:
        """Tell how far the job is; written at most twice a second, at each new note and at the end. Raises LeaseLost."""
        now = time.monotonic()
        if now - self._written >= _WRITE_EVERY_SECONDS or note != self._note or done >= total > 0:
            self._written, self._note = now, note
            actions.tell(self.lease, done, total, note=note, values=values)
            if self._heard is not None:
                self._heard(done, total, note, values)

    def still_mine(self) -> None:
        """Raise LeaseLost when the lease went to another worker."""
        actions.still_mine(self.lease)

    def finish(self) -> None:
        """Mark the job done in the caller's transaction. Raises LeaseLost."""
        actions.finish(self.lease, at=settings.CLOCK.now())
        self.finished = True

    @property
    def scratch(self) -> Path:
        """The folder for temporary files of this job alone."""
        if self._folder is None:
            self._folder = scratch.folder() / f"job-{self.lease.job}-{self.lease.token}"
            self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder

    def close(self) -> None:
        """Wipe the scratch folder."""
        if self._folder is not None:
            scratch.wipe(self._folder)


def run(lease: Lease, heard: Heard | None = None) -> bool:
    """Run a leased job and write how it ended; True when it is done. heard: is told how far it is."""
    context = Running(lease, heard)
    began = time.monotonic()
    try:
        lease.declared.run(context, **lease.arguments)
        if not context.finished:
            context.finish()
    except LeaseLost:
        logger.warning("job %d %s: the lease went to another worker", lease.job, lease.name)
        return False
    except Exception as error:
        failure = MemoryError() if type(error).__name__ == _OUT_OF_MEMORY else error
        state = actions.fail(lease, failure, at=settings.CLOCK.now())
        logger.exception(
            "job %d %s: attempt %d failed, now %s", lease.job, lease.name, lease.attempt, state or "another worker's"
        )
        return False
    finally:
        context.close()
    logger.info("job %d %s: done in %.2f s", lease.job, lease.name, time.monotonic() - began)
    return True
