# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One leased job, run to its end in this process, with what it may ask meanwhile."""

import logging
import time
from pathlib import Path

from django.conf import settings

from datacity.frame import scratch
from datacity.programme.jobs import actions
from datacity.programme.jobs.actions import Lease, LeaseLost

logger = logging.getLogger("datacity.worker")

_WRITE_EVERY_SECONDS = 0.5


class Running:
    """The `JobContext` of a leased job."""

    def __init__(self, lease: Lease) -> None:
        """Keep the lease; the scratch folder is made when it is first asked for."""
        self.lease = lease
        self.finished = False
        self._folder: Path | None = None
        self._written = 0.0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the job is; written at most twice a second, and at the end. Raises LeaseLost."""
        now = time.monotonic()
        if now - self._written >= _WRITE_EVERY_SECONDS or done >= total > 0:
            self._written = now
            actions.tell(self.lease, done, total, note=note)

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


def run(lease: Lease) -> bool:
    """Run a leased job and write how it ended; True when it is done."""
    context = Running(lease)
    began = time.monotonic()
    try:
        lease.declared.run(context, **lease.arguments)
        if not context.finished:
            context.finish()
    except LeaseLost:
        logger.warning("job %d %s: the lease went to another worker", lease.job, lease.name)
        return False
    except Exception as error:
        state = actions.fail(lease, error, at=settings.CLOCK.now())
        logger.exception(
            "job %d %s: attempt %d failed, now %s", lease.job, lease.name, lease.attempt, state or "another worker's"
        )
        return False
    finally:
        context.close()
    logger.info("job %d %s: done in %.2f s", lease.job, lease.name, time.monotonic() - began)
    return True
