# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Publishes the log after new positions: not more often than once a second, and only with a seal key."""

import logging
import time

from django.conf import settings

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.keys import KeyRing
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing
from datacity.programme.journal.actions import publish
from datacity.programme.journal.actions.publication import Log
from datacity.programme.journal.queries import size

logger = logging.getLogger("datacity.worker")

_EVERY_SECONDS = 1
_AFTER_FAULT_SECONDS = 60


class Publisher:
    """Publishes for one sequencer; says once a minute when there is no valid seal key."""

    def __init__(self) -> None:
        """Start with nothing in memory."""
        self._log = Log()
        self._next = float("-inf")

    def publish(self, *, now: bool = False) -> None:
        """Publish what is new, if it is time; `now` says it is."""
        if not now and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        try:
            keys = KeyRing.load(settings.KEYS)
            self._publish(keys, everything=now)
        except (Missing, Conflict, Forbidden, Invalid) as refusal:
            self._rest()
            logger.error("the log is not published: %s", refusal)  # noqa: TRY400 -- a refusal needs no trace
        except OSError:
            self._rest()
            logger.exception("the log is not published: the store cannot be written")

    def _publish(self, keys: KeyRing, *, everything: bool) -> None:
        """Publish a part, or all there is."""
        store, at = FolderStore(settings.STORE), settings.CLOCK.now()
        while publish(self._log, store=store, keys=keys, name=settings.PUBLIC_ADDRESS, at=at) < size() and everything:
            pass

    def _rest(self) -> None:
        """Wait a minute and read the tree anew: what is in memory may be ahead of what is published."""
        self._log = Log()
        self._next = time.monotonic() + _AFTER_FAULT_SECONDS
