# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Short secrets, locked with the home's key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.adapters.locker import Locker
from datacity.kernel.errors import Conflict


@pytest.fixture(scope="module")
def locker(tmp_path_factory: pytest.TempPathFactory) -> Locker:
    return Locker(tmp_path_factory.mktemp("keys") / "vault.key")


@given(text=st.text(max_size=200))
def test_locked_text_comes_back_and_shows_nothing(locker: Locker, text: str) -> None:
    locked = locker.lock(text)

    assert locker.unlock(locked) == text
    assert locked.isascii()
    assert locked != locker.lock(text)


def test_text_locked_in_another_home_stays_closed(locker: Locker, tmp_path: Path) -> None:
    other = Locker(tmp_path / "vault.key")

    with pytest.raises(Conflict) as refusal:
        locker.unlock(other.lock("secret"))

    assert refusal.value.code == "locker.closed"


@pytest.mark.parametrize("wrong", ["", "secret", "not base64 at all!", "YWdl"])
def test_what_was_never_locked_is_refused(locker: Locker, wrong: str) -> None:
    with pytest.raises(Conflict):
        locker.unlock(wrong)


def test_altered_secret_is_refused_and_the_whole_one_still_opens(locker: Locker) -> None:
    locked = locker.lock("secret")
    swap = "A" if locked[-20] != "A" else "B"

    with pytest.raises(Conflict):
        locker.unlock(locked[:-20] + swap + locked[-19:])

    assert locker.unlock(locked) == "secret"
