# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Chance, repeatable and not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.adapters.noise import SecureNoise, SeededNoise
from datacity.kernel.errors import Invalid


def test_seeded_noise_is_the_same_for_the_same_seed_only() -> None:
    one, same, other = SeededNoise("a"), SeededNoise("a"), SeededNoise("b")

    assert [one.below(1000) for _ in range(5)] == [same.below(1000) for _ in range(5)] == [947, 675, 548, 848, 692]
    assert one.bytes(16) != other.bytes(16)


@given(st.integers(1, 2**70), st.text(max_size=5))
def test_noise_stays_below_its_limit(limit: int, seed: str) -> None:
    assert 0 <= SeededNoise(seed).below(limit) < limit
    assert 0 <= SecureNoise().below(limit) < limit


def test_seeded_noise_reaches_every_number_about_equally() -> None:
    noise = SeededNoise("fair")
    drawn = [noise.below(3) for _ in range(3000)]

    assert all(900 < drawn.count(number) < 1100 for number in range(3))


@pytest.mark.parametrize("noise", [SecureNoise(), SeededNoise("a")])
def test_noise_refuses_an_empty_range(noise: SecureNoise | SeededNoise) -> None:
    with pytest.raises(Invalid, match="below at least 1"):
        noise.below(0)
