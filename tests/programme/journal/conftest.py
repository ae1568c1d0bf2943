# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Verbs that only tests declare."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def verbs() -> Iterator[None]:
    """Let the registry know the verbs of these tests."""
    from tests.factories.deeds import VERBS, offered  # pytest reads this file before Django's apps are loaded

    with offered(verbs=VERBS):
        yield
