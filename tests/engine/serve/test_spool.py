# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
import os
import time
from pathlib import Path

import pytest

from datacity.engine.serve.cache import AnswerCache
from datacity.engine.serve.database import Turns
from datacity.engine.serve.exchange import Answer
from datacity.engine.serve.refusals import SpoolFull, TooBusy
from datacity.engine.serve.spool import Spool


def write(target: Path, size: int) -> None:
    target.write_bytes(b"x" * size)


def put(spool: Spool, name: str, size: int, *, age_seconds: float = 0) -> Path:
    path = spool.give(name, lambda target: write(target, size))
    os.utime(path, (time.time() - age_seconds,) * 2)
    return path


def test_a_file_is_made_once(tmp_path: Path) -> None:
    spool, made = Spool(tmp_path, 1_000), []

    for _ in range(3):
        spool.give("a.csv", lambda target: made.append(target.write_bytes(b"x")))

    assert made == [1]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        target.write_bytes(b"half")
        raise TooBusy("serve.busy", "Too many questions are being answered at this moment.")

    with pytest.raises(TooBusy):
        Spool(tmp_path, 1_000).give("a.csv", fail)

    assert list(tmp_path.iterdir()) == []


def test_what_was_read_longest_ago_leaves_first(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 100)
    put(spool, "old.csv", 30, age_seconds=900)
    put(spool, "recent.csv", 30, age_seconds=60)

    put(spool, "new.csv", 40)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "recent.csv"]


def test_a_full_spool_refuses_rather_than_take_files_being_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 100)
    put(spool, "reading.csv", 60)

    with pytest.raises(SpoolFull):
        put(spool, "new.csv", 10)

    assert [path.name for path in tmp_path.iterdir()] == ["reading.csv"]


def test_folders_of_dead_processes_are_removed(tmp_path: Path) -> None:
    dead = tmp_path / "processes" / "999999999"
    dead.mkdir(parents=True)

    own = Spool(tmp_path, 100).own_folder()

    assert (own.name, dead.exists()) == (str(os.getpid()), False)


def test_the_answer_unused_for_longest_leaves_the_cache() -> None:
    cache = AnswerCache(24_000)
    for tag in "abc":
        cache.put(Answer(b"x" * 1_000, "text/plain", etag=tag))
    for tag in "defghij":
        cache.get("a")
        cache.put(Answer(b"x" * 1_000, "text/plain", etag=tag))

    assert [tag for tag in "abcdefghij" if cache.get(tag)] == ["a", "d", "e", "f", "g", "h", "i", "j"]


def test_a_huge_answer_is_not_kept() -> None:
    cache = AnswerCache(10_000)

    cache.put(Answer(b"x" * 9_000, "text/plain", etag="a"))

    assert cache.get("a") is None


def test_turns_are_given_back() -> None:
    turns = Turns(1, 0, 0.01)

    with turns.take(), pytest.raises(TooBusy), turns.take():
        raise AssertionError("two at once")
    with turns.take() as taken:
        assert taken is None
