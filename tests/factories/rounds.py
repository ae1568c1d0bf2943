# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How often a loop kills: 5 rounds with `./dc test --all`, 2 of them again on PostgreSQL; 50 with `./dc test --soak`."""

import pytest

ROUNDS = [
    *range(2),
    *(pytest.param(number, marks=pytest.mark.once) for number in range(2, 5)),
    *(pytest.param(number, marks=pytest.mark.soak) for number in range(5, 50)),
]
