# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a promised rhythm is broken."""

import pytest

from datacity.programme.releases.rules import late_after_days


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        ("", None),
        ("jamais", None),
        ("une fois", None),
        ("chaque mois", 40),
        ("every month", 40),
        ("tous les 3 mois", 120),
        ("Chaque année", 400),
        ("tous les ans", 400),
        ("en temps réel", 2),
        ("chaque nuit", 2),
        ("every 2 weeks", 20),
        ("quand on peut", None),
    ],
)
def test_rhythm_in_words_gives_the_days_after_which_a_version_is_late(rhythm: str, days: int | None) -> None:
    assert late_after_days(rhythm) == days
