# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Answers kept in memory, bounded in bytes; the one unused for longest leaves first."""

from collections import OrderedDict
from threading import Lock

from datacity.engine.serve.exchange import Answer


class AnswerCache:
    """Answers by their entity tag. A version never changes, so an answer is right for ever; room is the only limit."""

    def __init__(self, maximum_bytes: int) -> None:
        """Set the bound; an answer larger than an eighth of it is not kept."""
        self._maximum = maximum_bytes
        self._held = 0
        self._answers: OrderedDict[str, tuple[Answer, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, etag: str) -> Answer | None:
        """Give the answer, or None."""
        with self._lock:
            found = self._answers.get(etag)
            if found is None:
                return None
            self._answers.move_to_end(etag)
            return found[0]

    def put(self, answer: Answer) -> None:
        """Keep the answer under its tag; twice its weight is counted, since its compressed form may join it."""
        weight = 2 * answer.weight
        if not answer.etag or weight > self._maximum // 8:
            return
        with self._lock:
            self._held -= self._answers.pop(answer.etag, (answer, 0))[1]
            self._answers[answer.etag] = (answer, weight)
            self._held += weight
            while self._held > self._maximum:
                self._held -= self._answers.popitem(last=False)[1][1]
