# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How often a loop kills: 5 rounds with `./dc test --all`, 50 with `./dc test --soak`."""

import pytest

ROUNDS = [number if number < 5 else pytest.param(number, marks=pytest.mark.soak) for number in range(50)]
