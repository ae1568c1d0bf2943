# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Several steps of unequal length told as one progress from 0 to 100."""

from collections.abc import Callable, Mapping

Tell = Callable[[int, int], None]
"""Told what is done and what there is in all, in any unit."""
PARTS = 100


class Steps:
    """Turns how far each step is into how far the whole is.

    A note is an English sentence; its places `{done}`, `{total}` and `{percent}` are filled with what the step tells.
    """

    def __init__(self, tell: Callable[..., None], lengths: Mapping[str, int]) -> None:
        """Take who hears `(done, total, note, **values)`, and the notes of the steps in order, each with its usual share of the time."""
        self._tell = tell
        self._lengths = dict(lengths)
        self._all = sum(self._lengths.values())

    def begin(self, note: str, total: int = 0) -> Tell:
        """Begin this step, all before it being done, and give who hears how far it is.

        total: what there is to do, when it is known and the note says so. Raises KeyError for a note that was not announced.
        """
        length = self._lengths[note]
        names = list(self._lengths)
        before = sum(self._lengths[name] for name in names[: names.index(note)])

        def tell(done: int, total: int) -> None:
            share = min(done / total, 1.0) if total else 0.0
            whole = min(int(PARTS * (before + length * share) / self._all), PARTS - 1)
            self._tell(whole, PARTS, note, done=done, total=total, percent=int(100 * share))

        tell(0, total)
        return tell


class Parts:
    """Counts equal parts of a work as they are done."""

    def __init__(self, tell: Tell, total: int) -> None:
        """Take who hears, and how many parts there are."""
        self._tell, self._total, self._done = tell, total, 0

    def one(self) -> None:
        """Tell that one more is done."""
        self._done += 1
        self._tell(self._done, self._total)


def silent(_done: int, _total: int) -> None:
    """Hear and do nothing."""


def between(tell: Tell, first: int, last: int) -> Tell:
    """Give who hears the progress of a part, and tells `tell` that it goes from `first` to `last` hundredths of the whole."""
    if tell is silent:
        return silent
    return lambda done, total: tell(first + (last - first) * min(done, total) // max(total, 1), PARTS)


def scaled(tell: Tell, unit: int) -> Tell:
    """Give who hears the same in a larger unit, for instance bytes as megabytes."""
    return lambda done, total: tell(done // unit, max(total // unit, 1))
